package mirror_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// reference answers as a View should, in the simplest way.
type reference map[registry.ID]mirror.Row

func referenceOf(rows []mirror.Row) reference {
	r := reference{}
	r.put(rows)
	return r
}

func (r reference) put(rows []mirror.Row) {
	for _, row := range rows {
		if old, ok := r[row.Entry.ID]; !ok || row.Version >= old.Version {
			r[row.Entry.ID] = row
		}
	}
}

// without returns r without the tombstones up to a version.
func (r reference) without(forgotten int64) reference {
	kept := maps.Clone(r)
	maps.DeleteFunc(kept, func(_ registry.ID, row mirror.Row) bool { return row.Gone && row.Version <= forgotten })
	return kept
}

func (r reference) rows() (rows []mirror.Row) {
	for _, row := range r {
		rows = append(rows, row)
	}
	return rows
}

var unaccented = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ħ", "h", "ŧ", "t", "ı", "i", "æ", "ae", "œ", "oe", "ð", "d", "þ", "th")

func plain(folded string) string {
	s := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) && unicode.Is(unicode.Inherited, r) && r != '\u3099' && r != '\u309A' {
			return -1
		}
		return r
	}, norm.NFD.String(folded))
	return norm.NFC.String(unaccented.Replace(s))
}

// finds reports whether a search finds an entry.
func finds(search string, e registry.Entry) bool {
	texts := []string{registry.FoldName(e.Name), registry.FoldName(e.Email), registry.FoldName(string(e.ID))}
	if e.Comments != nil {
		texts = append(texts, registry.FoldName(*e.Comments))
	}
	for _, word := range strings.Fields(registry.FoldName(search)) {
		if !slices.ContainsFunc(texts, func(text string) bool {
			if plain(word) == word {
				text = plain(text)
			}
			return strings.Contains(text, word)
		}) {
			return false
		}
	}
	return true
}

func changedAt(e registry.Entry) time.Time {
	if e.ModifiedAt.IsZero() {
		return e.CreatedAt
	}
	return e.ModifiedAt
}

func matches(q registry.Query, e registry.Entry) bool {
	return finds(q.Search, e) &&
		(q.Provenance == "" || q.Provenance == e.Provenance) &&
		(q.IsEmailRegex == nil || *q.IsEmailRegex == e.IsEmailRegex) &&
		(q.HasComments == nil || *q.HasComments == (e.Comments != nil && strings.TrimSpace(*e.Comments) != "")) &&
		(q.ModifiedSince.IsZero() || changedAt(e).Compare(q.ModifiedSince) >= 0)
}

// list returns all entries that match q, in its order.
func (r reference) list(q registry.Query) (entries []registry.Entry) {
	for _, row := range r {
		if !row.Gone && matches(q, row.Entry) {
			entries = append(entries, row.Entry)
		}
	}
	order, descending := q.Order, q.Direction == registry.Descending
	if q.Grouped {
		order = registry.ByName
	}
	slices.SortFunc(entries, func(a, b registry.Entry) int {
		id, email := cmp.Compare(a.ID, b.ID), cmp.Compare(registry.FoldName(a.Email), registry.FoldName(b.Email))
		switch order {
		case registry.ByName:
			x, y := registry.FoldName(a.Name), registry.FoldName(b.Name)
			return cmp.Or(cmp.Compare(plain(x), plain(y)), cmp.Compare(x, y), email, id)
		case registry.ByEmail:
			return cmp.Or(email, id)
		case registry.ByModified:
			return cmp.Or(changedAt(a).Compare(changedAt(b)), id)
		}
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), id)
	})
	if descending || order == "" && q.Direction == "" {
		slices.Reverse(entries)
	}
	return entries
}

func (r reference) page(q registry.Query) registry.Page {
	all := r.list(q)
	q.Page, q.PerPage = max(q.Page, 1), cmp.Or(max(q.PerPage, 0), registry.DefaultPerPage)
	from := min((q.Page-1)*q.PerPage, len(all))
	to := min(from+q.PerPage, len(all))
	page := registry.Page{Number: q.Page, PerPage: q.PerPage, Total: len(r.list(registry.Query{})), Matching: len(all), Last: to == len(all)}
	if from < to {
		page.Entries, page.First = all[from:to], from+1
		sameName := func(a, b registry.Entry) bool { return registry.FoldName(a.Name) == registry.FoldName(b.Name) }
		page.ContinuesBefore = q.Grouped && from > 0 && sameName(all[from-1], all[from])
		page.ContinuesAfter = q.Grouped && to < len(all) && sameName(all[to-1], all[to])
	}
	return page
}

func (r reference) namesakes(name string) registry.Namesakes {
	found := registry.Namesakes{Name: name}
	folded := registry.FoldName(name)
	if folded == "" {
		return found
	}
	all := r.list(registry.Query{Order: registry.ByName})
	for _, e := range all {
		if registry.FoldName(e.Name) == folded {
			found.Entries = append(found.Entries, e)
		}
	}
	found.LookAlikes = registry.LookAlikes(all, name)
	return found
}

// namedAlike returns the entries of a name without regard to accents, by name.
func (r reference) namedAlike(name string) (entries []registry.Entry) {
	for _, e := range r.list(registry.Query{Order: registry.ByName}) {
		if folded := plain(registry.FoldName(name)); folded != "" && plain(registry.FoldName(e.Name)) == folded {
			entries = append(entries, e)
		}
	}
	return entries
}

// literally returns the entries that have an address, oldest first.
func (r reference) literally(address string) (entries []registry.Entry) {
	for _, e := range r.list(registry.Query{Order: registry.ByCreated}) {
		if !e.IsEmailRegex && registry.SameAddress(e.Email, address, false) {
			entries = append(entries, e)
		}
	}
	return entries
}
