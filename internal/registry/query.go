package registry

import "time"

// Query selects a page of the list, in the API's own terms. Zero values are left
// to the API's defaults.
type Query struct {
	Search     string
	Provenance Provenance
	Order      Order
	Direction  Direction
	Page       int // from 1
	PerPage    int // 1 to MaxPerPage
	// Grouped asks for the entries of one name together. That is for us to do, page by
	// page; the API is asked to sort by name, whatever Order says.
	Grouped bool
}

// Limits of the list call, from Cloudflare's schema.
const (
	DefaultPerPage = 20
	MaxPerPage     = 1000
)

// Order is the field that a list is sorted by.
type Order string

// The orders that the API knows.
const (
	ByName    Order = "name"
	ByEmail   Order = "email"
	ByCreated Order = "created_at"
)

// Orders returns the known orders.
func Orders() []Order { return []Order{ByName, ByEmail, ByCreated} }

// Direction is the direction that a list is sorted in.
type Direction string

// The directions that the API knows.
const (
	Ascending  Direction = "asc"
	Descending Direction = "desc"
)

// Filtered reports whether the query leaves entries out.
func (q Query) Filtered() bool { return q.Search != "" || q.Provenance != "" }

// Page is one page of the list.
type Page struct {
	Entries []Entry
	// TooLong is how many more entries the page has: each is too long by itself to be read.
	TooLong int
	Number  int
	PerPage int // as the API says; List corrects it to what came
	// Total is the number of entries in the registry. The API describes it as
	// counted without search parameters, so it says nothing about a filtered list.
	// -1 when the API did not say, or, of List, when it can't be right.
	Total int
	// First and Last are for List to fill in: the position of the first entry in the
	// whole list, from 1, and 0 when that is not known; and whether it is certain that no
	// page follows.
	First int
	Last  bool

	Receipt Receipt
	// AsOf is when the list was so, where it is an earlier answer that is given once
	// more because calls of the API are scarce.
	AsOf time.Time
}

// Count returns how many entries the page has, those that are too long included.
func (p Page) Count() int { return len(p.Entries) + p.TooLong }

// Normal returns q as the API understands it, so that what means the same is the same.
func (q Query) Normal() Query {
	if q.Page == 0 {
		q.Page = 1
	}
	if q.PerPage == 0 {
		q.PerPage = DefaultPerPage
	}
	return q
}

// Bytes is about how much memory the page takes.
func (p Page) Bytes() int {
	const fixed = 256 // of an entry: its fields, and what pointers lead to
	n := fixed
	for _, e := range p.Entries {
		n += fixed + len(e.ID) + len(e.Name) + len(e.Email) + len(e.Provenance)
		for _, text := range e.LongTexts() {
			if *text != nil {
				n += len(**text)
			}
		}
	}
	return n
}
