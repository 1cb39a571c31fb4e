package plan

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const (
	// workers is how many operations of a plan are under way at a time.
	workers = 4
	// maxFailuresInARow is how many calls have to fail one after the other, for reasons that
	// are not the entry's, until a plan pauses: what is wrong will not go away by trying the
	// other operations.
	maxFailuresInARow = 5
	// runChunk is how many operations are handed out before those are tried once more whose
	// credentials were refused.
	runChunk = 100
)

// run runs the operations that wait. It returns why it paused by itself, if it did.
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
			if !r.goesOn(ctx) {
				break
			}
			work <- o
		}
		close(work)
		running.Wait()
		r.retryAside(ctx)
		if !r.goesOn(ctx) {
			return r.stop.Load(), r.interrupted(ctx)
		}
	}
}

// planRun is the work on the operations of one plan.
type planRun struct {
	*Service
	plan   Plan
	worker string
	inARow atomic.Int32 // calls that failed one after the other
	stop   atomic.Pointer[Fault]
	broken atomic.Pointer[error]
	worked atomic.Bool // a call succeeded

	mu    sync.Mutex
	aside []Operation  // whose credentials were refused, while that may be about the call alone
	again map[int]bool // positions of those that were aside before
}

func (r *planRun) goesOn(ctx context.Context) bool {
	return r.stop.Load() == nil && r.broken.Load() == nil && ctx.Err() == nil
}

func (r *planRun) interrupted(ctx context.Context) error {
	if err := r.broken.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// run runs one operation, and keeps what has become of it.
func (r *planRun) run(ctx context.Context, o Operation) {
	var err error
	o.State, o.Fault = OpDone, nil
	err = r.mirror.RetryRateLimited(ctx, 0, func() error { return r.do(ctx, &o) })
	var unrecorded *audit.UnrecordedError
	if errors.As(err, &unrecorded) || errors.Is(err, registry.ErrDatabase) || errors.Is(err, context.Canceled) {
		r.broken.CompareAndSwap(nil, &err) // nothing was sent: it stays as it is
		return
	}
	if err != nil {
		if o.Fault, o.State = FaultOf(err); o.Fault.What == faultMissing && o.Before != nil {
			o.State = OpSkipped // it was there when the plan was made
		}
		if o.Fault.What == faultOther {
			r.log.ErrorContext(ctx, "an operation of a plan failed", "plan", r.plan.ID, "operation", o.Position, "error", err)
		}
	}
	if o.Fault == nil || !o.Fault.ofTheCall() {
		r.inARow.Store(0)
		r.worked.Store(true)
	} else if r.inARow.Add(1) >= maxFailuresInARow {
		r.stop.CompareAndSwap(nil, o.Fault)
	}
	if !r.putAside(o) {
		r.save(ctx, o)
	}
}

// do makes the change, and fills in what is known of it afterwards.
func (r *planRun) do(ctx context.Context, o *Operation) error {
	owner := r.plan.Owner
	switch o.Kind {
	case Create:
		return r.create(ctx, owner, o)
	case Edit:
		changed, err := r.changes.EditPlanned(ctx, owner, o.EntryID, o.Before, o.After.Draft(), r.plan.Created)
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
	changed, err := r.changes.DeletePlanned(ctx, owner, o.EntryID, o.Before, r.plan.Created)
	if err == nil {
		o.Record, o.Before = changed.Record, changed.Before
	}
	return err
}

func (r *planRun) create(ctx context.Context, owner rbac.Caller, o *Operation) error {
	var created change.Created
	var err error
	if o.Restores() {
		created, o.Record, err = r.changes.Restore(ctx, owner, o.Key, o.EntryID, o.After)
	} else {
		created, o.Record, err = r.changes.CreatePlanned(ctx, owner, o.Key, o.After.Draft())
	}
	if err != nil {
		return err
	}
	if o.Created = created.Entry.ID; created.Entry.Name != "" {
		o.After = created.Entry.Values()
	}
	return nil
}

// putAside keeps an operation whose credentials were refused for one more try, unless it has
// had that. It stays as it is in the database.
func (r *planRun) putAside(o Operation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o.Fault == nil || !o.Fault.denied() || r.again[o.Position] {
		return false
	}
	r.aside = append(r.aside, o)
	return true
}

// retryAside leaves the operations that were put aside waiting when other calls with the same
// credentials succeeded. Otherwise, or when the plan has paused, they have failed.
func (r *planRun) retryAside(ctx context.Context) {
	for _, o := range r.aside {
		if r.worked.Load() && r.goesOn(ctx) {
			if r.again == nil {
				r.again = map[int]bool{}
			}
			r.again[o.Position] = true
		} else {
			r.save(ctx, o)
		}
	}
	r.aside = nil
}

// save records what has become of an operation.
func (r *planRun) save(ctx context.Context, o Operation) {
	goOn, err := r.store.SaveOperation(context.WithoutCancel(ctx), r.plan.ID, r.worker, o)
	if err == nil && !goOn {
		err = errNotOurs
	}
	if err != nil {
		r.broken.CompareAndSwap(nil, &err)
	}
}
