package jobs

import (
	"context"
	"sync"
	"time"
)

// pending holds jobs that this copy adds later: a scheduled wake-up, or a job that is
// running and has to run again.
type pending struct {
	mu      sync.Mutex
	at      map[job]time.Time
	changed chan struct{}
}

// add schedules j at a time, or earlier if it is already scheduled earlier.
func (p *pending) add(j job, at time.Time) {
	p.mu.Lock()
	if planned, ok := p.at[j]; !ok || at.Before(planned) {
		p.at[j] = at
	}
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// due removes and returns the jobs that are due, and returns the time until the next one.
func (p *pending) due(now time.Time) (due []job, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait = time.Hour
	for j, at := range p.at {
		if left := at.Sub(now); left > 0 {
			wait = min(wait, left)
		} else {
			due = append(due, j)
			delete(p.at, j)
		}
	}
	return due, wait
}

// retryInsert is the pause after a failed insert.
const retryInsert = 5 * time.Second

// insertDue adds the pending jobs that are due, and returns the time until the next one.
func (r *Runner) insertDue(ctx context.Context) time.Duration {
	due, wait := r.pending.due(time.Now())
	for _, j := range due {
		running, err := r.insert(ctx, j)
		switch {
		case ctx.Err() != nil:
			return wait
		case err != nil:
			r.Log.WarnContext(ctx, "a job could not be added", "kind", j.kind, "name", j.name, "error", err)
			r.pending.add(j, time.Now().Add(retryInsert))
		case running:
			r.pending.add(j, time.Now().Add(r.timing.reinsertDelay))
		}
	}
	return wait
}
