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
	// Severity and Rule select the entries that have such a finding. Found holds these
	// entries: without it, the two match none.
	Severity string `json:",omitempty"`
	Rule     string `json:",omitempty"`
	Found    *IDs   `json:"-"`

	Order     Order
	Direction Direction
	Page      int // from 1
	PerPage   int // 1 to MaxPerPage
	// Grouped sorts the entries by name, regardless of Order, so that those of one name stand
	// together.
	Grouped bool
}

// IDs is a set of entries.
type IDs map[ID]bool

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

// ListOrders returns all orders of a list.
func ListOrders() []Order { return []Order{ByName, ByEmail, ByCreated, ByModified} }

// Direction is the direction that a list is sorted in.
type Direction string

// The directions that the API knows.
const (
	Ascending  Direction = "asc"
	Descending Direction = "desc"
)

// Filtered reports whether the query excludes entries.
func (q Query) Filtered() bool { return q.Search != "" || q.Provenance != "" || q.filteredByMirror() }

// Selection returns the part of q that says which entries match.
func (q Query) Selection() Query {
	q.Order, q.Direction, q.Page, q.PerPage, q.Grouped = "", "", 0, 0, false
	return q
}

// APIKnows reports whether the API can answer q. It would ignore what it does not know, and
// give other entries than those asked for.
func (q Query) APIKnows() bool {
	return !q.filteredByMirror() && (q.Order == "" || slices.Contains(Orders(), q.Order))
}

// ByFinding reports whether the query selects entries by their findings.
func (q Query) ByFinding() bool { return q.Severity != "" || q.Rule != "" }

func (q Query) filteredByMirror() bool {
	return q.IsEmailRegex != nil || q.HasComments != nil || !q.ModifiedSince.IsZero() || q.ByFinding()
}

// Page is one page of the list.
type Page struct {
	Entries []Entry
	// TooLong counts the further entries that are too long to be read: of this page in the
	// API's pages, of the whole registry in the mirror's.
	TooLong int
	Number  int
	PerPage int
	// Total is the number of entries in the registry, whatever the query, or -1 if the API
	// did not say.
	Total int

	// What only the mirror knows: Matching is the number of entries that match the query, on
	// all pages together. First is the position of the first entry among them, from 1, and 0
	// on a page without entries. Last says that no page follows. ContinuesBefore and
	// ContinuesAfter say that the first and the last name of a grouped page have more entries
	// on the page before or after it. AsOf is when the registry was read.
	Matching                        int
	First                           int
	Last                            bool
	ContinuesBefore, ContinuesAfter bool
	AsOf                            time.Time

	Receipt Receipt
}

// Count returns the number of entries on the page, including those that are too long.
func (p Page) Count() int { return len(p.Entries) + p.TooLong }
