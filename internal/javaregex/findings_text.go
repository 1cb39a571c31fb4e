package javaregex

import (
	"fmt"
	"slices"
)

// findDead finds alternatives that add nothing to those before them: the same again,
// or a character that an earlier set holds.
func (p *Pattern) findDead() []Finding {
	var found []Finding
	p.root.walk(func(n *node, _ []*node) bool {
		if n.op != opChoice {
			return true
		}
		for i, arm := range n.subs {
			for _, earlier := range n.subs[:i] {
				if !p.covers(earlier, arm) {
					continue
				}
				message := fmt.Sprintf("What %q matches is matched by %q before it.", p.raw(arm), p.raw(earlier))
				if p.raw(arm) == "" {
					message = "There is an empty alternative before this one already."
				}
				found = append(found, p.finding(DeadAlternative, arm, message, "Leave it out.", ""))
				break
			}
		}
		return true
	})
	return found
}

// covers says whether arm matches nothing that earlier does not.
func (p *Pattern) covers(earlier, arm *node) bool {
	if earlier.flags != arm.flags {
		return false
	}
	if p.raw(earlier) == p.raw(arm) {
		return isPlain(earlier) && isPlain(arm)
	}
	if len(earlier.subs) != 1 || len(arm.subs) != 1 {
		return false
	}
	set, char := earlier.subs[0], arm.subs[0]
	return set.op == opSet && char.op == opSet && len(char.runes) == 1 && len(set.runes) == 0 &&
		char.flags&caseInsensitive == 0 && set.set.holds(char.runes[0])
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

// findUpperCase finds capitals that no address in small letters matches.
func (p *Pattern) findUpperCase() []Finding {
	var found []Finding
	p.root.walk(func(n *node, above []*node) bool {
		if n.flags&caseInsensitive != 0 || slices.ContainsFunc(above, func(n *node) bool { return n.op == opLook && n.negate }) {
			return true
		}
		raw := p.raw(n)
		switch {
		case slices.ContainsFunc(n.runes, func(r rune) bool { return r >= 'A' && r <= 'Z' }):
			found = append(found, p.finding(UpperCase, n,
				fmt.Sprintf("%q has capitals and does not match %q.", string(n.runes), lower(n.runes)),
				"Write small letters, or (?i) at the beginning.", lower(n.runes)))
		case n.op == opSet && len(n.runes) == 0 && len(raw) > 2 && raw[0] == '[' && raw[1] != '^' && capitalsOnly(n.set):
			found = append(found, p.finding(UpperCase, n,
				fmt.Sprintf("%s holds the capital letters and no small ones.", raw), "Add a-z, or (?i) at the beginning.", "a"))
		}
		return true
	})
	return found
}

func lower(runes []rune) string {
	text := make([]rune, len(runes))
	for i, r := range runes {
		text[i] = asciiLower(r)
	}
	return string(text)
}

func capitalsOnly(s set) bool {
	for r := 'A'; r <= 'Z'; r++ {
		if !s.holds(r) || s.holds(asciiLower(r)) {
			return false
		}
	}
	return true
}

// findUselessGroups finds groups that remember for nothing.
func (p *Pattern) findUselessGroups() []Finding {
	if p.referred {
		return nil // to renumber groups is worse
	}
	var found []Finding
	p.root.walk(func(n *node, _ []*node) bool {
		if n.op == opGroup && n.group > 0 && n.name == "" {
			found = append(found, p.finding(UselessGroup, n,
				"This group remembers what it matches, and nothing refers to it.", "Begin it with (?: instead.", ""))
		}
		return true
	})
	return found
}
