package signin

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"namesake/internal/audit"
	"namesake/internal/netlimit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Limits of recorded refusals, for one address, for its block of addresses, and in total.
// Strangers can cause refusals, so without limits they could fill the trail.
var (
	refusalRates = netlimit.Rates{Address: netlimit.Rate{PerSec: 0.1, AtOnce: 10}, Block: netlimit.Rate{PerSec: 0.5, AtOnce: 30}}
	allRefusals  = netlimit.Rate{PerSec: 1, AtOnce: 60}
)

// refusals limits the refused sign-ins that are recorded one by one, and counts the others.
type refusals struct {
	networks *netlimit.Limiter
	all      *rate.Limiter

	mu          sync.Mutex
	leftOut     int64
	first, last time.Time // times of the first and the last one that was not recorded
}

func newRefusals() *refusals {
	return &refusals{networks: netlimit.New(refusalRates), all: rate.NewLimiter(rate.Limit(allRefusals.PerSec), allRefusals.AtOnce)}
}

// take reports whether to record a refusal; if not, it counts it.
func (r *refusals) take(now time.Time, address string) bool {
	if r.networks.Take(now, address) && r.all.AllowN(now, 1) {
		return true
	}
	r.add(1, now, now)
	return false
}

func (r *refusals) add(n int64, first, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.leftOut == 0 || first.Before(r.first) {
		r.first = first
	}
	if r.leftOut == 0 || last.After(r.last) {
		r.last = last
	}
	r.leftOut += n
}

// drain returns the number of refusals counted since its last call, and their times.
func (r *refusals) drain() (n int64, first, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, r.leftOut = r.leftOut, 0
	return n, r.first, r.last
}

// RecordSignInRefused records a refused sign-in and the reason. who has the claimed
// identity, as far as it is known. Beyond the limits it counts the refusal for
// RecordRefusalsLeftOut.
func (s *Service) RecordSignInRefused(ctx context.Context, who rbac.Caller, why string) error {
	if !s.refusals.take(s.now(), who.Address) {
		return nil
	}
	return s.audit.Note(ctx, who, audit.Record{Action: rbac.RefuseSession, Outcome: audit.OutcomeRefused, Errors: []registry.Problem{{Code: audit.CodeSignIn, Message: why}}})
}

// RecordRefusalsLeftOut records the number of refused sign-ins that exceeded the limits.
func (s *Service) RecordRefusalsLeftOut(ctx context.Context) error {
	n, first, last := s.refusals.drain()
	if n == 0 {
		return nil
	}
	err := s.audit.Note(ctx, rbac.Caller{}, audit.Record{
		Action: rbac.RefuseSession, Outcome: audit.OutcomeRefused,
		After:  registry.Values{"left_out": n, "first": first.UTC().Format(time.RFC3339), "last": last.UTC().Format(time.RFC3339)},
		Errors: []registry.Problem{{Code: audit.CodeSignIn, Message: fmt.Sprintf("too many at once: the number of further refused sign-ins is %d", n)}},
	})
	if err != nil {
		s.refusals.add(n, first, last) // keep them for the next record
	}
	return err
}
