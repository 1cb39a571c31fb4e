package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Service is the only way to read or change the registry. Every method takes
// the person who asks, and refuses what their role does not allow.
type Service struct {
	api         API
	submissions Submissions
	log         *slog.Logger
	inFlight    keyedMutex
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
}

// Options are the parts of a Service; API and Submissions are required.
type Options struct {
	API         API
	Submissions Submissions
	Log         *slog.Logger // slog.Default() when nil
	// Now and Pause stand in for the clock in tests.
	Now   func() time.Time
	Pause func(context.Context, time.Duration) error
}

// NewService returns a Service over o. It returns an error when a required part
// is missing.
func NewService(o Options) (*Service, error) {
	if o.API == nil || o.Submissions == nil {
		return nil, errors.New("registry service: API and Submissions are required")
	}
	s := &Service{api: o.API, submissions: o.Submissions, log: o.Log, now: o.Now, pause: o.Pause}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.pause == nil {
		s.pause = pause
	}
	return s, nil
}

// List returns a page of entries. It returns a *ForbiddenError or an *APIError.
func (s *Service) List(ctx context.Context, who Actor, q Query) (Page, error) {
	if err := authorize(who, ListEntries); err != nil {
		return Page{}, err
	}
	return s.api.ListEntries(ctx, q)
}

// Entry returns one entry and the receipt of the call. It returns ErrNotFound
// (in the chain), a *ForbiddenError or an *APIError.
func (s *Service) Entry(ctx context.Context, who Actor, id ID) (Entry, Receipt, error) {
	if err := authorize(who, ViewEntry); err != nil {
		return Entry{}, Receipt{}, err
	}
	entry, receipt, err := s.api.Entry(ctx, id)
	if err != nil {
		return Entry{}, receipt, fmt.Errorf("entry %s: %w", id, err)
	}
	return entry, receipt, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
