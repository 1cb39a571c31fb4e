package javaregex

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// literal finds patterns that match one text only.
func (f *finder) literal() {
	text, ok := f.only()
	switch {
	case !ok || text == "" || !f.try(text).Matches:
	case isAddress(text):
		f.add(LiteralAddress, nil, fmt.Sprintf("If the whole address must match, this matches “%s” only.", text),
			"Enter the address itself, and choose “Address”.", text)
	case f.has(NeverMatches) || f.has(DoubledBackslash):
	default:
		f.add(NoAddress, nil, fmt.Sprintf("If the whole address must match, this matches “%s” only, which is not an address.", text),
			"Write a pattern for the whole address; .* stands for any text.", text)
	}
}

// only is the only text that the pattern matches as a whole, if it is plain.
func (f *finder) only() (text string, ok bool) {
	if f.root.op != opSequence {
		return "", false
	}
	var b strings.Builder
	for i, n := range f.root.subs {
		edge := n.op == opBegin && i == 0 || (n.op == opDollar || n.op == opEnd) && i == len(f.root.subs)-1
		runes := f.single(n)
		switch {
		case edge:
		case len(runes) > 0 && (n.flags&caseInsensitive == 0 || strings.ToLower(string(runes)) == strings.ToUpper(string(runes))):
			b.WriteString(string(runes))
		default:
			return "", false
		}
	}
	return b.String(), true
}

// single are the characters that n stands for, a class of one included, if there is no
// choice.
func (f *finder) single(n *node) []rune {
	if len(n.runes) > 0 || n.op != opSet {
		return n.runes
	}
	raw := []rune(f.raw(n))
	if len(raw) == 4 && raw[1] == '\\' && !isWord(raw[2]) {
		raw = slices.Delete(raw, 1, 2)
	}
	if len(raw) == 3 && raw[0] == '[' && n.set.holds(raw[1]) {
		return raw[1:2]
	}
	return nil
}

var delimited = regexp.MustCompile("^(?:/.*/([a-z]*)|\".*\"|'.*'|`.*`)$")

// delimiters finds what encloses a pattern in other languages.
func (f *finder) delimiters() {
	found := delimited.FindStringSubmatch(f.source)
	if found == nil {
		return
	}
	suggestion := "Leave them out."
	if strings.Contains(found[1], "i") {
		suggestion = "Leave them out, and start with (?i) instead of the i at the end."
	}
	f.add(Delimiters, nil, "Java treats the delimiters around the pattern as characters of the address.", suggestion, "")
}

// marker stands for a dot that is looked for in a text.
const marker = "\uE000"

// dots finds dots in a domain that stand for any character.
func (f *finder) dots() {
	at := -1 // where the local part ends
	f.root.walk(func(n *node, above []*node) bool {
		if f.out() {
			return false
		}
		if slices.Contains(f.single(n), '@') && at < 0 {
			at = n.from
		}
		if n.op != opSet || len(n.runes) > 0 || f.raw(n) != "." || above[len(above)-1].op == opRepeat || n.from < at {
			return true
		}
		f.through(n, func(write func(string) string) bool {
			before, behind, _ := strings.Cut(write(marker), marker)
			_, domain, found := strings.Cut(before, "@")
			if !found && strings.Contains(behind, "@") || !found && at >= 0 || !endsInWord(domain, before) || behind == "" || !isWord(rune(behind[0])) {
				return false
			}
			text := write("x")
			if !f.try(write(".")).Matches || !f.try(text).Matches {
				return false
			}
			f.add(UnescapedDot, n, "This dot stands for any character.", `Write \. for a dot.`, text)
			return true
		})
		return true
	})
}

func endsInWord(texts ...string) bool {
	for _, text := range texts {
		if text != "" {
			return isWord(rune(text[len(text)-1]))
		}
	}
	return false
}

// upperCase finds capitals that no address in small letters matches.
func (f *finder) upperCase() {
	f.root.walk(func(n *node, above []*node) bool {
		if f.out() || n.flags&caseInsensitive != 0 || slices.ContainsFunc(above, func(n *node) bool { return n.op == opLook && n.negate }) {
			return !f.late
		}
		capital, small := n.capital()
		if capital == "" {
			return true
		}
		f.through(n, func(write func(string) string) bool {
			if !f.try(write(capital)).Matches {
				return false
			}
			if f.try(write(small)).Matches {
				return true
			}
			found := Finding{ID: UpperCase, Severity: Warning, Example: small, Witness: write(small), Suggestion: "Write small letters, or (?i) at the beginning."}
			found.Start, found.End = f.chars.span(n.from, n.to)
			found.Message = fmt.Sprintf("“%s” matches capitals, and not “%s”.", f.raw(n), small)
			f.put(found)
			return true
		})
		return true
	})
}

// capital is what n matches with a capital in it, and the same in small letters, which
// n does not match.
func (n *node) capital() (capital, small string) {
	if len(n.runes) > 0 {
		if !slices.ContainsFunc(n.runes, func(r rune) bool { return r != asciiLower(r) }) {
			return "", ""
		}
		for _, r := range n.runes {
			small += string(asciiLower(r))
		}
		return string(n.runes), small
	}
	if n.op == opSet {
		for r := 'A'; r <= 'Z'; r++ {
			if n.set.holds(r) && !n.set.holds(asciiLower(r)) {
				return string(r), string(asciiLower(r))
			}
		}
	}
	return "", ""
}
