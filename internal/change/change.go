package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// ConflictError reports that the entry has changed since the person saw it.
type ConflictError struct {
	Action rbac.Action
	Seen   registry.Version
	Now    registry.Entry
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("entry %s has changed since it was seen", e.Now.ID)
}

// SyncedError reports that the entry belongs to a directory.
type SyncedError struct{ Entry registry.Entry }

func (e *SyncedError) Error() string {
	return fmt.Sprintf("entry %s is synced from a directory", e.Entry.ID)
}

// Changed is a change that has certainly taken effect.
type Changed struct {
	Entry   registry.Entry  // as it is now or, after a deletion, as it was
	Before  registry.Values // the values of a deleted entry
	Change  registry.Values
	Result  Result
	Receipt registry.Receipt
	Cause   *registry.APIError // why the call failed, when Result is FoundLater
	Record  int64              // the seq of the audit record of the outcome, 0 if there is none
}

// pendingChange is a change before or during its call.
type pendingChange struct {
	action rbac.Action
	id     registry.ID
	before registry.Values
	change registry.Values // the fields that an edit changes
	// confirmed lists the warnings that the person has confirmed.
	confirmed []registry.Confirmation
	newest    int64 // the entry's newest record before the entry was read
	at        time.Time
}

// Update changes the entry id to d for who, who saw it as seen. It sends only the fields
// that change, and at most once. Errors:
//
//   - *ForbiddenError, *InvalidError, *UnrecordedError: nothing was sent.
//   - ErrNotFound, in the chain: the entry does not exist.
//   - *SyncedError: the entry belongs to a directory; nothing was sent.
//   - *ConflictError: the entry has changed since it was seen; nothing was sent.
//   - *APIError: the entry could not be read, or the API refused; certainly nothing was changed.
//   - *UnsettledError: the call failed; NotDone is true if it certainly had no effect.
//   - *InDoubtError: the outcome of another change of the entry is unknown; nothing was sent.
//   - *StopError: reasons to ask the person are not confirmed; nothing was sent.
//   - *EntryBusyError: another change of the entry is in progress; nothing was sent.
func (s *Service) Update(ctx context.Context, who rbac.Caller, id registry.ID, seen registry.Version, d registry.Draft, confirmed registry.Confirmed) (changed Changed, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.EditEntry); err != nil {
		return Changed{}, err
	}
	ctx = registry.ForChange(registry.AskedBy(s.patterns.In(context.WithoutCancel(ctx), who.Key()), who.Key())) // see create
	err = s.lockEntry(ctx, id, func(newest int64) (err error) {
		changed, err = s.update(ctx, who, id, newest, seen, d, confirmed)
		return err
	})
	return changed, err
}

// update is Update for a caller who holds the entry's lock.
func (s *Service) update(ctx context.Context, who rbac.Caller, id registry.ID, newest int64, seen registry.Version, d registry.Draft, confirmed registry.Confirmed) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, rbac.EditEntry, id, &d); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if err != nil {
		return Changed{}, err
	}
	d = d.KeepLong(now.Values())
	change := now.Values().Change(d)
	switch {
	case len(change) == 0:
		return Changed{Entry: now, Result: AlreadyDone}, nil
	case now.Version() != seen:
		return Changed{}, &ConflictError{rbac.EditEntry, seen, now}
	}
	if err := d.ValidateChange(ctx, change); err != nil {
		return Changed{}, err
	}
	given, err := s.checkConfirmed(ctx, d, id, change, confirmed)
	if err != nil {
		return Changed{}, err
	}
	return s.makeChange(ctx, who, pendingChange{action: rbac.EditEntry, id: id, before: now.Values(), change: change, confirmed: given, newest: newest}, func(ctx context.Context) (registry.Entry, registry.Receipt, error) {
		return s.api.UpdateEntry(ctx, id, change)
	})
}

// changeable reads an entry and checks that it may be changed.
func (s *Service) changeable(ctx context.Context, id registry.ID) (registry.Entry, error) {
	now, receipt, err := s.api.Entry(ctx, id)
	if err != nil {
		return registry.Entry{}, fmt.Errorf("entry %s: %w", id, err)
	}
	if now, err = s.upToDate(ctx, now); err != nil {
		return registry.Entry{}, err
	}
	if now.Synced() {
		return registry.Entry{}, &SyncedError{now}
	}
	s.creditCreate(ctx, now, receipt)
	return now, nil
}

// makeChange records the intent, makes the call, settles an uncertain outcome by looking, and
// records the outcome.
func (s *Service) makeChange(ctx context.Context, who rbac.Caller, c pendingChange, call func(context.Context) (registry.Entry, registry.Receipt, error)) (_ Changed, failure error) {
	intended := audit.Record{Action: c.action, Entry: c.id, Before: c.before, Confirmed: c.confirmed}
	if c.action == rbac.EditEntry {
		intended.After = c.before.With(c.change)
	}
	began := s.now()
	intent, err := s.intend(ctx, who, intended, c.newest)
	if err != nil {
		return Changed{}, err
	}
	defer s.recoverChange(ctx, intent, &failure)
	if c.at = s.now(); c.at.Sub(began) > claimTimeout {
		// The program was suspended, so another copy may have settled the intent as
		// abandoned.
		s.conclude(ctx, intent, audit.Record{Outcome: audit.OutcomeFailed, Before: c.before, After: intended.After, Errors: []registry.Problem{{Code: audit.CodeNotSent, Message: "not sent: it took too long to record the intent"}}})
		return Changed{}, &audit.UnrecordedError{Err: errSlowIntent}
	}
	entry, receipt, err := call(ctx)
	changed := Changed{Entry: entry, Change: c.change, Result: Sent, Receipt: receipt}
	if err != nil {
		failed := failedCall(string(c.action), err)
		err = failed
		if failed.Effect != registry.NoEffect {
			changed, err = s.settleChange(ctx, c, s.noteAnswer(ctx, intent.Seq, c.at, failed), failed, 2)
		}
	}
	outcome := s.changeOutcome(c, changed, err)
	if s.conclude(ctx, intent, outcome) && err == nil {
		changed.Record = s.newestRecordOf(ctx, intent.Seq)
	}
	return changed, err
}

// errSlowIntent reports that recording the intent took too long.
var errSlowIntent = errors.New("it took too long to record the intent")

// newestRecordOf returns the seq of the newest record of an intent, 0 if it can't be read.
func (s *Service) newestRecordOf(ctx context.Context, intent int64) int64 {
	records, err := s.trail.Records(ctx, audit.Query{Intent: intent, Limit: 1})
	if err != nil || len(records) == 0 {
		return 0
	}
	return records[0].Seq
}

// settleChange looks, at most looks times, whether a change took effect. cause is why the
// call failed.
func (s *Service) settleChange(ctx context.Context, c pendingChange, d doubt, cause *registry.APIError, looks int) (Changed, error) {
	changed := Changed{Change: c.change, Result: FoundLater, Cause: cause}
	unsettled := s.seek(ctx, &UnsettledError{Action: c.action, Cause: cause}, d, looks, func(ctx context.Context) (err error) {
		changed.Entry, changed.Receipt, err = s.api.Entry(ctx, c.id)
		gone := errors.Is(err, registry.ErrNotFound)
		switch {
		case err != nil && !gone:
			return err
		case gone == (c.action == rbac.DeleteEntry) && (gone || changed.Entry.Values().Holds(c.change)):
			return nil
		}
		return errAbsent
	})
	if unsettled != nil {
		return Changed{}, unsettled
	}
	return changed, nil
}

// changeOutcome returns the record of a change's outcome.
func (s *Service) changeOutcome(c pendingChange, changed Changed, err error) audit.Record {
	r := s.outcomeOf(Created{Entry: changed.Entry, Result: changed.Result, Receipt: changed.Receipt, Cause: changed.Cause}, err, c.at)
	r.Entry, r.Before = c.id, c.before
	switch {
	case c.action == rbac.DeleteEntry:
		r.After = nil
	case err != nil, changed.Entry.ID == "":
		r.After = c.before.With(c.change)
	}
	return r
}

// settleChangeIntent determines the outcome of an abandoned edit or deletion, from the
// records of later changes of the entry or else by looking.
func (s *Service) settleChangeIntent(ctx context.Context, intent audit.Record, d doubt, looks int) audit.Record {
	c := pendingChange{action: intent.Action, id: intent.Entry, before: intent.Before, at: intent.Time}
	if c.action == rbac.EditEntry {
		c.change = registry.Difference(intent.Before, intent.After)
	}
	var outcome audit.Record
	switch known, by, err := s.effectInTrail(ctx, c, intent.Seq); {
	case err != nil:
		outcome = s.changeOutcome(c, Changed{}, &UnsettledError{Action: c.action, Intent: intent.Seq, SentAt: c.at, LookedAt: s.now(), Happened: d.happened, Look: err})
	case known && by != intent.Seq:
		return audit.Record{Outcome: audit.OutcomeFailed, After: intent.After, Before: intent.Before, Errors: []registry.Problem{{Code: audit.CodeSettled, Message: "of no effect: the same was done by a later change"}}}
	case known:
		outcome = s.changeOutcome(c, Changed{Change: c.change, Result: FoundLater}, nil)
	default:
		changed, err := s.settleChange(ctx, c, d, nil, looks)
		outcome = s.changeOutcome(c, changed, err)
	}
	outcome.Duration = 0 // the duration of the call itself is unknown
	return outcome
}

// effectInTrail looks for the effect of c in the records of later changes of the entry. by
// is the intent that caused it. A later edit has read the entry before its call: if it saw
// the effect, c caused it, unless an earlier change with the same effect did. A change
// whose effect the entry already had would not have been sent.
func (s *Service) effectInTrail(ctx context.Context, c pendingChange, intent int64) (known bool, by int64, err error) {
	later, err := s.trail.Records(ctx, audit.Query{Entry: c.id, After: intent, Limit: 100})
	if err != nil {
		return false, 0, fmt.Errorf("look up who changed %s: %w", c.id, err)
	}
	same := map[int64]bool{} // the intents of equal changes
	for _, r := range slices.Backward(later) {
		switch {
		case r.Outcome == audit.OutcomeIntent && c.action == rbac.EditEntry && r.Before.Holds(c.change):
			return true, intent, nil
		case r.Outcome == audit.OutcomeIntent && c.action == r.Action:
			same[r.Seq] = registry.Difference(r.Before, r.After).Contains(c.change)
		case r.Outcome == audit.OutcomeDone && same[r.Intent]:
			return true, r.Intent, nil
		}
	}
	return false, 0, nil
}
