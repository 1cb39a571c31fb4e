package input

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
)

// Place is the field of a text. It decides which characters are allowed.
type Place int

// The places.
const (
	InName    Place = iota
	InAddress       // or in a pattern, or in an id
	InText          // of several lines
)

// Character is a character that is not allowed at its position.
type Character struct {
	Rune    rune
	At      int  // in characters, from 1
	Control bool // a control character or a line break, rather than an invisible one
}

// String names the character and says where it is.
func (c Character) String() string {
	return fmt.Sprintf("%s, character %d", Name(c.Rune), c.At)
}

// Name names a character: by Unicode's name for it, and its number.
func Name(r rune) string {
	name := runenames.Name(r)
	switch {
	case r == utf8.RuneError:
		name = "REPLACEMENT CHARACTER"
	case unicode.Is(unicode.Co, r):
		name = "a private-use character"
	case controls[r] != "":
		name = controls[r]
	case unicode.IsControl(r):
		name = "a control character"
	case name == "" || name[0] == '<':
		name = "an unassigned character"
	}
	return fmt.Sprintf("%s (U+%04X)", name, r)
}

// controls are names of control characters, for which Unicode has only aliases.
var controls = map[rune]string{
	0: "NULL", '\t': "TABULATION", '\n': "LINE FEED", '\v': "LINE TABULATION", '\f': "FORM FEED", '\r': "CARRIAGE RETURN",
	0x1B: "ESCAPE", 0x7F: "DELETE", 0x85: "NEXT LINE",
}

// Bad returns the first character of s that is not allowed in a place: a control character,
// a line or paragraph separator, one for private use, a noncharacter, or an invisible one. A
// name may have a joiner or a variation selector where a script or an emoji needs it. Text
// of several lines may have line feeds, tabs and invisible characters, because people copy it
// from anywhere, but none that reverse or hide text.
func Bad(s string, place Place) (c Character, found bool) {
	runes := []rune(s)
	for i, r := range runes {
		if bad, control := badAt(runes, i, place); bad {
			return Character{r, i + 1, control}, true
		}
	}
	return Character{}, false
}

// Without returns s without the characters that Bad finds. Line breaks become spaces.
func Without(s string, place Place) string {
	for {
		runes, clean := []rune(s), true
		var b strings.Builder
		for i, r := range runes {
			bad, control := badAt(runes, i, place)
			clean = clean && !bad
			switch {
			case !bad:
				b.WriteRune(r)
			case control && (unicode.IsSpace(r) || r == '\u2028' || r == '\u2029'):
				b.WriteByte(' ')
			}
		}
		// A joiner can lose what it belonged to.
		if clean {
			if place == InText {
				return s
			}
			return strings.Join(strings.Fields(s), " ")
		}
		s = b.String()
	}
}

// Trim returns s without the spaces, tabs and line breaks at its ends, which often come with
// pasted text. Bad reports rarer kinds of white space.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r)
	})
}

// Shows reports whether s has a visible character.
func Shows(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) && !hidden(r)
	})
}

func badAt(runes []rune, i int, place Place) (bad, control bool) {
	r := runes[i]
	switch {
	case unicode.IsControl(r):
		return place != InText || r != '\n' && r != '\t', true
	case r == '\u2028' || r == '\u2029':
		return place != InText, true
	case unicode.In(r, unicode.Co, unicode.Noncharacter_Code_Point):
		return true, false
	case !hidden(r):
		return false, false
	case place == InText:
		return unicode.Is(unicode.Bidi_Control, r) || isTag(r), false
	case place == InName:
		return !needed(runes, i), false
	}
	return true, false
}

// hidden reports whether a character shows as nothing: Default_Ignorable_Code_Point,
// what else only controls how text is laid out, and blanks that are no spaces.
func hidden(r rune) bool {
	if r == '\u2800' || r == '\uFFFC' { // an empty Braille cell; what stands for an embedded object
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

func isTag(r rune) bool { return r >= 0xE0000 && r <= 0xE007F }

// needed reports whether the hidden character at i is right there in a name.
func needed(runes []rune, i int) bool {
	switch r := runes[i]; {
	case r == '\u200C' || r == '\u200D':
		return joins(runes, i)
	case r >= 0x180B && r <= 0x180F: // Mongolian variation selectors and vowel separator
		return i > 0 && unicode.Is(unicode.Mongolian, runes[i-1])
	case unicode.Is(unicode.Variation_Selector, r):
		return i > 0 && (unicode.Is(unicode.Han, runes[i-1]) || r <= 0xFE0F && (unicode.In(runes[i-1], pictographic, unicode.Myanmar) || inKeycap(runes, i)))
	case isTag(r):
		return inFlag(runes, i)
	}
	return false
}

// joins reports whether a joiner is right at i, after the rules of RFC 5892, A.1 and A.2,
// and of Unicode's emoji sequences.
func joins(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	before := runes[i-1]
	last := i+1 == len(runes)
	if norm.NFC.PropertiesString(string(before)).CCC() == virama {
		return true
	}
	if unicode.In(before, indic...) {
		return !last && unicode.In(runes[i+1], indic...)
	}
	if runes[i] == '\u200D' && !last && unicode.Is(pictographic, runes[i+1]) {
		for j := i - 1; j >= 0; j-- {
			if r := runes[j]; r == '\uFE0F' || r >= 0x1F3FB && r <= 0x1F3FF {
				continue
			}
			return unicode.Is(pictographic, runes[j])
		}
	}
	for j := i - 1; j >= 0 && unicode.Is(unicode.Mn, before); j-- {
		before = runes[j]
	}
	return !last && unicode.In(before, joining...) && unicode.In(runes[i+1], joining...)
}

// virama is the combining class of the signs that take a letter's vowel away.
const virama = 9

// Scripts in which joiners decide how letters are drawn: indic ones beside their marks,
// joining ones between letters.
var (
	indic = []*unicode.RangeTable{
		unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
		unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
	}
	joining = []*unicode.RangeTable{
		unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
	}
)

// inKeycap reports whether the selector at i is part of a keycap, such as 1️⃣.
func inKeycap(runes []rune, i int) bool {
	return strings.ContainsRune("#*0123456789", runes[i-1]) && i+1 < len(runes) && runes[i+1] == '\u20E3'
}

// pictographic is Unicode's property Extended_Pictographic, of the characters that an emoji
// may begin with. Go has no table of it.
var pictographic = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0xA9, 0xA9, 1},
		{0xAE, 0xAE, 1},
		{0x203C, 0x203C, 1},
		{0x2049, 0x2049, 1},
		{0x2122, 0x2122, 1},
		{0x2139, 0x2139, 1},
		{0x2194, 0x2199, 1},
		{0x21A9, 0x21AA, 1},
		{0x231A, 0x231B, 1},
		{0x2328, 0x2328, 1},
		{0x2388, 0x2388, 1},
		{0x23CF, 0x23CF, 1},
		{0x23E9, 0x23F3, 1},
		{0x23F8, 0x23FA, 1},
		{0x24C2, 0x24C2, 1},
		{0x25AA, 0x25AB, 1},
		{0x25B6, 0x25B6, 1},
		{0x25C0, 0x25C0, 1},
		{0x25FB, 0x25FE, 1},
		{0x2600, 0x2605, 1},
		{0x2607, 0x2612, 1},
		{0x2614, 0x2685, 1},
		{0x2690, 0x2705, 1},
		{0x2708, 0x2712, 1},
		{0x2714, 0x2714, 1},
		{0x2716, 0x2716, 1},
		{0x271D, 0x271D, 1},
		{0x2721, 0x2721, 1},
		{0x2728, 0x2728, 1},
		{0x2733, 0x2734, 1},
		{0x2744, 0x2744, 1},
		{0x2747, 0x2747, 1},
		{0x274C, 0x274C, 1},
		{0x274E, 0x274E, 1},
		{0x2753, 0x2755, 1},
		{0x2757, 0x2757, 1},
		{0x2763, 0x2767, 1},
		{0x2795, 0x2797, 1},
		{0x27A1, 0x27A1, 1},
		{0x27B0, 0x27B0, 1},
		{0x27BF, 0x27BF, 1},
		{0x2934, 0x2935, 1},
		{0x2B05, 0x2B07, 1},
		{0x2B1B, 0x2B1C, 1},
		{0x2B50, 0x2B50, 1},
		{0x2B55, 0x2B55, 1},
		{0x3030, 0x3030, 1},
		{0x303D, 0x303D, 1},
		{0x3297, 0x3297, 1},
		{0x3299, 0x3299, 1},
	},
	R32: []unicode.Range32{
		{0x1F000, 0x1F0FF, 1},
		{0x1F10D, 0x1F10F, 1},
		{0x1F12F, 0x1F12F, 1},
		{0x1F16C, 0x1F171, 1},
		{0x1F17E, 0x1F17F, 1},
		{0x1F18E, 0x1F18E, 1},
		{0x1F191, 0x1F19A, 1},
		{0x1F1AD, 0x1F1E5, 1},
		{0x1F201, 0x1F20F, 1},
		{0x1F21A, 0x1F21A, 1},
		{0x1F22F, 0x1F22F, 1},
		{0x1F232, 0x1F23A, 1},
		{0x1F23C, 0x1F23F, 1},
		{0x1F249, 0x1F3FA, 1},
		{0x1F400, 0x1F53D, 1},
		{0x1F546, 0x1F64F, 1},
		{0x1F680, 0x1F6FF, 1},
		{0x1F774, 0x1F77F, 1},
		{0x1F7D5, 0x1F7FF, 1},
		{0x1F80C, 0x1F80F, 1},
		{0x1F848, 0x1F84F, 1},
		{0x1F85A, 0x1F85F, 1},
		{0x1F888, 0x1F88F, 1},
		{0x1F8AE, 0x1F8FF, 1},
		{0x1F90C, 0x1F93A, 1},
		{0x1F93C, 0x1F945, 1},
		{0x1F947, 0x1FAFF, 1},
		{0x1FC00, 0x1FFFD, 1},
	},
	LatinOffset: 2,
}

// inFlag reports whether the tag at i is part of one of the flags that are spelled with
// tags: those of England, Scotland and Wales.
func inFlag(runes []rune, i int) bool {
	start := i
	for start >= 0 && isTag(runes[start]) {
		start--
	}
	if start < 0 || runes[start] != 0x1F3F4 {
		return false
	}
	end := start + 1
	var region strings.Builder
	for end < len(runes) && isTag(runes[end]) && runes[end] != 0xE007F {
		region.WriteRune(runes[end] - 0xE0000)
		end++
	}
	if end == len(runes) || runes[end] != 0xE007F || i > end {
		return false
	}
	switch region.String() {
	case "gbeng", "gbsct", "gbwls":
		return true
	}
	return false
}
