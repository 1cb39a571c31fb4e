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
	for _, tt := range []struct {
		perSecond float64
		left      time.Duration
		want      string
	}{
		{12.34, 20 * time.Second, "12.3 per second, less than a minute left."},
		{2, 50 * time.Second, "2.0 per second, about 1 minute left."},
		{2, 89 * time.Second, "2.0 per second, about 1 minute left."},
		{1.9, 8*time.Minute + 40*time.Second, "1.9 per second, about 9 minutes left."},
		{1.9, 119 * time.Minute, "1.9 per second, about 119 minutes left."},
		{0.05, 150 * time.Minute, "3.0 per minute, about 3 hours left."},
	} {
		if got := words.PlanPace(tt.perSecond, tt.left); got != tt.want {
			t.Errorf("%v, %v: %q, want %q", tt.perSecond, tt.left, got, tt.want)
		}
	}
}
