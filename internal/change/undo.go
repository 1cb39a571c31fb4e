package change

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// UndoPeriod is how long a deletion can be undone with one click.
const UndoPeriod = 10 * time.Minute

// ErrTooLate reports that the UndoPeriod of a deletion is over.
var ErrTooLate = errors.New("too late to undo")

// Undo creates the entry again that who has deleted, as the audit record seq says, at most
// UndoPeriod ago. However often it is called, it creates one entry, with a new id. It skips
// Namesake's rules and leaves out values that Cloudflare derived. confirmed has the tests that
// this breaks. Errors are those of CreateNew, ErrTooLate, and ErrNotFound for a record that is
// no such deletion.
func (s *Service) Undo(ctx context.Context, who rbac.Caller, seq int64, confirmed registry.Confirmed) (Created, error) {
	if err := s.audit.Authorize(ctx, who, rbac.CreateEntry); err != nil {
		return Created{}, err
	}
	r, err := s.trail.Record(ctx, seq)
	if err != nil {
		return Created{}, audit.Unreadable(err)
	}
	if r.Action != rbac.DeleteEntry || r.Outcome != audit.OutcomeDone || r.Account != s.account || !r.Actor.Same(who.Actor) {
		return Created{}, fmt.Errorf("undo record %d: %w", seq, registry.ErrNotFound)
	}
	if s.now().Sub(r.Time) >= UndoPeriod {
		return Created{}, ErrTooLate
	}
	own, err := s.mirror.WithoutDerived(ctx, r.Entry, r.Before)
	if err != nil {
		return Created{}, err
	}
	d := own.Draft()
	return s.create(s.PatternWork(ctx, who), who, RestoreKey(seq), d, nil, preCheck{decide: func(ctx context.Context) ([]registry.Confirmation, error) {
		return s.testsConfirmed(ctx, "", d, false, confirmed)
	}})
}

// RestoreKey returns the key of the create that undoes the deletion of an audit record.
// Both ways to undo it share the key, so they create one entry.
func RestoreKey(record int64) string { return "undo " + strconv.FormatInt(record, 10) }
