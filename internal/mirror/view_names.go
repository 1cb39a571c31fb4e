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
	list, plain := v.lists[byName], registry.WithoutAccents(folded)
	compare := func(n uint32, folded string) int {
		s := v.sortable(n)
		return cmp.Or(strings.Compare(nameOf(s.block.textOf(s.at)), plain), strings.Compare(nameOf(s.block.foldedOf(s.at)), folded))
	}
	at, _ := slices.BinarySearchFunc(list, folded, compare)
	var entries []registry.Entry
	for ; at < len(list) && compare(list[at], folded) == 0; at++ {
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
