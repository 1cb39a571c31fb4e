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

// ErrTooLate reports a deletion that is too long ago to be undone with one click.
var ErrTooLate = errors.New("too late to undo")

// Undo creates anew the entry that who has deleted, as the audit record seq says,
// not more than UndoWithin ago. However often it is asked for, there is one new
// entry; it has an id of its own. The values are sent as they were, whatever rules
// of ours they break, but for those that Cloudflare derived. Errors are those of Create, ErrTooLate, and ErrNotFound for a
// record that is no such deletion.
func (s *Service) Undo(ctx context.Context, who rbac.Caller, seq int64) (Created, error) {
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
	return s.create(ctx, who, RestoreKey(seq), own.Draft(), nil, nil)
}

// RestoreKey is the key of the create that undoes the deletion of an audit record, so that
// undoing it in several ways makes one entry.
func RestoreKey(record int64) string { return "undo " + strconv.FormatInt(record, 10) }
