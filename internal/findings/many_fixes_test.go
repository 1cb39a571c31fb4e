package findings_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// manyOfOneName are n addresses of one name that were entered as patterns, each with a fix.
func manyOfOneName(n int) (entries []registry.Entry) {
	for i := range n {
		e := pattern(fmt.Sprintf("v%d@corp.example", i))
		e.ID = registry.ID(fmt.Sprint(i))
		entries = append(entries, e)
	}
	return entries
}

// endingContext ends when it has been asked a number of times whether it has ended.
type endingContext struct {
	context.Context
	left int
}

func (c *endingContext) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestFixesInParts judges a large name in a context that has ended, and then in contexts that
// end after a part of the fixes: each report goes on where the one before stopped.
func TestFixesInParts(t *testing.T) {
	const n, maxReports = 60, 20
	entries := manyOfOneName(n)
	judge := findings.NewJudge()
	want := judge.All(t.Context(), slices.Values(entries), unknown)
	pool := patterns.NewPool(patterns.Options{})
	tracker := judge.Track()
	report := func(left int) (r *findings.Report, fixes int) {
		ctx := &endingContext{pool.In(t.Context(), "me"), left}
		r = tracker.Report(ctx, slices.Values(entries), unknown)
		for _, f := range r.ByRule(findings.LiteralAsPattern) {
			fixes += len(f.Fix)
		}
		return r, fixes
	}
	r, fixes := report(0)
	if r.Unchecked != 1 || fixes != 0 || count(r, findings.LiteralAsPattern) != n {
		t.Fatalf("without time: %d unchecked, %d fixes of %d findings", r.Unchecked, fixes, count(r, findings.LiteralAsPattern))
	}
	for reports := 1; r.Unchecked > 0; reports++ {
		before := fixes
		if r, fixes = report(20); fixes <= before && r.Unchecked > 0 || reports > maxReports {
			t.Fatalf("report %d has %d fixes, the one before %d", reports, fixes, before)
		}
	}
	for i, f := range want.Findings {
		if got := r.Findings[i]; got.ID() != f.ID() || len(got.Fix) != len(f.Fix) {
			t.Errorf("%+v, want %+v", got, f)
		}
	}
	if fixes != n || len(r.Findings) != len(want.Findings) {
		t.Errorf("%d fixes, %d findings, want %d and %d", fixes, len(r.Findings), n, len(want.Findings))
	}
	entries[0].Email = "w@corp.example"
	if r, fixes = report(1000 * n); r.Unchecked != 0 || fixes != n {
		t.Errorf("after a change: %d unchecked, %d fixes", r.Unchecked, fixes)
	}
}

// BenchmarkManyFixesOfOneName judges a name with many patterns that are known, each with a fix.
func BenchmarkManyFixesOfOneName(b *testing.B) {
	for _, n := range []int{250, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			entries := manyOfOneName(n)
			judge := findings.NewJudge()
			ended, cancel := context.WithCancel(patterns.NewPool(patterns.Options{}).In(b.Context(), "me"))
			for i := range entries {
				if _, err := judge.Entry(b.Context(), entries[i], unknown); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("all", func(b *testing.B) {
				for b.Loop() {
					judge.All(b.Context(), slices.Values(entries), unknown)
				}
			})
			cancel()
			b.Run("without time", func(b *testing.B) {
				for b.Loop() {
					judge.All(ended, slices.Values(entries), unknown)
				}
			})
		})
	}
}
