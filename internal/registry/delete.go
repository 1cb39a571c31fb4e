package registry

import (
	"context"
	"errors"
	"time"
)

// Delete deletes the entry id for who, who saw it as seen, "" for not at all: its name
// and address must still be those. Errors are those of Update, less those of values. An
// entry that the same person has just deleted is no error: Changed says Again.
func (s *Service) Delete(ctx context.Context, who Caller, id ID, seen Version) (Changed, error) {
	var values Values
	if seen != "" {
		if values, _ = seen.Values(); values == nil {
			values = Values{} // nothing is like that
		}
	}
	changed, err := s.deleteSeen(context.WithoutCancel(ctx), who, id, values, s.now().Add(-UndoWithin))
	if conflict := (*ConflictError)(nil); errors.As(err, &conflict) {
		conflict.Seen = seen
	}
	return changed, err
}

// deleteSeen deletes an entry, unless it protects another name or address than seen
// says (nil for any). That who has deleted it before, after since, is no error. While
// nothing is sent, it ends with ctx.
func (s *Service) deleteSeen(ctx context.Context, who Caller, id ID, seen Values, since time.Time) (changed Changed, err error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return Changed{}, err
	}
	ctx = ForChange(AskedBy(ctx, who))
	err = s.alone(ctx, id, func(newest int64) (err error) {
		changed, err = s.delete(ctx, who, id, newest, seen, since)
		return err
	})
	return changed, err
}

// delete is deleteSeen while nobody else changes the entry.
func (s *Service) delete(ctx context.Context, who Caller, id ID, newest int64, seen Values, since time.Time) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, DeleteEntry, id, nil); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if errors.Is(err, ErrNotFound) {
		r, ok, failed := s.deletedBy(ctx, who, id, since)
		switch {
		case failed != nil:
			return Changed{}, failed
		case ok:
			return Changed{Entry: Entry{ID: id}, Before: r.Before, How: Again, Record: r.Seq}, nil
		}
	}
	if err == nil && seen != nil && !now.Values().holds(identity(seen)) {
		err = &ConflictError{Action: DeleteEntry, Now: now}
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return Changed{}, err
	}
	changed, err := s.change(context.WithoutCancel(ctx), who, sent{action: DeleteEntry, id: id, before: now.Values(), newest: newest}, func(ctx context.Context) (Entry, Receipt, error) {
		receipt, err := s.api.DeleteEntry(ctx, id)
		return now, receipt, err
	})
	changed.Entry, changed.Before = now, now.Values()
	return changed, err
}

// identity returns of v whose name is protected, and from where it may be used.
func identity(v Values) Values {
	return Values{FieldName: v[FieldName], FieldEmail: v[FieldEmail], FieldIsEmailRegex: v[FieldIsEmailRegex]}
}

// deletedBy returns the record of who's having deleted the entry after since, now that
// it is gone. A deletion whose outcome is not known yet is settled first.
func (s *Service) deletedBy(ctx context.Context, who Caller, id ID, since time.Time) (r Record, ok bool, err error) {
	for range 2 {
		records, err := s.trail.Records(ctx, AuditQuery{Entry: id, Action: DeleteEntry, Since: since, Limit: 2})
		if err != nil {
			return Record{}, false, unreadable(err)
		}
		if len(records) == 0 || !records[0].Actor.Same(who.Actor) {
			return Record{}, false, nil
		}
		switch newest := records[0]; newest.Outcome {
		case OutcomeDone:
			return newest, true, nil
		case OutcomeIntent, OutcomeUnknown:
			intent := newest
			if newest.Outcome == OutcomeUnknown {
				if intent, err = s.trail.Record(ctx, newest.Intent); err != nil {
					return Record{}, false, unreadable(err)
				}
			}
			d, err := s.doubtOf(ctx, intent.Seq, intent.Time)
			if err != nil {
				return Record{}, false, unreadable(err)
			}
			if s.conclude(ctx, intent, s.settleChangeIntent(ctx, intent, d, 2)) {
				s.followUp(ctx, intent)
			}
		default:
			return Record{}, false, nil
		}
	}
	return Record{}, false, nil
}
