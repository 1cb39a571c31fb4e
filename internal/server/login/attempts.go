package login

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"namesake/internal/netlimit"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Limits on signing in.
var (
	// A whole office behind one address comes in at nine o'clock.
	startRates = netlimit.Rates{Address: netlimit.Rate{PerSec: 5, AtOnce: 300}, Block: netlimit.Rate{PerSec: 25, AtOnce: 1500}}
	// Only the demo's sign-ins can fail without a sign-in service that counts them, too.
	demoFailureRates = netlimit.Rates{Address: netlimit.Rate{PerSec: 0.1, AtOnce: 10}, Block: netlimit.Rate{PerSec: 0.5, AtOnce: 50}}
)

const (
	// flowFailures is how often one sign-in at the provider may fail: a browser comes back
	// with it once, and what was sealed for it can be sent again and again.
	flowFailures = 3
	// flowsKept is how many sign-ins are remembered.
	flowsKept = 4096
)

// tooManyError reports too many attempts to sign in from one address.
type tooManyError struct{ wait time.Duration }

func (e *tooManyError) Error() string { return fmt.Sprintf("too many sign-ins; wait %s", e.wait) }

// attempts limits how often people may start to sign in from a network, and how often one
// sign-in at the provider may fail. A failure does not count against other people behind the
// same address.
type attempts struct {
	now                  func() time.Time
	starts, demoFailures *netlimit.Limiter

	mu    sync.Mutex
	flows map[string]flowUse // by auth.FlowID
}

// flowUse is what has become of a sign-in at the provider.
type flowUse struct {
	failed int
	last   time.Time
}

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, starts: netlimit.New(startRates), demoFailures: netlimit.New(demoFailureRates), flows: make(map[string]flowUse)}
}

// start counts a sign-in that starts at an address. It returns a *tooManyError when there
// were too many, or too many that failed.
func (a *attempts) start(address string) error {
	now := a.now()
	if wait := a.demoFailures.Wait(now, address); wait > 0 {
		return &tooManyError{wait}
	}
	if !a.starts.Take(now, address) {
		return &tooManyError{max(a.starts.Wait(now, address), time.Second)}
	}
	return nil
}

// failDemo counts a sign-in to the demo that failed.
func (a *attempts) failDemo(address string) { a.demoFailures.Take(a.now(), address) }

// mayFinish reports whether a sign-in may still be finished.
func (a *attempts) mayFinish(flowID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flows[flowID].failed < flowFailures
}

// used reports whether a sign-in was finished here before, with or without success.
func (a *attempts) used(flowID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.flows[flowID]
	return ok
}

// finish notes that a sign-in was finished, and whether it failed.
func (a *attempts) finish(flowID string, failed bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.flows) >= flowsKept {
		a.forget()
	}
	use := a.flows[flowID]
	if use.last = a.now(); failed {
		use.failed++
	}
	a.flows[flowID] = use
}

// forget drops the sign-ins whose time is over and, when most are younger, any others.
func (a *attempts) forget() {
	for id, use := range a.flows {
		if a.now().Sub(use.last) > flowMemory {
			delete(a.flows, id)
		}
	}
	for id := range a.flows {
		if len(a.flows) <= flowsKept*7/8 {
			return
		}
		delete(a.flows, id)
	}
}

// flowMemory is longer than a sign-in may take.
const flowMemory = 15 * time.Minute

// Fail says when the next sign-in can be tried.
func Fail(err error) (web.Failure, bool) {
	var tooMany *tooManyError
	if errors.As(err, &tooMany) {
		return web.Failure{
			Status: http.StatusTooManyRequests, Tone: templates.Bad, Wait: tooMany.wait,
			Title: "Too many sign-ins from your network",
			Text:  []string{"Namesake limits how many sign-ins can be tried, and how many can fail, from one network address. " + words.TryAgain(tooMany.wait)},
		}, true
	}
	return web.Failure{}, false
}
