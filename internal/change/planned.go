package change

import (
	"context"
	"errors"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Changes that a plan makes. They work like those of a form, except when they are repeated:
// an operation may be tried again after a restart, and must then report what the first try
// did.

// earlierDeletePeriod is how long before the creation of a plan its owner may have deleted
// an entry so that the plan counts it as deleted.
const earlierDeletePeriod = UndoPeriod

// DeletePlanned deletes an entry for a plan that was created at planned and saw the values
// seen (nil for none): the entry must still protect that name and address. If who has
// deleted it since, or shortly before, Result is AlreadyDone. Its errors are those of
// Delete. It ends with ctx unless the call was made. accepted is what the record says that the
// owner of the plan has confirmed.
func (s *Service) DeletePlanned(ctx context.Context, who rbac.Caller, id registry.ID, seen registry.Values, planned time.Time, accepted []registry.Confirmation) (Changed, error) {
	return s.deleteSeen(ctx, who, id, seen, planned.Add(-earlierDeletePeriod), func(context.Context, registry.Entry) ([]registry.Confirmation, error) { return accepted, nil })
}

// EditPlanned changes the entry id to d, for a plan that was created at planned and saw the
// values seen. Its errors are those of Update, with a *ConflictError if any value has
// changed since. If nothing had to be sent, Result is AlreadyDone and Record is the edit by
// who since planned, 0 if there is none. accepted is that of DeletePlanned.
func (s *Service) EditPlanned(ctx context.Context, who rbac.Caller, id registry.ID, seen registry.Values, d registry.Draft, planned time.Time, accepted []registry.Confirmation) (changed Changed, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.EditEntry); err != nil {
		return Changed{}, err
	}
	ctx = registry.ForChange(registry.AskedBy(s.patterns.In(ctx, who.Key()), who.Key()))
	err = s.lockEntry(ctx, id, func(newest int64) (err error) {
		changed, err = s.editPlanned(ctx, who, id, newest, seen, d, planned, accepted)
		return err
	})
	return changed, err
}

// editPlanned is EditPlanned for a caller who holds the entry's lock.
func (s *Service) editPlanned(ctx context.Context, who rbac.Caller, id registry.ID, newest int64, seen registry.Values, d registry.Draft, planned time.Time, accepted []registry.Confirmation) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, rbac.EditEntry, id, &d); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if err != nil {
		return Changed{}, err
	}
	values := now.Values()
	d = d.KeepLong(values)
	change := values.Change(d)
	if moved := !values.SameShort(seen); moved || len(change) == 0 {
		made, err := s.editedBy(ctx, who, id, d, planned)
		switch {
		case err != nil:
			return Changed{}, err
		case made.Seq != 0 || len(change) == 0:
			if made.Seq != 0 {
				return Changed{Entry: now.WithValues(made.After), Before: made.Before, Result: AlreadyDone, Record: made.Seq}, nil
			}
			return Changed{Entry: now, Before: values, Result: AlreadyDone}, nil
		}
		return Changed{}, &ConflictError{Action: rbac.EditEntry, Now: now}
	}
	if err := d.ValidateChange(ctx, change); err != nil {
		return Changed{}, err
	}
	if err := ctx.Err(); err != nil {
		return Changed{}, err
	}
	ctx = context.WithoutCancel(ctx) // see create
	changed, err := s.makeChange(ctx, who, pendingChange{action: rbac.EditEntry, id: id, before: values, change: change, confirmed: accepted, newest: newest}, func(ctx context.Context) (registry.Entry, registry.Receipt, error) {
		return s.api.UpdateEntry(ctx, id, change)
	})
	changed.Before = values
	return changed, err
}

// editedBy returns the record of the last edit by who since then that made the entry equal
// to d, or the zero Record.
func (s *Service) editedBy(ctx context.Context, who rbac.Caller, id registry.ID, d registry.Draft, since time.Time) (audit.Record, error) {
	done, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.EditEntry, Outcome: audit.OutcomeDone, Since: since, Limit: recentChanges})
	if err != nil {
		return audit.Record{}, audit.Unreadable(err)
	}
	for _, r := range done {
		if r.Actor.Same(who.Actor) && len(r.After.Diff(d)) == 0 {
			return r, nil
		}
	}
	return audit.Record{}, nil
}

// CreatePlanned creates d once for a key of who, like CreateNew. If the registry already has
// the name with this address, it returns a *DuplicateError and sends nothing. With besideSynced,
// entries that a directory owns do not count. accepted is that of DeletePlanned.
func (s *Service) CreatePlanned(ctx context.Context, who rbac.Caller, key string, d registry.Draft, besideSynced bool, accepted []registry.Confirmation) (created Created, record int64, err error) {
	err = s.withCreateLock(ctx, d, func() (err error) {
		created, err = s.createChecked(ctx, who, key, d, nil, s.unlessDuplicate(d, besideSynced, accepted))
		return err
	})
	if err != nil {
		return Created{}, 0, err
	}
	return created, s.recordOfCreate(ctx, created.Entry.ID), nil
}

// unlessDuplicate returns a check that stops the create of d if the registry has the name
// with this address already, and otherwise returns what was accepted. besideSynced is that of
// CreatePlanned.
func (s *Service) unlessDuplicate(d registry.Draft, besideSynced bool, accepted []registry.Confirmation) preCheck {
	return preCheck{again: true, decide: func(ctx context.Context) ([]registry.Confirmation, error) {
		duplicates, err := s.findDuplicates(ctx, d, "")
		var api *registry.APIError
		switch {
		case errors.As(err, &api) && api.Kind == registry.RateLimited:
			return nil, err // a later try can look again
		case duplicates != nil && slices.ContainsFunc(duplicates.Duplicates, func(e registry.Entry) bool {
			return registry.FoldName(e.Name) == registry.FoldName(d.Name) && (!besideSynced || !e.Synced())
		}):
			return nil, duplicates
		}
		return accepted, nil // as with a form: the API decides
	}}
}

// Restore creates an entry with the values of the deleted entry id, once for a key of who.
// It skips Namesake's rules and leaves out values that Cloudflare derived. Its errors are
// those of CreateNew. accepted is that of DeletePlanned.
func (s *Service) Restore(ctx context.Context, who rbac.Caller, key string, id registry.ID, before registry.Values, accepted []registry.Confirmation) (created Created, record int64, err error) {
	return s.restore(ctx, who, key, id, before, func(registry.Draft) preCheck {
		return preCheck{decide: func(context.Context) ([]registry.Confirmation, error) { return accepted, nil }}
	})
}

// RestoreMissing is Restore, but returns a *DuplicateError and sends nothing if the registry
// has the name with this address already.
func (s *Service) RestoreMissing(ctx context.Context, who rbac.Caller, key string, id registry.ID, before registry.Values, accepted []registry.Confirmation) (created Created, record int64, err error) {
	return s.restore(ctx, who, key, id, before, func(d registry.Draft) preCheck { return s.unlessDuplicate(d, false, accepted) })
}

func (s *Service) restore(ctx context.Context, who rbac.Caller, key string, id registry.ID, before registry.Values, check func(registry.Draft) preCheck) (created Created, record int64, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.CreateEntry); err != nil {
		return Created{}, 0, err
	}
	own, err := s.Restorable(ctx, id, before)
	if err != nil {
		return Created{}, 0, err
	}
	err = s.withCreateLock(ctx, own.Draft(), func() (err error) {
		created, err = s.create(ctx, who, key, own.Draft(), nil, check(own.Draft()))
		return err
	})
	if err != nil {
		return Created{}, 0, err
	}
	return created, s.recordOfCreate(ctx, created.Entry.ID), nil
}

// Restorable returns the values for restoring a deleted entry: its former values without
// those that Cloudflare derived. A list may have cut long texts; the record of the deletion
// has them in full.
func (s *Service) Restorable(ctx context.Context, id registry.ID, before registry.Values) (registry.Values, error) {
	if before.Long() {
		deleted, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.DeleteEntry, Outcome: audit.OutcomeDone, Limit: 1})
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		if len(deleted) > 0 && deleted[0].Before != nil {
			before = deleted[0].Before
		}
	}
	return s.mirror.WithoutDerived(ctx, id, before)
}

// withCreateLock runs create while no other planned create of the same name and address is
// in progress in this program, and again while another copy of the program sends one: of two
// at the same time, each would find the other in doubt.
func (s *Service) withCreateLock(ctx context.Context, d registry.Draft, create func() error) error {
	unlock, err := s.inFlight.Lock(ctx, "planned\x00"+identityOf(d))
	if err != nil {
		return err
	}
	defer unlock()
	poll := firstLockPoll
	for waited := time.Duration(0); ; waited, poll = waited+poll, min(2*poll, maxLockPoll) {
		if err := create(); !inProgress(err) || waited >= changeWait {
			return err
		}
		if err := s.pause(ctx, poll); err != nil {
			return err
		}
	}
}

// inProgress reports whether a create was not sent because another one may be answered soon.
func inProgress(err error) bool {
	var inDoubt *InDoubtError
	var unsettled *UnsettledError
	return errors.As(err, &inDoubt) && inDoubt.InProgress || errors.As(err, &unsettled) && unsettled.InProgress
}

// recordOfCreate returns the seq of the record of an entry's creation, 0 if it can't be
// read.
func (s *Service) recordOfCreate(ctx context.Context, id registry.ID) int64 {
	made, err := s.trail.Records(context.WithoutCancel(ctx), audit.Query{Entry: id, Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Limit: 1})
	if err != nil || len(made) == 0 {
		return 0
	}
	return made[0].Seq
}
