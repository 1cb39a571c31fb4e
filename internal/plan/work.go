package plan

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"namesake/internal/registry"
)

// How a worker keeps a plan to itself.
const (
	// claimDuration is how long a plan belongs to the worker that has it without being renewed,
	// so that another one takes over where the program of that one was killed.
	claimDuration = 20 * time.Second
	claimRenewal  = 5 * time.Second
	claimPoll     = time.Second
	// listTimeout bounds how long operations are looked up in one go.
	listTimeout = 15 * time.Minute
)

// Work does the work of a plan until it rests, or until ctx ends; then it finishes the
// operations that are under way. While another worker has the plan, it waits. It returns nil
// when nothing is left to do now, or ctx ended, and otherwise an error after which it is to
// be called again. It is safe to call at any time, in several programs at once.
func (s *Service) Work(ctx context.Context, id string) error {
	worker := rand.Text()
	p, ok, err := s.claim(ctx, id, worker)
	if err != nil || !ok {
		return err
	}
	if p.State == Listing {
		// What is listed in part has to be listed from the start: it is not cut off for the sake
		// of other plans.
		var end context.CancelFunc
		ctx, end = withoutDeadline(ctx)
		defer end()
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer s.keepClaim(ctx, cancel, worker, id)()
	ended, err := s.workClaimed(ctx, worker, p)
	if !ended {
		if failed := s.store.ReleasePlan(context.WithoutCancel(ctx), id, worker); failed != nil {
			s.log.WarnContext(ctx, "a plan could not be given back; its claim runs out", "plan", id, "error", failed)
		}
	}
	if ctx.Err() != nil || errors.Is(err, errClaimLost) {
		return nil
	}
	return err
}

// claim claims a plan, and waits while another worker has it. ok is false when there is
// nothing to do, or ctx ended.
func (s *Service) claim(ctx context.Context, id, worker string) (p Plan, ok bool, err error) {
	for {
		p, err := s.find(ctx, id)
		switch {
		case ctx.Err() != nil, errors.Is(err, ErrNotFound), err == nil && !p.Active():
			return Plan{}, false, nil // it was paused, or is too old to be kept
		case err != nil:
			return Plan{}, false, err
		}
		now := s.changes.Now()
		if p, ok, err = s.store.ClaimPlan(ctx, id, worker, now, now.Add(claimDuration)); err != nil || ok {
			return p, ok, databaseError(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(claimPoll):
		}
	}
}

// withoutDeadline returns a context that ends when ctx is cancelled, or after listTimeout, but
// not at ctx's deadline.
func withoutDeadline(ctx context.Context) (longer context.Context, end context.CancelFunc) {
	longer, cancel := context.WithTimeout(context.WithoutCancel(ctx), listTimeout)
	stop := context.AfterFunc(ctx, func() {
		if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			cancel()
		}
	})
	return longer, func() { stop(); cancel() }
}

// Waiting returns plans that are active and that no worker has, for a queue that may have lost
// some of what was enqueued.
func (s *Service) Waiting(ctx context.Context) ([]string, error) {
	ids, err := s.store.UnclaimedPlans(ctx, s.changes.Now(), maxWaiting)
	return ids, databaseError(err)
}

// maxWaiting bounds how many plans Waiting returns.
const maxWaiting = 100

// workClaimed works on a plan that worker has claimed, and reports whether it put the plan
// into the state in which the work ended.
func (s *Service) workClaimed(ctx context.Context, worker string, p Plan) (ended bool, err error) {
	// It waits for the API's limit of calls outside of the locks that it holds.
	work := registry.ShortWait(registry.Background(ctx))
	from := p.State
	var stop *Fault
	if from == Listing {
		p.State = Draft
		stop, err = s.list(work, worker, &p)
	} else {
		p.State = Done
		stop, err = s.run(work, worker, p)
	}
	if err != nil {
		return false, err
	}
	p.Listed, p.Changed, p.Stop = true, s.changes.Now(), stop
	if stop != nil {
		p.State, p.Listed = Paused, from == Running
	}
	return s.store.EndPlan(context.WithoutCancel(ctx), p, from, worker)
}

// keepClaim renews a claim until the function that it returns is called, and cancels the work
// when the plan was paused or taken over.
func (s *Service) keepClaim(ctx context.Context, cancel context.CancelFunc, worker, id string) (end func()) {
	ctx = context.WithoutCancel(ctx)
	ended := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(claimRenewal):
			}
			if goOn, err := s.store.RenewPlanClaim(ctx, id, worker, s.changes.Now().Add(claimDuration)); err == nil && !goOn {
				cancel()
			}
		}
	})
	return func() {
		close(ended)
		renewing.Wait()
	}
}
