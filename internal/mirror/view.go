package mirror

import (
	"maps"
	"slices"
	"strings"

	"namesake/internal/registry"
)

// View is the whole registry at one version of the mirror. It never changes, so all its
// methods are safe for concurrent use.
type View struct {
	version int64
	rows    map[registry.ID]Row
	created []registry.ID // the entries that exist, by time of creation, then id
}

// NewView returns a view of rows, in any order. Of several rows with one id, the one with
// the highest version counts.
func NewView(rows []Row) *View { return (&View{}).With(rows, 0) }

// With returns a view in which changed replaces the rows with the same ids. Its version is
// version, or the highest one of its rows.
func (v *View) With(changed []Row, version int64) *View {
	w := &View{version: max(v.version, version), rows: maps.Clone(v.rows)}
	if w.rows == nil {
		w.rows = make(map[registry.ID]Row, len(changed))
	}
	for _, r := range changed {
		w.version = max(w.version, r.Version)
		if old, ok := w.rows[r.Entry.ID]; !ok || r.Version >= old.Version {
			w.rows[r.Entry.ID] = r
		}
	}
	for id, r := range w.rows {
		if !r.Gone {
			w.created = append(w.created, id)
		}
	}
	slices.SortFunc(w.created, func(a, b registry.ID) int {
		if c := w.rows[a].Entry.CreatedAt.Compare(w.rows[b].Entry.CreatedAt); c != 0 {
			return c
		}
		return strings.Compare(string(a), string(b))
	})
	return w
}

// Version returns the version of the mirror that the view shows.
func (v *View) Version() int64 { return v.version }

// Len returns the number of entries that exist.
func (v *View) Len() int { return len(v.created) }

// Row returns the row of an entry, which may be a tombstone.
func (v *View) Row(id registry.ID) (Row, bool) {
	r, ok := v.rows[id]
	return r, ok
}

// Entry returns an entry that exists.
func (v *View) Entry(id registry.ID) (registry.Entry, bool) {
	r, ok := v.rows[id]
	if !ok || r.Gone {
		return registry.Entry{}, false
	}
	return r.Entry, true
}

// List returns a page of the entries in the order of their creation.
func (v *View) List(q registry.Query) registry.Page {
	q = q.Normal()
	from := min((q.Page-1)*q.PerPage, len(v.created))
	to := min(from+q.PerPage, len(v.created))
	page := registry.Page{Number: q.Page, PerPage: q.PerPage, Total: len(v.created), Last: to == len(v.created)}
	for _, id := range v.created[from:to] {
		page.Entries = append(page.Entries, v.rows[id].Entry)
	}
	if len(page.Entries) > 0 {
		page.First = from + 1
	}
	return page
}
