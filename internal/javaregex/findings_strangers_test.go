package javaregex

import (
	"slices"
	"strings"
	"testing"
)

// dangerOf is the witness of the danger in a pattern, or "none".
func dangerOf(t *testing.T, pattern string) string {
	t.Helper()
	p, err := Compile(pattern)
	if err != nil {
		t.Fatalf("%s: %v", pattern, err)
	}
	found := p.Findings(t.Context())
	i := slices.IndexFunc(found, func(f Finding) bool { return f.Severity == Danger })
	if i < 0 {
		return "none"
	}
	if w := found[i].Witness; w != "" {
		if r := p.Match(w); !r.Matches || !isAddress(w) {
			t.Errorf("%s: %q is no address that it matches", pattern, w)
		}
	}
	return found[i].Witness
}

// TestStrangersAreDanger tells patterns that admit a domain or a mailbox that a person
// else can register from those that name a company's own.
func TestStrangersAreDanger(t *testing.T) {
	for _, tt := range []struct{ pattern, want string }{
		// Any ending of the domain.
		{`^jane\.smith@example\.[a-z]+$`, "jane.smith@example.xyz"},
		{`^.*@example\.\w{2,3}$`, "a@example.xyz"},
		{`^.*@example\.[a-z]{2}$`, "a@example.us"},
		{`^jane@example\.co\.[a-z]+$`, "jane@example.co.xyz"},
		{`^.*@example\.(?:com|net|org|xyz|info)$`, "none"},
		{`^.*@example\.co(?:m|\.uk)$`, "none"},
		// Any name, or a part of one.
		{`^jane@[a-z]{3}\.com$`, "jane@qzx.com"},
		{`^jane@example\w*\.com$`, ""},
		{`^jane@example-?\w*\.com$`, ""},
		{`^jane@ex.*ample\.com$`, ""},
		{`^jane@example\d*\.com$`, "jane@example482130.com"},
		{`jane@example.*`, ""},
		{`^.*x$`, "someone@qzxvw.ax"},
		{`^.*@example\.com$`, "none"},
		{`^.*@(?:[a-z0-9-]+\.)*example\.com$`, "none"},
		{`^.*@mail\d*\.example\.co\.uk$`, "none"},
		{`^.*@example-(?:eu|us)\.com$`, "none"},
		{`^jane.*@example\.com$`, "none"},
		// Any mailbox of a public domain.
		{`^j.*@gmail\.com$`, ""},
		{`^.*smith@gmail\.com$`, "qzxvwasmith@gmail.com"},
		{`^.*\d@gmail\.com$`, ""},
		{`^jane\.?smith\d*@gmail\.com$`, "jane.smith482130@gmail.com"},
		{`^[a-z]{4}@gmx\.de$`, "qzxv@gmx.de"},
		{`^jane\.?smith@gmail\.com$`, "none"},
		{`^(?:jane|j)[._]?smith@(?:gmail|outlook)\.com$`, "none"},
		{`^jane\.smith\+.*@gmail\.com$`, "none"}, // all of them are hers
	} {
		got := dangerOf(t, tt.pattern)
		if got == "none" != (tt.want == "none") || tt.want != "" && !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: danger by %q, want %q", tt.pattern, got, tt.want)
		}
	}
}

// TestTooSlowToJudgeIsDanger has patterns that are too slow to check.
func TestTooSlowToJudgeIsDanger(t *testing.T) {
	for _, pattern := range []string{`^.*.*.*.*x$`, `.*.*.*.*x`, `^.*.*.*.*.*y$`} {
		if got := dangerOf(t, pattern); got == "none" {
			t.Errorf("%s: no danger", pattern)
		}
	}
	for _, pattern := range []string{`^(?:a|b|ab)*c@example\.com$`, `^(?:jane|j)?smith@example\.com$`} {
		if got := dangerOf(t, pattern); got != "none" {
			t.Errorf("%s: danger by %q", pattern, got)
		}
	}
}
