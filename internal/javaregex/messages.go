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

// explainError says e in plain words. Places are counted in characters from 1, as
// people do.
func (p *parser) explainError(e *SyntaxError) string {
	here := p.ordinal(e.Index)
	switch d := e.Description; {
	case d == "Unclosed group" && len(p.open.groups) > 0:
		return fmt.Sprintf("the group opened at character %d is never closed", p.ordinal(p.open.groups[len(p.open.groups)-1]))
	case d == "Unclosed character class" && len(p.open.classes) > 0:
		return fmt.Sprintf("the class opened with [ at character %d is never closed; a ] right behind the [ does not close it", p.ordinal(p.open.classes[len(p.open.classes)-1]))
	case d == "Unmatched closing ')'":
		return fmt.Sprintf("the ) at character %d closes nothing; write \\) for the character itself", p.ordinal(p.cursor))
	case strings.HasPrefix(d, "Dangling meta character"):
		c := d[len(d)-2]
		return fmt.Sprintf("there is nothing that the %c at character %d could repeat; write \\%c for the character itself", c, here, c)
	case d == "Illegal repetition":
		return fmt.Sprintf("the { at character %d has to begin a count such as {2} or {1,3}; write \\{ for the character itself", p.ordinal(p.open.brace))
	case d == "Unclosed counted closure":
		return fmt.Sprintf("the count that begins with { at character %d is not a number, or two, and then }", p.ordinal(p.open.brace))
	case d == "Illegal repetition range":
		return fmt.Sprintf("in the count that begins with { at character %d the second number is less than the first, or one is too large", p.ordinal(p.open.brace))
	case d == "Illegal character range":
		return fmt.Sprintf("the range before character %d runs backward or does not end in a character; write \\- for a hyphen", here+1)
	case d == "Bad class syntax":
		return fmt.Sprintf("the && at character %d has no characters before and behind it", here-1)
	case strings.HasPrefix(d, "named capturing group <") && strings.HasSuffix(d, "does not exist"):
		return fmt.Sprintf("there is no group called %s before character %d", between(d, '<', '>'), here+1)
	case strings.HasPrefix(d, "Unknown character property name"):
		return fmt.Sprintf("Java knows no characters called %q, at character %d", between(d, '{', '}'), here)
	}
	if words, ok := plainWords[e.Description]; ok {
		return fmt.Sprintf("%s, at character %d", words, here)
	}
	if e.Index < 0 {
		return "Java fails on this pattern: " + e.Description
	}
	return fmt.Sprintf("%s, at character %d", e.Description, here)
}

var plainWords = map[string]string{
	"Illegal/unsupported escape sequence":                       "a backslash before a letter or digit that gives it no meaning",
	"Unexpected internal error":                                 "a backslash with nothing behind it",
	"Unknown inline modifier":                                   "after (? there has to be one of : = ! > < or flags such as i",
	"Unknown group type":                                        "after (? there has to be one of : = ! > < or flags such as i",
	"Look-behind group does not have an obvious maximum length": "what (?<= or (?<! looks for may be of any length, which Java does not allow",
	"Illegal octal escape sequence":                             "after \\0 there have to be one to three digits from 0 to 7",
	"Illegal hexadecimal escape sequence":                       "after \\x there have to be two hexadecimal digits, or some in braces",
	"Illegal Unicode escape sequence":                           "after \\u there have to be four hexadecimal digits",
	"Illegal control escape sequence":                           "after \\c there has to be a character",
	"Hexadecimal codepoint is too big":                          "there is no character with a number above 10FFFF",
	"Unclosed hexadecimal escape sequence":                      "the number after \\x{ lacks its closing brace",
	"Illegal character name escape sequence":                    "after \\N there has to be a name in braces",
	"Unclosed character name escape sequence":                   "the name after \\N{ lacks its closing brace",
	"Unclosed character family":                                 "the name after \\p{ lacks its closing brace",
	"Empty character family":                                    "there has to be a name in \\p{}",
	"capturing group name does not start with a Latin letter":   "the name of a group has to begin with a letter from a to z",
	"named capturing group is missing trailing '>'":             "the name of a group may hold letters and digits only and has to end with >",
	"\\k is not followed by '<' for named capturing group":      "after \\k there has to be a group's name, as in \\k<name>",
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
