package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"testing"
	"time"

	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
	"namesake/web/words"
)

// TestPlanOrigins checks that each origin has its sentences.
func TestPlanOrigins(t *testing.T) {
	seen := map[string]plan.Origin{}
	for _, origin := range origins(t) {
		text, line := words.PlanOrigin(plan.Plan{Origin: origin}), words.PlanOriginLine(plan.Plan{Origin: origin})
		if other, same := seen[text]; same || text == "" || line == "" {
			t.Errorf("%s has the sentences %q and %q; %s has the same", origin, text, line, other)
		}
		seen[text] = origin
	}
}

// origins returns the constants of type plan.Origin in the source.
func origins(t *testing.T) (all []plan.Origin) {
	file, err := parser.ParseFile(token.NewFileSet(), "../../internal/plan/plan.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Origin" {
			return true
		}
		for _, value := range spec.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, plan.Origin(text))
		}
		return true
	})
	if len(all) < 6 {
		t.Fatalf("found only the origins %v", all)
	}
	return all
}

// TestPlanOriginLineOfASearch checks that the line names each filter.
func TestPlanOriginLineOfASearch(t *testing.T) {
	full := registrytest.FullQuery().Selection()
	p := plan.Plan{Origin: plan.Search, Query: &full}
	const want = "All entries that match “some Search”, some Provenance, only patterns, with comments, changed since 1 Nov 2026, 09:30 UTC, with a finding: some severity and with the finding “some Rule”."
	if got := words.PlanOriginLine(p); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for member, value := range reflect.ValueOf(full).Fields() {
		if value.IsZero() {
			continue
		}
		var one registry.Query
		reflect.ValueOf(&one).Elem().FieldByIndex(member.Index).Set(value)
		p.Query = &one
		if got := words.PlanOriginLine(p); got == "All entries that match ." || got == words.PlanOriginLine(plan.Plan{Origin: plan.Search}) {
			t.Errorf("with %s only: %q", member.Name, got)
		}
	}
}

// TestPlanPace checks what is said of how long a plan takes.
func TestPlanPace(t *testing.T) {
	const limit = ", because Cloudflare limits how many calls Namesake can make in five minutes."
	for _, tt := range []struct {
		perSecond float64
		left      time.Duration
		estimate  plan.Estimate
		want      string
	}{
		{12.34, 20 * time.Second, plan.Estimate{}, "12.3 per second, less than a minute left."},
		{74, 2 * time.Second, plan.Estimate{}, "74.0 per second, less than a minute left."},
		{2, 50 * time.Second, plan.Estimate{}, "2.0 per second, about 1 minute left."},
		{2, 89 * time.Second, plan.Estimate{}, "2.0 per second, about 1 minute left."},
		{1.9, 8*time.Minute + 40*time.Second, plan.Estimate{}, "1.9 per second, about 9 minutes left."},
		{1.9, 119 * time.Minute, plan.Estimate{}, "1.9 per second, about 119 minutes left."},
		{0.05, 150 * time.Minute, plan.Estimate{}, "3.0 per minute, about 3 hours left."},
		{0, 0, plan.Estimate{Time: time.Minute}, ""},
		{2, 2 * time.Minute, plan.Estimate{Time: 30 * time.Second}, "2.0 per second, about 2 minutes left."},
		{1, 3 * time.Minute, plan.Estimate{Time: 4 * time.Second}, "A few seconds left."}, // after it has waited
		{74, 2 * time.Second, plan.Estimate{Time: 40 * time.Second, Limited: true}, "Less than a minute left" + limit},
		{74, time.Minute, plan.Estimate{Time: 50 * time.Minute, Limited: true}, "About 50 minutes left" + limit},
		{0, 0, plan.Estimate{Time: 3 * time.Hour, Limited: true}, "About 3 hours left" + limit},
	} {
		if got := words.PlanPace(tt.perSecond, tt.left, tt.estimate); got != tt.want {
			t.Errorf("%v, %v, %+v: %q, want %q", tt.perSecond, tt.left, tt.estimate, got, tt.want)
		}
	}
}

// TestPlanTakes checks what is said before a plan starts.
func TestPlanTakes(t *testing.T) {
	const limit = ", because Cloudflare limits how many calls Namesake can make in five minutes. You can pause it at any time."
	for _, tt := range []struct {
		estimate plan.Estimate
		want     string
	}{
		{plan.Estimate{Time: 2500 * time.Millisecond}, "This takes a few seconds."},
		{plan.Estimate{Time: 10 * time.Second}, "This takes less than a minute."},
		{plan.Estimate{Time: 55 * time.Second}, "This takes about 1 minute."},
		{plan.Estimate{Time: 5*time.Minute + 2*time.Second, Limited: true}, "This takes about 5 minutes" + limit},
		{plan.Estimate{Time: 121 * time.Minute, Limited: true}, "This takes about 2 hours" + limit},
	} {
		if got := words.PlanTakes(tt.estimate); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.estimate, got, tt.want)
		}
	}
}

// A name that keeps patterns may go on being used from an address that it loses.
func TestNameThatKeepsLess(t *testing.T) {
	const abe, pattern = "abe@corp.example", `abe@.*\.example`
	for _, tt := range []struct {
		before, after plan.Senders
		email, want   string
	}{
		{plan.Senders{Addresses: 2}, plan.Senders{Addresses: 1}, abe, "“Abe” keeps 1 address: mail from abe@corp.example will be flagged."},
		{plan.Senders{Addresses: 3}, plan.Senders{Addresses: 1}, "", "“Abe” keeps 1 address: mail from the others, which it loses, will be flagged."},
		{plan.Senders{Addresses: 1, Patterns: 1}, plan.Senders{Patterns: 1}, abe, "“Abe” keeps 1 pattern: mail from abe@corp.example will be flagged, unless one of its patterns matches."},
		{plan.Senders{Addresses: 2, Patterns: 2}, plan.Senders{Patterns: 1}, "", "“Abe” keeps 1 pattern: mail from the others, which it loses, will be flagged, unless one of its patterns matches."},
		{plan.Senders{Addresses: 1, Patterns: 1}, plan.Senders{Addresses: 1}, pattern, `“Abe” keeps 1 address: mail from an address that only abe@.*\.example matches will be flagged.`},
		{plan.Senders{Patterns: 2}, plan.Senders{Patterns: 1}, pattern, `“Abe” keeps 1 pattern: mail from an address that only abe@.*\.example matches will be flagged.`},
	} {
		if got := words.NameChange(plan.NameChange{Name: "Abe", Before: tt.before, After: tt.after, Email: tt.email, Removed: 1}, false); got != tt.want {
			t.Errorf("%+v to %+v: %s\nwant %s", tt.before, tt.after, got, tt.want)
		}
	}
}
