package javaregex

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Finding is a property of a pattern that its author may not have intended.
type Finding struct {
	ID         string // the kind, see the constants
	Severity   Severity
	Start, End int // where, in UTF-16 units
	Message    string
	Suggestion string
	// Fixed is the pattern without what the finding is about, "" if a person has to decide.
	Fixed   string
	Example string // an input to show, if there is one
	// Witness is the input with which the message's statement about matching was checked,
	// "" if the message has none.
	Witness string
	// Part is true if the statement holds only if matching a part of an address is enough.
	Part bool
}

// Severity is the possible harm of a finding.
type Severity string

// The severities, the highest first.
const (
	// Danger is for a pattern that matches any address, or addresses that strangers can get
	// at a public mail domain or a newly registered one; and for a pattern that is too slow to
	// check.
	Danger Severity = "danger"
	// Warning is probably a mistake. A pattern that matches a whole domain is a warning too,
	// because only the caller knows whether the domain is the company's own.
	Warning Severity = "warning"
	// Tip is a matter of style.
	Tip Severity = "tip"
)

// severityOf is the severity of each kind.
var severityOf = map[string]Severity{
	MatchesEverything: Danger, PublicDomain: Danger,
	DoubledBackslash: Warning, WideRange: Warning, Invisible: Warning, Typographic: Warning,
	NeverMatches: Warning, NestedQuantifiers: Warning, UnescapedDot: Warning, NotAnchored: Warning, WholeDomain: Warning,
	Delimiters: Warning, NoAddress: Warning, UpperCase: Warning, Unfinished: Warning,
	DeadAlternative: Tip, LiteralAddress: Tip, UselessGroup: Tip,
}

// The kinds of findings, the most severe first.
const (
	DoubledBackslash  = "doubled-backslash"
	NeverMatches      = "never-matches"
	MatchesEverything = "matches-everything"
	PublicDomain      = "public-domain"
	NestedQuantifiers = "nested-quantifiers"
	UnescapedDot      = "unescaped-dot"
	NotAnchored       = "not-anchored"
	WholeDomain       = "whole-domain"
	WideRange         = "wide-range"
	Invisible         = "invisible-character"
	Typographic       = "typographic-character"
	Delimiters        = "delimiters"
	NoAddress         = "no-address"
	DeadAlternative   = "dead-alternative"
	UpperCase         = "upper-case"
	LiteralAddress    = "literal-address"
	UselessGroup      = "useless-group"
	Unfinished        = "unfinished" // the search was cut short: there may be more findings
)

var gravest = []string{
	DoubledBackslash, NeverMatches, MatchesEverything, PublicDomain, NestedQuantifiers, UnescapedDot, NotAnchored, WholeDomain,
	WideRange, Invisible, Typographic, Delimiters, NoAddress, DeadAlternative, UpperCase, LiteralAddress, UselessGroup, Unfinished,
}

// Time limits for a busy machine; otherwise the limits of steps end the search earlier.
var (
	findingTime = 500 * time.Millisecond // for all findings
	letsInTime  = 100 * time.Millisecond // for LetsIn, which a page may call for many patterns
	maxSearch   = 500 * time.Millisecond // for one input
)

const (
	// maxFindings is the longest pattern that is searched and explained, in UTF-16 units.
	// An address is far shorter.
	maxFindings  = 4096
	maxOfAKind   = 10
	maxSlowTries = 10
)

// Findings returns the findings about a pattern, the most severe first. Every statement
// about an input was checked with that input. When the time runs out or ctx ends, the last
// finding says so.
func (p *Pattern) Findings(ctx context.Context) []Finding {
	f := p.finder(ctx, findingTime)
	if len(p.units) > maxFindings {
		f.open()
		f.late = true
	} else {
		f.sample()
		for _, look := range []func(*finder){
			(*finder).characters, (*finder).dead, (*finder).backslashes, (*finder).never, (*finder).open, (*finder).slow, (*finder).dots, (*finder).anchors,
			(*finder).wideRanges, (*finder).delimiters, (*finder).literal, (*finder).upperCase, (*finder).groups,
		} {
			look(f)
		}
	}
	if (f.late || f.cut) && !f.has(Unfinished) {
		f.add(Unfinished, nil, "This pattern is too long or too slow to check completely.", "Make it shorter, or split it into several entries.", "")
	}
	slices.SortStableFunc(f.found, func(a, b Finding) int {
		return cmp.Or(slices.Index(gravest, a.ID)-slices.Index(gravest, b.ID), a.Start-b.Start)
	})
	return f.found
}

// LetsIn returns the finding that the pattern matches strangers' addresses, or that it
// matches no address, if there is one.
func (p *Pattern) LetsIn(ctx context.Context) (found Finding, ok bool) {
	f := p.finder(ctx, letsInTime)
	if len(p.units) <= maxFindings {
		f.sample()
		f.backslashes()
		f.never()
	}
	f.open()
	for _, found := range f.found {
		if found.ID != DeadAlternative {
			return found, true
		}
	}
	return Finding{}, false
}

// finder searches for findings.
type finder struct {
	*Pattern
	ctx       context.Context
	deadline  time.Time
	late      bool
	spent     int      // total steps
	slowTries int      // the number of inputs that took too many steps
	cut       bool     // whether slowTries stopped further tries
	unjudged  bool     // whether it is unknown if some address matches
	samples   []string // texts that match as a whole
	found     []Finding
	sets      map[*node][2]symbols // see automaton.symbols
	chosen    map[*node]rune       // see sampler.one
}

func (p *Pattern) finder(ctx context.Context, limit time.Duration) *finder {
	return &finder{Pattern: p, ctx: ctx, deadline: time.Now().Add(limit), sets: map[*node][2]symbols{}, chosen: map[*node]rune{}}
}

// add adds a finding about n, or about the whole pattern if that is nil.
func (f *finder) add(id string, n *node, message, suggestion, example string) {
	found := Finding{ID: id, Severity: severityOf[id], End: len(f.units), Message: message, Suggestion: suggestion, Example: example}
	if n != nil {
		found.Start, found.End = f.chars.span(n.from, n.to)
	}
	f.put(found)
}

// put adds a finding, unless there are enough of its kind.
func (f *finder) put(found Finding) {
	if f.count(found.ID) == maxOfAKind {
		f.late = true
		return
	}
	found.Witness = cmp.Or(found.Witness, found.Example)
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

// out reports whether the time or the steps are used up.
func (f *finder) out() bool {
	f.late = f.late || f.spent > maxSteps || f.ctx.Err() != nil || f.spent > fewSteps && time.Now().After(f.deadline)
	return f.late
}

// sample finds some texts that match.
func (f *finder) sample() {
	for _, s := range append(f.samplers(), f.alternatives()...) {
		s.spent, s.chosen = &f.spent, f.chosen
		if text, _ := s.write(); !slices.Contains(f.samples, text) && f.try(text).Matches {
			f.samples = append(f.samples, text)
		}
	}
}

// through calls each with functions that write a text with a replacement for n, until each
// returns true.
func (f *finder) through(n *node, content func(write func(with string) string) bool) {
	for _, s := range f.samplers() {
		s.toward, s.spent, s.chosen = n, &f.spent, f.chosen
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

const (
	// slowSteps is the limit of steps for an input as long as an address. A JVM then reads
	// the input more than a million times. Ordinary patterns need some thousands.
	slowSteps = 3 << 20
	trySteps  = slowSteps / 16
	// maxSteps bounds the steps of all tries for a pattern.
	maxSteps = 16 << 20
	// fewSteps take some milliseconds. As long as a search has not taken more, it is the machine
	// that is slow, and the search goes on.
	fewSteps = 1 << 17
	// compileSteps is the cost in steps of compiling a character.
	compileSteps = 64
)

// try is Match with its own limit, so that a pattern that is slow on many inputs does not
// delay the findings.
func (f *finder) try(input string) Result { return f.tryOn(f.Pattern, input) }

// tryOn is try for another pattern.
func (f *finder) tryOn(p *Pattern, input string) Result {
	if f.cut = f.cut || f.slowTries == maxSlowTries; f.cut || f.out() {
		return Result{TooSlow: true}
	}
	m := p.machine(units(input), time.Now().Add(maxSearch))
	m.steps = trySteps
	r := p.run(m)
	f.spent += trySteps - m.steps + ticks
	if r.TooSlow {
		f.slowTries++
	}
	return r
}

// takesForever reports whether a search takes more than slowSteps.
func (f *finder) takesForever(text string, search func(*machine)) bool {
	m := f.machine(units(text), time.Now().Add(maxSearch))
	m.steps = slowSteps
	ended := m.answers(func() { search(m) })
	f.spent += slowSteps - m.steps + ticks
	return !ended && m.steps <= 0
}

// maxAddress is the length of the longest address, RFC 5321, 4.5.3.1.3.
const maxAddress = 254

// slow finds repetitions inside or after repetitions that take more than slowSteps on an
// input as long as an address.
func (f *finder) slow() {
	f.root.walk(func(n *node, _ []*node) bool {
		if f.has(NestedQuantifiers) || f.out() {
			return false
		}
		if n.op != opRepeat || n.max < 10 {
			return true
		}
		texts := []string{f.pumped(n, 40, true), f.pumped(n, 150, true), f.pumped(n, 40, false), f.pumped(n, 150, false)}
		for _, way := range []struct {
			search  func(*machine)
			message string
		}{
			{func(m *machine) { f.matchWhole(m) }, "This can match in so many ways that a text of %d characters takes more than a million steps."},
			{func(m *machine) { f.find(m) }, "If matching a part of an address is enough, this can match in so many ways that a text of %d characters takes more than a million steps."},
		} {
			for _, text := range texts {
				if !f.out() && f.takesForever(text, way.search) {
					f.add(NestedQuantifiers, n, fmt.Sprintf(way.message, len([]rune(text))),
						"Let only one repetition match the same text: write a+ for (a+)+, and .* for .*.*.", text)
					return false
				}
			}
		}
		return true
	})
}

// pumped returns a text in which n repeats and that then stops matching.
func (f *finder) pumped(n *node, times int, least bool) string {
	text, _ := sampler{p: f.Pattern, least: least, toward: n, times: times, spent: &f.spent, chosen: f.chosen}.write()
	runes := []rune(text)
	return string(runes[:min(len(runes), maxAddress-1)]) + "!"
}

// groups finds capturing groups that nothing refers to.
func (f *finder) groups() {
	var useless []*node
	f.root.walk(func(n *node, _ []*node) bool {
		if n.op == opGroup && n.group > 0 && n.name == "" && !f.referred { // to renumber groups is worse
			useless = append(useless, n)
		}
		return true
	})
	if len(useless) == 0 {
		return
	}
	found := Finding{ID: UselessGroup, Severity: Tip, Suggestion: "It is harmless; (?: instead of ( is slightly faster."}
	found.Start, found.End = f.chars.span(useless[0].from, useless[0].to)
	found.Message = "This group remembers what it matches, and nothing refers to it."
	if more := len(useless) - 1; more > 0 {
		found.Message = fmt.Sprintf("This and %s remember what they match, and nothing refers to them.", plural(more, "more group"))
		found.Suggestion = "They are harmless; (?: instead of ( is slightly faster."
	}
	without, err := Compile(f.slice(0, found.Start) + "(?:" + f.slice(found.Start+1, len(f.units)))
	if err != nil {
		return
	}
	for _, text := range f.samples {
		if f.tryOn(without, text) != f.try(text) {
			return
		}
		found.Witness = cmp.Or(found.Witness, text)
	}
	f.put(found)
}
