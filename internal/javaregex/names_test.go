package javaregex

import (
	"errors"
	"testing"
)

// What a JVM says of characters by their names.
func TestCharacterNames(t *testing.T) {
	tests := []struct {
		pattern     string
		char        rune // that it matches, -1 when it is refused
		description string
		index       int
	}{
		{`\N{LATIN SMALL LETTER A}`, 'a', "", 0},
		{`\N{latin small letter a}`, 'a', "", 0},
		{`\N{ LATIN SMALL LETTER A }`, 'a', "", 0},
		{`[\N{DIGIT ONE}-\N{DIGIT THREE}]`, '2', "", 0},
		{`\N{NULL}`, 0, "", 0},
		{`\N{LINE FEED (LF)}`, '\n', "", 0},
		{`\N{LATIN 1 SUPPLEMENT 84}`, 0x84, "", 0},
		{`\N{APPLICATION PROGRAM COMMAND}`, 0x9F, "", 0},
		{`\N{CJK UNIFIED IDEOGRAPHS 4E00}`, 0x4E00, "", 0},
		{`\N{HANGUL SYLLABLES AC00}`, 0xAC00, "", 0},
		{`\N{PRIVATE USE AREA E000}`, 0xE000, "", 0},
		{`\N{GRINNING FACE}`, 0x1F600, "", 0},
		{`\N{nope}`, -1, "Unknown character name [nope]", 7},
		{`x\N{nope}y`, -1, "Unknown character name [nope]", 8},
		{`\N{ nope }`, -1, "Unknown character name [ nope ]", 9},
		{`\N{}`, -1, "Unknown character name []", 3},
		{`\N{BASIC LATIN 41}`, -1, "Unknown character name [BASIC LATIN 41]", 17},
		{`\N{CJK UNIFIED IDEOGRAPH-4E00}`, -1, "Unknown character name [CJK UNIFIED IDEOGRAPH-4E00]", 29},
		{`\N{HANGUL SYLLABLE GA}`, -1, "Unknown character name [HANGUL SYLLABLE GA]", 21},
		{`\N{LINE FEED}`, -1, "Unknown character name [LINE FEED]", 12},
		{`\N{LATIN_SMALL_LETTER_A}`, -1, "Unknown character name [LATIN_SMALL_LETTER_A]", 23},
		{`\N{`, -1, "Unclosed character name escape sequence", 3},
		{`\N{LATIN SMALL LETTER A`, -1, "Unclosed character name escape sequence", 22},
		{`\N`, -1, "Illegal character name escape sequence", 2},
		{`\Na`, -1, "Illegal character name escape sequence", 2},
	}
	for _, tt := range tests {
		p, err := Compile(tt.pattern)
		if tt.char < 0 {
			var bad *SyntaxError
			if !errors.As(err, &bad) || bad.Description != tt.description || bad.Index != tt.index {
				t.Errorf("%s: %#v, want %s near index %d", tt.pattern, err, tt.description, tt.index)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
		} else if !p.Match(string(tt.char)).Matches {
			t.Errorf("%s does not match %U", tt.pattern, tt.char)
		}
	}
}
