package change

import (
	"context"
	"errors"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Delete deletes the entry id for who, who saw it as seen ("" if not at all): it must still
// have the same name and address. confirmed has the tests that this breaks, which the record
// names. Its errors are those of Update without those about values. If the same person has just
// deleted the entry, Result is AlreadyDone.
func (s *Service) Delete(ctx context.Context, who rbac.Caller, id registry.ID, seen registry.Version, confirmed registry.Confirmed) (Changed, error) {
	var values registry.Values
	if seen != "" {
		if values, _ = seen.Values(); values == nil {
			values = registry.Values{} // matches no entry
		}
	}
	ctx = s.patterns.In(context.WithoutCancel(ctx), who.Key())
	changed, err := s.deleteSeen(ctx, who, id, values, s.now().Add(-UndoPeriod), func(ctx context.Context, now registry.Entry) ([]registry.Confirmation, error) {
		return s.testsConfirmed(ctx, id, now.Values().Draft(), true, confirmed)
	})
	if conflict := (*ConflictError)(nil); errors.As(err, &conflict) {
		conflict.Seen = seen
	}
	return changed, err
}

// deleteSeen deletes an entry if it still protects the name and address of seen; nil means
// any. If who has deleted it after since, that is no error. decide, which may be nil, returns
// what was confirmed, or an error to not delete it. deleteSeen ends with ctx unless the call
// was made.
func (s *Service) deleteSeen(ctx context.Context, who rbac.Caller, id registry.ID, seen registry.Values, since time.Time, decide func(context.Context, registry.Entry) ([]registry.Confirmation, error)) (changed Changed, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.DeleteEntry); err != nil {
		return Changed{}, err
	}
	ctx = registry.ForChange(registry.AskedBy(ctx, who.Key()))
	err = s.lockEntry(ctx, id, func(newest int64) (err error) {
		changed, err = s.delete(ctx, who, id, newest, seen, since, decide)
		return err
	})
	return changed, err
}

// delete is deleteSeen for a caller who holds the entry's lock.
func (s *Service) delete(ctx context.Context, who rbac.Caller, id registry.ID, newest int64, seen registry.Values, since time.Time, decide func(context.Context, registry.Entry) ([]registry.Confirmation, error)) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, rbac.DeleteEntry, id, nil); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if errors.Is(err, registry.ErrNotFound) {
		r, ok, failed := s.deletedBy(ctx, who, id, since)
		switch {
		case failed != nil:
			return Changed{}, failed
		case ok:
			return Changed{Entry: registry.Entry{ID: id}, Before: r.Before, Result: AlreadyDone, Record: r.Seq}, nil
		}
	}
	if err == nil && seen != nil && !now.Values().Holds(registry.Identity(seen)) {
		err = &ConflictError{Action: rbac.DeleteEntry, Now: now}
	}
	if err == nil {
		err = ctx.Err()
	}
	var given []registry.Confirmation
	if err == nil && decide != nil {
		given, err = decide(ctx, now)
	}
	if err != nil {
		return Changed{}, err
	}
	changed, err := s.makeChange(context.WithoutCancel(ctx), who, pendingChange{action: rbac.DeleteEntry, id: id, before: now.Values(), confirmed: given, newest: newest}, func(ctx context.Context) (registry.Entry, registry.Receipt, error) {
		receipt, err := s.api.DeleteEntry(ctx, id)
		return now, receipt, err
	})
	changed.Entry, changed.Before = now, now.Values()
	return changed, err
}

// deletedBy returns the record in which who deleted the entry after since. It settles an
// unsettled deletion first. The entry must be gone.
func (s *Service) deletedBy(ctx context.Context, who rbac.Caller, id registry.ID, since time.Time) (r audit.Record, ok bool, err error) {
	for range 2 {
		records, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.DeleteEntry, Since: since, Limit: 2})
		if err != nil {
			return audit.Record{}, false, audit.Unreadable(err)
		}
		if len(records) == 0 || !records[0].Actor.Same(who.Actor) {
			return audit.Record{}, false, nil
		}
		switch newest := records[0]; newest.Outcome {
		case audit.OutcomeDone:
			return newest, true, nil
		case audit.OutcomeIntent, audit.OutcomeUnknown:
			intent := newest
			if newest.Outcome == audit.OutcomeUnknown {
				if intent, err = s.trail.Record(ctx, newest.Intent); err != nil {
					return audit.Record{}, false, audit.Unreadable(err)
				}
			}
			d, err := s.doubtOf(ctx, intent.Seq, intent.Time)
			if err != nil {
				return audit.Record{}, false, audit.Unreadable(err)
			}
			if s.conclude(ctx, intent, s.settleChangeIntent(ctx, intent, d, 2)) {
				s.followUp(ctx, intent)
			}
		default:
			return audit.Record{}, false, nil
		}
	}
	return audit.Record{}, false, nil
}
