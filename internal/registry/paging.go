package registry

import (
	"context"
	"sync"
)

// How far the API keeps to the length of a page that it is asked for is not known: it
// may cap it, and say otherwise in result_info. So a short page is not the last one for
// that. The last page is known by a total that is complete, by fewer entries than the API
// gives by default while its totals are right, or by the empty page that follows it.

// paging is what is known of the lengths of the API's pages.
type paging struct {
	mu     sync.Mutex
	length int  // of a first page that was shorter than asked for and not the last; 0 while none was
	uneven bool // pages of different lengths were met before the last one
	odd    bool // a total was missing, or lower than what came: nothing is taken on trust
}

// observe notes that a page with n of the asked entries was not the last one. certain
// tells that entries were seen behind it: a total alone may be wrong.
func (p *paging) observe(asked, page, n int, certain bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case n >= asked:
	case page == 1 && p.length == 0:
		p.length = n
	case certain && n != p.length:
		p.uneven = true
	}
}

// before returns how many entries are on the pages before a page, -1 when that can't be
// said.
func (p *paging) before(asked, page int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case page <= 1:
		return 0
	case p.uneven:
		return -1
	case p.length > 0:
		asked = min(asked, p.length)
	}
	return (page - 1) * asked
}

// short reports whether a page with n entries can't have been cut by a cap. The API gives
// DefaultPerPage by itself.
func (p *paging) short(n int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return n < DefaultPerPage && !p.uneven && !p.odd && (p.length == 0 || n < p.length)
}

// distrust notes that the API counts wrong.
func (p *paging) distrust() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.odd = true
}

// known reports whether the length of the API's pages is known.
func (p *paging) known() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.length > 0 && !p.uneven
}

// place fills in of a page of q what follows from its length: First, Last, and whether
// its Total can be believed. It asks for the next page when that decides.
func (s *Service) place(ctx context.Context, q Query, list Page) Page {
	q = q.normal()
	n, page := len(list.Entries), q.Page
	if n == 0 {
		list.Last = true
		return list
	}
	if list.PerPage < n || list.PerPage > q.PerPage {
		list.PerPage = q.PerPage
	}
	if list.Total < n {
		list.Total = -1
		s.paging.distrust()
	}
	before := s.paging.before(min(list.PerPage, q.PerPage), page)
	if !q.Filtered() && list.Total >= 0 && before+n > list.Total {
		if s.paging.known() || page == 1 {
			list.Total = -1
		} else { // the total is wrong, or the pages are shorter than they say
			before = -1
		}
	}
	if before >= 0 {
		list.First = before + 1
	}
	switch {
	case !q.Filtered() && list.Total >= 0 && before >= 0 && before+n < list.Total:
		s.paging.observe(q.PerPage, page, n, false)
	case page > 1 && !q.Filtered() && list.Total >= 0 && before >= 0, n < q.PerPage && s.paging.short(n):
		list.Last = true
	case n < q.PerPage, !q.Filtered() && list.Total >= 0 && before >= 0:
		list.Last = s.nextIsEmpty(ctx, q, n)
	}
	if !list.Last && n < list.PerPage {
		list.PerPage = n
	}
	if !q.Filtered() && before >= 0 && list.Last != (before+n >= list.Total) {
		if list.Total >= 0 { // it is not what the pages show
			s.paging.distrust()
		}
		list.Total = -1
	}
	return list
}

// nextIsEmpty reports whether no entry is on the page after that of q, which holds n. It
// is not when that can't be found out.
func (s *Service) nextIsEmpty(ctx context.Context, q Query, n int) bool {
	next := q
	next.Page++
	if kept, ok := s.kept.last(next); ok && len(kept.list.Entries) == 0 && s.now().Sub(kept.at) <= recent && !s.changedSince(kept.at) {
		return true
	}
	list, err := s.api.ListEntries(ctx, next)
	switch {
	case err != nil:
		s.log.DebugContext(ctx, "not known whether a page of the list is the last one", "error", err)
		return false
	case len(list.Entries) > 0:
		s.paging.observe(q.PerPage, q.Page, n, true)
		return false
	}
	s.kept.keep(next, list, s.now())
	return true
}

// searchPages is how many pages of a search are read at most.
const searchPages = 3

// search returns the entries that q finds, from its first page on. certain tells that
// there are no others. One call is enough for a full page, after which there may be more,
// and for fewer entries than the API gives by default, which no cap has cut.
func (s *Service) search(ctx context.Context, q Query) (found []Entry, certain bool, err error) {
	last := 0 // entries on the page before
	for q.Page = 1; q.Page <= searchPages; q.Page++ {
		list, err := s.api.ListEntries(ctx, q)
		switch n := len(list.Entries); {
		case err != nil && q.Page > 1:
			return found, false, nil
		case err != nil:
			return nil, false, err
		case n == 0:
			return found, true, nil
		default:
			if found = append(found, list.Entries...); q.Page > 1 {
				s.paging.observe(q.PerPage, q.Page-1, last, true)
			}
			if n >= q.PerPage {
				return found, false, nil
			} else if q.Page == 1 && s.paging.short(n) {
				return found, true, nil
			}
			last = n
		}
	}
	return found, false, nil
}
