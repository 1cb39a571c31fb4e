package registry

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"namesake/internal/input"
)

// FoldName returns what two spellings of a name have in common: normal form C, case,
// white space, the width of letters and the kinds of apostrophes, quotation marks and
// hyphens don't count. Names that fold to the same text are one name here.
// Whether Cloudflare compares them so is not documented.
func FoldName(name string) string {
	name = norm.NFD.String(input.PlainSigns(strings.ToValidUTF8(name, "\uFFFD")))
	return strings.Join(strings.Fields(norm.NFC.String(cases.Fold().String(name))), " ")
}

// SameAddress reports whether two addresses, or two patterns, are the same. Case does
// not count in an address: the part before the @ could tell it, but no provider of
// note does. It does in a pattern, where \d and \D are opposites.
func SameAddress(a, b string, isRegex bool) bool {
	if isRegex {
		return strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	return Same(a, b)
}

// SearchWords returns the word to search a name's entries by. For a name that can be taken
// for another one it is a word that both have or, without such a one, other is a word of
// that other name.
func SearchWords(name string) (word, other string) {
	latin, ok := input.TakenFor(name)
	if !ok {
		return SearchWord(name), ""
	}
	theirs := strings.Fields(latin)
	both := Filter(strings.Fields(name), func(word string) bool { return slices.Contains(theirs, word) })
	if len(both) > 0 {
		return SearchWord(strings.Join(both, " ")), ""
	}
	return SearchWord(name), SearchWord(latin)
}

// SearchWord returns the word of a name that finds its entries best: the longest of
// those that are written alike in every normal form, without an apostrophe or a hyphen
// that can be another one or, without such a word, the longest piece of all.
func SearchWord(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, " "))
	words := strings.Fields(name)
	plain := Filter(words, func(word string) bool { return norm.NFD.IsNormalString(word) && !strings.ContainsFunc(word, isSign) })
	if len(plain) == 0 {
		plain = strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || isSign(r) })
	}
	if len(plain) == 0 {
		plain = words
	}
	var best string
	for _, word := range plain {
		if utf8.RuneCountInString(word) > utf8.RuneCountInString(best) {
			best = word
		}
	}
	return best
}

// isSign reports whether r is an apostrophe, a quotation mark or a hyphen, of which
// there are several kinds.
func isSign(r rune) bool { return strings.ContainsAny(input.PlainSigns(string(r)), `'"-`) }

// Same reports whether two texts are the same but for case, normal form and space around.
func Same(a, b string) bool { return strings.EqualFold(Trimmed(a), Trimmed(b)) }

// Trimmed returns s in normal form C, without space around it.
func Trimmed(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }
