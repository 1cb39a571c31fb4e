// Package patterns does all work on patterns: compiling, matching, looking for findings, and
// checking samples, which it also suggests. A text of a hundred characters can take a second
// of a processor, so the work is done in turns: one at a time for a person, and for all
// people together few enough to leave one processor free. Results for stored patterns are
// remembered for a while. Of this module the package imports only javaregex, and it is the
// only one that compiles patterns.
package patterns

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Limits of a Pool for which Options has no value.
const (
	// maxTurns limits the memory of searches: one can take 64 MB.
	maxTurns      = 4
	maxWaiting    = 128
	maxOwnWaiting = 16
	maxWait       = 5 * time.Second
)

// BusyError reports that work on a pattern got no turn. The pattern was not checked.
type BusyError struct {
	Own   bool  // the same person's other work takes all turns
	Cause error // the error of a context that ended, if that is the reason
}

func (e *BusyError) Unwrap() error { return e.Cause }

func (e *BusyError) Error() string {
	if e.Cause != nil {
		return "there was no turn for work on a pattern: " + e.Cause.Error()
	}
	if e.Own {
		return "the same person has too much work on patterns waiting"
	}
	return "too much work on patterns is waiting"
}

// Options are the limits of a Pool; zero values mean the defaults.
type Options struct {
	Turns   int           // largest number of turns in progress, of all people together
	MaxWait time.Duration // how long work waits for its turn
	// Started is called at the start of each turn, by one goroutine at a time, with the
	// person's key and the number of turns now in progress.
	Started func(person string, running int)
}

// Pool limits the work on patterns that runs at the same time.
type Pool struct {
	turns      int
	maxWait    time.Duration
	started    func(string, int)
	remembered *memory

	mu      sync.Mutex
	running int
	waiting int
	people  map[string]*person
	next    []*person // people with work that waits and none in progress, in the order of their turns
}

// person is a person with work in progress or waiting.
type person struct {
	name    string
	working bool
	waiting []chan struct{} // each is closed when its turn comes
}

// NewPool returns a Pool over o.
func NewPool(o Options) *Pool {
	if o.Turns <= 0 {
		o.Turns = min(max(runtime.GOMAXPROCS(0)-1, 1), maxTurns)
	}
	if o.MaxWait <= 0 {
		o.MaxWait = maxWait
	}
	if o.Started == nil {
		o.Started = func(string, int) {}
	}
	return &Pool{turns: o.Turns, maxWait: o.MaxWait, started: o.Started, remembered: newMemory(), people: make(map[string]*person)}
}

type shareKey struct{}

// share is a person's part of a pool.
type share struct {
	pool   *Pool
	person string
}

// In returns a context whose work on patterns takes turns of p as that person. In a context
// without a pool there is no limit.
func (p *Pool) In(ctx context.Context, person string) context.Context {
	return context.WithValue(ctx, shareKey{}, share{p, person})
}

// Turn runs work when its turn comes. It returns a *BusyError if the turn does not come in
// time.
func Turn(ctx context.Context, work func()) error {
	s, limited := ctx.Value(shareKey{}).(share)
	if !limited {
		work()
		return nil
	}
	who, err := s.pool.begin(ctx, s.person)
	if err != nil {
		return err
	}
	defer s.pool.end(who)
	work()
	return nil
}

// begin waits for a turn. The caller gives it back with end.
func (p *Pool) begin(ctx context.Context, name string) (*person, error) {
	if err := ctx.Err(); err != nil {
		return nil, &BusyError{Cause: err}
	}
	p.mu.Lock()
	who := p.people[name]
	if who == nil {
		who = &person{name: name}
		p.people[name] = who
	}
	if !who.working && len(who.waiting) == 0 && p.running < p.turns {
		p.start(who)
		p.mu.Unlock()
		return who, nil
	}
	if own := len(who.waiting) >= maxOwnWaiting; own || p.waiting >= maxWaiting {
		p.forget(who)
		p.mu.Unlock()
		return nil, &BusyError{Own: own}
	}
	ready := make(chan struct{})
	who.waiting = append(who.waiting, ready)
	p.waiting++
	if !who.working && len(who.waiting) == 1 {
		p.next = append(p.next, who)
	}
	p.mu.Unlock()

	timer := time.NewTimer(p.maxWait)
	defer timer.Stop()
	busy := &BusyError{}
	select {
	case <-ready:
		return who, nil
	case <-ctx.Done():
		busy.Cause = ctx.Err()
	case <-timer.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(who.waiting, ready)
	if at < 0 { // the turn came just now
		return who, nil
	}
	busy.Own = who.working
	who.waiting = slices.Delete(who.waiting, at, at+1)
	p.waiting--
	if len(who.waiting) == 0 {
		p.next = slices.DeleteFunc(p.next, func(n *person) bool { return n == who })
	}
	p.forget(who)
	return nil, busy
}

// start counts a turn of who as in progress.
func (p *Pool) start(who *person) {
	who.working = true
	p.running++
	p.started(who.name, p.running)
}

// end gives back a turn of who, and gives it to the person who waits longest.
func (p *Pool) end(who *person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who.working = false
	p.running--
	if len(who.waiting) > 0 {
		p.next = append(p.next, who)
	}
	p.forget(who)
	for p.running < p.turns && len(p.next) > 0 {
		first := p.next[0]
		p.next = slices.Delete(p.next, 0, 1)
		ready := first.waiting[0]
		first.waiting = slices.Delete(first.waiting, 0, 1)
		p.waiting--
		p.start(first)
		close(ready)
	}
}

// forget removes a person without work.
func (p *Pool) forget(who *person) {
	if !who.working && len(who.waiting) == 0 {
		delete(p.people, who.name)
	}
}
