package cfapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"namesake/internal/registry"
)

// How many calls are made at once, of which background work gets a part. Reads that a
// person asks for leave some turns to changes.
const (
	maxCalls           = 8
	maxBackgroundCalls = 4
	turnsForChanges    = 2
)

// shortWait is how long work waits for its turn that keeps others waiting.
const shortWait = 2 * time.Second

// Our own budget of calls. The API takes 1,200 in five minutes for each token, and
// refuses everything for five more when they are exceeded; and 200 in a second from
// each address, which may not be ours alone. Ten calls are left for those that are
// under way when the window is counted, here and there, by different clocks.
const (
	budgetWindow  = 5 * time.Minute
	defaultBudget = 1190
	maxPerSecond  = 100
)

const (
	// reservedOf is the part of a budget that background work leaves to people: of our
	// own, and of those that answers tell of.
	reservedOf = 4 // a quarter
	// changesOf is the part that people's reads leave to changes, so that a change goes
	// through when reads have used up theirs: some thirty of three calls each.
	changesOf     = 10
	usualLimit    = 1200             // where an answer doesn't say how many there are in all
	unsaidRespite = 30 * time.Second // where an answer asks to slow down and doesn't say for how long
	// longestRespite is the longest that the API stays closed, as documented. Whoever
	// asks for more is asked again after it.
	longestRespite = budgetWindow
)

// Why a call is not made at once.
var (
	errClosed = errors.New("no call was made: the API has asked to wait")
	errScarce = errors.New("no call was made: what is left of the API's budget of calls is for work that somebody waits for")
	errShare  = errors.New("no call was made: what is left of the API's budget of calls is for others, and for changes")
	errBusy   = errors.New("no call was made: all turns are taken")
	errBudget = errors.New("no call was made: it would come close to the API's limit of calls")
)

// pacer decides when a call is made. Each call takes a turn. Changes come before reads,
// and people take turns one after the other, in the order in which they asked; background
// work comes when no person waits. What a person gets of the turns and of the budget is
// in share.go.
type pacer struct {
	now     func() time.Time
	pause   func(context.Context, time.Duration) error
	timeout time.Duration // of one call
	budget  int           // calls in budgetWindow; negative for any number

	mu     sync.Mutex
	starts []start   // of the calls in the last budgetWindow
	closed time.Time // no calls before this
	scarce time.Time // no background calls before this
	told   []told

	busy, busyBackground int
	underWay             map[user]int // calls
	people, background   []*turn      // that wait
}

// start is a call that was made.
type start struct {
	at time.Time
	by user
}

// told is what the last answer said about one of the API's limits, less the calls
// made since.
type told struct {
	name           string
	left, reserved int64
	forChanges     int64
	window         time.Duration
	until          time.Time // when it is reset
	first          time.Time // as until was when this window was first told of
}

// turn is a call that is about to be made.
type turn struct {
	by         user
	background bool
	wake       context.CancelFunc // ends its sleep; nil before the first
}

func newPacer(o Options) *pacer {
	return &pacer{now: o.Now, pause: o.Pause, timeout: o.Timeout, budget: o.Budget, underWay: map[user]int{}}
}

// enter waits until a call may be made. The caller has to leave afterwards. It
// returns an error, and no call may be made, when that can't be within the
// context's time: at once where that is known at once.
func (p *pacer) enter(ctx context.Context, op operation) (leave func(), refused *registry.APIError) {
	w := &turn{by: userOf(ctx), background: registry.InBackground(ctx)}
	ctx, cancel := p.waiting(ctx)
	defer cancel()
	defer p.giveUp(w) // does nothing once w has its turn
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

// waiting returns ctx with a deadline that leaves time for the call: one that is
// cut off leaves it unknown what it has done.
func (p *pacer) waiting(ctx context.Context) (context.Context, context.CancelFunc) {
	if registry.WaitsShortly(ctx) {
		return context.WithTimeout(ctx, shortWait)
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

// outOfTime reports a call that was given up before it was made.
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

// ask gives w its turn, and returns no context. Otherwise it returns one to sleep
// with, which ends when things change, and how long at most: 0 until they do.
func (p *pacer) ask(ctx context.Context, w *turn) (sleep context.Context, wait time.Duration, why error) {
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

func (p *pacer) queue(w *turn) *[]*turn {
	if w.background {
		return &p.background
	}
	return &p.people
}

// begin gives w its turn, for a call that is made at t.
func (p *pacer) begin(w *turn, t time.Time) {
	p.busy++
	if w.background {
		p.busyBackground++
	}
	p.underWay[w.by]++
	p.count(w.by, t)
}

// count counts a request that is made at t.
func (p *pacer) count(by user, t time.Time) {
	for i := range p.told {
		p.told[i].left--
	}
	if p.budget >= 0 || p.told != nil {
		p.starts = append(p.starts, start{t, by})
	}
}

// delay returns how long the turn at that place of its queue has to wait for
// anything but other calls that are under way.
func (p *pacer) delay(w *turn, place int, t time.Time) (wait time.Duration, why error) {
	longest := func(d time.Duration, reason error) {
		if d > wait {
			wait, why = d, reason
		}
	}
	longest(p.closed.Sub(t), errClosed)
	if w.background {
		longest(p.scarce.Sub(t), errScarce)
	}
	for _, limit := range p.told {
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
		budget -= budget / reservedOf
	} else {
		longest(p.shareIn(w.by, place, t), errShare)
	}
	longest(p.room(need, budget, budgetWindow, t), errBudget)
	longest(p.room(need, maxPerSecond, time.Second, t), errBudget)
	return wait, why
}

// room returns how long it takes until there is room for so many calls more in a
// window that holds limit calls.
func (p *pacer) room(need, limit int, window time.Duration, t time.Time) time.Duration {
	over := len(p.starts) + need - limit // so many of the oldest have to be out of the window
	if over <= 0 || len(p.starts) == 0 {
		return 0
	}
	return p.starts[min(over, len(p.starts))-1].at.Add(window).Sub(t)
}

// forget drops the calls that are out of the longest window.
func (p *pacer) forget(t time.Time) {
	gone := 0
	for gone < len(p.starts) && t.Sub(p.starts[gone].at) >= budgetWindow {
		gone++
	}
	p.starts = slices.Delete(p.starts, 0, gone)
}

func (p *pacer) giveUp(w *turn) {
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

func (p *pacer) leave(w *turn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy--
	if w.background {
		p.busyBackground--
	}
	if p.underWay[w.by]--; p.underWay[w.by] == 0 {
		delete(p.underWay, w.by)
	}
	p.wakeAll()
}

// wakeAll makes all who wait ask again; each finds out for itself.
func (p *pacer) wakeAll() {
	for _, queue := range [][]*turn{p.people, p.background} {
		for _, w := range queue {
			if w.wake != nil {
				w.wake()
			}
		}
	}
}

// learn takes from an answer how long to stand back. It is called before the call
// leaves, which wakes those whom it concerns.
func (p *pacer) learn(by user, a *answer, failed *registry.APIError) {
	var closed, scarce time.Duration
	if failed != nil {
		scarce = min(failed.RetryAfter, longestRespite)
		if failed.Kind == registry.RateLimited {
			if closed = scarce; scarce == 0 {
				scarce = unsaidRespite
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
	if news := tell(a.header, t); news != nil {
		for i := range news {
			p.merge(&news[i], t)
		}
		p.told = news
	}
}

// merge makes of an answer's news what is certain to be left: other calls may not be
// counted in it yet, and another answer about the same window may have overtaken it.
func (p *pacer) merge(news *told, t time.Time) {
	news.left -= int64(p.busy - 1)
	for _, old := range p.told {
		if old.name == news.name && t.Before(old.until) && news.until.Sub(old.first) <= time.Second {
			news.left, news.first = min(news.left, old.left), old.first
		}
	}
}

// tell reads what an answer says about the API's limits; nil when it says nothing.
func tell(h http.Header, t time.Time) []told {
	quotas, windows, largest := map[string]int64{}, map[string]time.Duration{}, int64(0)
	for name, params := range limits(h.Values("Ratelimit-Policy")) {
		if q, ok := natural(params["q"]); ok {
			quotas[name], largest = q, max(largest, q)
		}
		if w, ok := resetIn(params["w"]); ok {
			windows[name] = w
		}
	}
	var found []told
	for name, params := range limits(h.Values("Ratelimit")) {
		left, ok := natural(params["r"])
		if !ok || len(found) == maxBudgets {
			continue
		}
		quota := quotas[name]
		if quota == 0 { // the documentation has a limit and its policy under two names
			quota = largest
		}
		forChanges := quota / changesOf // nothing where the quota is a guess
		if quota < left || quota == 0 {
			quota, forChanges = usualLimit, 0
		}
		window, said := windows[name]
		if !said || window > budgetWindow {
			window = budgetWindow
		}
		reset := unsaidRespite
		if s, ok := resetIn(params["t"]); ok {
			reset = min(s, longestRespite)
		}
		until := t.Add(reset)
		found = append(found, told{name, left, quota / reservedOf, forChanges, window, until, until})
	}
	return found
}
