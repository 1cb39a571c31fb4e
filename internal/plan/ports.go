package plan

import (
	"context"
	"time"

	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Queue calls Service.Work for each enqueued plan, in one copy of the program, and again if
// that copy ended before the work did.
type Queue interface {
	Enqueue(ctx context.Context, id string) error
}

// QueueFunc makes a function a Queue.
type QueueFunc func(ctx context.Context, id string) error

// Enqueue calls f.
func (f QueueFunc) Enqueue(ctx context.Context, id string) error { return f(ctx, id) }

// Owners says what the owner of a plan may do since they started or resumed it.
type Owners interface {
	Standing(ctx context.Context, who rbac.Actor, since time.Time) (rbac.Standing, error)
}

// Tests are the tests that people write about the registry.
type Tests interface {
	// Tests returns all tests.
	Tests(ctx context.Context) ([]mailtests.Test, error)
	// Breaks returns the tests that changes of a registry would break.
	Breaks(ctx context.Context, known *mirror.Snapshot, edits []registry.Edit) (mailtests.Breaks, error)
}

// Store stores plans.
type Store interface {
	// Plan returns a plan with its counts; ok is false if there is none.
	Plan(ctx context.Context, id string) (p Plan, ok bool, err error)
	// OperationsToUndo returns the done operations of a plan, in order after a position, that
	// undo has to undo because no other plan does.
	OperationsToUndo(ctx context.Context, id, undo string, after, limit int) ([]Operation, error)
	// UndoOf returns the plan that undoes another one: the newest that is not cancelled,
	// otherwise the newest.
	UndoOf(ctx context.Context, id string) (p Plan, ok bool, err error)
	// Plans returns the newest plans with their counts, first those of a person.
	Plans(ctx context.Context, account registry.AccountID, issuer, subject string, limit int) ([]Plan, error)
	// OpenPlans returns the newest plans, with their counts, that run or wait for a person.
	OpenPlans(ctx context.Context, account registry.AccountID, limit int) ([]Plan, error)
	// PlanPage returns a plan and a page of its operations in order, all from the same
	// moment.
	PlanPage(ctx context.Context, id string, q Query) (p Plan, operations []Operation, ok bool, err error)
	// PlanOperations returns operations in order, after a position.
	PlanOperations(ctx context.Context, id string, states []OperationState, after, limit int) ([]Operation, error)

	// ChosenOperations returns the chosen operations, in order.
	ChosenOperations(ctx context.Context, id string, chosen Chosen) ([]Operation, error)
	// PlanMarks counts the operations that are left out, or dangerous.
	PlanMarks(ctx context.Context, id string) (Marks, error)

	// These methods change plans that no worker has.

	AddPlan(ctx context.Context, p Plan, operations []Operation) error
	// RevisePlan changes operations of a draft, whose names have to be looked up again: it
	// becomes Listing. It returns false if the plan is no draft any more.
	RevisePlan(ctx context.Context, p Plan, operations []Operation) (bool, error)
	// AddUndo stores a plan that undoes another one, and marks that one as undone. It
	// returns false if that one is active or claimed, or has nothing to undo.
	AddUndo(ctx context.Context, p Plan) (bool, error)
	// RemovePlans removes the inactive plans that were created before a time, and returns
	// their number.
	RemovePlans(ctx context.Context, before time.Time) (int64, error)
	// PausePlan pauses an active plan; its worker finishes the operations in progress.
	PausePlan(ctx context.Context, id string, at time.Time) error
	// MovePlan sets the state, owner and accepted tests of p, if its state is from, no worker
	// has it and it is not undone. Operations in one of the states again become waiting. Cancelling an
	// undo that has not started makes its plan undoable again.
	MovePlan(ctx context.Context, p Plan, from State, again ...OperationState) (bool, error)

	// These methods are for the worker of a plan.

	// ClaimPlan claims an active plan for worker until a time, unless another worker has
	// it.
	ClaimPlan(ctx context.Context, id, worker string, now, until time.Time) (p Plan, ok bool, err error)
	// RenewPlanClaim reports whether worker still has the plan and the plan is still
	// active.
	RenewPlanClaim(ctx context.Context, id, worker string, until time.Time) (bool, error)
	// ReleasePlan ends a claim.
	ReleasePlan(ctx context.Context, id, worker string) error
	// AddListed adds operations while worker lists the plan, and reports whether it still
	// does; first removes those of an earlier listing.
	AddListed(ctx context.Context, id, worker string, first bool, operations []Operation) (bool, error)
	// SaveListed changes operations while worker lists the plan, and reports whether it still does.
	SaveListed(ctx context.Context, id, worker string, operations []Operation) (bool, error)
	// SaveOperation saves the result of a waiting operation, and returns what
	// RenewPlanClaim does.
	SaveOperation(ctx context.Context, id, worker string, o Operation) (bool, error)
	// EndPlan stores the final state of the work on a plan that worker has.
	EndPlan(ctx context.Context, p Plan, from State, worker string) (bool, error)
	// UnclaimedPlans returns active plans without a worker, oldest first.
	UnclaimedPlans(ctx context.Context, now time.Time, limit int) ([]string, error)
}

// Query is a page of operations.
type Query struct {
	States  []OperationState // all if empty
	Reason  Reason           // left out for it, "" for all
	Page    int              // from 1
	PerPage int
	// DoneFirst lists what was done before what failed, waits, or was left out.
	DoneFirst bool
}
