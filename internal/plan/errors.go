package plan

import (
	"errors"
	"fmt"

	"namesake/internal/registry"
)

// Errors of plans.
var (
	ErrNotFound    = errors.New("no such plan")
	ErrNotOwner    = errors.New("another person's plan")
	ErrState       = errors.New("the plan is not in a state for that")
	ErrBusy        = errors.New("operations of the plan are still under way")
	ErrEmpty       = errors.New("the plan has no operation to run")
	ErrNothingDone = errors.New("the plan has done nothing that could be undone")
	ErrUnconfirmed = errors.New("not confirmed by the number of operations")
)

// TooManyError reports that a plan would have more operations than it can.
type TooManyError struct{ Limit int }

func (e *TooManyError) Error() string { return fmt.Sprintf("more than %d operations", e.Limit) }

// OperationError reports an operation that no plan can have: a mistake of the program that
// drafts it.
type OperationError struct {
	Position int
	Reason   string
}

func (e *OperationError) Error() string {
	return fmt.Sprintf("operation %d: %s", e.Position, e.Reason)
}

// RepeatedError reports an operation on an entry that an earlier one of the plan is about.
type RepeatedError struct{ Position int }

func (e *RepeatedError) Error() string {
	return fmt.Sprintf("operation %d is about the same entry", e.Position)
}

// DuplicateError reports a create whose name and address the registry has already.
type DuplicateError struct{ Entry registry.Entry }

func (e *DuplicateError) Error() string {
	return "the same entry is there already: " + string(e.Entry.ID)
}
