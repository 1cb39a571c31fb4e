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

// Limits of recorded refusals, for one address, for the block of addresses around it, and
// in all. Strangers can cause refusals: the trail must not grow by as many as they like.
var (
	refusalRates = netlimit.Rates{Address: netlimit.Rate{PerSec: 0.1, AtOnce: 10}, Block: netlimit.Rate{PerSec: 0.5, AtOnce: 30}}
	allRefusals  = netlimit.Rate{PerSec: 1, AtOnce: 60}
)

// refusals bounds which refused sign-ins are recorded one by one, and counts the others.
type refusals struct {
	networks *netlimit.Limiter
	all      *rate.Limiter

	mu          sync.Mutex
	leftOut     int64
	first, last time.Time // when the first and the last of them were left out
}

func newRefusals() *refusals {
	return &refusals{networks: netlimit.New(refusalRates), all: rate.NewLimiter(rate.Limit(allRefusals.PerSec), allRefusals.AtOnce)}
}

// take reports whether a refusal is to be recorded, and counts it otherwise.
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

// drain returns how many were left out since it was called before, and when.
func (r *refusals) drain() (n int64, first, last time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, r.leftOut = r.leftOut, 0
	return n, r.first, r.last
}

// RecordSignInRefused records that somebody could not sign in, and why. who holds
// what they claim to be, as far as that is known. Where there are too many, it counts
// the refusal for RecordRefusalsLeftOut.
func (s *Service) RecordSignInRefused(ctx context.Context, who rbac.Caller, why string) error {
	if !s.refusals.take(s.now(), who.Address) {
		return nil
	}
	return s.audit.Note(ctx, who, audit.Record{Action: rbac.RefuseSession, Outcome: audit.OutcomeRefused, Errors: []registry.Problem{{Code: audit.CodeSignIn, Message: why}}})
}

// RecordRefusalsLeftOut records, as one number, the refused sign-ins that were too many
// to be recorded one by one.
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
		s.refusals.add(n, first, last) // for the next time
	}
	return err
}
