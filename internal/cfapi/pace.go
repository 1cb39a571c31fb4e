package cfapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"namesake/internal/registry"
)

// Limits of simultaneous calls. Background work gets a part of them, and people's reads
// leave some to changes.
const (
	maxCalls           = 8
	maxBackgroundCalls = 4
	turnsForChanges    = 2
)

// queueTimeout bounds the wait in the queue of work for which others wait.
const queueTimeout = 2 * time.Second

// Namesake's own budget of calls. The API accepts 1,200 in five minutes for each token, and
// refuses every call for another five when they are exceeded. It accepts 200 in a second
// from each address, which others may share. Ten calls are reserved, because calls in
// progress may count in another window at the API, whose clock differs.
const (
	budgetWindow  = 5 * time.Minute
	defaultBudget = 1190
	maxPerSecond  = 100
)

const (
	// Background work leaves 1/peopleShare of a budget to people: of Namesake's own and of
	// those in the API's answers.
	peopleShare = 4
	// People's reads leave 1/changeShare of a budget to changes, so that about 30 changes of
	// 3 calls each succeed when reads have used up the rest.
	changeShare  = 10
	defaultLimit = 1200             // where an answer gives no total
	defaultPause = 30 * time.Second // where an answer asks to slow down without a time
	// maxPause is the documented longest time for which the API refuses calls. A longer
	// Retry-After is cut to it.
	maxPause = budgetWindow
)

// Reasons for delaying or refusing a call.
var (
	errClosed = errors.New("no call was made: the API has asked to wait")
	errScarce = errors.New("no call was made: the rest of the API's budget of calls is reserved for people's requests")
	errShare  = errors.New("no call was made: the rest of the API's budget of calls is reserved for other people and for changes")
	errBusy   = errors.New("no call was made: the maximum of calls is in progress")
	errBudget = errors.New("no call was made: it would come close to the API's limit of calls")
)

// pacer decides when a call is made, and queues it until then. Changes come before reads,
// people alternate in the order in which they asked, and background work comes when no
// person waits. share.go decides each person's share of the calls and of the budget.
type pacer struct {
	now     func() time.Time
	pause   func(context.Context, time.Duration) error
	timeout time.Duration // of one call
	budget  int           // calls in budgetWindow; negative for any number

	mu     sync.Mutex
	starts []start   // of the calls in the last budgetWindow
	closed time.Time // no calls before this
	scarce time.Time // no background calls before this
	limits []limitState
	took   time.Duration // of one call, lately; 0 before the first
	single bool          // whether took is of calls for one entry

	busy, busyBackground int
	inProgress           map[user]int // calls
	people, background   []*waiter
}

// start is a call that was made.
type start struct {
	at time.Time
	by user
}

// waiter is a call that waits in the queue.
type waiter struct {
	by         user
	background bool
	wake       context.CancelFunc // ends its sleep; nil before the first
}

func newPacer(o Options) *pacer {
	return &pacer{now: o.Now, pause: o.Pause, timeout: o.Timeout, budget: o.Budget, inProgress: map[user]int{}}
}

// enter waits until the caller may make a call; afterwards the caller must call leave. It
// returns an error as soon as it knows that the context ends before that.
func (p *pacer) enter(ctx context.Context, op operation) (leave func(), refused *registry.APIError) {
	w := &waiter{by: userOf(ctx), background: registry.InBackground(ctx)}
	ctx, cancel := p.waiting(ctx)
	defer cancel()
	defer p.giveUp(w) // no effect once w may make its call
	for {
		if err := ctx.Err(); err != nil {
			return nil, outOfTime(ctx, op, err)
		}
		sleep, wait, why := p.ask(ctx, w)
		switch {
		case sleep == nil:
			return func() { p.leave(w) }, nil
		case wait == 0: // until a call ends
			<-sleep.Done()
		case !fits(ctx, wait):
			return nil, &registry.APIError{Op: op.name, Kind: registry.RateLimited, RetryAfter: wait, Err: why}
		default:
			if err := p.pause(sleep, wait); err != nil && sleep.Err() == nil {
				return nil, outOfTime(ctx, op, err)
			}
		}
	}
}

// waiting returns ctx with a deadline that leaves time for the call, because the effect of
// a call that is cut off is unknown.
func (p *pacer) waiting(ctx context.Context) (context.Context, context.CancelFunc) {
	if registry.WaitsShortly(ctx) {
		return context.WithTimeout(ctx, queueTimeout)
	}
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(time.Until(deadline), p.timeout)/5))
}

func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || wait < time.Until(deadline)
}

// outOfTime returns the error of a call that was given up before it was made.
func outOfTime(ctx context.Context, op operation, err error) *registry.APIError {
	failed := &registry.APIError{Op: op.name, Kind: registry.Lost, Err: fmt.Errorf("no call was made: %w", err)}
	switch {
	case !errors.Is(err, context.DeadlineExceeded):
	case registry.WaitsShortly(ctx):
		failed.Kind, failed.Err = registry.RateLimited, errBusy
	default:
		failed.Kind, failed.Err = registry.TimedOut, fmt.Errorf("no call was made within the time limit: %w", err)
	}
	return failed
}

// ask returns a nil context when w may make its call. Otherwise it returns a context to
// wait on, which ends when the queue changes, and the longest time to wait: 0 without limit.
func (p *pacer) ask(ctx context.Context, w *waiter) (sleep context.Context, wait time.Duration, why error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	queue := p.queue(w)
	at := slices.Index(*queue, w)
	if at < 0 {
		at = len(*queue)
		*queue = append(*queue, w)
	}
	place, free := at, maxCalls-p.busy
	if w.background {
		free = min(maxBackgroundCalls-p.busyBackground, free-len(p.people))
	} else {
		place = p.place(at)
		free = min(free, place+p.turnsFor(w.by))
	}
	t := p.now()
	wait, why = p.delay(w, place, t)
	if w.wake != nil {
		w.wake()
	}
	if wait > 0 || place >= free {
		sleep, w.wake = context.WithCancel(ctx)
		return sleep, wait, why
	}
	*queue = slices.Delete(*queue, at, at+1)
	p.begin(w, t)
	return nil, 0, nil
}

func (p *pacer) queue(w *waiter) *[]*waiter {
	if w.background {
		return &p.background
	}
	return &p.people
}

// begin takes w from the queue, for a call that is made at t.
func (p *pacer) begin(w *waiter, t time.Time) {
	p.busy++
	if w.background {
		p.busyBackground++
	}
	p.inProgress[w.by]++
	p.count(w.by, t)
}

// count counts a request that is made at t.
func (p *pacer) count(by user, t time.Time) {
	for i := range p.limits {
		p.limits[i].left--
	}
	if p.budget >= 0 || p.limits != nil {
		p.starts = append(p.starts, start{t, by})
	}
}

// delay returns how long the waiter at that place of its queue must wait for limits, other
// than the one of simultaneous calls.
func (p *pacer) delay(w *waiter, place int, t time.Time) (wait time.Duration, why error) {
	longest := func(d time.Duration, reason error) {
		if d > wait {
			wait, why = d, reason
		}
	}
	longest(p.closed.Sub(t), errClosed)
	if w.background {
		longest(p.scarce.Sub(t), errScarce)
	}
	for _, limit := range p.limits {
		switch {
		case limit.left <= 0:
			longest(limit.until.Sub(t), errClosed)
		case w.background && limit.left <= limit.reserved:
			longest(limit.until.Sub(t), errScarce)
		case !w.background && !p.mayUse(w.by, limit, place):
			longest(limit.until.Sub(t), errShare)
		}
	}
	p.forget(t)
	if p.budget < 0 {
		return wait, why
	}
	need, budget := place+1, p.budget
	if w.background {
		need += len(p.people)
		budget -= budget / peopleShare
	} else {
		longest(p.shareIn(w.by, place, t), errShare)
	}
	longest(p.room(need, budget, budgetWindow, t), errBudget)
	longest(p.room(need, maxPerSecond, time.Second, t), errBudget)
	return wait, why
}

// room returns the time until need more calls fit into a window of limit calls.
func (p *pacer) room(need, limit int, window time.Duration, t time.Time) time.Duration {
	over := len(p.starts) + need - limit // this many of the oldest must leave the window
	if over <= 0 || len(p.starts) == 0 {
		return 0
	}
	return p.starts[min(over, len(p.starts))-1].at.Add(window).Sub(t)
}

// forget drops the calls that are older than the longest window.
func (p *pacer) forget(t time.Time) {
	gone := 0
	for gone < len(p.starts) && t.Sub(p.starts[gone].at) >= budgetWindow {
		gone++
	}
	p.starts = slices.Delete(p.starts, 0, gone)
}

func (p *pacer) giveUp(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.wake != nil {
		w.wake()
	}
	queue := p.queue(w)
	if place := slices.Index(*queue, w); place >= 0 {
		*queue = slices.Delete(*queue, place, place+1)
		p.wakeAll()
	}
}

func (p *pacer) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	if w.background {
		p.busyBackground--
	}
	if p.inProgress[w.by]--; p.inProgress[w.by] == 0 {
		delete(p.inProgress, w.by)
	}
	p.wakeAll()
}

// wakeAll makes all waiters ask again.
func (p *pacer) wakeAll() {
	for _, queue := range [][]*waiter{p.people, p.background} {
		for _, w := range queue {
			if w.wake != nil {
				w.wake()
			}
		}
	}
}

// learn takes the API's limits from an answer. It is called before leave, which wakes the
// waiters.
func (p *pacer) learn(by user, a *answer, failed *registry.APIError) {
	var closed, scarce time.Duration
	if failed != nil {
		scarce = min(failed.RetryAfter, maxPause)
		if failed.Kind == registry.RateLimited {
			if closed = scarce; scarce == 0 {
				scarce = defaultPause
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.now()
	later := func(at *time.Time, wait time.Duration) {
		if until := t.Add(wait); wait > 0 && until.After(*at) {
			*at = until
		}
	}
	later(&p.closed, closed)
	later(&p.scarce, scarce)
	for range a.resent {
		p.count(by, t)
	}
	if news := readLimits(a.header, t); news != nil {
		for i := range news {
			p.merge(&news[i], t)
		}
		p.limits = news
	}
}
