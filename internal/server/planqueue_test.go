package server_test

import (
	"context"
	"slices"
	"sync"
	"time"
)

// planQueue works on each plan at once, until its test ends.
type planQueue struct {
	ctx     context.Context
	work    func(ctx, turn context.Context, id string) error
	waiting func(context.Context) ([]string, error) // plans that no worker has
	working sync.WaitGroup
}

func (q *planQueue) Enqueue(_ context.Context, id string) error {
	q.working.Go(func() {
		for {
			_ = q.work(q.ctx, q.ctx, id) // tests see what has become of the plan
			// The clock of a test may pass the end of a claim that is still in use.
			waiting, err := q.waiting(q.ctx)
			if err != nil || !slices.Contains(waiting, id) {
				return
			}
			select {
			case <-q.ctx.Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return nil
}
