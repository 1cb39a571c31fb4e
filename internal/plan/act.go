package plan

import (
	"context"
	"crypto/rand"
	"time"

	"namesake/internal/rbac"
)

// own returns a plan that who may control.
func (s *Service) own(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.RunPlan); err != nil {
		return Plan{}, err
	}
	p, err := s.find(ctx, id)
	if err == nil && !p.Owner.Same(who.Actor) {
		return Plan{}, ErrNotOwner
	}
	return p, err
}

// Apply starts a draft. c has the number of its operations, which is required if there are more
// than ConfirmAbove, or if one is a deletion, and what an import requires. Apply leaves a plan
// that has started as it is. Errors: *rbac.ForbiddenError, ErrNotFound, ErrNotOwner,
// ErrUnconfirmed, *BrokenTestsError, *TooManyDeletionsError, *UnacceptedError, ErrEmpty, ErrState,
// registry.ErrDatabase in the chain.
func (s *Service) Apply(ctx context.Context, who rbac.Caller, id string, c Confirmation) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Plan{}, err
	case p.State == Listing, p.State == Cancelled:
		return Plan{}, ErrState
	case p.State != Draft:
		return p, nil // the button was pressed twice
	case p.Counts.Of(OpWaiting) == 0:
		return Plan{}, ErrEmpty
	}
	if err := s.authorize(ctx, who, p.kinds()...); err != nil {
		return Plan{}, err
	}
	if err := s.confirmed(ctx, who, &p, c); err != nil {
		return Plan{}, err
	}
	return s.move(ctx, who, p, Running)
}

// kinds returns the kinds of the plan's operations.
func (p Plan) kinds() []Kind {
	var kinds []Kind
	for _, kind := range Kinds() {
		if p.Counts.Planned(kind) > 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Pause pauses an active plan; operations in progress are finished. All who may run
// plans may pause any plan.
func (s *Service) Pause(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.RunPlan); err != nil {
		return Plan{}, err
	}
	p, err := s.find(ctx, id)
	if err != nil || !p.Active() {
		return p, err
	}
	if err := s.store.PausePlan(ctx, id, s.now()); err != nil {
		return Plan{}, databaseError(err)
	}
	return s.find(ctx, id)
}

// Resume resumes a paused plan. accepted has the tests that this may break, beside those that
// were accepted before. Errors are those of Apply, and ErrBusy.
func (s *Service) Resume(ctx context.Context, who rbac.Caller, id string, accepted []string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil || p.Active():
		return p, err
	case !p.MayResume():
		return Plan{}, ErrState
	case !p.Listed:
		return s.move(ctx, who, p, Listing)
	}
	if err := s.authorize(ctx, who, p.kinds()...); err != nil {
		return Plan{}, err
	}
	if err := s.acceptRest(ctx, who, &p, accepted, OpWaiting); err != nil {
		return Plan{}, err
	}
	return s.move(ctx, who, p, Running)
}

// Retry runs the operations again that were tried without success. accepted and the errors are
// those of Resume.
func (s *Service) Retry(ctx context.Context, who rbac.Caller, id string, accepted []string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil || p.Active():
		return p, err
	case !p.MayRetry():
		return Plan{}, ErrState
	}
	if err := s.authorize(ctx, who, p.kinds()...); err != nil {
		return Plan{}, err
	}
	if err := s.acceptRest(ctx, who, &p, accepted, OpWaiting, OpRefused, OpFailed, OpUnknown); err != nil {
		return Plan{}, err
	}
	return s.move(ctx, who, p, Running, OpRefused, OpFailed, OpUnknown)
}

// Cancel cancels a plan: waiting operations never run, finished ones stay done. Errors are
// those of Resume.
func (s *Service) Cancel(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	if err == nil && p.Active() {
		p, err = s.Pause(ctx, who, id)
	}
	switch {
	case err != nil || p.State == Cancelled:
		return p, err
	case !p.MayCancel():
		return Plan{}, ErrState
	}
	return s.move(ctx, who, p, Cancelled)
}

// Undo drafts a plan that undoes what a plan has done: it restores deleted entries, reverts
// edits and deletes created entries. Repeated calls return the same draft, unless operations
// were found to be done since, or it was cancelled: then another draft undoes the rest.
// Errors are those of Resume, and ErrNothingDone.
func (s *Service) Undo(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Plan{}, err
	case p.Undone && p.ToUndo == 0:
		return s.undoOf(ctx, id)
	case p.Active() || p.State == Draft:
		return Plan{}, ErrState
	case !p.MayUndo():
		return Plan{}, ErrNothingDone
	}
	inverse := map[Kind]Kind{Create: Delete, Edit: Edit, Delete: Create}
	for _, kind := range Kinds() {
		if p.Counts[Cell{kind, OpDone}] > 0 {
			if err := s.authorize(ctx, who, inverse[kind]); err != nil {
				return Plan{}, err
			}
		}
	}
	undo := Plan{ID: rand.Text(), Account: s.account, Origin: Undo, Owner: who, Undoes: id, ReturnTo: p.ReturnTo, State: Listing}
	if err := s.awaitLease(ctx, id, func(at time.Time) (bool, error) {
		undo.Created, undo.Changed = at, at
		return s.store.AddUndo(ctx, undo)
	}); err != nil {
		return Plan{}, err
	}
	if undo, err = s.undoOf(ctx, id); err == nil {
		s.enqueue(ctx, undo)
	}
	return undo, err
}

func (s *Service) undoOf(ctx context.Context, id string) (Plan, error) {
	undo, ok, err := s.store.UndoOf(ctx, id)
	if err == nil && !ok {
		return Plan{}, ErrState
	}
	return undo, databaseError(err)
}

// move puts p into a state, with its owner's current details. If another request was
// faster, the plan stays as that one left it.
func (s *Service) move(ctx context.Context, who rbac.Caller, p Plan, to State, again ...OperationState) (Plan, error) {
	from := p.State
	p.Owner, p.State = who, to
	err := s.awaitLease(ctx, p.ID, func(at time.Time) (bool, error) {
		p.Changed = at
		return s.store.MovePlan(ctx, p, from, again...)
	})
	if err != nil {
		return Plan{}, err
	}
	moved, err := s.find(ctx, p.ID)
	if err == nil {
		s.enqueue(ctx, moved)
	}
	return moved, err
}

// Limits of waiting for operations in progress.
const (
	busyWait = 3 * time.Second
	busyPoll = 50 * time.Millisecond
)

// awaitLease runs do when no worker has the plan id. It waits briefly for that, then
// returns ErrBusy. It does nothing if the plan has changed its state.
func (s *Service) awaitLease(ctx context.Context, id string, do func(at time.Time) (bool, error)) error {
	free := false // the last read found no worker
	for waited := time.Duration(0); ; waited += busyPoll {
		done, err := do(s.now())
		if err != nil {
			return databaseError(err)
		}
		if done {
			return nil
		}
		p, err := s.find(ctx, id)
		switch {
		case err != nil:
			return err
		case p.Active(), free:
			return nil
		case !p.Claimed.After(s.now()): // since the last try
			free = true
			continue
		case waited >= busyWait:
			return ErrBusy
		}
		if s.pause(ctx, busyPoll) != nil {
			return ErrBusy
		}
	}
}
