package javaregex

import (
	"fmt"
	"slices"
	"time"
)

// maxArms is how many alternatives are compared with each other.
const maxArms = 100

// dead finds alternatives that add nothing to those before them.
func (f *finder) dead() {
	f.root.walk(func(n *node, above []*node) bool {
		if f.out() {
			return false
		}
		if n.op != opChoice {
			return true
		}
		type text struct {
			raw   string
			flags flags
		}
		seen := map[text]bool{}
		final := givesNothingBack(above)
		for i, arm := range n.subs {
			raw := f.raw(arm)
			same := text{raw, arm.flags}
			earlier := f.covering(n.subs[:min(i, maxArms)], arm, final)
			message, advice := "", "Leave it out."
			switch {
			case seen[same] && raw == "":
				message = "An earlier alternative is empty too."
			case seen[same]:
				message = fmt.Sprintf("“%s” repeats an earlier alternative.", raw)
			case earlier != nil:
				message, advice = fmt.Sprintf("The earlier alternative “%s” matches everything that “%s” would.", f.raw(earlier), raw), "Leave it out, or put it first."
			}
			if isPlain(arm) {
				seen[same] = true
			}
			if message == "" {
				continue
			}
			if witness, ok := f.superfluous(n.subs[i-1], arm, final); ok {
				found := Finding{ID: DeadAlternative, Severity: Tip, Message: message, Suggestion: advice, Witness: witness}
				found.Start, found.End = f.chars.span(arm.from, arm.to)
				f.put(found)
			}
		}
		return true
	})
}

// superfluous makes sure that without an alternative the pattern does the same with a
// text for it, and returns that. The pattern matches the text unless that is final: then
// an alternative before this one may have spoiled it.
func (f *finder) superfluous(previous, arm *node, final bool) (witness string, ok bool) {
	if f.cut || f.out() {
		return "", false
	}
	f.spent += compileSteps * len(f.units)
	_, end := f.chars.span(arm.from, arm.to)
	without, err := Compile(f.slice(0, f.chars.at[previous.to]) + f.slice(end, len(f.units)))
	if err != nil {
		return "", false
	}
	own := (&sampler{p: f.Pattern, groups: map[int]string{}}).text(arm)
	f.through(arm, func(write func(string) string) bool {
		witness = write(own)
		r := f.try(witness)
		ok = !r.TooSlow && (r.Matches || final) && f.tryOn(without, witness) == r
		return ok
	})
	return witness, ok
}

// covering is one of the alternatives that leaves nothing to arm, which is plain text.
// If what they are in gives nothing back, it need match the beginning only.
func (f *finder) covering(earlier []*node, arm *node, final bool) *node {
	text, ok := f.plainText(arm)
	if !ok || len(text) == 0 {
		return nil
	}
	fold := foldOf(arm.flags)
	cases := spellings(text, fold)
	for _, e := range earlier {
		f.spent += len(e.subs) + 1
		if e.flags != arm.flags || f.out() {
			continue
		}
		first, plain := f.plainText(e)
		switch {
		case plain && final && len(first) > 0 && len(first) <= len(text) && slices.Equal(folded(first, fold), folded(text[:len(first)], fold)):
			return e
		case plain:
			if slices.Equal(folded(first, fold), folded(text, fold)) {
				return e
			}
		case len(cases) > 0 && isRegular(e) && !slices.ContainsFunc(cases, func(text string) bool { return !f.armMatches(e, text) }):
			return e
		}
	}
	return nil
}

// plainText is the only text that an alternative matches, apart from cases.
func (f *finder) plainText(arm *node) (text []rune, ok bool) {
	for _, n := range arm.subs {
		runes := f.single(n)
		if len(runes) == 0 || foldOf(n.flags) != foldOf(arm.flags) {
			return nil, false
		}
		text = append(text, runes...)
	}
	return text, arm.op == opSequence
}

// maxSpellings is in how many capitals and small letters a text is looked at.
const maxSpellings = 64

// spellings are all the ways to write a text in capitals and small letters, none if
// there are too many.
func spellings(text []rune, f fold) []string {
	all := []string{""}
	for _, r := range text {
		var longer []string
		for _, variant := range f.variants(r) {
			for _, before := range all {
				longer = append(longer, before+string(variant))
			}
		}
		if all = longer; len(all) > maxSpellings {
			return nil
		}
	}
	return all
}

// armMatches says whether an alternative by itself matches a text as a whole.
func (f *finder) armMatches(arm *node, text string) bool {
	m := f.machine(units(text), time.Now().Add(maxSearch))
	m.steps = trySteps
	own := *f.Pattern
	own.program = build(arm, last{})
	matches := false
	ended := m.answers(func() { matches = own.matchWhole(m) })
	f.spent += trySteps - m.steps + ticks
	return ended && matches
}

// isRegular says whether n is one of the texts that it may match whatever stands around
// it, and gives back what it took: no assertions, references or possessive parts.
func isRegular(n *node) bool {
	regular := isPlain(n)
	n.walk(func(n *node, _ []*node) bool {
		switch n.op {
		case opSequence, opChoice, opGroup, opSet, opRunes:
		case opRepeat:
			regular = regular && n.mode != possessive
		default:
			regular = false
		}
		return regular
	})
	return regular
}

// isPlain says whether n holds nothing that captures or changes flags.
func isPlain(n *node) bool {
	plain := true
	n.walk(func(n *node, _ []*node) bool {
		if n.op == opGroup && n.group > 0 || n.op == opFlags || n.op == opBackref {
			plain = false
		}
		return plain
	})
	return plain
}

// givesNothingBack says whether what stands below these nodes, and is all that the last
// of them hold, is taken as it matched first.
func givesNothingBack(above []*node) bool {
	for _, n := range slices.Backward(above) {
		switch {
		case n.op == opAtomic, n.op == opRepeat && n.mode == possessive:
			return true
		case n.op == opGroup, n.op == opSequence && len(n.subs) == 1:
		default:
			return false
		}
	}
	return false
}
