package javaregex

import (
	"fmt"
	"strings"
)

// marks are where parts began that are not closed yet, by their place in the text.
type marks struct {
	groups  []int
	classes []int
	brace   int // of the last repetition
}

// here stands for the place in what is said of an error.
const here = "\x00"

// explainError describes e and its position in plain words. Positions are counted in
// characters from 1.
func (p *parser) explainError(e *SyntaxError) {
	at, says := p.where(e)
	if e.Index < 0 {
		e.End = p.at[p.size]
		e.Message = "Java fails on this pattern: " + e.Description
		return
	}
	at = max(min(at, p.size), 0)
	e.Start, e.End = p.at[at], p.at[min(at+1, p.size)]
	e.Message = strings.ReplaceAll(says, here, fmt.Sprintf("character %d", p.ordinal(at)))
}

// where is the place of the mistake in the text, and what is said of it, with here for
// the place.
func (p *parser) where(e *SyntaxError) (at int, says string) {
	switch d := e.Description; {
	case d == "Unclosed group" && len(p.open.groups) > 0:
		return p.open.groups[len(p.open.groups)-1], "the group opened at " + here + " is never closed"
	case d == "Unclosed character class" && len(p.open.classes) > 0:
		return p.open.classes[len(p.open.classes)-1], "the class opened with [ at " + here + " is never closed; a ] right after the [ does not close it"
	case d == "Unmatched closing ')'":
		return p.cursor, `the ) at ` + here + ` closes nothing; write \) for the character itself`
	case strings.HasPrefix(d, "Dangling meta character"):
		c := d[len(d)-2 : len(d)-1]
		return e.Index, "the " + c + " at " + here + ` has nothing to repeat; for any text write .*, for the character itself \` + c
	case d == "Illegal repetition":
		return p.open.brace, `the { at ` + here + ` has to begin a count such as {2} or {1,3}; for one of several texts write (?:a|b), for the character itself \{`
	case d == "Unclosed counted closure":
		return p.open.brace, "the count that begins with { at " + here + " is not a number, or two, and then }"
	case d == "Illegal repetition range":
		return p.open.brace, "in the count that begins with { at " + here + " the second number is less than the first, or one is too large"
	case d == "Illegal character range":
		return e.Index, `the range that ends at ` + here + ` runs backward or does not end in a character; write \- for a hyphen`
	case d == "Bad class syntax":
		return e.Index - 1, "the && around " + here + " has no characters before and after it"
	case strings.HasPrefix(d, "named capturing group <") && strings.HasSuffix(d, "does not exist"):
		return e.Index, "there is no group called " + between(d, '<', '>') + " before this, at " + here
	case strings.HasPrefix(d, "Unknown character property name"):
		return e.Index, "Java knows no characters called “" + between(d, '{', '}') + "”, at " + here
	}
	if words, ok := plainWords[e.Description]; ok {
		return e.Index, words + ", at " + here
	}
	return e.Index, e.Description + ", at " + here
}

var plainWords = map[string]string{
	"Illegal/unsupported escape sequence":                       "a backslash before a letter or digit that gives it no meaning",
	"Unexpected internal error":                                 "a backslash at the end",
	"Unknown inline modifier":                                   "(? must be followed by one of : = ! > < or by flags such as i",
	"Unknown group type":                                        "(? must be followed by one of : = ! > < or by flags such as i",
	"Look-behind group does not have an obvious maximum length": "the text in (?<= or (?<! may have any length, which Java does not allow",
	"Illegal octal escape sequence":                             "\\0 must be followed by one to three digits from 0 to 7",
	"Illegal hexadecimal escape sequence":                       "\\x must be followed by two hexadecimal digits, or some in braces",
	"Illegal Unicode escape sequence":                           "\\u must be followed by four hexadecimal digits",
	"Illegal control escape sequence":                           "\\c must be followed by a character",
	"Hexadecimal codepoint is too big":                          "there is no character with a number above 10FFFF",
	"Unclosed hexadecimal escape sequence":                      "the number after \\x{ lacks its closing brace",
	"Illegal character name escape sequence":                    "\\N must be followed by a name in braces",
	"Unclosed character name escape sequence":                   "the name after \\N{ lacks its closing brace",
	"Unclosed character family":                                 "the name after \\p{ lacks its closing brace",
	"Empty character family":                                    "\\p{} needs a name",
	"capturing group name does not start with a Latin letter":   "the name of a group must start with a letter from a to z",
	"named capturing group is missing trailing '>'":             "the name of a group may contain letters and digits only and must end with >",
	"\\k is not followed by '<' for named capturing group":      "\\k must be followed by a group's name, as in \\k<name>",
}

// ordinal is which character of the pattern the i-th one of the text is, from 1.
func (p *parser) ordinal(i int) int {
	end, units, n := p.at[max(min(i, p.size), 0)], 0, 1
	for _, r := range p.pattern {
		if units >= end {
			break
		}
		units += width(r)
		n++
	}
	return n
}

func between(s string, open, end byte) string {
	from, to := strings.IndexByte(s, open), strings.LastIndexByte(s, end)
	if from < 0 || to < from {
		return s
	}
	return s[from+1 : to]
}
