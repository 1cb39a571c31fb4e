// Package plan makes many changes of entries together. A plan is a list of operations. It
// is shown before it runs, continues without its owner and after a restart, can be paused,
// and can be undone by another plan. Each operation makes its change through package
// change, as a form does. Storage and the queue of work are ports.
package plan

import (
	"time"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MaxOperations is the largest number of operations of a plan. It guards against mistakes,
// and is about what the API's limits allow in an hour and a half.
const MaxOperations = 10_000

// ConfirmAbove is the largest number of operations, none of them a deletion, that run
// without a confirmation.
const ConfirmAbove = 10

// Retention is how long a plan is stored after it was made, and longer only while it is
// active. The audit trail keeps its changes for longer.
const Retention = 30 * 24 * time.Hour

// RemovalInterval is the pause between two removals of old plans.
const RemovalInterval = time.Hour

// Plan is a list of operations on entries, without the operations.
type Plan struct {
	ID         string
	Account    registry.AccountID // "" for plans of earlier versions
	Origin     Origin
	Owner      rbac.Caller     // the person who made it, named by all its records
	Undoes     string          // the plan that it undoes, "" for none
	Undone     bool            // whether another plan undoes it, at least in part
	ToUndo     int             // its done operations that no other plan undoes; not in lists of plans
	Import     *ImportInfo     // nil unless it was made from a list
	Query      *registry.Query // selects its entries, nil if they were picked one by one
	ReturnTo   string          // the query of the list that its owner came from
	State      State
	Listed     bool // whether all of its operations are known
	Stop       *Fault
	Protection *Protection // what it does to names, nil until that is looked up
	Created    time.Time
	Changed    time.Time // when its state last changed
	ToRun      int       // the operations that waited when it last started to run
	// AcceptedTests are the tests that its owner accepts to break, as records name them.
	AcceptedTests []registry.Confirmation
	Claimed       time.Time // until when a worker has it; zero if none has
	Counts        Counts
}

// Origin says what a plan was made from.
type Origin string

// The origins.
const (
	Selection Origin = "selection"
	Search    Origin = "search"
	Undo      Origin = "undo"
	Import    Origin = "import"
	Drift     Origin = "drift"   // changes made elsewhere, which it puts back
	Restore   Origin = "restore" // the registry at an earlier time
	Finding   Origin = "finding" // the fixes of findings
)

// State is the state of a plan.
type State string

// The states.
const (
	Listing   State = "listing" // a worker looks up its operations, and what they do to names
	Draft     State = "draft"   // waits for its owner to apply it
	Running   State = "running"
	Paused    State = "paused" // by a person or by the program; Plan.Stop says why. It can be resumed
	Done      State = "done"
	Cancelled State = "cancelled"
)

// File returns the name of the imported file, "" if there is none.
func (p Plan) File() string {
	if p.Import == nil {
		return ""
	}
	return p.Import.File
}

// Active reports whether a worker works on the plan or will.
func (p Plan) Active() bool { return p.State == Listing || p.State == Running }

// lookedUp reports whether a worker looks up the operations of the plan, again each time that it
// is Listing.
func (p Plan) lookedUp() bool { return p.Query != nil || p.Undoes != "" }

// Finished reports whether the plan has run, completely or in part, and has ended.
func (p Plan) Finished() bool {
	return p.State == Done || p.State == Paused && p.Listed || p.State == Cancelled && p.Started()
}

// Started reports whether an operation was tried.
func (p Plan) Started() bool { return p.Counts.Of(OpDone, OpRefused, OpFailed, OpUnknown) > 0 }

// Unfinished returns the number of operations that were tried without success.
func (p Plan) Unfinished() int { return p.Counts.Of(OpRefused, OpFailed, OpUnknown) }

// NeedsConfirmation reports whether applying the plan requires the number of its
// operations.
func (p Plan) NeedsConfirmation() bool {
	return p.Counts.Planned() > ConfirmAbove || p.Counts.Planned(Delete) > 0
}

// MayResume reports whether the plan can be resumed.
func (p Plan) MayResume() bool {
	return p.State == Paused && !p.Undone && (!p.Listed || p.Counts.Of(OpWaiting) > 0)
}

// MayRetry reports whether operations can be retried.
func (p Plan) MayRetry() bool {
	return (p.State == Done || p.State == Paused) && p.Listed && !p.Undone && p.Unfinished() > 0
}

// MayCancel reports whether the plan can be cancelled.
func (p Plan) MayCancel() bool {
	return p.State == Listing || p.State == Draft || p.State == Paused
}

// Pace returns how many operations a second the plan has run since it last started, and when
// it ends at this pace; 0 while it is too early to tell.
func (p Plan) Pace(now time.Time) (perSecond float64, left time.Duration) {
	waiting, took := p.Counts.Of(OpWaiting), now.Sub(p.Changed)
	ran := p.ToRun - waiting
	if p.State != Running || ran < minPaceOperations || took < minPaceTime {
		return 0, 0
	}
	perSecond = float64(ran) / took.Seconds()
	return perSecond, time.Duration(float64(waiting) / perSecond * float64(time.Second))
}

// What Pace needs to be of use.
const (
	minPaceOperations = 5
	minPaceTime       = 2 * time.Second
)

// MayUndo reports whether another plan can undo the plan.
func (p Plan) MayUndo() bool { return p.Finished() && p.ToUndo > 0 }

// JustEnded reports whether the plan ended less than change.UndoPeriod ago, so that pages
// offer to undo it first.
func (p Plan) JustEnded(now time.Time) bool { return now.Sub(p.Changed) < change.UndoPeriod }

// Cell is one kind of operations in one state.
type Cell struct {
	Kind  Kind
	State OperationState
}

// Counts are the numbers of a plan's operations in each cell.
type Counts map[Cell]int

// Of returns the number of operations in the states.
func (c Counts) Of(states ...OperationState) int {
	n := 0
	for _, state := range states {
		for _, kind := range Kinds() {
			n += c[Cell{kind, state}]
		}
	}
	return n
}

// Planned returns the number of operations of the kinds (all if there is none) that are
// neither unchanged nor skipped.
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
