package mirror

import (
	"context"
	"errors"
	"time"

	"namesake/internal/registry"
)

// Freshness says how old the copy of the registry is.
type Freshness struct {
	ReadAt time.Time // when the last complete pass started; zero if there was none
	Age    time.Duration
	// Overdue says that the registry should have been read by now. Failure is why the last
	// pass was not complete, nil if it was.
	Overdue bool
	Failure *Failure
}

// Freshness returns how old a snapshot is.
func (s *Service) Freshness(known *Snapshot) Freshness {
	f := Freshness{ReadAt: known.State.ReadAt, Failure: known.State.Failure}
	if f.ReadAt.IsZero() {
		f.Overdue = true
		return f
	}
	f.Age = max(s.now().Sub(f.ReadAt), 0)
	limit := idleInterval + s.copy.refresh
	if f.Failure != nil {
		limit = 2 * s.copy.refresh
	}
	f.Overdue = f.Age > limit
	return f
}

// errOverdue reports that the registry was not read for a long time.
var errOverdue = errors.New("the registry was not read for a long time")

// Ready reports whether the API was available at the last pass. It makes no call, unless
// there was no pass yet.
func (s *Service) Ready(ctx context.Context) error {
	if s.Snapshot().State.TriedAt.IsZero() {
		if err := s.Refresh(registry.Background(ctx)); err != nil {
			return err
		}
	}
	known := s.Snapshot()
	switch f := s.Freshness(known); {
	case known.State.Failure != nil:
		kind, _ := registry.KindNamed(known.State.Failure.Kind)
		return &registry.APIError{Op: "list entries", Kind: kind, Receipt: registry.Receipt{Status: known.State.Failure.Status}}
	case f.Overdue:
		return errOverdue
	}
	return nil
}
