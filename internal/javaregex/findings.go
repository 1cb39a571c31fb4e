package javaregex

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Finding is something about a pattern that its author may not have meant.
type Finding struct {
	ID         string // which kind, see the constants
	Severity   Severity
	Start, End int // where, in UTF-16 units
	Message    string
	Suggestion string
	Example    string // an input that shows it, if there is one
}

// Severity says how much harm what a finding describes can do.
type Severity string

// The severities, the highest first.
const (
	// Danger admits people at will: anybody, everybody at a public mail domain, or
	// somebody who registers a domain for it.
	Danger Severity = "danger"
	// Warning is probably a mistake. That a pattern admits a whole domain is one, too:
	// only the caller can know whether that is the company's own.
	Warning Severity = "warning"
	// Tip is a matter of style.
	Tip Severity = "tip"
)

// severityOf is the severity of each kind.
var severityOf = map[string]Severity{
	MatchesEverything: Danger, PublicDomain: Danger,
	NeverMatches: Warning, NestedQuantifiers: Warning, UnescapedDot: Warning, NotAnchored: Warning, WholeDomain: Warning,
	Delimiters: Warning, NoAddress: Warning, UpperCase: Warning, Unfinished: Warning,
	DeadAlternative: Tip, LiteralAddress: Tip, UselessGroup: Tip,
}

// The kinds of findings, the gravest first.
const (
	NeverMatches      = "never-matches"
	MatchesEverything = "matches-everything"
	PublicDomain      = "public-domain"
	NestedQuantifiers = "nested-quantifiers"
	UnescapedDot      = "unescaped-dot"
	NotAnchored       = "not-anchored"
	WholeDomain       = "whole-domain"
	Delimiters        = "delimiters"
	NoAddress         = "no-address"
	DeadAlternative   = "dead-alternative"
	UpperCase         = "upper-case"
	LiteralAddress    = "literal-address"
	UselessGroup      = "useless-group"
	Unfinished        = "unfinished" // there may be more, which was not looked for
)

var gravest = []string{
	NeverMatches, MatchesEverything, PublicDomain, NestedQuantifiers, UnescapedDot, NotAnchored, WholeDomain,
	Delimiters, NoAddress, DeadAlternative, UpperCase, LiteralAddress, UselessGroup, Unfinished,
}

const (
	// maxFindings is the longest pattern that is looked through and explained, in UTF-16
	// units, far more than an address has.
	maxFindings  = 4096
	findingTime  = time.Second
	maxOfAKind   = 10
	maxSlowTries = 10
)

// Findings are the gravest first. Each is true: what it says of inputs has been tried
// with them. When time runs out or ctx ends, the last one says so.
func (p *Pattern) Findings(ctx context.Context) []Finding {
	f := &finder{Pattern: p, ctx: ctx, deadline: time.Now().Add(findingTime)}
	if len(p.units) > maxFindings {
		f.late = true
	} else {
		f.sample()
		for _, look := range []func(*finder){
			(*finder).never, (*finder).open, (*finder).slow, (*finder).dots, (*finder).anchors, (*finder).delimiters,
			(*finder).literal, (*finder).dead, (*finder).upperCase, (*finder).groups,
		} {
			look(f)
		}
	}
	if f.late || f.cut {
		f.add(Unfinished, nil, "This pattern is too long or too slow to look for everything.", "Make it shorter, or split it into several entries.", "")
	}
	slices.SortStableFunc(f.found, func(a, b Finding) int {
		return cmp.Or(slices.Index(gravest, a.ID)-slices.Index(gravest, b.ID), a.Start-b.Start)
	})
	return f.found
}

// letsInTime is short, for many patterns are asked on one page.
const letsInTime = 100 * time.Millisecond

// LetsIn is the finding on whom the pattern lets in that should not be, or on that it
// can match nobody, if there is one of these.
func (p *Pattern) LetsIn(ctx context.Context) (found Finding, ok bool) {
	f := &finder{Pattern: p, ctx: ctx, deadline: time.Now().Add(letsInTime)}
	if len(p.units) <= maxFindings {
		f.sample()
		f.never()
		f.open()
	}
	for _, found := range f.found {
		if found.ID != DeadAlternative {
			return found, true
		}
	}
	return Finding{}, false
}

// finder looks for findings.
type finder struct {
	*Pattern
	ctx       context.Context
	deadline  time.Time
	late      bool
	slowTries int      // how many inputs took too many steps
	cut       bool     // after some of these no more are tried
	samples   []string // texts that the pattern matches as a whole
	found     []Finding
}

// add adds a finding about n, or about the whole pattern if that is nil.
func (f *finder) add(id string, n *node, message, suggestion, example string) {
	if f.count(id) == maxOfAKind {
		f.late = true
		return
	}
	found := Finding{ID: id, Severity: severityOf[id], End: len(f.units), Message: message, Suggestion: suggestion, Example: example}
	if n != nil {
		found.Start, found.End = f.at[n.from], f.at[n.to]
	}
	f.found = append(f.found, found)
}

func (f *finder) count(id string) (n int) {
	for _, found := range f.found {
		if found.ID == id {
			n++
		}
	}
	return n
}

func (f *finder) has(id string) bool { return f.count(id) > 0 }

// out reports whether there is no time left.
func (f *finder) out() bool {
	f.late = f.late || f.ctx.Err() != nil || time.Now().After(f.deadline)
	return f.late
}

// sample finds some texts that match.
func (f *finder) sample() {
	for _, s := range f.samplers() {
		if text, _ := s.write(); !slices.Contains(f.samples, text) && f.try(text).Matches {
			f.samples = append(f.samples, text)
		}
	}
}

// through calls each with functions that write a text with something in the place of n,
// until that is content with one.
func (f *finder) through(n *node, content func(write func(with string) string) bool) {
	for _, s := range f.samplers() {
		s.toward = n
		if _, reached := s.write(); !reached || f.out() {
			continue
		}
		if content(func(with string) string {
			s.with = with
			text, _ := s.write()
			return text
		}) {
			return
		}
	}
}

// steps is how many steps an input of the length of an address may take. Honest
// patterns need some thousands.
const steps = 3 << 20

// maxSearch is how long one input is tried.
const maxSearch = 500 * time.Millisecond

// try is Match with a limit of its own, so that a pattern which is slow on many
// inputs does not hold up the findings.
func (f *finder) try(input string) Result {
	if f.cut = f.cut || f.slowTries == maxSlowTries; f.cut || f.out() {
		return Result{TooSlow: true}
	}
	m := f.machine(units(input), time.Now().Add(maxSearch))
	m.steps = steps / 16
	r := f.run(m)
	if r.TooSlow {
		f.slowTries++
	}
	return r
}

func (f *finder) takesForever(text string) bool {
	m := f.machine(units(text), time.Now().Add(maxSearch))
	m.steps = steps
	return f.run(m).TooSlow && m.steps <= 0
}

// maxAddress is the length of the longest address, RFC 5321, 4.5.3.1.3.
const maxAddress = 254

// slow finds repetitions inside or behind repetitions that an input of the length of an
// address makes take forever.
func (f *finder) slow() {
	f.root.walk(func(n *node, _ []*node) bool {
		if f.has(NestedQuantifiers) || f.out() {
			return false
		}
		if n.op != opRepeat || n.max < 10 {
			return true
		}
		for _, least := range []bool{true, false} {
			for _, times := range []int{40, 150} {
				text := f.pumped(n, times, least)
				if f.takesForever(text) {
					f.add(NestedQuantifiers, n,
						fmt.Sprintf("There are so many ways to match this that a text of %d characters takes millions of steps.", len([]rune(text))),
						"Let only one repetition match the same text: write a+ for (a+)+, and .* for .*.*.", text)
					return false
				}
			}
		}
		return true
	})
}

// pumped is a text in which n is repeated and that breaks off then.
func (f *finder) pumped(n *node, times int, least bool) string {
	text, _ := sampler{p: f.Pattern, least: least, toward: n, times: times}.write()
	runes := []rune(text)
	return string(runes[:min(len(runes), maxAddress-1)]) + "!"
}

// groups finds groups that remember for nothing.
func (f *finder) groups() {
	var useless []*node
	f.root.walk(func(n *node, _ []*node) bool {
		if n.op == opGroup && n.group > 0 && n.name == "" && !f.referred { // to renumber groups is worse
			useless = append(useless, n)
		}
		return true
	})
	switch len(useless) {
	case 0:
	case 1:
		f.add(UselessGroup, useless[0], "This group remembers what it matches, and nothing refers to it.", "It does no harm; (?: instead of ( is a little quicker.", "")
	default:
		f.add(UselessGroup, useless[0], fmt.Sprintf("This and %s remember what they match, and nothing refers to them.", plural(len(useless)-1, "more group")),
			"They do no harm; (?: instead of ( is a little quicker.", "")
	}
}
