package plan_test

import (
	"testing"
	"time"

	"namesake/internal/plan"
)

// limited is a forecast of so many calls in five minutes, of which some were used just now.
func limited(budget, used int, each time.Duration) plan.Forecast {
	return func(calls int) (time.Duration, time.Duration) {
		return time.Duration((used+calls-1)/budget) * 5 * time.Minute, each
	}
}

// A plan tells how long it takes, by its calls, their time and the limit of calls.
func TestEstimate(t *testing.T) {
	const quick, slow = 2 * time.Millisecond, 300 * time.Millisecond
	waiting := func(kind plan.Kind, n int) plan.Counts {
		return plan.Counts{{Kind: kind, State: plan.OpWaiting}: n}
	}
	for _, tt := range []struct {
		name     string
		counts   plan.Counts
		forecast plan.Forecast
		least    time.Duration
		most     time.Duration
		limited  bool
	}{
		{"no forecast", waiting(plan.Delete, 185), nil, 0, 0, false},
		{"nothing left", plan.Counts{{Kind: plan.Delete, State: plan.OpDone}: 9}, limited(893, 0, slow), 0, 0, false},
		{"185 deletions, quick API", waiting(plan.Delete, 185), limited(893, 0, quick), 2 * time.Second, 4 * time.Second, false},
		{"185 deletions", waiting(plan.Delete, 185), limited(893, 0, slow), 25 * time.Second, 35 * time.Second, false},
		{"446 edits", waiting(plan.Edit, 446), limited(893, 0, slow), 70 * time.Second, 75 * time.Second, false},
		{"447 edits", waiting(plan.Edit, 447), limited(893, 0, slow), 5 * time.Minute, 5*time.Minute + time.Second, true},
		{"893 creations take one call each", waiting(plan.Create, 893), limited(893, 0, slow), 75 * time.Second, 80 * time.Second, false},
		{"of two kinds", plan.Counts{{Kind: plan.Create, State: plan.OpWaiting}: 800, {Kind: plan.Edit, State: plan.OpWaiting}: 50, {Kind: plan.Edit, State: plan.OpSkipped}: 900}, limited(893, 0, slow), 5 * time.Minute, 5*time.Minute + time.Second, true},
		{"5,000 deletions", waiting(plan.Delete, 5000), limited(893, 0, slow), 55 * time.Minute, 56 * time.Minute, true},
		{"after other calls", waiting(plan.Delete, 10), limited(893, 893, quick), 5 * time.Minute, 5*time.Minute + time.Second, true},
		{"an API with a smaller limit", waiting(plan.Delete, 185), limited(100, 0, quick), 15 * time.Minute, 15*time.Minute + time.Second, true},
		{"an API slower than its limit", waiting(plan.Delete, 5000), limited(893, 0, 5*time.Second), 208 * time.Minute, 210 * time.Minute, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := plan.Plan{Counts: tt.counts}.Estimate(tt.forecast)
			if got.Time < tt.least || got.Time > tt.most || got.Limited != tt.limited {
				t.Errorf("%+v, want %s to %s, limited: %v", got, tt.least, tt.most, tt.limited)
			}
		})
	}
}
