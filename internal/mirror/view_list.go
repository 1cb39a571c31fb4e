package mirror

import (
	"iter"

	"namesake/internal/registry"
)

// List returns a page of the entries that match q, in its order. Without an order, the
// newest entries come first. Entries that are equal in the order are sorted by id, so pages
// are stable.
func (v *View) List(q registry.Query) registry.Page {
	if q.Page < 1 {
		q.Page = 1
	}
	if q.PerPage < 1 {
		q.PerPage = registry.DefaultPerPage
	}
	found := v.find(q)
	page := registry.Page{Number: q.Page, PerPage: q.PerPage, Total: v.Len(), Matching: found.count}
	from := found.count
	if q.Page-1 <= found.count/q.PerPage { // a larger product might overflow
		from = min((q.Page-1)*q.PerPage, found.count)
	}
	to := from + min(q.PerPage, found.count-from)
	page.Last = to == found.count
	if from == to {
		return page
	}
	page.First = from + 1
	page.Entries = make([]registry.Entry, 0, to-from)
	for n := range v.walk(q, found, from) {
		page.Entries = append(page.Entries, v.row(n).Entry)
		if len(page.Entries) == to-from {
			break
		}
	}
	if q.Grouped {
		page.ContinuesBefore = from > 0 && v.sameNameAt(q, found, from-1, page.Entries[0])
		page.ContinuesAfter = to < found.count && v.sameNameAt(q, found, to, page.Entries[len(page.Entries)-1])
	}
	return page
}

// sameNameAt reports whether the entry at a position of the list has the name of e.
func (v *View) sameNameAt(q registry.Query, found selection, at int, e registry.Entry) bool {
	for n := range v.walk(q, found, at) {
		return registry.FoldName(v.row(n).Entry.Name) == registry.FoldName(e.Name)
	}
	return false
}

// Select returns all entries that match q, in its order.
func (v *View) Select(q registry.Query) iter.Seq[registry.Entry] {
	return func(yield func(registry.Entry) bool) {
		for n := range v.walk(q, v.find(q), 0) {
			if !yield(v.row(n).Entry) {
				return
			}
		}
	}
}

// walk returns the numbers of the rows found, in the order of q, after the first skip ones.
func (v *View) walk(q registry.Query, found selection, skip int) iter.Seq[uint32] {
	list, descending := v.ordered(q)
	return func(yield func(uint32) bool) {
		at := 0
		if found.all {
			at, skip = skip, 0
		}
		for ; at < len(list); at++ {
			n := list[at]
			if descending {
				n = list[len(list)-1-at]
			}
			if !found.has(n) {
				continue
			}
			if skip > 0 {
				skip--
				continue
			}
			if !yield(n) {
				return
			}
		}
	}
}

// ordered returns the list that has the order of q, and whether to read it backwards.
func (v *View) ordered(q registry.Query) (list []uint32, descending bool) {
	descending = q.Direction == registry.Descending
	if q.Grouped {
		return v.lists[byName], descending
	}
	switch q.Order {
	case registry.ByName:
		return v.lists[byName], descending
	case registry.ByEmail:
		return v.lists[byEmail], descending
	case registry.ByModified:
		return v.lists[byModified], descending
	case registry.ByCreated:
		return v.lists[byCreated], descending
	}
	return v.lists[byCreated], q.Direction != registry.Ascending
}
