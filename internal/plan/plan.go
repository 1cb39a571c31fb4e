// Package plan makes many changes of entries together. A plan is a list of operations that
// is shown before it runs, goes on when its owner leaves and after a restart, can be paused,
// and can be undone by another plan. Each operation takes the path of a click through the
// registry service. The package imports registry only; storage and the queue of work are
// ports.
package plan

import (
	"time"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MaxOperations is how many operations a plan can have: a belt for a slip of the hand, and
// what the API's limits let through in about an hour and a half.
const MaxOperations = 10_000

// ConfirmAbove is how many operations, none of them a deletion, run without confirming
// their number.
const ConfirmAbove = 10

// Retention is how long a plan is kept. What it did is in the audit trail for longer.
const Retention = 30 * 24 * time.Hour

// Plan is a list of operations on entries, without the operations.
type Plan struct {
	ID         string
	Account    registry.AccountID // "" for plans of earlier versions
	Origin     Origin
	Owner      rbac.Caller     // who made it, and whom every record names
	Undoes     string          // the plan that it undoes, "" for none
	Undone     bool            // another plan undoes it
	Query      *registry.Query // whose entries are meant, nil when they were picked
	ReturnTo   string          // the query of the list that its owner came from
	State      State
	Listed     bool // all of its operations are known
	Stop       *Fault
	Protection *Protection // what it does to names, nil while that was not looked up
	Created    time.Time
	Changed    time.Time // when its state changed last
	Claimed    time.Time // until when a worker has it; zero for none
	Counts     Counts
}

// Origin is what a plan was made from.
type Origin string

// The origins.
const (
	Selection Origin = "selection"
	Search    Origin = "search"
	Undo      Origin = "undo"
	Import    Origin = "import"
)

// State is how far a plan has got.
type State string

// The states.
const (
	Listing   State = "listing" // its operations, and what they mean for names, are looked up
	Draft     State = "draft"   // waits for its owner to apply it
	Running   State = "running"
	Paused    State = "paused" // by a person or by itself; Plan.Stop says why. It can be resumed
	Done      State = "done"
	Cancelled State = "cancelled"
)

// Active reports whether the plan is being worked on.
func (p Plan) Active() bool { return p.State == Listing || p.State == Running }

// Finished reports whether the plan has run, wholly or in part, and no longer does.
func (p Plan) Finished() bool {
	return p.State == Done || p.State == Paused && p.Listed || p.State == Cancelled && p.Started()
}

// Started reports whether an operation was tried.
func (p Plan) Started() bool { return p.Counts.Of(OpDone, OpRefused, OpFailed, OpUnknown) > 0 }

// Unfinished returns how many operations were tried without success.
func (p Plan) Unfinished() int { return p.Counts.Of(OpRefused, OpFailed, OpUnknown) }

// NeedsConfirmation reports whether applying the plan takes the number of its operations.
func (p Plan) NeedsConfirmation() bool {
	return p.Counts.Planned() > ConfirmAbove || p.Counts.Planned(Delete) > 0
}

// MayApply reports whether the plan can be applied.
func (p Plan) MayApply() bool { return p.State == Draft && p.Counts.Of(OpWaiting) > 0 }

// MayPause reports whether the plan can be paused.
func (p Plan) MayPause() bool { return p.Active() }

// MayResume reports whether there is something left to do.
func (p Plan) MayResume() bool {
	return p.State == Paused && !p.Undone && (!p.Listed || p.Counts.Of(OpWaiting) > 0)
}

// MayRetry reports whether operations can be tried again.
func (p Plan) MayRetry() bool {
	return (p.State == Done || p.State == Paused) && p.Listed && !p.Undone && p.Unfinished() > 0
}

// MayCancel reports whether the plan can be given up: what it did stays.
func (p Plan) MayCancel() bool {
	return p.State == Listing || p.State == Draft || p.State == Paused
}

// MayUndo reports whether what the plan did can be undone by another plan.
func (p Plan) MayUndo() bool { return p.Finished() && !p.Undone && p.Counts.Of(OpDone) > 0 }

// JustEnded reports whether the plan ended so short a time ago that undoing it is offered
// first.
func (p Plan) JustEnded(now time.Time) bool { return now.Sub(p.Changed) < change.UndoPeriod }

// Cell is a kind of operation in a state.
type Cell struct {
	Kind  Kind
	State OperationState
}

// Counts are the numbers of a plan's operations.
type Counts map[Cell]int

// Of returns how many operations are in one of the states.
func (c Counts) Of(states ...OperationState) int {
	n := 0
	for _, state := range states {
		for _, kind := range Kinds() {
			n += c[Cell{kind, state}]
		}
	}
	return n
}

// Planned returns how many operations of the kinds, of all when none is given, the plan is
// about: those that are neither unchanged nor skipped.
func (c Counts) Planned(kinds ...Kind) int {
	if len(kinds) == 0 {
		kinds = Kinds()
	}
	n := 0
	for _, kind := range kinds {
		for _, state := range []OperationState{OpWaiting, OpDone, OpRefused, OpFailed, OpUnknown} {
			n += c[Cell{kind, state}]
		}
	}
	return n
}
