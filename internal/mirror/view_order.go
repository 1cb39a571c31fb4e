package mirror

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"namesake/internal/registry"
)

// The lists of rows that a view keeps sorted.
const (
	byName     = iota // entries by folded name without accents, folded name, folded address, id
	byEmail           // entries by folded address, id
	byCreated         // entries by time of creation, id
	byModified        // entries by time of change, id
	byPattern         // entries with a pattern by time of creation, id
	byID              // all rows by id
	numOrders
)

// sortable is what a row is sorted by.
type sortable struct {
	row   *Row
	block *block
	at    int // in the block
}

func (v *View) sortable(n uint32) sortable {
	b := v.blocks[n/blockSize]
	at := int(n % blockSize)
	return sortable{&b.rows[at], b, at}
}

// order is one way to sort. Rows with different texts are in the order of the texts, rows
// with different times in that of the times, and compare decides about the others.
type order struct {
	text    func(sortable) string // or nil
	time    func(sortable) time.Time
	compare func(a, b sortable) int
	has     func(*Row) bool
}

var orders = [numOrders]order{
	byName: {
		text:    func(s sortable) string { return nameOf(s.block.textOf(s.at)) },
		compare: compareNames, has: exists,
	},
	byEmail: {
		text:    func(s sortable) string { return emailOf(s.block.foldedOf(s.at)) },
		compare: compareEmails, has: exists,
	},
	byCreated: {
		time:    func(s sortable) time.Time { return s.row.Entry.CreatedAt },
		compare: compareCreated, has: exists,
	},
	byModified: {
		time:    func(s sortable) time.Time { return modifiedAt(&s.row.Entry) },
		compare: compareModified, has: exists,
	},
	byPattern: {
		time:    func(s sortable) time.Time { return s.row.Entry.CreatedAt },
		compare: compareCreated, has: (*Row).hasPattern,
	},
	byID: {
		text:    func(s sortable) string { return string(s.row.Entry.ID) },
		compare: compareIDs, has: func(*Row) bool { return true },
	},
}

func exists(r *Row) bool { return !r.Gone }

func compareIDs(a, b sortable) int {
	return strings.Compare(string(a.row.Entry.ID), string(b.row.Entry.ID))
}

func compareNames(a, b sortable) int {
	// Most folded names have no accents: the first comparison decides for them.
	if c := strings.Compare(nameOf(a.block.textOf(a.at)), nameOf(b.block.textOf(b.at))); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(nameOf(a.block.foldedOf(a.at)), nameOf(b.block.foldedOf(b.at))), compareEmails(a, b))
}

func compareEmails(a, b sortable) int {
	if c := strings.Compare(emailOf(a.block.foldedOf(a.at)), emailOf(b.block.foldedOf(b.at))); c != 0 {
		return c
	}
	return compareIDs(a, b)
}

func compareCreated(a, b sortable) int {
	if c := a.row.Entry.CreatedAt.Compare(b.row.Entry.CreatedAt); c != 0 {
		return c
	}
	return compareIDs(a, b)
}

func compareModified(a, b sortable) int {
	if c := modifiedAt(&a.row.Entry).Compare(modifiedAt(&b.row.Entry)); c != 0 {
		return c
	}
	return compareIDs(a, b)
}

// modifiedAt returns when an entry was last changed or, if that is missing, created.
func modifiedAt(e *registry.Entry) time.Time {
	if e.ModifiedAt.IsZero() {
		return e.CreatedAt
	}
	return e.ModifiedAt
}

// textPrefix returns the first bytes of a text as a number.
func textPrefix(s string) (p uint64) {
	for i := range min(len(s), 8) {
		p |= uint64(s[i]) << (56 - 8*i)
	}
	return p
}

// timePrefix returns a time in seconds as a number of the same order.
func timePrefix(t time.Time) uint64 { return uint64(t.Unix()) ^ (math.MaxInt64 + 1) }

// sort sorts all lists, as many at once as there are processors: each needs memory.
func (v *View) sort() {
	var work sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), numOrders)
	for worker := range workers {
		work.Go(func() {
			for i := worker; i < numOrders; i += workers {
				v.lists[i] = orders[i].sort(v)
			}
		})
	}
	work.Wait()
}

func (o order) sort(v *View) []uint32 {
	keys := make([]sortKey, 0, v.rows)
	for n := range uint32(v.rows) {
		if s := v.sortable(n); o.has(s.row) {
			keys = append(keys, o.key(s, n))
		}
	}
	slices.SortFunc(keys, func(a, b sortKey) int {
		if a.prefix != b.prefix {
			return cmp.Compare(a.prefix, b.prefix)
		}
		if c := strings.Compare(a.text, b.text); c != 0 {
			return c
		}
		return o.compare(v.sortable(a.number), v.sortable(b.number))
	})
	list := make([]uint32, len(keys))
	for i, k := range keys {
		list[i] = k.number
	}
	return list
}

// sortKey spares the sorting of many rows to look at the rows each time.
type sortKey struct {
	prefix uint64 // of the text or time, in the same order
	text   string
	number uint32
}

func (o order) key(s sortable, number uint32) sortKey {
	if o.text == nil {
		return sortKey{prefix: timePrefix(o.time(s)), number: number}
	}
	text := o.text(s)
	return sortKey{textPrefix(text), text, number}
}

// update returns the list of now, in which the rows of the numbers may differ from was,
// whose list is given.
func (o order) update(was, now *View, list, numbers []uint32) []uint32 {
	var added []uint32
	var removed []int // positions in list
	for _, n := range numbers {
		s := now.sortable(n)
		had, has := int(n) < was.rows && o.has(was.row(n)), o.has(s.row)
		if had && has && o.compare(was.sortable(n), s) == 0 {
			continue
		}
		if had {
			removed = append(removed, o.position(was, list, was.sortable(n)))
		}
		if has {
			added = append(added, n)
		}
	}
	if len(added) == 0 && len(removed) == 0 {
		return list
	}
	slices.Sort(removed)
	slices.SortFunc(added, func(a, b uint32) int { return o.compare(now.sortable(a), now.sortable(b)) })
	merged, from := make([]uint32, 0, len(list)+len(added)-len(removed)), 0
	takeUntil := func(to int) {
		for ; len(removed) > 0 && removed[0] < to; removed = removed[1:] {
			merged = append(merged, list[from:removed[0]]...)
			from = removed[0] + 1
		}
		merged = append(merged, list[from:to]...)
		from = to
	}
	for _, n := range added {
		takeUntil(o.position(was, list, now.sortable(n)))
		merged = append(merged, n)
	}
	takeUntil(len(list))
	return merged
}

// position returns the position of the first row in list that does not sort before s.
func (o order) position(v *View, list []uint32, s sortable) int {
	at, _ := slices.BinarySearchFunc(list, s, func(n uint32, s sortable) int { return o.compare(v.sortable(n), s) })
	return at
}
