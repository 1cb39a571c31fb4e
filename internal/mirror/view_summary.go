package mirror

import (
	"slices"
	"sort"
	"time"

	"namesake/internal/registry"
)

// Summary is a view in numbers.
type Summary struct {
	Entries  int
	Names    int // different ones
	Patterns int
	Sources  map[registry.Provenance]int // entries by where they come from
}

// Synced returns the number of entries that a directory owns.
func (s Summary) Synced() int {
	n := 0
	for source, of := range s.Sources {
		if (registry.Entry{Provenance: source}).Synced() {
			n += of
		}
	}
	return n
}

// Manual returns the number of entries that people own.
func (s Summary) Manual() int { return s.Entries - s.Synced() }

// Summary counts what the view has.
func (v *View) Summary() Summary {
	s := Summary{Entries: v.Len(), Patterns: len(v.lists[byPattern]), Sources: make(map[registry.Provenance]int)}
	last := ""
	for _, n := range v.lists[byName] { // entries of one name stand together
		at := v.sortable(n)
		s.Sources[at.row.Entry.Provenance]++
		if name := nameOf(at.block.foldedOf(at.at)); name != last {
			s.Names++
			last = name
		}
	}
	return s
}

// FirstCreated returns when the oldest entry was created; zero if that is not known.
func (v *View) FirstCreated() time.Time {
	list := v.lists[byCreated]
	at := sort.Search(len(list), func(i int) bool { return !v.row(list[i]).Entry.CreatedAt.IsZero() })
	if at == len(list) {
		return time.Time{}
	}
	return v.row(list[at]).Entry.CreatedAt
}

// CreatedBefore returns how many of the entries were created before each of some times.
// Entries without a time of creation count as older than all others.
func (v *View) CreatedBefore(times []time.Time) []int {
	list := v.lists[byCreated]
	counts := make([]int, len(times))
	for i, t := range times {
		counts[i], _ = slices.BinarySearchFunc(list, t, func(n uint32, t time.Time) int { return v.row(n).Entry.CreatedAt.Compare(t) })
	}
	return counts
}
