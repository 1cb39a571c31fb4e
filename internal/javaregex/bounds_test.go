package javaregex

import (
	"strings"
	"testing"
	"time"
)

// TestCostOfSteps counts what one step may cost, so that the clock is looked at in time:
// the steps made before a search gives up are worth as much as any other.
func TestCostOfSteps(t *testing.T) {
	for _, tt := range []struct {
		pattern, input string
		least          int // steps for one reading of the input
	}{
		{`[^` + strings.Repeat(`\p{Lu}\d`, 500) + `]*x`, "aaaa", 4 * 1000},
		{`(?iu)[^` + strings.Repeat(`ж`, 500) + `]*x`, "aaaa", 4 * 500},
		{strings.Repeat("a", 1000) + "b", strings.Repeat("a", 1001), 1000},
		{`(?iu)(a+)\1b`, strings.Repeat("a", 400), 200},
		{`(?:` + strings.Repeat(`^|`, 1000) + `b)x`, "a", 1000},
		{`(?m)` + strings.Repeat(`^`, 1000) + `b`, "a", 1000},
		{strings.Repeat(`$`, 1000) + `b`, "", 1000},
		{strings.Repeat(`()`, 1000) + `b`, "a", 2000},
	} {
		p, err := Compile(tt.pattern)
		if err != nil {
			t.Fatal(err)
		}
		m := p.machine(units(tt.input), time.Now().Add(time.Hour))
		m.ticks = 1 << 40
		p.matchWhole(m)
		if spent := 1<<40 - m.ticks; spent < tt.least {
			t.Errorf("%.30s: %d steps, want at least %d", tt.pattern, spent, tt.least)
		}
	}
	merged, err := Compile(`(?iu)[^` + strings.Repeat("a-b", 21_000) + `]*x`)
	if err != nil {
		t.Fatal(err)
	}
	m := merged.machine(units("cccc"), time.Now().Add(time.Hour))
	m.ticks = 1 << 40
	merged.matchWhole(m)
	if spent := 1<<40 - m.ticks; spent > 1000 {
		t.Errorf("a class of the same range 21,000 times: %d steps", spent)
	}
}
