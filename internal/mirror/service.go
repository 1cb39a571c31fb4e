package mirror

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"namesake/internal/audit"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// Service reads the registry for people whose role allows it.
type Service struct {
	audit     *audit.Log
	trail     audit.Trail
	api       *datedAPI
	patterns  *patterns.Pool
	lists     listCache
	ends      listCache // empty pages after the last page
	entries   listCache // each holds one entry
	changedAt atomic.Pointer[time.Time]
	paging    paging
	log       *slog.Logger
	now       func() time.Time
	pause     func(context.Context, time.Duration) error
}

// Options are the parts of a Service. All are required unless their comment says otherwise.
type Options struct {
	Audit    *audit.Log
	Trail    audit.Trail
	API      registry.API
	Patterns *patterns.Pool                             // limits pattern work; a pool of its own when nil
	Log      *slog.Logger                               // slog.Default() when nil
	Now      func() time.Time                           // the clock of the database; time.Now when nil
	Pause    func(context.Context, time.Duration) error // replaces waiting in tests; may be nil
}

// NewService returns a Service over o, or an error when a required part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Trail == nil || o.API == nil {
		return nil, errors.New("mirror: Audit, Trail and API are required")
	}
	s := &Service{audit: o.Audit, trail: o.Trail, patterns: o.Patterns, log: o.Log, now: o.Now, pause: o.Pause}
	if s.pause == nil {
		s.pause = registry.Pause
	}
	if s.patterns == nil {
		s.patterns = patterns.NewPool(patterns.Options{})
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.api = &datedAPI{now: s.now, observedAPI: &observedAPI{API: o.API}}
	return s, nil
}

// API returns the API through which the mirror sees all answers.
func (s *Service) API() registry.API { return s.api }
