package javaregex

import (
	"fmt"
	"slices"
	"strings"
)

// wideRanges finds ranges in classes that hold more than their ends let one expect, such as
// A-z.
func (f *finder) wideRanges() {
	f.root.walk(func(n *node, _ []*node) bool {
		if n.op != opSet || f.out() {
			return !f.late
		}
		for _, r := range f.ranges {
			if n.from <= r.from && r.to <= n.to {
				f.wideRange(n, r)
			}
		}
		return true
	})
}

func (f *finder) wideRange(n *node, r classRange) {
	if r.high >= 128 || f.writtenByNumber(r) {
		return
	}
	var extra []rune
	letters := isWord(r.low) && isWord(r.high)
	negated := strings.HasPrefix(f.raw(n), "[^")
	for c := r.low + 1; c < r.high; c++ {
		if (!letters || !isWord(c)) && c != '-' && c != 0x7F && n.set.holds(c) != negated {
			extra = append(extra, c)
		}
	}
	if len(extra) == 0 {
		return
	}
	start, end := f.chars.span(r.from, r.to)
	written := f.slice(start, end)
	found := Finding{ID: WideRange, Severity: Warning, Start: start, End: end, Suggestion: rangeAdvice(r)}
	found.Message = fmt.Sprintf("The range %s also includes %s.", written, listRunes(extra))
	if negated {
		found.Message = fmt.Sprintf("The range %s also excludes %s.", written, listRunes(extra))
	}
	// Prefer a witness that may be an address.
	slices.SortStableFunc(extra, func(a, b rune) int { return preference(a) - preference(b) })
	f.through(n, func(write func(string) string) bool {
		for _, c := range extra[:min(len(extra), 5)] {
			text := write(string(c))
			if matches := f.try(text); !matches.TooSlow && matches.Matches != negated {
				found.Example = text
				f.put(found)
				return true
			}
		}
		return false
	})
}

func preference(r rune) int {
	switch {
	case r == '_':
		return 0
	case localSymbols.has(symbolOf(r)):
		return 1
	}
	return 2
}

// writtenByNumber reports whether an end of the range is an escape such as \x20, which
// is not written by accident.
func (f *finder) writtenByNumber(r classRange) bool {
	raw := f.slice(f.chars.span(r.from, r.to))
	return slices.ContainsFunc([]string{`\x`, `\u`, `\0`, `\c`, `\N`, `\t`, `\n`, `\r`, `\f`, `\a`, `\e`, `\v`}, func(s string) bool { return strings.Contains(raw, s) })
}

func rangeAdvice(r classRange) string {
	switch {
	case r.low == 'A' && r.high == 'z':
		return "Write A-Za-z."
	case r.low == '0' && r.high == 'z':
		return "Write 0-9A-Za-z."
	case r.low == '0' && r.high == 'Z':
		return "Write 0-9A-Z."
	case isWord(r.low) && isWord(r.high):
		return "Write one range for digits, one for capitals and one for small letters."
	}
	return `Write \- for a hyphen, or list the characters that you mean.`
}

const maxListed = 12

func listRunes(runes []rune) string {
	var shown []string
	for _, r := range runes[:min(len(runes), maxListed)] {
		shown = append(shown, quoted(r))
	}
	if more := len(runes) - maxListed; more > 0 {
		return strings.Join(shown, " ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(shown, " ")
}
