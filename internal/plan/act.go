package plan

import (
	"context"
	"crypto/rand"
	"strconv"
	"strings"
	"time"

	"namesake/internal/rbac"
)

// own returns a plan that who may act upon.
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

// Apply starts a draft. confirm is the number of its operations; it is needed when they are
// more than ConfirmAbove, or when one is a deletion. A plan that was started before stays as
// it is. Errors: *rbac.ForbiddenError, ErrNotFound, ErrNotOwner, ErrUnconfirmed,
// ErrEmpty, ErrState, registry.ErrDatabase in the chain.
func (s *Service) Apply(ctx context.Context, who rbac.Caller, id, confirm string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Plan{}, err
	case p.State == Listing, p.State == Cancelled:
		return Plan{}, ErrState
	case p.State != Draft:
		return p, nil // pressed twice
	case p.Counts.Of(OpWaiting) == 0:
		return Plan{}, ErrEmpty
	}
	if err := s.authorize(ctx, who, p.kinds()...); err != nil {
		return Plan{}, err
	}
	if p.NeedsConfirmation() && strings.TrimSpace(confirm) != strconv.Itoa(p.Counts.Planned()) {
		return Plan{}, ErrUnconfirmed
	}
	return s.move(ctx, who, p, Running)
}

// kinds are the kinds of operations that the plan is about.
func (p Plan) kinds() []Kind {
	var kinds []Kind
	for _, kind := range Kinds() {
		if p.Counts.Planned(kind) > 0 {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// Pause pauses an active plan; the operations that are under way are finished. Everybody
// may who may run plans.
func (s *Service) Pause(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.RunPlan); err != nil {
		return Plan{}, err
	}
	p, err := s.find(ctx, id)
	if err != nil || !p.Active() {
		return p, err
	}
	if _, err := s.store.PausePlan(ctx, id, s.changes.Now()); err != nil {
		return Plan{}, databaseError(err)
	}
	return s.find(ctx, id)
}

// Resume has a paused plan go on. Errors are those of Apply, and ErrBusy.
func (s *Service) Resume(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
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
	return s.move(ctx, who, p, Running)
}

// Retry tries those operations again that were tried without success. Errors are those of
// Resume.
func (s *Service) Retry(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
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
	return s.move(ctx, who, p, Running, OpRefused, OpFailed, OpUnknown)
}

// Cancel gives a plan up: what waits is never run, and what was done stays. Errors are those
// of Resume.
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

// Undo makes a draft that undoes what a plan has done: it creates again what was deleted,
// puts back what was edited and deletes what was created. However often it is asked for,
// there is one. Errors are those of Resume, and ErrNothingDone.
func (s *Service) Undo(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Plan{}, err
	case p.Undone:
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

// move puts p into a state, for its owner as they are now. When another request was quicker,
// the plan stays as that one has left it.
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

// How long to wait for operations that are under way.
const (
	busyWait = 3 * time.Second
	busyPoll = 50 * time.Millisecond
)

// awaitLease does what must not be done while a worker has the plan id. It waits a little for
// that, and then returns ErrBusy. Where the plan has changed its state, it does nothing.
func (s *Service) awaitLease(ctx context.Context, id string, do func(at time.Time) (bool, error)) error {
	free := false // it was just seen to be
	for waited := time.Duration(0); ; waited += busyPoll {
		done, err := do(s.changes.Now())
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
		case !p.Claimed.After(s.changes.Now()): // since it was tried
			free = true
			continue
		case waited >= busyWait:
			return ErrBusy
		}
		if s.changes.Pause(ctx, busyPoll) != nil {
			return ErrBusy
		}
	}
}
