// Package patterns is where all work on patterns is done: compiling, matching, looking for
// findings. Such work can take a second of a processor for a text of a hundred characters,
// so it is done in turns, of which a person gets one at a time, and all people together get
// no more than leaves a processor to everything else. What is known of stored patterns is
// remembered for a while. Of ours it imports javaregex only, and nothing else compiles
// patterns.
package patterns

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// The bounds of a Pool, where Options give none.
const (
	// maxTurns bounds the memory of searches, of which one may take 64 MB.
	maxTurns      = 4
	maxWaiting    = 128
	maxOwnWaiting = 16
	maxWait       = 5 * time.Second
)

// BusyError reports that there was no turn for a piece of work. Nothing is known of the
// pattern then.
type BusyError struct {
	Own   bool  // because of the same person's other work
	Cause error // of the context that ended, if that is why
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

// Options are the bounds of a Pool; the zero value is the usual one.
type Options struct {
	Turns   int           // pieces of work under way at a time, of all people together
	MaxWait time.Duration // how long a piece of work waits for its turn
	// Started is told of each turn, alone: how many are under way now, of whose.
	Started func(person string, underWay int)
}

// Pool gives turns to people's work on patterns.
type Pool struct {
	turns      int
	maxWait    time.Duration
	started    func(string, int)
	remembered *memory

	mu       sync.Mutex
	underWay int
	waiting  int
	people   map[string]*person
	next     []*person // those who have work that waits, and none under way, in turn
}

// person is somebody who has work under way or waiting.
type person struct {
	name    string
	working bool
	waiting []chan struct{} // closed when its turn comes
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

// In returns a context whose work on patterns is done in turns of person's. Without it,
// there is no limit.
func (p *Pool) In(ctx context.Context, person string) context.Context {
	return context.WithValue(ctx, shareKey{}, share{p, person})
}

// Turn does one piece of work when its turn comes, and returns a *BusyError when that does
// not come.
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

// begin waits for a turn, which end gives back.
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
	if !who.working && len(who.waiting) == 0 && p.underWay < p.turns {
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

// start begins a turn of who's.
func (p *Pool) start(who *person) {
	who.working = true
	p.underWay++
	p.started(who.name, p.underWay)
}

// end ends a turn of who's, and gives it to the person who waits longest.
func (p *Pool) end(who *person) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who.working = false
	p.underWay--
	if len(who.waiting) > 0 {
		p.next = append(p.next, who)
	}
	p.forget(who)
	for p.underWay < p.turns && len(p.next) > 0 {
		first := p.next[0]
		p.next = slices.Delete(p.next, 0, 1)
		ready := first.waiting[0]
		first.waiting = slices.Delete(first.waiting, 0, 1)
		p.waiting--
		p.start(first)
		close(ready)
	}
}

// forget drops a person who has neither.
func (p *Pool) forget(who *person) {
	if !who.working && len(who.waiting) == 0 {
		delete(p.people, who.name)
	}
}
