package mirror

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"namesake/internal/registry"
)

// overlap is the number of entries that a page repeats of the one before. It shows that
// none in between was missed when entries on earlier pages are deleted during a reading.
const overlap = 10

// maxPositions is the number of entries whose positions a reading remembers.
const maxPositions = 4 * registry.MaxPerPage

// errUnsteady reports pages of a list that do not fit together, so that entries may have
// been missed.
var errUnsteady = errors.New("the pages of the list contradict each other")

// reading is one reading of the whole list, oldest entry first, so that entries created
// during the reading come last.
//
// The API's page numbers and counts prove nothing: it may give shorter pages than
// requested, and the list may change between two pages. Therefore each page starts within
// what was already read, and the reading ends where such a page has nothing new, and there
// is no entry after the last one.
type reading struct {
	meet      func(registry.Entry) // called with each entry, for some more than once
	covered   int                  // entries read, from the first position on
	readable  int                  // those of them that could be read
	positions map[registry.ID]int  // of the entries on the last pages
	size      int                  // the largest page to ask for
	longest   int                  // the largest number of entries on a page so far
	short     bool                 // the last page was shorter than requested
	odd       map[int]bool         // the numbers of pages that were shorter than others, and not the last
	number    int                  // of the last page
	confirm   bool                 // ask only whether anything follows
}

// read reads the list. It returns errUnsteady if it may have missed entries.
func (r *reading) read(ctx context.Context, list func(context.Context, registry.Query) (registry.Page, error)) error {
	r.size = registry.MaxPerPage
	for {
		q := r.next()
		page, err := list(ctx, q)
		if err != nil {
			return err
		}
		if ended, err := r.add(q, page); ended || err != nil {
			return err
		}
	}
}

// next returns the query for the next page: of those that start before the end of what was
// read by at least the overlap, the one that leads furthest. Where page numbers allow none,
// it asks for the next entry.
func (r *reading) next() registry.Query {
	q := registry.Query{Order: registry.ByCreated, Direction: registry.Ascending, Page: 1, PerPage: r.size}
	if r.covered == 0 {
		return q
	}
	q.Page, q.PerPage = r.covered+1, 1
	if r.confirm {
		return q
	}
	from, best := r.covered-min(overlap, r.size/4, (r.covered-1)/2), 1
	for per := min(r.size, from); per > best; per-- {
		page := from/per + 1
		if end := page * per; end-r.covered > best && !r.odd[page] {
			q.Page, q.PerPage, best = page, per, end-r.covered
		}
	}
	return q
}

// add adds the page of q. ended is true if it shows that nothing follows.
func (r *reading) add(q registry.Query, page registry.Page) (ended bool, err error) {
	start, n := (q.Page-1)*q.PerPage, page.Count()
	if n == 0 {
		switch {
		case start < r.covered:
			return false, fmt.Errorf("%w: page %d of %d entries each is empty", errUnsteady, q.Page, q.PerPage)
		case r.covered == 0 && page.Total > 0:
			return false, fmt.Errorf("%w: the list is empty, but its total is %d", errUnsteady, page.Total)
		}
		return true, nil
	}
	before, earlier, unreadable := r.covered, r.covered-r.readable, page.TooLong
	first := -1
	if r.positions == nil {
		r.positions = make(map[registry.ID]int)
	}
	for _, e := range page.Entries {
		if e.ID == "" {
			unreadable++
			continue
		}
		r.meet(e)
		at, again := r.positions[e.ID]
		if !again {
			at = r.covered
			r.covered++
			r.readable++
			r.positions[e.ID] = at
		}
		if first < 0 {
			first = at
		}
	}
	if len(r.positions) > maxPositions { // the next page starts far behind those
		maps.DeleteFunc(r.positions, func(_ registry.ID, at int) bool { return at < r.covered-maxPositions/2 })
	}
	if earlier+unreadable > 0 { // which of the positions have unreadable entries is unknown
		r.covered = max(r.covered, start+n)
	}
	asked := r.confirm
	switch fresh := r.covered > before; {
	case fresh && first >= before && unreadable < before-start: // of those before the page, one could be read
		return false, fmt.Errorf("%w: page %d of %d entries each starts behind the page before", errUnsteady, q.Page, q.PerPage)
	case !fresh && asked:
		return false, fmt.Errorf("%w: page %d of %d entries each repeats an earlier one", errUnsteady, q.Page, q.PerPage)
	case !fresh:
		r.confirm = true
	case r.short && r.size == r.longest: // the page before was not the last one, and shorter than others
		if r.odd == nil {
			r.odd = make(map[int]bool)
		}
		r.odd[r.number], r.confirm = true, false
	default:
		if r.confirm = false; r.short { // the API gives no longer ones
			r.size = r.longest
		}
	}
	r.short, r.longest = n < q.PerPage, max(r.longest, n)
	if !asked {
		r.number = q.Page
	}
	return false, nil
}
