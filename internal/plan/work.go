package plan

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"namesake/internal/registry"
)

// Times of a worker's claim on a plan. The queue gives a plan to one worker at a time, but
// gives it to another when the first one's program has been silent for some time. That one
// may still be working. The claim is in the plan's own row so that, in one transaction with
// the plan's state or operations, its results are refused, and so that a paused plan is
// resumed, retried, cancelled or undone only after the operations in progress have ended.
const (
	// claimDuration is how long a claim lasts without a renewal. Then another worker takes
	// over, since the first one's program was killed.
	claimDuration = 20 * time.Second
	claimRenewal  = 5 * time.Second
	claimPoll     = time.Second
	// listTurn is how long operations are looked up before other plans have their turn. An
	// interrupted look-up has to start from the beginning, so it has more time than a
	// queue's turn: enough for the calls that the largest plan needs.
	listTurn = 2 * time.Minute
)

// Work works on a plan until it is no longer active, or until turn ends; then it finishes
// the operations in progress. turn is a part of ctx, which is cancelled when the program
// ends or another worker takes over: a look-up continues for listTurn when turn ends, but
// not when ctx does. Work waits while another worker has the plan. It returns nil if nothing
// is left to do now or its time ended. After an error it has to be called again. It is safe
// to call at any time, in several programs at once.
func (s *Service) Work(ctx, turn context.Context, id string) error {
	worker := rand.Text()
	p, ok, err := s.claim(turn, id, worker)
	if err != nil || !ok {
		return err
	}
	if p.State == Listing {
		var end context.CancelFunc
		turn, end = context.WithTimeout(ctx, listTurn)
		defer end()
	}
	ctx, cancel := context.WithCancel(turn)
	defer cancel()
	defer s.keepClaim(ctx, cancel, worker, id)()
	ended, err := s.workClaimed(ctx, worker, p)
	if !ended {
		if failed := s.store.ReleasePlan(context.WithoutCancel(ctx), id, worker); failed != nil {
			s.log.WarnContext(ctx, "the claim of a plan could not be released; it will expire", "plan", id, "error", failed)
		}
	}
	if ctx.Err() != nil || errors.Is(err, errClaimLost) {
		return nil
	}
	return err
}

// claim claims a plan, and waits while another worker has it. ok is false if there is
// nothing to do or ctx ended.
func (s *Service) claim(ctx context.Context, id, worker string) (p Plan, ok bool, err error) {
	for {
		p, err := s.find(ctx, id)
		switch {
		case ctx.Err() != nil, errors.Is(err, ErrNotFound), err == nil && !p.Active():
			return Plan{}, false, nil // it was paused, or removed after its retention
		case err != nil:
			return Plan{}, false, err
		}
		now := s.now()
		if p, ok, err = s.store.ClaimPlan(ctx, id, worker, now, now.Add(claimDuration)); err != nil || ok {
			return p, ok, databaseError(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(claimPoll):
		}
	}
}

// Waiting returns active plans without a worker, for a queue that may have lost some.
func (s *Service) Waiting(ctx context.Context) ([]string, error) {
	ids, err := s.store.UnclaimedPlans(ctx, s.now(), maxWaiting)
	return ids, databaseError(err)
}

// maxWaiting limits the number of plans that Waiting returns.
const maxWaiting = 100

// workClaimed works on a plan that worker has claimed, and reports whether it has put the
// plan into a final state.
func (s *Service) workClaimed(ctx context.Context, worker string, p Plan) (ended bool, err error) {
	// Waiting for the API's limit of calls must not happen while locks are held.
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
	var withdrawn *WithdrawnError
	if stop != nil && errors.As(stop.Err(), &withdrawn) {
		err = s.recordWithdrawn(ctx, p.Owner, withdrawn)
	}
	if err != nil {
		return false, err
	}
	p.Listed, p.Changed, p.Stop = true, s.now(), stop
	if stop != nil {
		p.State, p.Listed = Paused, from == Running
	}
	return s.store.EndPlan(context.WithoutCancel(ctx), p, from, worker)
}

// keepClaim renews a claim until the returned function is called, and cancels the work if
// the plan was paused or taken over.
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
			if goOn, err := s.store.RenewPlanClaim(ctx, id, worker, s.now().Add(claimDuration)); err == nil && !goOn {
				cancel()
			}
		}
	})
	return func() {
		close(ended)
		renewing.Wait()
	}
}
