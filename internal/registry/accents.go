package registry

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// WithoutAccents returns a folded text without accents. Marks that belong to a script of
// their own, such as vowel signs, stay, and so do the voicing marks of Japanese.
func WithoutAccents(folded string) string {
	if _, ascii := foldASCII(folded); ascii {
		return folded
	}
	var b strings.Builder
	for _, r := range norm.NFD.String(folded) {
		if plain, ok := strokes[r]; ok {
			b.WriteString(plain)
		} else if !isAccent(r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// PlainName is FoldName without accents: names that people take for the same have the same.
func PlainName(name string) string { return WithoutAccents(FoldName(name)) }

func isAccent(r rune) bool {
	return r >= 0x300 && unicode.Is(unicode.Mn, r) && unicode.Is(unicode.Inherited, r) && r != 0x3099 && r != 0x309A
}

// strokes are small letters that people write without what distinguishes them from a plain
// one, although Unicode does not compose them.
var strokes = map[rune]string{'ø': "o", 'ł': "l", 'đ': "d", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'æ': "ae", 'œ': "oe", 'ð': "d", 'þ': "th"}
