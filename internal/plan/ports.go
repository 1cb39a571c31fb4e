package plan

import (
	"context"
	"time"

	"namesake/internal/registry"
)

// Queue has plans worked on: it calls Service.Work for each that was enqueued, in some copy
// of the program, and again when that copy ended before the work did.
type Queue interface {
	Enqueue(ctx context.Context, id string) error
}

// QueueFunc is a function that is a Queue.
type QueueFunc func(ctx context.Context, id string) error

// Enqueue calls f.
func (f QueueFunc) Enqueue(ctx context.Context, id string) error { return f(ctx, id) }

// Store keeps plans.
type Store interface {
	Reader
	Writer
	Worker
}

// Reader reads plans.
type Reader interface {
	// Plan returns a plan with its counts; ok is false when there is none.
	Plan(ctx context.Context, id string) (p Plan, ok bool, err error)
	// UndoOf returns the plan that undoes another one and is not cancelled.
	UndoOf(ctx context.Context, id string) (p Plan, ok bool, err error)
	// Plans returns the newest plans, with their counts: first those of a person.
	Plans(ctx context.Context, account registry.AccountID, issuer, subject string, limit int) ([]Plan, error)
	// PlanPage returns a plan and a page of its operations, in their order, as they were at one
	// moment.
	PlanPage(ctx context.Context, id string, q Query) (p Plan, operations []Operation, ok bool, err error)
	// PlanOperations returns operations in their order, behind a position.
	PlanOperations(ctx context.Context, id string, states []OperationState, after, limit int) ([]Operation, error)
}

// Query is a page of operations.
type Query struct {
	States  []OperationState // all when there is none
	Page    int              // from 1
	PerPage int
}

// Writer changes plans that no worker has.
type Writer interface {
	AddPlan(ctx context.Context, p Plan, operations []Operation) error
	// AddUndo keeps a plan that undoes another one, and marks that one as undone. It reports
	// whether it did: not when that one is active, claimed or undone already.
	AddUndo(ctx context.Context, p Plan) (bool, error)
	// PausePlan pauses an active plan; the worker that has it finishes what is under way.
	PausePlan(ctx context.Context, id string, at time.Time) (bool, error)
	// MovePlan puts p into its state, for its owner, if it is in the state from, no worker has it
	// and it is not undone. Operations in one of the states again then wait. An undo that is
	// cancelled before it started no longer undoes its plan.
	MovePlan(ctx context.Context, p Plan, from State, again ...OperationState) (bool, error)
}

// Worker is what a worker does with a plan that it has claimed.
type Worker interface {
	// ClaimPlan gives worker the plan until then, if it is active and no other one has it.
	ClaimPlan(ctx context.Context, id, worker string, now, until time.Time) (p Plan, ok bool, err error)
	// RenewPlanClaim reports whether worker still has the plan, and whether it is still active.
	RenewPlanClaim(ctx context.Context, id, worker string, until time.Time) (bool, error)
	// ReleasePlan gives a plan back.
	ReleasePlan(ctx context.Context, id, worker string) error
	// AddListed adds operations while worker lists the plan, and reports whether it still does;
	// first drops those of an earlier listing.
	AddListed(ctx context.Context, id, worker string, first bool, operations []Operation) (bool, error)
	// SaveListed changes operations while worker lists the plan, and reports whether it still does.
	SaveListed(ctx context.Context, id, worker string, operations []Operation) (bool, error)
	// SaveOperation records what has become of an operation that waits, and reports what
	// RenewPlanClaim does.
	SaveOperation(ctx context.Context, id, worker string, o Operation) (bool, error)
	// EndPlan puts a plan that worker has into the state in which its work ended.
	EndPlan(ctx context.Context, p Plan, from State, worker string) (bool, error)
	// UnclaimedPlans returns active plans that no worker has, the oldest first.
	UnclaimedPlans(ctx context.Context, now time.Time, limit int) ([]string, error)
}
