package javaregex

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Part is a part of a pattern, in UTF-16 units, and what it matches.
type Part struct {
	Start, End int
	Says       string // one sentence
	Parts      []Part // what it is made of
}

// maxDepth of an explanation; what is nested deeper is not explained by itself.
const explainDepth = 20

// Explain says part by part what the pattern means.
func (p *Pattern) Explain() Part {
	whole := Part{End: len(p.units), Says: "Matches an address if all of it fits, part by part."}
	switch {
	case len(p.units) > maxFindings:
		whole.Says = "This pattern is too long to be explained."
	case p.root.op == opChoice:
		whole.Parts = []Part{p.explain(p.root, 1)}
	case len(p.root.subs) == 0:
		whole.Says = "Matches the empty text only."
	default:
		whole.Parts = p.explainAll(p.root.subs, 1)
	}
	return whole
}

func (p *Pattern) explainAll(nodes []*node, depth int) []Part {
	var parts []Part
	for _, n := range nodes {
		parts = append(parts, p.explain(n, depth))
	}
	return parts
}

func (p *Pattern) explain(n *node, depth int) Part {
	part := Part{Says: p.says(n)}
	part.Start, part.End = p.chars.span(n.from, n.to)
	if depth == explainDepth || n.repeatsOne() {
		return part
	}
	for _, sub := range n.subs {
		if sub.op == opSequence && (n.op != opChoice || len(sub.subs) == 1) {
			part.Parts = append(part.Parts, p.explainAll(sub.subs, depth+1)...)
			continue
		}
		part.Parts = append(part.Parts, p.explain(sub, depth+1))
	}
	return part
}

// repeatsOne says whether n is a repetition of one character, which is said in one go.
func (n *node) repeatsOne() bool { return n.op == opRepeat && n.max > 0 && n.subs[0].op == opSet }

// raw is how the pattern has n.
func (p *Pattern) raw(n *node) string { return p.slice(p.chars.span(n.from, n.to)) }

// slice cuts the pattern by UTF-16 units.
func (p *Pattern) slice(start, end int) string { return string(utf16.Decode(p.units[start:end])) }

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
		return groupSays(n, p.raw(n))
	case opLook:
		return lookSays(n)
	case opAtomic:
		return "A group that, once it has matched, is not tried in another way."
	case opRepeat:
		if n.repeatsOne() {
			one := p.says(n.subs[0])
			return strings.TrimSuffix(repeatSays(n), ".") + ": " + strings.ToLower(one[:1]) + one[1:]
		}
		return repeatSays(n)
	case opSet:
		return p.setSays(n)
	case opCanonical:
		return strings.TrimSuffix(p.setSays(n), ".") + ", or several that are the same when composed."
	case opRunes:
		return literalSays(n)
	case opFlags:
		return "From here on, to the end of the group if it is in one: " + flagSays(p.raw(n))
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

func groupSays(n *node, raw string) string {
	switch {
	case n.name != "":
		return fmt.Sprintf("Group %d, called %s, which remembers what it matches.", n.group, n.name)
	case n.group > 0:
		return fmt.Sprintf("Group %d, which remembers what it matches.", n.group)
	}
	if inside, ok := strings.CutPrefix(raw, "(?"); ok && inside[0] != ':' {
		flags, _, _ := strings.Cut(inside, ":")
		return "A group in which " + flagSays(flags)
	}
	return "A group that holds parts together."
}

func lookSays(n *node) string {
	where, word := "follows", "follow"
	if n.behind {
		where, word = "stands before", "stand before"
	}
	if n.negate {
		return fmt.Sprintf("Only where this does not %s; it is not part of the match.", word)
	}
	return fmt.Sprintf("Only where this %s; it is not part of the match.", where)
}

func repeatSays(n *node) string {
	times := ""
	switch {
	case n.max == 0:
		return "Not at all: zero times."
	case n.min == 0 && n.max == 1:
		return "Once or not at all" + map[mode]string{reluctant: ", rather not", possessive: ", once if there is one"}[n.mode] + "."
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
	switch len(n.runes) {
	case 0:
		return "Nothing: the empty text."
	case 1:
		return "The character " + quoted(n.runes...) + caseSays(n) + "."
	}
	return "The text " + quoted(n.runes...) + caseSays(n) + "."
}

// quoted shows characters; those that can't be seen by their number.
func quoted(runes ...rune) string {
	var b strings.Builder
	for _, r := range runes {
		if r != ' ' && !unicode.IsGraphic(r) || isSurrogate(r) {
			fmt.Fprintf(&b, "\\x{%X}", r)
			continue
		}
		b.WriteRune(r)
	}
	return "“" + b.String() + "”"
}

func caseSays(n *node) string {
	changes := slices.ContainsFunc(n.runes, func(r rune) bool {
		return asciiLower(r) != asciiUpper(r) || n.flags&unicodeCase != 0 && toLower(r) != toUpper(r)
	})
	if n.flags&caseInsensitive != 0 && changes {
		return ", in capitals or small letters"
	}
	return ""
}

// flagWords say what holds with a flag, and without it.
var flagWords = map[rune][2]string{
	'i': {"capital and small letters are the same", "capital and small letters differ"},
	'u': {"letters beyond a to z have capitals, too", "only a to z have capitals"},
	'm': {"^ and $ stand for each line", "^ and $ stand for the whole text"},
	's': {"the dot also stands for a line break", "the dot stands for no line break"},
	'd': {"only \\n is a line break", "every line break counts"},
	'x': {"spaces and comments do not count", "spaces count"},
	'U': {"\\w, \\d and the like stand for all of Unicode", "\\w, \\d and the like stand for a to z, 0 to 9 and so on"},
}

func flagSays(raw string) string {
	var says []string
	off := 0
	for _, r := range raw {
		if words, known := flagWords[r]; known {
			says = append(says, words[off])
		}
		if r == '-' {
			off = 1
		}
	}
	if len(says) == 0 {
		return "nothing changes."
	}
	return strings.Join(says, "; ") + "."
}
