package javaregex

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// claim is something that a finding says of a pattern and an input.
type claim struct {
	Pattern string `json:"pattern"`
	Input   string `json:"input"`
	Says    string `json:"says"`            // see claim.holds
	Other   string `json:"other,omitempty"` // another pattern that does the same with the input
}

const (
	saysMatches     = "matches"
	saysFinds       = "matches or finds"
	saysPart        = "finds, but does not match"
	saysNoMatch     = "does not match"
	saysNothing     = "does not find"
	saysSame        = "does as the other pattern"
	saysSlow        = "takes a million steps to match"
	saysSlowSomehow = "takes a million steps to match or to find"
)

// holds compares the claim with what was answered of its input, and of the other pattern.
func (c claim) holds(got, other Result, slowMatch, slow bool) bool {
	switch c.Says {
	case saysMatches:
		return got.Matches
	case saysFinds:
		return got.Matches || got.Found
	case saysPart:
		return got.Found && !got.Matches
	case saysNoMatch:
		return !got.Matches && !got.TooSlow
	case saysNothing:
		return !got.Found && !got.TooSlow
	case saysSame:
		return got == other && !got.TooSlow
	case saysSlow:
		return slowMatch
	case saysSlowSomehow:
		return slow
	}
	return false
}

// claims are what the findings on a pattern say that can be tried. Inputs are texts that
// a pattern of which a finding says so must not match.
func (p *Pattern) claims(findings []Finding, inputs []string) (all []claim) {
	add := func(pattern, input, says, other string) {
		all = append(all, claim{pattern, input, says, other})
	}
	for _, f := range findings {
		conditional := strings.HasPrefix(f.Message, "If matching a part")
		switch f.ID {
		case MatchesEverything:
			for _, address := range anyAddress {
				add(p.source, address, map[bool]string{true: saysFinds, false: saysMatches}[conditional], "")
			}
		case PublicDomain, WholeDomain:
			addresses := []string{f.Witness}
			if domain, ok := strings.CutPrefix(f.Message, "This matches everyone at "); ok {
				for _, local := range append(anyLocal, oddLocal...) {
					addresses = append(addresses, local+"@"+strings.TrimSuffix(domain, "."))
				}
			}
			for _, address := range addresses {
				add(p.source, address, map[bool]string{true: saysFinds, false: saysMatches}[conditional], "")
			}
		case LiteralAddress, NoAddress, UnescapedDot:
			add(p.source, f.Witness, saysMatches, "")
		case NotAnchored:
			add(p.source, f.Witness, saysPart, "")
		case UpperCase:
			add(p.source, f.Witness, saysNoMatch, "")
		case WideRange:
			if strings.Contains(f.Message, "excludes") {
				add(p.source, f.Witness, saysNoMatch, "")
			} else {
				add(p.source, f.Witness, saysMatches, "")
			}
		case DoubledBackslash:
			_, fixed, _ := strings.Cut(f.Suggestion, ": ")
			add(p.source, f.Witness, saysNothing, "")
			add(fixed, f.Witness, saysMatches, "")
		case Typographic:
			if _, fixed, ok := strings.Cut(f.Suggestion, "write: "); ok {
				add(fixed, "", saysSame, fixed) // it is valid
			}
		case NestedQuantifiers:
			add(p.source, f.Witness, map[bool]string{true: saysSlowSomehow, false: saysSlow}[strings.HasPrefix(f.Message, "If matching a part")], "")
		case UselessGroup:
			without := p.slice(0, f.Start) + "(?:" + p.slice(f.Start+1, len(p.units))
			if f.Witness != "" {
				add(p.source, f.Witness, saysSame, without)
			}
		case DeadAlternative:
			if strings.Contains(f.Message, "can't match any address") || strings.Contains(f.Message, "matches nothing at all") {
				for _, input := range inputs {
					add(p.slice(f.Start, f.End), input, saysNothing, "")
				}
				continue
			}
			add(p.source, f.Witness, saysSame, p.withoutArm(f))
		case NeverMatches:
			for _, input := range inputs {
				add(p.source, input, saysNothing, "")
			}
		}
	}
	return all
}

// withoutArm is the pattern without the alternative that a finding is on.
func (p *Pattern) withoutArm(f Finding) (without string) {
	p.root.walk(func(n *node, _ []*node) bool {
		for i, arm := range n.subs {
			if start, end := p.chars.span(arm.from, arm.to); n.op == opChoice && i > 0 && start == f.Start && end == f.End {
				without = p.slice(0, p.chars.at[n.subs[i-1].to]) + p.slice(end, len(p.units))
			}
		}
		return true
	})
	return without
}

// addressesOf are the inputs of a case that may be addresses, and some more.
func (c jvmCase) addresses() []string {
	var all []string
	for _, input := range append(append(c.Inputs, anyAddress...), publicAddresses...) {
		if isAddress(input) {
			all = append(all, input)
		}
	}
	return all
}

var publicAddresses = []string{"ap@example.com", "ap-emea@example.com", "jane.doe@example.com", "x@a.b"}

// own is what we say to a claim.
func (c claim) own(ctx context.Context) bool {
	p, err := Compile(c.Pattern)
	if err != nil {
		return false
	}
	other, err := Compile(cmp.Or(c.Other, c.Pattern))
	if err != nil {
		return false
	}
	f := p.finder(ctx, 0)
	slow := c.Says == saysSlow && f.takesForever(c.Input, func(m *machine) { p.matchWhole(m) })
	somehow := c.Says == saysSlowSomehow && f.takesForever(c.Input, func(m *machine) { p.find(m) })
	if slow || somehow {
		return true
	}
	return c.holds(p.Match(c.Input), other.Match(c.Input), false, false)
}

// TestFindingsHold tries what the findings on the recorded patterns say.
func TestFindingsHold(t *testing.T) {
	n := 0
	for i, c := range readCorpus(t, "testdata/corpus.jsonl") {
		if i%15 != 0 {
			continue
		}
		p, err := Compile(c.Pattern)
		if err != nil {
			continue
		}
		findings := p.Findings(t.Context())
		for _, f := range findings {
			if f.Start < 0 || f.End < f.Start || f.End > utf16Length(c.Pattern) {
				t.Errorf("%q: %s is from %d to %d", c.Pattern, f.ID, f.Start, f.End)
			}
			if f.Severity == "" {
				t.Errorf("%q: %s has no severity", c.Pattern, f.ID)
			}
		}
		for _, claim := range p.claims(findings, c.addresses()) {
			n++
			if !claim.own(t.Context()) {
				t.Errorf("not so: %+v", claim)
			}
		}
	}
	t.Logf("%d claims", n)
}

// recordedClaims is a line of testdata/claims.jsonl: what findings say of a pattern, all
// of which a JVM has confirmed.
type recordedClaims struct {
	Pattern string  `json:"pattern"`
	Claims  []claim `json:"claims"`
}

// TestClaimsAreConfirmed lets findings say only what a JVM has confirmed. Where they say
// something else on purpose, make javaregex-record asks a JVM about that.
func TestClaimsAreConfirmed(t *testing.T) {
	file, err := os.Open("testdata/claims.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	patterns, n := 0, 0
	for lines := json.NewDecoder(file); lines.More(); {
		var recorded recordedClaims
		if err := lines.Decode(&recorded); err != nil {
			t.Fatal(err)
		}
		p, err := Compile(recorded.Pattern)
		if err != nil {
			t.Errorf("%q: %v", recorded.Pattern, err)
			continue
		}
		patterns++
		for _, c := range p.claims(p.Findings(t.Context()), anyAddress[:2]) {
			n++
			if !slices.Contains(recorded.Claims, c) {
				t.Errorf("no JVM has confirmed %+q", c)
			}
		}
	}
	t.Logf("%d patterns, %d claims", patterns, n)
}
