package plan

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const (
	// workers is the number of operations of a plan that run at the same time.
	workers = 4
	// maxFailuresInARow is the number of consecutive failed calls, for reasons unrelated to
	// the entries, after which a plan pauses: the other operations would fail too.
	maxFailuresInARow = 5
	// runChunk is the number of operations that run before those with refused credentials
	// are retried.
	runChunk = 100
)

// run runs the waiting operations. It returns the reason if it pauses the plan.
func (s *Service) run(ctx context.Context, worker string, p Plan) (*Fault, error) {
	r := &planRun{Service: s, plan: p, worker: worker}
	for {
		operations, err := s.store.PlanOperations(ctx, p.ID, []OperationState{OpWaiting}, -1, runChunk)
		if err != nil || len(operations) == 0 {
			return nil, err
		}
		work := make(chan Operation)
		var running sync.WaitGroup
		for range min(workers, len(operations)) {
			running.Go(func() {
				for o := range work {
					r.run(ctx, o)
				}
			})
		}
		for _, o := range operations {
			if !r.mayContinue(ctx) {
				break
			}
			work <- o
		}
		close(work)
		running.Wait()
		r.finishDeferred(ctx)
		if !r.mayContinue(ctx) {
			return r.stop.Load(), r.interrupted(ctx)
		}
	}
}

// planRun runs the operations of one plan.
type planRun struct {
	*Service
	plan           Plan
	worker         string
	failuresInARow atomic.Int32 // consecutive failed calls
	stop           atomic.Pointer[Fault]
	broken         atomic.Pointer[error]
	worked         atomic.Bool // a call has succeeded

	mu       sync.Mutex
	deferred []Operation  // operations with refused credentials, while the refusal may be sporadic
	retried  map[int]bool // positions of operations that were deferred before
}

func (r *planRun) mayContinue(ctx context.Context) bool {
	return r.stop.Load() == nil && r.broken.Load() == nil && ctx.Err() == nil
}

func (r *planRun) interrupted(ctx context.Context) error {
	if err := r.broken.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// run runs one operation, and saves its result.
func (r *planRun) run(ctx context.Context, o Operation) {
	var err error
	o.State, o.Fault = OpDone, nil
	err = r.mirror.RetryRateLimited(ctx, 0, func() error { return r.doChecked(ctx, &o) })
	var unrecorded *audit.UnrecordedError
	if errors.As(err, &unrecorded) || errors.Is(err, registry.ErrDatabase) || ended(ctx, err) {
		r.broken.CompareAndSwap(nil, &err) // nothing was sent: the operation keeps waiting
		return
	}
	var withdrawn *WithdrawnError
	if errors.As(err, &withdrawn) {
		fault, _ := FaultOf(err)
		r.stop.CompareAndSwap(nil, fault) // the operation keeps waiting
		return
	}
	var panicked *change.PanicError
	if errors.As(err, &panicked) {
		r.log.ErrorContext(ctx, "an operation of a plan panicked; the plan pauses", "plan", r.plan.ID, "operation", o.Position, "error", panicked, "trace", string(panicked.Stack))
		fault, _ := FaultOf(panicked)
		r.stop.CompareAndSwap(nil, fault)
	}
	if err != nil {
		if o.Fault, o.State = FaultOf(err); o.Fault.What == faultMissing && o.Before != nil {
			o.State = OpSkipped // it existed when the plan was made
		}
		if o.Fault.What == faultOther {
			r.log.ErrorContext(ctx, "an operation of a plan failed", "plan", r.plan.ID, "operation", o.Position, "error", err)
		}
	}
	if o.Fault == nil || !o.Fault.aboutCall() {
		r.failuresInARow.Store(0)
		r.worked.Store(true)
	} else if r.failuresInARow.Add(1) >= maxFailuresInARow {
		r.stop.CompareAndSwap(nil, o.Fault)
	}
	if !r.deferRetry(o) {
		r.save(ctx, o)
	}
}

// ended reports whether the end of ctx is the reason for err. A change that was sent does not
// end with ctx.
func ended(ctx context.Context, err error) bool {
	var unsettled *change.UnsettledError
	if ctx.Err() == nil || errors.As(err, &unsettled) {
		return false
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// uncheckedPause is the pause before an operation is repeated whose pattern was not checked.
const uncheckedPause = time.Second

// doChecked is do, repeated while other work on patterns leaves no time to check the pattern
// of the operation.
func (r *planRun) doChecked(ctx context.Context, o *Operation) error {
	for {
		err := r.do(ctx, o)
		var unchecked *patterns.BusyError
		if !errors.As(err, &unchecked) {
			return err
		}
		if err := r.pause(ctx, uncheckedPause); err != nil {
			return err
		}
	}
}

// do makes the change, and stores its result in o. It returns a *change.PanicError if that
// panics: the next worker would panic too, so the plan pauses.
func (r *planRun) do(ctx context.Context, o *Operation) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &change.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	owner, err := r.owner(ctx, r.plan, o.Kind.Action())
	if err != nil {
		return err
	}
	accepted := r.acceptedTests(r.plan, *o)
	switch o.Kind {
	case Create:
		return r.create(ctx, owner, o, accepted)
	case Edit:
		changed, err := r.changes.EditPlanned(ctx, owner, o.EntryID, o.Before, o.After.Draft(), r.plan.Created, accepted)
		if err != nil {
			return err
		}
		o.Before, o.After, o.Record = changed.Before, changed.Entry.Values(), changed.Record
		if changed.Result == change.AlreadyDone && changed.Record == 0 {
			o.State = OpUnchanged
		}
		return nil
	case Delete:
	}
	changed, err := r.changes.DeletePlanned(ctx, owner, o.EntryID, o.Before, r.plan.Created, accepted)
	if err == nil {
		o.Record, o.Before = changed.Record, changed.Before
	}
	return err
}

func (r *planRun) create(ctx context.Context, owner rbac.Caller, o *Operation, accepted []registry.Confirmation) error {
	var created change.Created
	var err error
	switch {
	case o.Restores() && r.plan.Undoes == "":
		created, o.Record, err = r.changes.RestoreMissing(ctx, owner, o.Key, o.EntryID, o.After, accepted)
	case o.Restores():
		created, o.Record, err = r.changes.Restore(ctx, owner, o.Key, o.EntryID, o.After, accepted)
	default:
		// A fix may have an address by hand that a directory has, so that it stays.
		created, o.Record, err = r.changes.CreatePlanned(ctx, owner, o.Key, o.After.Draft(), r.plan.Origin == Finding, accepted)
	}
	if err != nil {
		return err
	}
	if o.Created = created.Entry.ID; created.Entry.Name != "" {
		o.After = created.Entry.Values()
	}
	return nil
}

// deferRetry defers an operation with refused credentials to one retry, unless it already
// had that. The operation stays waiting in the database.
func (r *planRun) deferRetry(o Operation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.Fault == nil || !o.Fault.denied() || r.retried[o.Position] {
		return false
	}
	r.deferred = append(r.deferred, o)
	return true
}

// finishDeferred leaves the deferred operations waiting if other calls with the same
// credentials succeeded, or if the work was interrupted. Otherwise, or if the plan has
// paused, they have failed.
func (r *planRun) finishDeferred(ctx context.Context) {
	for _, o := range r.deferred {
		switch {
		case r.stop.Load() == nil && !r.mayContinue(ctx):
		case r.worked.Load() && r.mayContinue(ctx):
			if r.retried == nil {
				r.retried = map[int]bool{}
			}
			r.retried[o.Position] = true
		default:
			r.save(ctx, o)
		}
	}
	r.deferred = nil
}

// save saves the result of an operation.
func (r *planRun) save(ctx context.Context, o Operation) {
	goOn, err := r.store.SaveOperation(context.WithoutCancel(ctx), r.plan.ID, r.worker, o)
	if err == nil && !goOn {
		err = errClaimLost
	}
	if err != nil {
		r.broken.CompareAndSwap(nil, &err)
	}
}
