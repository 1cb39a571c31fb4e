package mailtests_test

import (
	"strings"
	"testing"
	"time"

	"namesake/internal/mailtests"
	"namesake/internal/patterns"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// TestUnevaluatedTests tells tests that a change breaks from those that it may break because a
// pattern got no turn, before the change or after it.
func TestUnevaluatedTests(t *testing.T) {
	entries := []registry.Entry{
		{ID: "1", Name: "Jane Doe", Email: "jane@corp.example"},
		{ID: "2", Name: "Jane Doe", Email: `.*@corp\.example`, IsEmailRegex: true},
	}
	known := snapshot(entries, policy.NewIndex(nil))
	held := patterns.NewPool(patterns.Options{Turns: 1, MaxWait: time.Millisecond})
	started, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	go func() {
		_ = patterns.Turn(held.In(t.Context(), "another person"), func() { close(started); <-release })
	}()
	<-started
	for _, tt := range []struct {
		what, email       string
		expect            mailtests.Expectation
		edits             []registry.Edit
		busy, free, state string
	}{
		{"broken in any case", "jane@corp.example", mailtests.Passes, []registry.Edit{{Entry: "1", After: &registry.Draft{Name: "Jane Doe", Email: "other@corp.example"}}, {Entry: "2"}}, "broken", "broken", "passes"},
		{"unknown afterwards", "jane@corp.example", mailtests.Passes, []registry.Edit{{Entry: "1"}}, "pending", "", "passes"},
		{"unknown before", "x@corp.example", mailtests.Passes, []registry.Edit{{Entry: "2"}}, "pending", "broken", "pending"},
		{"unknown before and perhaps broken then", "x@corp.example", mailtests.Flagged, []registry.Edit{{After: &registry.Draft{Name: "Jane Doe", Email: "x@corp.example"}}}, "pending", "", "pending"},
		{"passing afterwards", "x@corp.example", mailtests.Passes, []registry.Edit{{After: &registry.Draft{Name: "Jane Doe", Email: "x@corp.example"}}}, "", "", "pending"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			d := mailtests.Draft{Name: "Jane Doe", Email: tt.email, Expect: tt.expect}
			s := service(t, &memory{tests: []mailtests.Test{{Draft: d, ID: d.ID()}}})
			busy := held.In(t.Context(), "p")
			if state, v := d.Evaluate(busy, known.View, known.Around); string(state) != tt.state || state == mailtests.Pending && v.Flagged != "" {
				t.Errorf("it is %s, want %s", state, tt.state)
			}
			breaks, err := s.Breaks(busy, known, tt.edits)
			if got := shortly(breaks); err != nil || got != tt.busy {
				t.Errorf("without a turn: %q, %v; want %q", got, err, tt.busy)
			}
			if keys := breaks.Keys(); !breaks.AcceptedBy(keys) || len(keys) > 0 && breaks.AcceptedBy(nil) {
				t.Error("its own keys do not accept it")
			}
			breaks, err = s.Breaks(t.Context(), known, tt.edits)
			if got := shortly(breaks); err != nil || got != tt.free {
				t.Errorf("with turns: %q, %v; want %q", got, err, tt.free)
			}
		})
	}
}

func shortly(b mailtests.Breaks) string {
	return strings.TrimSpace(strings.Repeat("broken ", len(b.Tests)) + strings.Repeat("pending ", len(b.Pending)))
}
