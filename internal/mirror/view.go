package mirror

import (
	"slices"
	"strings"

	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// View is the whole registry at one version of the mirror. It never changes, so all its
// methods are safe for concurrent use.
//
// A row keeps its number in all later views. The rows are in blocks, which views share.
type View struct {
	version int64
	blocks  []*block
	rows    int // of all blocks
	lists   [numOrders][]uint32
}

// NewView returns a view of rows, in any order. Of several rows with one id, the one with
// the highest version counts. Tombstones are found by Row only.
func NewView(rows []Row) *View {
	v := newView(rows, make(storedPatterns))
	for i, n := range v.lists[byID] {
		if i > 0 && v.row(n).Entry.ID == v.row(v.lists[byID][i-1]).Entry.ID {
			return newView(latest(rows), make(storedPatterns))
		}
	}
	return v
}

// newView returns a view of rows with different ids.
func newView(rows []Row, known storedPatterns) *View {
	v := &View{rows: len(rows), blocks: newBlocks(rows, known)}
	for i := range rows {
		v.version = max(v.version, rows[i].Version)
	}
	v.sort()
	return v
}

// latest returns one row for each id.
func latest(rows []Row) []Row {
	at := make(map[registry.ID]int, len(rows))
	kept := make([]Row, 0, len(rows))
	for i := range rows {
		id := rows[i].Entry.ID
		switch j, met := at[id]; {
		case !met:
			at[id] = len(kept)
			kept = append(kept, rows[i])
		case rows[i].Version >= kept[j].Version:
			kept[j] = rows[i]
		}
	}
	return kept
}

// With returns a view in which changed replaces the rows with the same ids, unless those
// have a higher version. The version of the view is version, or the highest one of its rows
// if that is higher. v stays as it is.
func (v *View) With(changed []Row, version int64) *View {
	if v.rows == 0 {
		w := NewView(changed)
		w.version = max(w.version, v.version, version)
		return w
	}
	var numbers []uint32 // of the rows that change
	var rows []Row
	w := &View{version: max(v.version, version), rows: v.rows}
	for _, r := range latest(changed) {
		n, ok := v.number(r.Entry.ID)
		switch {
		case !ok:
			n = uint32(w.rows)
			w.rows++
		case r.Version < v.row(n).Version:
			continue
		}
		w.version = max(w.version, r.Version)
		numbers, rows = append(numbers, n), append(rows, r)
	}
	if len(rows) > v.rows/4 { // sorting everything is faster
		return v.rebuilt(rows, numbers, w.version)
	}
	w.blocks = v.replaced(rows, numbers)
	for o := range w.lists {
		w.lists[o] = orders[o].update(v, w, v.lists[o], numbers)
	}
	return w
}

// Without returns a view without the tombstones up to a version, or v itself as long as these
// are so few that sorting everything for them is not worth it.
func (v *View) Without(forgotten int64) *View {
	old := func(r *Row) bool { return r.Gone && r.Version <= forgotten }
	n := 0
	for _, b := range v.blocks {
		for i := range b.rows {
			if old(&b.rows[i]) {
				n++
			}
		}
	}
	if n <= v.rows/8 {
		return v
	}
	rows := make([]Row, 0, v.rows-n)
	for _, b := range v.blocks {
		for i := range b.rows {
			if !old(&b.rows[i]) {
				rows = append(rows, b.rows[i])
			}
		}
	}
	w := newView(rows, v.storedPatterns())
	w.version = v.version
	return w
}

// rebuilt is With for many rows.
func (v *View) rebuilt(changed []Row, numbers []uint32, version int64) *View {
	rows := make([]Row, 0, v.rows+len(changed))
	for _, b := range v.blocks {
		rows = append(rows, b.rows...)
	}
	for i, r := range changed {
		if n := int(numbers[i]); n < v.rows {
			rows[n] = r
		} else {
			rows = append(rows, r)
		}
	}
	w := newView(rows, v.storedPatterns())
	w.version = max(w.version, version)
	return w
}

// replaced returns the blocks of v with other rows. Numbers beyond those of v are new rows.
func (v *View) replaced(rows []Row, numbers []uint32) []*block {
	if len(rows) == 0 {
		return v.blocks
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return int(numbers[a]) - int(numbers[b]) })
	blocks := slices.Clone(v.blocks)
	var known storedPatterns
	for len(order) > 0 {
		at := int(numbers[order[0]]) / blockSize
		var of []int // the rows in this block
		for len(order) > 0 && int(numbers[order[0]])/blockSize == at {
			of, order = append(of, order[0]), order[1:]
		}
		if known == nil && slices.ContainsFunc(of, func(i int) bool { return rows[i].hasPattern() }) {
			known = v.storedPatterns()
		}
		if at == len(blocks) {
			blocks = append(blocks, &block{})
		}
		b := blocks[at].clone()
		for _, i := range of {
			b.put(int(numbers[i])%blockSize, rows[i])
		}
		b.fold(blocks[at], func(i int) bool {
			return slices.ContainsFunc(of, func(j int) bool { return int(numbers[j])%blockSize == i })
		}, known)
		blocks[at] = b
	}
	return blocks
}

// row returns the row of a number.
func (v *View) row(n uint32) *Row { return &v.blocks[n/blockSize].rows[n%blockSize] }

// number returns the number of the row of an id.
func (v *View) number(id registry.ID) (uint32, bool) {
	list := v.lists[byID]
	at, found := slices.BinarySearchFunc(list, id, func(n uint32, id registry.ID) int {
		return strings.Compare(string(v.row(n).Entry.ID), string(id))
	})
	if !found {
		return 0, false
	}
	return list[at], true
}

// Version returns the version of the mirror that the view shows.
func (v *View) Version() int64 { return v.version }

// Len returns the number of entries that exist.
func (v *View) Len() int { return len(v.lists[byCreated]) }

// Row returns the row of an entry, which may be a tombstone.
func (v *View) Row(id registry.ID) (Row, bool) {
	n, ok := v.number(id)
	if !ok {
		return Row{}, false
	}
	return *v.row(n), true
}

// Entry returns an entry that exists.
func (v *View) Entry(id registry.ID) (registry.Entry, bool) {
	r, ok := v.Row(id)
	if !ok || r.Gone {
		return registry.Entry{}, false
	}
	return r.Entry, true
}

// Entries returns those of the entries ids that exist.
func (v *View) Entries(ids []registry.ID) (entries []registry.Entry) {
	for _, id := range ids {
		if e, ok := v.Entry(id); ok {
			entries = append(entries, e)
		}
	}
	return entries
}

// hasPattern reports whether the row is an entry with a pattern.
func (r *Row) hasPattern() bool { return !r.Gone && r.Entry.IsEmailRegex }

// storedPatterns are the patterns of a view by their text. Entries with the same pattern
// share it.
type storedPatterns map[string]*patterns.Stored

func (s storedPatterns) of(pattern string) *patterns.Stored {
	p := s[pattern]
	if p == nil {
		p = patterns.NewStored(pattern)
		s[pattern] = p
	}
	return p
}

func (v *View) storedPatterns() storedPatterns {
	all := make(storedPatterns, len(v.lists[byPattern]))
	for _, n := range v.lists[byPattern] {
		all[v.row(n).Entry.Email] = v.pattern(n)
	}
	return all
}

// pattern returns the pattern of a row that has one.
func (v *View) pattern(n uint32) *patterns.Stored { return v.blocks[n/blockSize].patterns[n%blockSize] }
