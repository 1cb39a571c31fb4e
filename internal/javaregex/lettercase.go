package javaregex

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// upperCase is what String.toUpperCase(Locale.ROOT) makes of a name: ß becomes SS.
func upperCase(name string) string { return cases.Upper(language.Und).String(name) }

// lowerCase is what String.toLowerCase(Locale.ROOT) makes of a name: Σ at the end of a
// word becomes ς. What a word is, Java decides in a way of its own, which is followed as
// far as Latin and Greek need it.
func lowerCase(name string) string {
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case r != 'Σ':
		case endsWord(runes, i):
			runes[i] = 'ς'
		default:
			runes[i] = 'σ'
		}
	}
	return cases.Lower(language.Und).String(string(runes))
}

// endsWord says whether a letter with a case stands before i in the same word, and none
// behind it.
func endsWord(runes []rune, i int) bool {
	before, behind := false, false
	for j := i - 1; j >= 0 && joined(runes[j], runes[j+1]); j-- {
		before = before || cased(runes[j])
	}
	for j := i + 1; j < len(runes) && joined(runes[j-1], runes[j]); j++ {
		behind = behind || cased(runes[j])
	}
	return before && !behind
}

// joined says whether there is no end of a word between two neighbours. Some marks join
// letters, and nothing else.
func joined(left, right rune) bool {
	switch {
	case joins(left):
		return unicode.IsLetter(right)
	case joins(right):
		return unicode.In(left, unicode.L, unicode.M)
	}
	return unicode.In(left, unicode.L, unicode.N, unicode.M, unicode.Cf) && unicode.In(right, unicode.L, unicode.N, unicode.M, unicode.Cf)
}

func joins(r rune) bool { return strings.ContainsRune(`-._'"`, r) }

func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}
