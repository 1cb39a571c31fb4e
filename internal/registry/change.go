package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// change returns the fields that have to change for v to become d, by the API's
// names; nil clears one. A source that d does not give stays as it is.
func (v Values) change(d Draft) Values {
	wanted, change := d.Values(), Values{}
	for _, f := range fields {
		want, given := wanted[f.Name]
		switch {
		case !given && (f.Kept || empty(v[f.Name])):
		case !given:
			change[f.Name] = nil
		case want != v[f.Name]:
			change[f.Name] = want
		}
	}
	return change
}

func empty(v any) bool { return v == nil || v == "" }

// with returns v with a change made.
func (v Values) with(change Values) Values {
	out := maps.Clone(v)
	if out == nil {
		out = Values{}
	}
	for field, value := range change {
		if value == nil {
			delete(out, field)
		} else {
			out[field] = value
		}
	}
	return out
}

// holds reports whether v has the values that change gives.
func (v Values) holds(change Values) bool {
	for field, value := range change {
		text, isText := value.(string)
		is, wasText := v[field].(string)
		switch {
		case value == nil && empty(v[field]):
		case isText && wasText && trimmed(text) == trimmed(is): // as the API may do
		case value != v[field]:
			return false
		}
	}
	return true
}

// validateChange checks the fields that change.
func (d Draft) validateChange(ctx context.Context, change Values) error {
	var invalid *InvalidError
	err := d.validate(ctx, change.turns(FieldEmail, FieldIsEmailRegex))
	if !errors.As(err, &invalid) {
		return err
	}
	mine := slices.DeleteFunc(invalid.Fields, func(f FieldError) bool {
		_, changes := change[f.Field]
		_, turns := change[FieldIsEmailRegex]
		return !changes && (f.Field != FieldEmail || !turns)
	})
	if len(mine) == 0 {
		return nil
	}
	return &InvalidError{mine}
}

// ConflictError reports a change of an entry that has changed since it was seen.
type ConflictError struct {
	Action Action
	Seen   Version
	Now    Entry
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("entry %s has changed since it was seen", e.Now.ID)
}

// SyncedError reports a change of an entry that belongs to a directory.
type SyncedError struct{ Entry Entry }

func (e *SyncedError) Error() string {
	return fmt.Sprintf("entry %s is synced from a directory", e.Entry.ID)
}

// Changed is a change that is certain to have taken effect.
type Changed struct {
	Entry   Entry  // as it is now; as it was, when it was deleted
	Before  Values // what was deleted
	Change  Values
	How     How
	Receipt Receipt
	Cause   *APIError // what went wrong with the call, when How is Recovered
	Record  int64     // the seq of the audit record that says so, 0 when there is none
}

// sent is a change that was sent, or is about to be.
type sent struct {
	action Action
	id     ID
	before Values
	change Values // what an edit gives
	// confirmed is what the person was asked about, and went on with.
	confirmed []Confirmation
	newest    int64 // the newest record of the entry before it was read
	at        time.Time
}

// Update makes the entry id what d says, for who, who saw it as seen. Only the
// fields that change are sent, and at most once. Errors:
//
//   - *ForbiddenError, *InvalidError, *UnrecordedError: nothing was sent.
//   - ErrNotFound, in the chain: there is no such entry.
//   - *SyncedError: it belongs to a directory; nothing was sent.
//   - *ConflictError: it has changed since it was seen; nothing was sent.
//   - *APIError: it could not be read, or the API refused; certainly nothing was changed.
//   - *UnsettledError: the call failed; NotDone tells whether that is certain.
//   - *InDoubtError: it is not known yet what became of another change of the entry; nothing was sent.
//   - *StopError: there is something to ask that is not confirmed; nothing was sent.
//   - *EntryBusyError: another change of the entry is under way; nothing was sent.
func (s *Service) Update(ctx context.Context, who Caller, id ID, seen Version, d Draft, confirmed Confirmed) (changed Changed, err error) {
	if err := s.Authorize(ctx, who, EditEntry); err != nil {
		return Changed{}, err
	}
	ctx = ForChange(AskedBy(s.PatternWork(context.WithoutCancel(ctx), who), who)) // see Create
	err = s.alone(ctx, id, func(newest int64) (err error) {
		changed, err = s.update(ctx, who, id, newest, seen, d, confirmed)
		return err
	})
	return changed, err
}

// update is Update while nobody else changes the entry.
func (s *Service) update(ctx context.Context, who Caller, id ID, newest int64, seen Version, d Draft, confirmed Confirmed) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, EditEntry, id, &d); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if err != nil {
		return Changed{}, err
	}
	d = d.keepLong(now.Values())
	change := now.Values().change(d)
	switch {
	case len(change) == 0:
		return Changed{Entry: now, How: Again}, nil
	case now.Version() != seen:
		return Changed{}, &ConflictError{EditEntry, seen, now}
	}
	if err := d.validateChange(ctx, change); err != nil {
		return Changed{}, err
	}
	given, err := s.stops(ctx, d, id, change, confirmed)
	if err != nil {
		return Changed{}, err
	}
	return s.change(ctx, who, sent{action: EditEntry, id: id, before: now.Values(), change: change, confirmed: given, newest: newest}, func(ctx context.Context) (Entry, Receipt, error) {
		return s.api.UpdateEntry(ctx, id, change)
	})
}

// changeable reads an entry that is about to be changed.
func (s *Service) changeable(ctx context.Context, id ID) (Entry, error) {
	now, receipt, err := s.api.Entry(ctx, id)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %s: %w", id, err)
	}
	if now, err = s.upToDate(ctx, now); err != nil {
		return Entry{}, err
	}
	if now.Synced() {
		return Entry{}, &SyncedError{now}
	}
	s.creditCreate(ctx, now, receipt)
	return now, nil
}

// change records the intent, makes the call, settles the matter when its outcome is
// uncertain, and records what came of it.
func (s *Service) change(ctx context.Context, who Caller, c sent, call func(context.Context) (Entry, Receipt, error)) (Changed, error) {
	intended := Record{Action: c.action, Entry: c.id, Before: c.before, Confirmed: c.confirmed}
	if c.action == EditEntry {
		intended.After = c.before.with(c.change)
	}
	began := s.now()
	intent, err := s.intend(ctx, who, intended, c.newest)
	if err != nil {
		return Changed{}, err
	}
	if c.at = s.now(); c.at.Sub(began) > claimsWithin {
		// The program stood still: another one may have taken the intent for left behind.
		s.conclude(ctx, intent, Record{Outcome: OutcomeFailed, Before: c.before, After: intended.After, Errors: []Problem{{Code: codeNotSent, Message: "not sent: it took too long to record the intent"}}})
		return Changed{}, &UnrecordedError{errSlowJournal}
	}
	entry, receipt, err := call(ctx)
	changed := Changed{Entry: entry, Change: c.change, How: Sent, Receipt: receipt}
	if err != nil {
		failed := failedCall(string(c.action), err)
		err = failed
		if failed.Effect != NoEffect {
			changed, err = s.settleChange(ctx, c, s.noteAnswer(ctx, intent.Seq, c.at, failed), failed, 2)
		}
	}
	is := Entry{}
	if err == nil && c.action == EditEntry {
		is = changed.Entry
	}
	s.noteChange(c.id, is)
	outcome := s.changeOutcome(c, changed, err)
	if s.conclude(ctx, intent, outcome) && err == nil {
		changed.Record = s.lastOf(ctx, intent.Seq)
	}
	return changed, err
}

// errSlowJournal reports an intent that took too long to record.
var errSlowJournal = errors.New("it took too long to record the intent")

// lastOf returns the seq of the newest record of an intent, 0 when it can't be read.
func (s *Service) lastOf(ctx context.Context, intent int64) int64 {
	records, err := s.trail.Records(ctx, AuditQuery{Intent: intent, Limit: 1})
	if err != nil || len(records) == 0 {
		return 0
	}
	return records[0].Seq
}

// settleChange finds out by looking, at most looks times, whether a change took effect.
// cause is what went wrong with the call.
func (s *Service) settleChange(ctx context.Context, c sent, d doubt, cause *APIError, looks int) (Changed, error) {
	changed := Changed{Change: c.change, How: Recovered, Cause: cause}
	unsettled := s.seek(ctx, &UnsettledError{Action: c.action, Cause: cause}, d, looks, func(ctx context.Context) (err error) {
		changed.Entry, changed.Receipt, err = s.api.Entry(ctx, c.id)
		gone := errors.Is(err, ErrNotFound)
		switch {
		case err != nil && !gone:
			return err
		case gone == (c.action == DeleteEntry) && (gone || changed.Entry.Values().holds(c.change)):
			return nil
		}
		return errAbsent
	})
	if unsettled != nil {
		return Changed{}, unsettled
	}
	return changed, nil
}

// changeOutcome is the record of how a change ended.
func (s *Service) changeOutcome(c sent, changed Changed, err error) Record {
	r := s.outcomeOf(Created{Entry: changed.Entry, How: changed.How, Receipt: changed.Receipt, Cause: changed.Cause}, err, c.at)
	r.Entry, r.Before = c.id, c.before
	switch {
	case c.action == DeleteEntry:
		r.After = nil
	case err != nil, changed.Entry.ID == "":
		r.After = c.before.with(c.change)
	}
	return r
}

// settleChangeIntent finds out what became of an edit or a deletion that was left
// behind: by what later changes of the entry saw, or else by looking.
func (s *Service) settleChangeIntent(ctx context.Context, intent Record, d doubt, looks int) Record {
	c := sent{action: intent.Action, id: intent.Entry, before: intent.Before, at: intent.Time}
	if c.action == EditEntry {
		c.change = difference(intent.Before, intent.After)
	}
	var outcome Record
	switch known, by, err := s.knownOf(ctx, c, intent.Seq); {
	case err != nil:
		outcome = s.changeOutcome(c, Changed{}, &UnsettledError{Action: c.action, Intent: intent.Seq, SentAt: c.at, LookedAt: s.now(), Happened: d.happened, Look: err})
	case known && by != intent.Seq:
		return Record{Outcome: OutcomeFailed, After: intent.After, Before: intent.Before, Errors: []Problem{{Code: codeSettled, Message: "of no effect: the same was done by a later change"}}}
	case known:
		outcome = s.changeOutcome(c, Changed{Change: c.change, How: Recovered}, nil)
	default:
		changed, err := s.settleChange(ctx, c, d, nil, looks)
		outcome = s.changeOutcome(c, changed, err)
	}
	outcome.Duration = 0 // how long the call itself took is not known
	return outcome
}

// knownOf looks for the effect of c in the records of later changes of the entry. by is
// the intent that had it: the given one of c if a later change, an edit's, saw it
// before anything else had the same effect. What had it would not have been sent otherwise.
func (s *Service) knownOf(ctx context.Context, c sent, intent int64) (known bool, by int64, err error) {
	later, err := s.trail.Records(ctx, AuditQuery{Entry: c.id, After: intent, Limit: 100})
	if err != nil {
		return false, 0, fmt.Errorf("look up who changed %s: %w", c.id, err)
	}
	same := map[int64]bool{} // the intents of the same change
	for _, r := range slices.Backward(later) {
		switch {
		case r.Outcome == OutcomeIntent && c.action == EditEntry && r.Before.holds(c.change):
			return true, intent, nil
		case r.Outcome == OutcomeIntent && c.action == r.Action:
			same[r.Seq] = difference(r.Before, r.After).contains(c.change)
		case r.Outcome == OutcomeDone && same[r.Intent]:
			return true, r.Intent, nil
		}
	}
	return false, 0, nil
}

// contains reports whether the change v makes change as well.
func (v Values) contains(change Values) bool {
	for field, value := range change {
		if got, changes := v[field]; !changes || got != value {
			return false
		}
	}
	return true
}

// difference returns the change that makes before what after is.
func difference(before, after Values) Values {
	change := Values{}
	for field, value := range after {
		if value != before[field] {
			change[field] = value
		}
	}
	for field := range before {
		if _, stays := after[field]; !stays {
			change[field] = nil
		}
	}
	return change
}
