package javaregex

import (
	"sync"
	"unicode"
)

// symbols is a set of characters as coarse as is enough to tell what an address may
// hold: one bit for each ASCII character, bit otherSymbol for all others, and bit
// controlSymbol for control characters, line breaks and spaces beyond ASCII.
type symbols [2]uint64

const (
	otherSymbol   = 0
	controlSymbol = 1
)

var everySymbol = symbols{^uint64(0), ^uint64(0)}

func symbolOf(r rune) int {
	switch {
	case unicode.IsControl(r) || r != ' ' && unicode.In(r, unicode.Z):
		return controlSymbol
	case r >= 128:
		return otherSymbol
	}
	return int(r)
}

func symbolsIn(text string) (s symbols) {
	for _, r := range text {
		s.add(symbolOf(r))
	}
	return s
}

func (s *symbols) add(symbol int)             { s[symbol/64] |= 1 << (symbol % 64) }
func (s symbols) or(t symbols) symbols        { return symbols{s[0] | t[0], s[1] | t[1]} }
func (s symbols) and(t symbols) symbols       { return symbols{s[0] & t[0], s[1] & t[1]} }
func (s symbols) not() symbols                { return symbols{^s[0], ^s[1]} }
func (s symbols) isEmpty() bool               { return s == symbols{} }
func (s symbols) has(symbol int) bool         { return s[symbol/64]&(1<<(symbol%64)) != 0 }
func (s symbols) without(text string) symbols { return s.and(symbolsIn(text).not()) }

// scanCost bounds the steps of a look through all of Unicode for one character of a set.
const scanCost = 4 << 20

// symbolsOf says which symbols a set holds a character of; some may be too many, never
// too few. Of the symbols in all it holds every character.
func symbolsOf(s set, isDot bool) (some, all symbols) {
	for r := rune(0); r < 128; r++ {
		if s.holds(r) {
			some.add(symbolOf(r))
			if symbol := symbolOf(r); symbol > controlSymbol {
				all.add(symbol)
			}
		}
	}
	if isDot {
		all.add(otherSymbol)
		some.add(otherSymbol)
		return some, all
	}
	some = some.or(s.beyondASCII(!some.and(addressSymbols).isEmpty()))
	return some, all
}

var addressSymbols = localSymbols.or(symbolsIn("@"))

// beyondASCII are the symbols other than those of ASCII of which the set may hold a
// character. Those of a set of any kind are looked for only if it is hardly of use in an
// address otherwise.
func (s set) beyondASCII(useful bool) (some symbols) {
	both := symbols{1<<otherSymbol | 1<<controlSymbol}
	switch {
	case s.latin:
		for r := rune(128); r < 256; r++ {
			if s.holds(r) {
				some.add(symbolOf(r))
			}
		}
		return some
	case s.runs != nil && s.runs.fold != foldUnicode:
		spans := s.runs.spans
		if spans[len(spans)-1].last < 128 {
			return symbols{}
		}
		return both
	case useful || (s.cost+1)*unicode.MaxRune > scanCost:
		return both
	}
	for r := rune(128); r <= unicode.MaxRune && some != both; r++ {
		if s.holds(r) {
			some.add(symbolOf(r))
		}
	}
	return some
}

// relatives are the characters that are the same as others when case is ignored, by
// what they become then.
var relatives = sync.OnceValue(func() map[rune][]rune {
	all := map[rune][]rune{}
	add := func(r rune) {
		key := foldUnicode.apply(r)
		for _, known := range all[key] {
			if known == r {
				return
			}
		}
		all[key] = append(all[key], r)
	}
	for r := rune(0); r < 128; r++ {
		add(r)
	}
	for _, spans := range [][]span{characters().upper, characters().lower} {
		for _, s := range spans {
			for r := s.first; r <= s.last; r++ {
				add(r)
				add(r + s.delta)
			}
		}
	}
	return all
})

// variants are the characters that a literal r stands for.
func (f fold) variants(r rune) []rune {
	switch f {
	case foldASCII:
		if asciiLower(r) != asciiUpper(r) {
			return []rune{asciiLower(r), asciiUpper(r)}
		}
	case foldUnicode:
		if all := relatives()[foldUnicode.apply(r)]; len(all) > 0 {
			return all
		}
	}
	return []rune{r}
}

// foldOf is how letters are compared under flags.
func foldOf(f flags) fold {
	switch {
	case f&caseInsensitive == 0:
		return foldNone
	case f&unicodeCase == 0:
		return foldASCII
	}
	return foldUnicode
}
