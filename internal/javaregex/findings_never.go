package javaregex

import (
	"fmt"
	"slices"
)

// never finds what can match no address, and alternatives that can't.
func (f *finder) never() {
	arms := []*node{f.root}
	if f.root.op == opChoice {
		arms = f.root.subs
	}
	if len(arms) > maxArms || f.has(DoubledBackslash) {
		return
	}
	var dead []Finding
	for _, arm := range arms {
		if f.out() {
			return
		}
		if found := f.neverMatches(arm); found.Message != "" {
			dead = append(dead, found)
		}
	}
	for _, found := range dead {
		if len(dead) < len(arms) {
			f.put(found)
			continue
		}
		found.ID = NeverMatches
		if len(arms) > 1 {
			found.Start, found.End = 0, len(f.units)
			found.Message = "None of the alternatives can match an address. The first: " + found.Message
		}
		f.put(found)
		return
	}
}

const (
	beyondEnds   = "no character can come before the beginning or after the end."
	firstAndLast = "Put ^ first and $ last."
)

// neverMatches is the finding on an arm that can match no address, without a message if
// it may.
func (f *finder) neverMatches(arm *node) Finding {
	alone := arm == f.root
	found := Finding{ID: DeadAlternative, Severity: Warning}
	if bad := impossible(arm); bad != nil {
		found.Start, found.End = f.chars.span(bad.from, bad.to)
		found.Message, found.Suggestion = "This pattern matches nothing at all: "+beyondEnds, firstAndLast
		if !alone {
			found.Start, found.End = f.chars.span(arm.from, arm.to)
			found.Message = fmt.Sprintf("“%s” matches nothing at all: %s", f.raw(arm), beyondEnds)
		}
		return found
	}
	may, stuck := f.mayMatch(arm, addressOptions{})
	if may {
		return Finding{}
	}
	why, what := f.whyNever(arm)
	found.Start, found.End = f.chars.span(arm.from, arm.to)
	found.Message, found.Suggestion = "This pattern can't match any address: "+why, what
	switch {
	case !alone:
		found.Message = fmt.Sprintf("“%s” can't match any address: %s", f.raw(arm), why)
	case stuck != nil:
		found.Start, found.End = f.chars.span(stuck.from, stuck.to)
	}
	return found
}

// mayMatch reports whether an arm may match an address, as a whole or a part of it.
// Where that is not known it may. If not, stuck is the part at which it fails.
func (f *finder) mayMatch(arm *node, o addressOptions) (may bool, stuck *node) {
	a, start := newAutomaton(f.Pattern, arm, newAddresses(o), f.sets)
	found, known, stuck := a.search(start)
	f.spent += 32 * len(a.states)
	return found || !known, stuck
}

// whyNever finds out what an address would have to hold for the arm to match it.
func (f *finder) whyNever(arm *node) (why, what string) {
	for _, reason := range []struct {
		options   addressOptions
		why, what string
	}{
		{addressOptions{extra: symbolsIn(" \n")}, "it needs a space or a line break where addresses have none.", "Remove it; a pattern must not have spaces around it."},
		{addressOptions{extra: symbolsIn("@")}, "it needs more than one @.", "Write one @."},
		{addressOptions{anything: true}, "it needs a character where addresses can't have it.", "Compare it character by character with an address that it should match."},
	} {
		if may, _ := f.mayMatch(arm, reason.options); may {
			return reason.why, reason.what
		}
	}
	return "the part before ^, after $ or in a lookaround excludes every possible match.", "Put ^ first and $ last, and check the contents of (?= or (?!."
}

// impossible is the part of a sequence that stands before its beginning or behind its
// end, nil if there is none.
func impossible(n *node) *node {
	if n.op != opSequence {
		return nil
	}
	var filled, ended *node
	for _, sub := range n.subs {
		switch {
		case sub.op == opBegin && filled != nil:
			return filled
		case ended != nil && (sub.op == opRunes || sub.op == opSet) && !sub.beginsLine():
			return sub
		case sub.op == opEnd || sub.op == opDollar && sub.flags&multiline == 0:
			ended = sub
		case measure(sub).min > 0:
			filled = sub
			if ended != nil {
				return nil // a line break, perhaps
			}
		}
	}
	return nil
}

// beginsLine says whether n may match a line break, or nothing.
func (n *node) beginsLine() bool {
	if n.op == opRunes && len(n.runes) == 0 {
		return true
	}
	return slices.ContainsFunc([]rune("\n\r\u0085\u2028\u2029"), func(r rune) bool {
		if len(n.runes) > 0 {
			return n.runes[0] == r
		}
		return n.set.holds(r)
	})
}
