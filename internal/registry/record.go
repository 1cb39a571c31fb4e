package registry

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Codes of problems in the audit trail that are Namesake's own and not the API's.
const (
	codeRole       = "namesake.role"        // the role does not allow it
	codeNotSent    = "namesake.not_sent"    // recorded as intended, and then not sent
	codeCallFailed = "namesake.call_failed" // the call failed without a reason from the API
	codeSettled    = "namesake.settled"     // found out later
	codeHappened   = "namesake.happened"    // the API says that it was done, but the registry does not show it yet
	codeSignIn     = "namesake.sign_in"     // the sign-in was refused
)

// UnrecordedError reports that the audit trail, or what keeps changes from being
// made twice, can't be written. Nothing was sent.
type UnrecordedError struct{ Err error }

func (e *UnrecordedError) Error() string { return "not recorded, so not done: " + e.Err.Error() }
func (e *UnrecordedError) Unwrap() error { return e.Err }

// Authorize returns a *ForbiddenError, and records the refusal, unless who may do
// what.
func (s *Service) Authorize(ctx context.Context, who Caller, what Action) error {
	if who.May(what) {
		return nil
	}
	forbidden := &ForbiddenError{Actor: who.Actor, Action: what}
	refusal := Record{Action: what, Outcome: OutcomeRefused, Errors: []Problem{{Code: codeRole, Message: forbidden.Error()}}}
	if err := s.note(context.WithoutCancel(ctx), who, refusal); err != nil {
		s.log.ErrorContext(ctx, "a refusal could not be recorded", "error", err) // it is refused all the same
	}
	return forbidden
}

// note appends a record that is neither an intent nor the outcome of one.
func (s *Service) note(ctx context.Context, who Caller, r Record) error {
	_, err := s.append(ctx, who, r)
	return err
}

// intend records what is about to be sent. When it fails, nothing may be sent.
// The intent counts as under way until it is concluded. For a change of an entry, newest
// is the newest record of the entry from before it was read: see AppendAsOf.
func (s *Service) intend(ctx context.Context, who Caller, r Record, newest int64) (Record, error) {
	r.Outcome = OutcomeIntent
	r = s.of(who, r)
	s.underWay.writing.RLock()
	defer s.underWay.writing.RUnlock()
	write := s.journal.Append
	if r.Entry != "" {
		write = func(ctx context.Context, r Record) (Record, error) { return s.journal.AppendAsOf(ctx, r, newest) }
	}
	intent, err := write(ctx, r)
	if err != nil {
		err = &UnrecordedError{fmt.Errorf("record %s: %w", r.Action, err)}
	}
	if err == nil {
		s.underWay.add(intent)
		s.firstSeen.own(intent.Seq, s.now())
	}
	return intent, err
}

// intents are those of this program that are under way.
type intents struct {
	// writing is held for reading while an intent is written, so that whoever takes
	// it for writing sees none in the journal that is not in here.
	writing sync.RWMutex
	mu      sync.Mutex
	bySeq   map[int64]Record
	// left are those whose outcome could not be recorded.
	left map[int64]bool
}

func (i *intents) add(r Record) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.bySeq == nil {
		i.bySeq = make(map[int64]Record)
	}
	i.bySeq[r.Seq] = r
}

// remove takes an intent out whose change has ended; left tells that it has no outcome.
func (i *intents) remove(seq int64, left bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.bySeq, seq)
	if !left {
		delete(i.left, seq)
		return
	}
	if i.left == nil {
		i.left = make(map[int64]bool)
	}
	i.left[seq] = true
}

// wasLeft reports whether the change of an intent of this program has ended without an
// outcome that could be recorded.
func (i *intents) wasLeft(seq int64) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.left[seq]
}

func (i *intents) has(seq int64) bool {
	i.writing.Lock()
	defer i.writing.Unlock()
	i.mu.Lock()
	defer i.mu.Unlock()
	_, ok := i.bySeq[seq]
	return ok
}

// sameAs reports whether a create of the same identity as s is under way.
func (i *intents) sameAs(s Submission) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range i.bySeq {
		if r.After[FieldName] == s.Name && r.After[FieldEmail] == s.Email {
			return true
		}
	}
	return false
}

// of puts into r who asks.
func (s *Service) of(who Caller, r Record) Record {
	r.RequestID, r.Actor, r.Address, r.Account = who.RequestID, who.Actor, who.Address, s.account
	return r
}

func (s *Service) append(ctx context.Context, who Caller, r Record) (Record, error) {
	appended, err := s.journal.Append(ctx, s.of(who, r))
	if err != nil {
		return Record{}, &UnrecordedError{fmt.Errorf("record %s: %w", r.Action, err)}
	}
	return appended, nil
}

// conclude records what came of an intent, and reports whether the intent is closed
// now. That it can't be recorded does not undo what was done: the intent then
// stays open, and is settled later.
func (s *Service) conclude(ctx context.Context, intent, outcome Record) (closed bool) {
	return s.concludeWith(ctx, intent, outcome, s.journal.Append)
}

func (s *Service) concludeWith(ctx context.Context, intent, outcome Record, write func(context.Context, Record) (Record, error)) (closed bool) {
	left := false
	defer func() { s.underWay.remove(intent.Seq, left) }()
	outcome.RequestID, outcome.Actor, outcome.Address = intent.RequestID, intent.Actor, intent.Address
	outcome.Account, outcome.Action, outcome.Intent = intent.Account, intent.Action, intent.Seq
	if outcome.Entry == "" {
		outcome.Entry = intent.Entry
	}
	_, err := write(ctx, outcome)
	switch {
	case err == nil:
		return outcome.Outcome != OutcomeUnknown
	case errors.Is(err, ErrEntryMoved):
		return false // what was found may be another change's: it is looked for again
	case errors.Is(err, ErrSettled):
		s.log.WarnContext(ctx, "an intent was settled by somebody else", "intent", intent.Seq, "outcome", outcome.Outcome)
		if outcome.Outcome == OutcomeDone {
			s.correct(ctx, intent, outcome)
		}
		return true
	}
	left = true
	s.log.ErrorContext(ctx, "an outcome could not be recorded; it will be settled later", "intent", intent.Seq, "outcome", outcome.Outcome, "error", err)
	return false
}

// refusal reports whether the API declined the call, as against not managing it.
func (k Kind) refusal() bool {
	switch k {
	case Refused, Conflicting, Missing, Denied, NotSubscribed, RateLimited:
		return true
	case Broken, Unreadable, Unreachable, Lost, TimedOut:
	}
	return false
}
