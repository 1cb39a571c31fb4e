package web

import (
	"testing"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// TestKnownFindingsDoNotWait reads the findings of a registry that is judged while a draft is.
func TestKnownFindingsDoNotWait(t *testing.T) {
	r := newReports(findings.NewJudge())
	rows := []mirror.Row{{Entry: registry.Entry{ID: "1", Name: "Info", Email: "info@corp.example"}, Version: 1}}
	view := mirror.NewView(rows)
	first := r.in(t.Context(), view, findings.Facts{})
	if len(first.ByRule(findings.CommonName)) != 1 {
		t.Fatalf("%+v", first.Findings)
	}
	r.judging.Lock() // as a draft does
	if again := r.in(t.Context(), view, findings.Facts{}); again != first {
		t.Errorf("another report: %+v", again.Findings)
	}
	r.judging.Unlock()
	if next := r.in(t.Context(), mirror.NewView(nil), findings.Facts{}); len(next.Findings) != 0 {
		t.Errorf("of an empty registry: %+v", next.Findings)
	}
}
