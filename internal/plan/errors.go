package plan

import (
	"errors"
	"fmt"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Errors of plans.
var (
	ErrNotFound    = errors.New("no such plan")
	ErrNotOwner    = errors.New("another person's plan")
	ErrState       = errors.New("the plan is not in a state for that")
	ErrBusy        = errors.New("operations of the plan are still in progress")
	ErrEmpty       = errors.New("the plan has no operation to run")
	ErrNothingDone = errors.New("the plan has done nothing that could be undone")
	ErrUnconfirmed = errors.New("not confirmed by the number of operations")
)

// WithdrawnError reports that the owner of a plan may no longer do Action.
type WithdrawnError struct {
	Action   rbac.Action
	Standing rbac.Standing
}

func (e *WithdrawnError) Error() string {
	switch {
	case e.Standing.Ended:
		return "a session of the owner was ended"
	case e.Standing.Unknown:
		return "the owner's latest sign-in is too long ago"
	}
	return fmt.Sprintf("the owner's role %s may not %s", e.Standing.Role, e.Action)
}

// TooManyError reports a plan with more operations than Limit.
type TooManyError struct{ Limit int }

func (e *TooManyError) Error() string { return fmt.Sprintf("more than %d operations", e.Limit) }

// OperationError reports an invalid operation, which is a mistake of the program that
// drafts it.
type OperationError struct {
	Position int
	Reason   string
}

func (e *OperationError) Error() string {
	return fmt.Sprintf("operation %d: %s", e.Position, e.Reason)
}

// RepeatedError reports a second operation on the same entry in one plan.
type RepeatedError struct {
	Position int
	Line     int // of the imported file, 0 if there is none
}

func (e *RepeatedError) Error() string {
	return fmt.Sprintf("operation %d is about the same entry", e.Position)
}

// DuplicateError reports a create whose name and address the registry already has.
type DuplicateError struct{ Entry registry.Entry }

func (e *DuplicateError) Error() string {
	return "the same entry is there already: " + string(e.Entry.ID)
}
