package findings_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// TestTracker changes a company at random, and checks that judging the changes gives what
// judging everything does.
func TestTracker(t *testing.T) {
	const seed = 18
	random := rand.New(rand.NewPCG(seed, seed))
	var c corp
	c.clean(60)
	c.plant(len(defects))
	all := c.entries
	judge := findings.NewJudge()
	tracker := judge.Track()
	known := slices.Clone(all)
	facts := companyFacts
	for round := range 40 {
		for range random.IntN(4) {
			at := random.IntN(len(known))
			other := all[random.IntN(len(all))]
			switch random.IntN(5) {
			case 0:
				known = slices.Delete(known, at, at+1)
			case 1:
				known[at].Name = other.Name
			case 2:
				known[at].Email, known[at].IsEmailRegex = other.Email, other.IsEmailRegex
			case 3:
				known[at].Provenance = other.Provenance
			default:
				other.ID += registry.ID("-again")
				if !slices.ContainsFunc(known, func(e registry.Entry) bool { return e.ID == other.ID }) {
					known = slices.Insert(known, at, other)
				}
			}
		}
		switch round % 10 {
		case 3:
			facts.Now = facts.Now.AddDate(0, 6, 0)
		case 6:
			facts.Settings = nil
		case 9:
			facts.Settings = &policy.Settings{Domains: []policy.Domain{{Name: "haldenvoss.com", DMARC: policy.InvalidRecord}}}
		}
		got := tracker.Report(t.Context(), slices.Values(known), facts)
		want := judge.All(t.Context(), slices.Values(known), facts)
		if !reflect.DeepEqual(got, want) {
			for i := range min(len(got.Findings), len(want.Findings)) {
				if !reflect.DeepEqual(got.Findings[i], want.Findings[i]) {
					t.Errorf("%+v, want %+v", got.Findings[i], want.Findings[i])
					break
				}
			}
			t.Fatalf("seed %d, round %d: %d findings, want %d", seed, round, len(got.Findings), len(want.Findings))
		}
	}
}

// BenchmarkCompany judges 10,000 entries, of which 1,000 have patterns, with 500 allow policies:
// the first time, and again after a change of one entry.
func BenchmarkCompany(b *testing.B) {
	var c corp
	c.clean(8600)
	c.plant(600)
	patterns := 0
	for i := 0; len(c.entries) < 10000; i++ {
		c.synced(c.entries[i].Name, fmt.Sprintf("more%d@haldenvoss.com", i))
	}
	for i := range c.entries {
		if c.entries[i].IsEmailRegex {
			patterns++
		}
	}
	for i := 0; patterns < 1000; i++ {
		if e := &c.entries[i]; e.Provenance == registry.Manual && !e.IsEmailRegex && i%2 == 0 {
			e.Email, e.IsEmailRegex = fmt.Sprintf(`^person\.%d(\+[a-z]+)?@haldenvoss\.com$`, i), true
			patterns++
		}
	}
	facts, settings := companyFacts, *companyFacts.Settings
	facts.Settings, settings.AllowPolicies = &settings, slices.Clone(settings.AllowPolicies)
	for i := range 500 {
		settings.AllowPolicies = append(settings.AllowPolicies, policy.AllowPolicy{
			Note:    policy.Note{ID: fmt.Sprint(i)},
			Pattern: policy.Pattern{Text: fmt.Sprintf(`^.*@partner%d\.example$`, i), Type: policy.OfEmail, IsRegex: true}, TrustedSender: true,
		})
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			findings.NewJudge().All(b.Context(), slices.Values(c.entries), facts)
		}
	})
	tracker := findings.NewJudge().Track()
	report := tracker.Report(b.Context(), slices.Values(c.entries), facts)
	b.Logf("%d entries, %d patterns, %d findings", len(c.entries), patterns, len(report.Findings))
	b.Run("change", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			e := &c.entries[i*7919%len(c.entries)]
			e.Name += "n"
			tracker.Report(b.Context(), slices.Values(c.entries), facts)
		}
	})
}
