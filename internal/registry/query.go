package registry

import (
	"slices"
	"time"
)

// Query selects a page of the list. Zero values mean the defaults, and no filter. The API
// knows only some of it: see APIKnows.
type Query struct {
	Search     string
	Provenance Provenance

	// Filters that only the mirror knows.
	IsEmailRegex  *bool     `json:",omitempty"`
	HasComments   *bool     `json:",omitempty"`
	ModifiedSince time.Time `json:",omitzero"` // inclusive

	Order     Order
	Direction Direction
	Page      int // from 1
	PerPage   int // 1 to MaxPerPage
	// Grouped asks for the entries of one name together. Namesake groups them page by page;
	// the API sorts by name then, regardless of Order.
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

// ByModified is the order of the last changes. Only the mirror knows it. An entry without
// a time of change counts as changed when it was created.
const ByModified Order = "modified_at"

// Orders returns the orders that the API knows.
func Orders() []Order { return []Order{ByName, ByEmail, ByCreated} }

// Direction is the direction that a list is sorted in.
type Direction string

// The directions that the API knows.
const (
	Ascending  Direction = "asc"
	Descending Direction = "desc"
)

// Filtered reports whether the query excludes entries.
func (q Query) Filtered() bool { return q.Search != "" || q.Provenance != "" || q.filteredByMirror() }

// APIKnows reports whether the API can answer q. It would ignore what it does not know, and
// give other entries than those asked for.
func (q Query) APIKnows() bool {
	return !q.filteredByMirror() && (q.Order == "" || slices.Contains(Orders(), q.Order))
}

func (q Query) filteredByMirror() bool {
	return q.IsEmailRegex != nil || q.HasComments != nil || !q.ModifiedSince.IsZero()
}

// Page is one page of the list.
type Page struct {
	Entries []Entry
	// TooLong counts the further entries of the page that are too long to be read.
	TooLong int
	Number  int
	PerPage int // as the API says; mirror.List sets it to the real number
	// Total is the number of entries in the registry, or -1 if the API did not say, or if
	// mirror.List found that it can't be right. The API counts it without search
	// parameters, so it is no count of a filtered list.
	Total int
	// Matching is the number of entries that match the query, on all pages together. Only the
	// mirror knows it; it is 0 on the API's pages.
	Matching int
	// First is the position of the first entry in the whole list, from 1, and 0 if that is
	// unknown. Last is true when no page follows for certain. mirror.List sets both.
	First int
	Last  bool

	Receipt Receipt
	// AsOf is the time of the list if it is an earlier answer, used again because API calls
	// are scarce.
	AsOf time.Time
}

// Count returns the number of entries on the page, including those that are too long.
func (p Page) Count() int { return len(p.Entries) + p.TooLong }

// Normal returns q in one form for all queries that mean the same to the API.
func (q Query) Normal() Query {
	if q.Page == 0 {
		q.Page = 1
	}
	if q.PerPage == 0 {
		q.PerPage = DefaultPerPage
	}
	return q
}

// Bytes returns roughly how much memory the page takes.
func (p Page) Bytes() int {
	const fixed = 256 // of an entry: its fields and short texts
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
