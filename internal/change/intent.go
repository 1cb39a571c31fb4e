package change

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// intend records the intent of a change. If it fails, nothing may be sent. The intent
// counts as in progress until conclude. For a change of an entry, newest is the entry's
// newest record before it was read: see AppendAsOf.
func (s *Service) intend(ctx context.Context, who rbac.Caller, r audit.Record, newest int64) (audit.Record, error) {
	r.Outcome = audit.OutcomeIntent
	r = s.audit.Of(who, r)
	s.inProgress.writing.RLock()
	defer s.inProgress.writing.RUnlock()
	write := s.journal.Append
	if r.Entry != "" {
		write = func(ctx context.Context, r audit.Record) (audit.Record, error) {
			return s.journal.AppendAsOf(ctx, r, newest)
		}
	}
	intent, err := write(ctx, r)
	if err != nil {
		err = &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", r.Action, err)}
	}
	if err == nil {
		s.inProgress.add(intent)
		s.firstSeen.own(intent.Seq, s.now())
	}
	return intent, err
}

// intents are this program's intents in progress.
type intents struct {
	// writing is held for reading while an intent is written. A reader of the journal who
	// holds it for writing finds every new intent in here too.
	writing sync.RWMutex
	mu      sync.Mutex
	bySeq   map[int64]audit.Record
	// unrecorded are the intents whose outcome could not be recorded.
	unrecorded map[int64]bool
}

func (i *intents) add(r audit.Record) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.bySeq == nil {
		i.bySeq = make(map[int64]audit.Record)
	}
	i.bySeq[r.Seq] = r
}

// remove removes an intent after its change; unrecorded says that its outcome could not be
// recorded.
func (i *intents) remove(seq int64, unrecorded bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.bySeq, seq)
	if !unrecorded {
		delete(i.unrecorded, seq)
		return
	}
	if i.unrecorded == nil {
		i.unrecorded = make(map[int64]bool)
	}
	i.unrecorded[seq] = true
}

// isUnrecorded reports whether the outcome of an intent of this program could not be
// recorded.
func (i *intents) isUnrecorded(seq int64) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.unrecorded[seq]
}

func (i *intents) has(seq int64) bool {
	i.writing.Lock()
	defer i.writing.Unlock()
	i.mu.Lock()
	defer i.mu.Unlock()
	_, ok := i.bySeq[seq]
	return ok
}

// sameAs reports whether a create of the same identity as s is in progress.
func (i *intents) sameAs(s Submission) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range i.bySeq {
		if r.After[registry.FieldName] == s.Name && r.After[registry.FieldEmail] == s.Email {
			return true
		}
	}
	return false
}

// conclude records the outcome of an intent, and reports whether the intent is now closed.
// If recording fails, the intent stays open and is settled later.
func (s *Service) conclude(ctx context.Context, intent, outcome audit.Record) (closed bool) {
	return s.concludeWith(ctx, intent, outcome, s.journal.Append)
}

// showInMirror makes a change visible in the copy of the registry that this program has in
// memory. Its row was written with the outcome.
func (s *Service) showInMirror(ctx context.Context, outcome audit.Record) {
	if outcome.Outcome != audit.OutcomeDone {
		return
	}
	if err := s.mirror.CatchUp(ctx); err != nil {
		s.log.ErrorContext(ctx, "the copy of the registry could not be brought up to date; it is tried again", "error", err)
	}
}

func (s *Service) concludeWith(ctx context.Context, intent, outcome audit.Record, write func(context.Context, audit.Record) (audit.Record, error)) (closed bool) {
	unrecorded := false
	defer func() { s.inProgress.remove(intent.Seq, unrecorded) }()
	outcome.RequestID, outcome.Actor, outcome.Address = intent.RequestID, intent.Actor, intent.Address
	outcome.Account, outcome.Action, outcome.Intent = intent.Account, intent.Action, intent.Seq
	if outcome.Entry == "" {
		outcome.Entry = intent.Entry
	}
	_, err := write(ctx, outcome)
	switch {
	case err == nil:
		s.showInMirror(ctx, outcome)
		return outcome.Outcome != audit.OutcomeUnknown
	case errors.Is(err, audit.ErrEntryMoved):
		return false // the effect may belong to another change: a later look decides
	case errors.Is(err, audit.ErrSettled):
		s.log.WarnContext(ctx, "an intent was already settled", "intent", intent.Seq, "outcome", outcome.Outcome)
		if outcome.Outcome == audit.OutcomeDone {
			s.correct(ctx, intent, outcome)
		}
		return true
	}
	unrecorded = true
	s.log.ErrorContext(ctx, "an outcome could not be recorded; it will be settled later", "intent", intent.Seq, "outcome", outcome.Outcome, "error", err)
	return false
}
