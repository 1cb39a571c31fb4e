package javaregex

import (
	"fmt"
	"strings"
)

// Part is a part of a pattern, in UTF-16 units, and what it matches.
type Part struct {
	Start, End int
	Says       string // one sentence
	Parts      []Part // what it is made of
}

// Explain says part by part what the pattern means.
func (p *Pattern) Explain() Part {
	whole := Part{End: utf16Length(p.source), Says: "Matches an address if all of it fits, part by part."}
	if p.root.op == opChoice {
		whole.Parts = []Part{p.explain(p.root)}
		return whole
	}
	for _, sub := range p.root.subs {
		whole.Parts = append(whole.Parts, p.explain(sub))
	}
	if len(whole.Parts) == 0 {
		whole.Says = "Matches the empty text only."
	}
	return whole
}

func (p *Pattern) explain(n *node) Part {
	part := Part{Start: p.at[n.from], End: p.at[n.to], Says: p.says(n)}
	for _, sub := range n.subs {
		if sub.op == opSequence && (n.op != opChoice || len(sub.subs) == 1) {
			for _, s := range sub.subs {
				part.Parts = append(part.Parts, p.explain(s))
			}
			continue
		}
		part.Parts = append(part.Parts, p.explain(sub))
	}
	return part
}

// raw is how the pattern has n.
func (p *Pattern) raw(n *node) string { return p.slice(p.at[n.from], p.at[n.to]) }

// slice cuts the pattern by UTF-16 units.
func (p *Pattern) slice(start, end int) string {
	var b strings.Builder
	units := 0
	for _, r := range p.source {
		if units >= start && units < end {
			b.WriteRune(r)
		}
		units += width(r)
	}
	return b.String()
}

func (p *Pattern) says(n *node) string {
	switch n.op {
	case opSequence:
		if len(n.subs) == 0 {
			return "Nothing: the empty text."
		}
		return fmt.Sprintf("%s, one after the other.", plural(len(n.subs), "part"))
	case opChoice:
		return fmt.Sprintf("One of %d alternatives, tried from left to right.", len(n.subs))
	case opGroup:
		return groupSays(n)
	case opLook:
		return lookSays(n)
	case opAtomic:
		return "A group that, once it has matched, is not tried in another way."
	case opRepeat:
		return repeatSays(n)
	case opSet:
		return p.setSays(n)
	case opRunes:
		return literalSays(n)
	case opFlags:
		return "From here to the end of the group: " + flagSays(p.raw(n))
	case opBackref:
		return fmt.Sprintf("The same text again that group %d matched last%s.", n.group, map[bool]string{true: ", in capitals or small letters"}[n.fold != foldNone])
	default:
		return assertionSays(n)
	}
}

func assertionSays(n *node) string {
	switch n.op {
	case opBegin:
		return "Only at the beginning."
	case opEnd:
		return "Only at the very end."
	case opDollar:
		if n.flags&multiline != 0 {
			return "Only at the end of a line."
		}
		return "Only at the end, or before a line break at the end."
	case opCaret:
		return "Only at the beginning of a line."
	case opBound:
		if n.negate {
			return "Only where no word begins or ends."
		}
		return "Only where a word begins or ends."
	case opLast:
		return "Only where the search began."
	case opNewline:
		return "A line break of any kind."
	case opCluster:
		return "What people see as one character, whatever it is made of."
	}
	return "Only between what people see as two characters."
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func groupSays(n *node) string {
	switch {
	case n.name != "":
		return fmt.Sprintf("Group %d, called %s, which remembers what it matches.", n.group, n.name)
	case n.group > 0:
		return fmt.Sprintf("Group %d, which remembers what it matches.", n.group)
	}
	return "A group that holds parts together."
}

func lookSays(n *node) string {
	word := map[bool]string{true: "not ", false: ""}[n.negate]
	if n.behind {
		return fmt.Sprintf("Only where this does %sstand before; it is not part of the match.", word)
	}
	return fmt.Sprintf("Only where this does %sfollow; it is not part of the match.", word)
}

func repeatSays(n *node) string {
	times := ""
	switch {
	case n.max == 0:
		return "Not at all: zero times."
	case n.min == 0 && n.max == 1:
		times = "Once or not at all"
	case n.min == n.max:
		return fmt.Sprintf("Exactly %s.", plural(int(n.min), "time"))
	case n.min == 0 && n.max == unbounded:
		times = "Any number of times, also none"
	case n.max == unbounded:
		times = fmt.Sprintf("%s or more", strings.Replace(plural(int(n.min), "time"), "1 time", "Once", 1))
	default:
		times = fmt.Sprintf("%d to %d times", n.min, n.max)
	}
	switch n.mode {
	case reluctant:
		return times + ", as few as will do."
	case possessive:
		return times + ", as many as there are, without giving any back."
	}
	return times + ", as many as will do."
}

func literalSays(n *node) string {
	if len(n.runes) == 0 {
		return "Nothing: the empty text."
	}
	what := "The text"
	if len(n.runes) == 1 {
		what = "The character"
	}
	return fmt.Sprintf("%s %q%s.", what, string(n.runes), caseSays(n))
}

func caseSays(n *node) string {
	if n.flags&caseInsensitive != 0 && strings.ToLower(string(n.runes)) != strings.ToUpper(string(n.runes)) {
		return ", in capitals or small letters"
	}
	return ""
}

func flagSays(raw string) string {
	words := map[rune]string{
		'i': "capital and small letters are the same", 'u': "letters beyond a to z have capitals, too", 'm': "^ and $ stand for each line",
		's': "the dot also stands for a line break", 'd': "only \\n is a line break", 'x': "spaces and comments do not count", 'U': "\\w, \\d and the like stand for all of Unicode",
	}
	var says []string
	off := ""
	for _, r := range raw {
		switch {
		case r == '-':
			off = "no longer: "
		case words[r] != "":
			says = append(says, off+words[r])
		}
	}
	if len(says) == 0 {
		return "nothing changes."
	}
	return strings.Join(says, "; ") + "."
}
