package mirror

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"namesake/internal/registry"
)

// Named returns the entries of a name, by address.
func (v *View) Named(name string) []registry.Entry {
	folded := registry.FoldName(name)
	if folded == "" {
		return nil
	}
	plain := registry.WithoutAccents(folded)
	return v.equalNames(func(s sortable) int {
		return cmp.Or(strings.Compare(nameOf(s.block.textOf(s.at)), plain), strings.Compare(nameOf(s.block.foldedOf(s.at)), folded))
	})
}

// NamedAlike returns the entries whose names are the same as a name without regard to
// accents, by name.
func (v *View) NamedAlike(name string) []registry.Entry {
	plain := registry.PlainName(name)
	if plain == "" {
		return nil
	}
	return v.equalNames(func(s sortable) int { return strings.Compare(nameOf(s.block.textOf(s.at)), plain) })
}

// equalNames returns the entries that compare equal; compare has to agree with the order of names.
func (v *View) equalNames(compare func(sortable) int) (entries []registry.Entry) {
	list := v.lists[byName]
	at, _ := slices.BinarySearchFunc(list, compare, func(n uint32, compare func(sortable) int) int { return compare(v.sortable(n)) })
	for ; at < len(list) && compare(v.sortable(list[at])) == 0; at++ {
		entries = append(entries, v.row(list[at]).Entry)
	}
	return entries
}

// Namesakes returns the entries of a name, by address, and all entries of other names that
// look like it, by name. The first call takes some time, to compute how all names look.
func (v *View) Namesakes(name string) registry.Namesakes {
	found := registry.Namesakes{Name: name, Entries: v.Named(name)}
	if registry.FoldName(name) == "" {
		return found
	}
	look := registry.LookOf(name)
	var alike []uint32
	for i, b := range v.blocks {
		for at, other := range b.looks.of(b.rows) {
			if look.MayBeLike(other) && !b.rows[at].Gone {
				alike = append(alike, uint32(i*blockSize+at))
			}
		}
	}
	slices.SortFunc(alike, func(a, b uint32) int { return compareNames(v.sortable(a), v.sortable(b)) })
	entries := make([]registry.Entry, len(alike))
	for i, n := range alike {
		entries[i] = v.row(n).Entry
	}
	found.LookAlikes = registry.LookAlikes(entries, name)
	return found
}

// looks are how the names of a block look, computed when they are first needed.
type looks struct {
	once  sync.Once
	names []registry.Look
}

func (l *looks) of(rows []Row) []registry.Look {
	l.once.Do(func() {
		l.names = make([]registry.Look, len(rows))
		for i := range rows {
			l.names[i] = registry.LookOf(rows[i].Entry.Name)
		}
	})
	return l.names
}
