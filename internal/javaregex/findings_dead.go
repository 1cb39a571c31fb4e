package javaregex

import (
	"fmt"
	"slices"
	"strings"
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
			switch {
			case seen[same] && raw == "":
				f.add(DeadAlternative, arm, "There is an empty alternative before this one already.", "Leave it out.", "")
			case seen[same]:
				f.add(DeadAlternative, arm, fmt.Sprintf("“%s” is there before already.", raw), "Leave it out.", "")
			case earlier != nil:
				f.add(DeadAlternative, arm, fmt.Sprintf("“%s” before it matches already where “%s” would.", f.raw(earlier), raw), "Leave it out, or put it first.", "")
			}
			if isPlain(arm) {
				seen[same] = true
			}
		}
		return true
	})
}

// covering is one of the alternatives that leaves nothing to arm, which is plain text.
// If what they are in gives nothing back, it need match the beginning only.
func (f *finder) covering(earlier []*node, arm *node, final bool) *node {
	text, ok := f.plainText(arm)
	if !ok || text == "" {
		return nil
	}
	for _, e := range earlier {
		if e.flags != arm.flags || f.out() {
			continue
		}
		if first, ok := f.plainText(e); ok && final && first != "" && strings.HasPrefix(text, first) {
			return e
		}
		if isRegular(e) && f.armMatches(e, text) {
			return e
		}
	}
	return nil
}

// plainText is the only text that an alternative matches.
func (f *finder) plainText(arm *node) (string, bool) {
	var b strings.Builder
	for _, n := range arm.subs {
		runes := f.single(n)
		if len(runes) == 0 {
			return "", false
		}
		if n.flags&caseInsensitive != 0 {
			runes = []rune(strings.ToLower(string(runes)))
		}
		b.WriteString(string(runes))
	}
	return b.String(), arm.op == opSequence
}

// armMatches says whether an alternative by itself matches a text as a whole.
func (f *finder) armMatches(arm *node, text string) bool {
	m := f.machine(units(text), time.Now().Add(maxSearch))
	m.steps = steps / 16
	m.reset()
	m.whole = true
	own := *f.Pattern
	own.program = build(arm, last{})
	return own.run(m).Matches
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

// holds is has, for sets that make a JVM throw too.
func (s set) holds(r rune) (yes bool) {
	defer func() {
		switch e := recover(); e {
		case nil:
		case errThrown:
			yes = false
		default:
			panic(e)
		}
	}()
	return s.has(r)
}
