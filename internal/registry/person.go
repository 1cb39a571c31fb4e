package registry

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldName returns what two spellings of a name have in common: normal form C, case
// and white space don't count. Names that fold to the same text are one name here.
// Whether Cloudflare compares them so is not documented.
func FoldName(name string) string {
	name = norm.NFD.String(strings.ToValidUTF8(name, "\uFFFD"))
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
}

// Namesakes looks up the entries of a name with one call. seen is an entry that is known
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
	list, err := s.api.ListEntries(ctx, Query{Search: searchWord(name), Order: ByEmail, Direction: Ascending, Page: 1, PerPage: MaxPerPage})
	if err != nil {
		return Namesakes{}, err
	}
	for _, e := range list.Entries {
		if FoldName(e.Name) == folded {
			found.Entries = append(found.Entries, e)
		}
	}
	found.Partial = !list.Last() ||
		seen != "" && !slices.ContainsFunc(found.Entries, func(e Entry) bool { return e.ID == seen })
	return found, nil
}

// searchWord returns the word of a name that finds its entries best: the longest of
// those that are written alike in every normal form or, without such a one, of all.
func searchWord(name string) string {
	var best string
	plainest := false
	for _, word := range strings.Fields(norm.NFC.String(strings.ToValidUTF8(name, " "))) {
		plain := norm.NFD.IsNormalString(word)
		longer := utf8.RuneCountInString(word) > utf8.RuneCountInString(best)
		if best == "" || plain && !plainest || plain == plainest && longer {
			best, plainest = word, plain
		}
	}
	return best
}

// Without returns n less the entry id.
func (n Namesakes) Without(id ID) Namesakes {
	n.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e Entry) bool { return e.ID == id })
	return n
}
