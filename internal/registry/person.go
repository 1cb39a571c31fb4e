package registry

import (
	"context"
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
	return same(a, b)
}

// NameGroup is the entries of one name.
type NameGroup struct {
	Name    string // as the first of them spells it
	Entries []Entry
}

// GroupByName puts the entries of one name together. Names stand in the order in which
// they are first met, and so do the entries of each: entries of one name need not be
// neighbours, since the API sorts by its own idea of what is equal.
func GroupByName(entries []Entry) []NameGroup {
	var groups []NameGroup
	at := make(map[string]int)
	for _, e := range entries {
		name := FoldName(e.Name)
		i, met := at[name]
		if !met {
			i = len(groups)
			at[name] = i
			groups = append(groups, NameGroup{Name: e.Name})
		}
		groups[i].Entries = append(groups[i].Entries, e)
	}
	return groups
}

// Namesakes are the entries of one name, as one look-up found them.
type Namesakes struct {
	Name    string
	Entries []Entry
	// Partial is true when the look-up can't have seen all of them, or can't have
	// worked as it should.
	Partial bool
	// LookAlikes are entries of other names that look like this one, among those that
	// the look-up has seen.
	LookAlikes []Entry
}

// Namesakes looks up the entries of a name with one call, or with two when the name can be
// taken for another one of which no word is the same. seen is an entry that is known
// to have the name, "" when there is none: an answer without it shows that the API's
// search does not find what it should, and is Partial. It returns a *ForbiddenError or
// an *APIError.
//
// How exact the API's search is, is not documented. It is asked for one word of the
// name, so that an answer does not hang on spaces, and what it finds is compared here.
// It is trusted to ignore case, as the sandbox does. A name in another normal form can
// be overlooked: a word without accents is preferred because of that.
func (s *Service) Namesakes(ctx context.Context, who Caller, name string, seen ID) (Namesakes, error) {
	if err := s.Authorize(ctx, who, ListEntries); err != nil {
		return Namesakes{}, err
	}
	found := Namesakes{Name: name}
	folded := FoldName(name)
	if folded == "" {
		return found, nil
	}
	ctx = AskedBy(ctx, who)
	word, other := searchWords(name)
	entries, certain, err := s.search(ctx, Query{Search: word, Order: ByEmail, Direction: Ascending, PerPage: MaxPerPage})
	if err != nil {
		return Namesakes{}, err
	}
	for _, e := range entries {
		if FoldName(e.Name) == folded {
			found.Entries = append(found.Entries, e)
		}
	}
	found.LookAlikes = lookAlikes(entries, name)
	if other != "" {
		if more, _, err := s.search(ctx, Query{Search: other, Order: ByEmail, Direction: Ascending, PerPage: MaxPerPage}); err == nil {
			found.LookAlikes = append(found.LookAlikes, lookAlikes(more, name)...)
		}
	}
	found.Partial = !certain ||
		seen != "" && !slices.ContainsFunc(found.Entries, func(e Entry) bool { return e.ID == seen })
	return found, nil
}

// searchWords returns the word to search a name's entries by. For a name that can be taken
// for another one it is a word that both have or, without such a one, other is a word of
// that other name.
func searchWords(name string) (word, other string) {
	latin, ok := input.TakenFor(name)
	if !ok {
		return searchWord(name), ""
	}
	theirs := strings.Fields(latin)
	both := filter(strings.Fields(name), func(word string) bool { return slices.Contains(theirs, word) })
	if len(both) > 0 {
		return searchWord(strings.Join(both, " ")), ""
	}
	return searchWord(name), searchWord(latin)
}

// searchWord returns the word of a name that finds its entries best: the longest of
// those that are written alike in every normal form, without an apostrophe or a hyphen
// that can be another one or, without such a word, the longest piece of all.
func searchWord(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, " "))
	words := strings.Fields(name)
	plain := filter(words, func(word string) bool { return norm.NFD.IsNormalString(word) && !strings.ContainsFunc(word, isSign) })
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

// Without returns n less the entry id.
func (n Namesakes) Without(id ID) Namesakes {
	n.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e Entry) bool { return e.ID == id })
	return n
}
