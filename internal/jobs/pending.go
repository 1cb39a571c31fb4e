package jobs

import (
	"context"
	"sync"
	"time"
)

// pending are jobs that this copy adds later: a wake-up whose time has not come, and a job
// that runs now and has to run again after that.
type pending struct {
	mu      sync.Mutex
	at      map[job]time.Time
	changed chan struct{}
}

// add has j added at some time, or earlier where that was planned.
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

// due removes and returns the jobs whose time has come, and returns how long it is until the
// next.
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

// retryInsert is when an insert that failed is tried again.
const retryInsert = 5 * time.Second

// insertDue adds the pending jobs whose time has come, and returns how long it is until the
// next.
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
