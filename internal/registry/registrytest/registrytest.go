// Package registrytest is a registry in memory, for tests of the packages that use one.
package registrytest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"namesake/internal/registry"
)

// API is a registry in memory whose create fails in a given way. A call that it
// does not have panics.
type API struct {
	registry.API // nil: what a test does not expect to be called panics

	Entries []registry.Entry // newest first, as listed
	Unruly  bool             // lists in no order
	PerPage int              // what the API makes of per_page, 0 for as asked
	Created int
	Fail    *registry.APIError
	Applied bool // the failing create takes effect all the same
	Now     func() time.Time
	Offset  time.Duration // of the API's clock
	During  func()        // runs while a create is in progress
}

// ListEntries is as in registry.API.
func (f *API) ListEntries(_ context.Context, q registry.Query) (registry.Page, error) {
	per := q.PerPage
	if f.PerPage > 0 {
		per = f.PerPage
	}
	all := f.Entries
	if f.Unruly {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	from := min((q.Page-1)*per, len(all))
	return registry.Page{
		Entries: all[from:min(from+per, len(all))], Number: q.Page, PerPage: per, Total: len(all),
		Receipt: registry.Receipt{ServedAt: f.Now().Add(f.Offset)},
	}, nil
}

// Entry is as in registry.API.
func (f *API) Entry(context.Context, registry.ID) (registry.Entry, registry.Receipt, error) {
	return registry.Entry{}, registry.Receipt{}, registry.ErrNotFound
}

// CreateEntry is as in registry.API.
func (f *API) CreateEntry(_ context.Context, d registry.Draft) (registry.Entry, registry.Receipt, error) {
	f.Created++
	if f.During != nil {
		f.During()
	}
	e := registry.Entry{ID: registry.ID(strconv.Itoa(1000 + f.Created)), Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex, CreatedAt: f.Now().Add(f.Offset)}
	if f.Fail == nil || f.Applied {
		f.Entries = slices.Insert(f.Entries, 0, e)
	}
	if f.Fail != nil {
		return registry.Entry{}, registry.Receipt{}, f.Fail
	}
	return e, registry.Receipt{}, nil
}
