package sandbox

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// lateCall is a call that was answered, and takes effect later.
type lateCall struct {
	request *http.Request
	body    []byte
	when    moment
	ray     string // by which it is found in the log of calls
}

type lateQueue struct {
	landing sync.Mutex // held while calls land, so that later calls see their effect
	mu      sync.Mutex
	calls   []lateCall
	early   map[string]answer // of calls that took effect before they were answered, by ray; under Sandbox.mu
}

func (q *lateQueue) add(c lateCall) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls = append(q.calls, c)
}

func (q *lateQueue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.calls = nil
}

// due removes and returns the calls that must have landed by now, in their order.
func (q *lateQueue) due(now time.Time) []lateCall {
	q.mu.Lock()
	defer q.mu.Unlock()
	var due []lateCall
	q.calls = slices.DeleteFunc(q.calls, func(c lateCall) bool {
		lands := !c.when.at.After(now)
		if lands {
			due = append(due, c)
		}
		return lands
	})
	slices.SortStableFunc(due, func(a, b lateCall) int { return a.when.at.Compare(b.when.at) })
	return due
}

// postpone lets a call take effect after the given time.
func (s *Sandbox) postpone(r *http.Request, body []byte, f Fault, ray string) {
	when := moment{s.opts.Now().Add(f.Lands), f.ListLag, f.EntryLag}
	s.late.add(lateCall{r.Clone(context.WithoutCancel(r.Context())), body, when, ray})
}

// land applies the calls that are due. It is called before every read or change, so that
// calls appear to land by themselves with any clock.
func (s *Sandbox) land() {
	s.late.landing.Lock()
	defer s.late.landing.Unlock()
	for _, c := range s.late.due(s.opts.Now()) {
		real := s.handle(c.request, c.body, c.when, s.opts.Paging)
		s.noteLanded(c.ray, real)
	}
}

// noteLanded adds the result of a late call to the log of calls, or keeps it until the call
// is logged.
func (s *Sandbox) noteLanded(ray string, real answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range slices.Backward(s.calls) {
		if s.calls[i].Ray == ray {
			s.calls[i].note(real)
			return
		}
	}
	if s.late.early == nil {
		s.late.early = make(map[string]answer)
	}
	s.late.early[ray] = real
}

// Late returns how many calls were answered and have not taken effect yet, and when
// the last of them will.
func (s *Sandbox) Late() (calls int, last time.Time) {
	s.land()
	s.late.mu.Lock()
	defer s.late.mu.Unlock()
	if len(s.late.calls) == 0 {
		return 0, time.Time{}
	}
	latest := slices.MaxFunc(s.late.calls, func(a, b lateCall) int { return cmp.Compare(a.when.at.UnixNano(), b.when.at.UnixNano()) })
	return len(s.late.calls), latest.when.at
}
