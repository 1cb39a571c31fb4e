package signin

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

// Service starts and ends sessions, and records both.
type Service struct {
	audit    *audit.Log
	sessions Store
	limits   Limits
	refusals *refusals
	log      *slog.Logger
	now      func() time.Time
	pause    func(context.Context, time.Duration) error
}

// Options are the parts of a Service. All are required unless their comment says otherwise.
type Options struct {
	Audit  *audit.Log
	Store  Store
	Limits Limits
	Log    *slog.Logger     // slog.Default() when nil
	Now    func() time.Time // time.Now when nil
}

// NewService returns a Service, or an error when a required part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Store == nil || o.Limits.Idle <= 0 || o.Limits.Absolute <= 0 {
		return nil, errors.New("sign-in service: Audit, Store and Limits are required")
	}
	s := &Service{audit: o.Audit, sessions: o.Store, limits: o.Limits, refusals: newRefusals(), log: o.Log, now: o.Now, pause: registry.Pause}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}
