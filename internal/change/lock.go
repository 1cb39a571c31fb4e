package change

import (
	"context"
	"errors"
	"fmt"
	"time"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

// Limits of waiting for another change of the same entry. They leave time for the change
// itself within the server's write time-out.
const (
	changeWait    = 20 * time.Second
	firstLockPoll = 20 * time.Millisecond
	maxLockPoll   = 320 * time.Millisecond
)

// EntryBusyError reports a change that was not sent because another change of the same
// entry did not end in time.
type EntryBusyError struct {
	ID     registry.ID
	Intent audit.Record // of the other change; zero if unknown
}

func (e *EntryBusyError) Error() string {
	return fmt.Sprintf("entry %s is being changed (intent %d)", e.ID, e.Intent.Seq)
}

// lockEntry runs do while no other change of the entry id is in progress, in this program
// or another one on the same database. It repeats do when another change was recorded
// first. do reads the entry and passes newest to the intent that it records, so what it has
// read is current. lockEntry returns an *EntryBusyError when the other change takes too
// long.
//
// All copies of the program share the journal, so an entry's lock is its open intent: it
// needs no lease and no clock, and settling the intent of a killed program removes its
// lock.
func (s *Service) lockEntry(ctx context.Context, id registry.ID, do func(newest int64) error) error {
	waiting, cancel := context.WithTimeout(ctx, changeWait)
	defer cancel()
	unlock, err := s.inFlight.Lock(waiting, string(id))
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &EntryBusyError{ID: id}
	}
	defer unlock()
	poll := firstLockPoll
	for waited := time.Duration(0); ; {
		newest, lockedBy, err := s.journal.EntryTrail(ctx, s.account, id)
		if err != nil {
			return &audit.UnrecordedError{Err: fmt.Errorf("look for other changes of entry %s: %w", id, err)}
		}
		if lockedBy == 0 {
			if err := do(newest); !errors.Is(err, audit.ErrEntryMoved) {
				return err
			}
		} else if freed, err := s.settleLeftBehind(ctx, lockedBy); err != nil {
			return err
		} else if freed {
			continue
		}
		if waited >= changeWait {
			return s.busy(ctx, id, lockedBy)
		}
		if err := s.pause(ctx, poll); err != nil {
			return err
		}
		waited, poll = waited+poll, min(2*poll, maxLockPoll)
	}
}

// settleLeftBehind settles the intent that locks an entry, if its program has ended or
// could not record the outcome. The caller holds the entry's lock within this program.
func (s *Service) settleLeftBehind(ctx context.Context, seq int64) (freed bool, err error) {
	intent, err := s.trail.Record(ctx, seq)
	if err != nil {
		return false, audit.Unreadable(err)
	}
	if !s.leftBehind(intent) {
		return false, nil
	}
	if err := s.settleLocked(ctx, intent, true, 2); err != nil {
		return false, err
	}
	if s.inProgress.isUnrecorded(seq) { // then this change can't be recorded either
		return false, &audit.UnrecordedError{Err: fmt.Errorf("the outcome of intent %d could not be recorded", seq)}
	}
	return true, nil
}

func (s *Service) busy(ctx context.Context, id registry.ID, intent int64) error {
	e := &EntryBusyError{ID: id}
	if r, err := s.trail.Record(ctx, intent); err == nil {
		e.Intent = r
	}
	return e
}
