package registry

import (
	"context"
	"sync"
	"time"
)

// How far the API keeps to the length of a page that it is asked for is not known: it
// may cap it, and say otherwise in result_info. So a short page is not the last one for
// that. The last page is known by the empty one that follows it, or by a total that it
// completes, unless something else shows that totals or pages are not what they seem.

// paging is what was found unusual about the API's pages and totals. It is forgotten
// after a while: the API may change, and a list that changes while it is read looks
// unusual too.
type paging struct {
	mu    sync.Mutex
	found unusual
	at    time.Time // when the latest was found
}

// unusual is what paging knows.
type unusual struct {
	length int  // of a first page that was shorter than asked for and not the last; 0 while none was
	uneven bool // pages of different lengths were met before the last one
	odd    bool // a total was missing, or not what came: none is trusted
}

// pagingFor is how long what was found unusual is taken into account.
const pagingFor = 10 * time.Minute

func (p *paging) known(now time.Time) unusual {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fresh(now)
}

// fresh is called with p locked.
func (p *paging) fresh(now time.Time) unusual {
	if now.Sub(p.at) > pagingFor {
		p.found = unusual{}
	}
	return p.found
}

// observe notes that entries were seen behind a page with n of the asked entries.
func (p *paging) observe(asked, page, n int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.fresh(now)
	switch {
	case page == 1 && n > was.length && was.length > 0: // the pages have become longer
		p.found.length, p.found.uneven = 0, false
		fallthrough
	case page == 1 && n < asked && was.length == 0:
		if n < asked {
			p.found.length = n
		}
	case n != was.expected(asked):
		p.found.uneven = true
	default:
		return
	}
	p.at = now
}

// distrust notes that the API counts wrong.
func (p *paging) distrust(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(now)
	p.found.odd, p.at = true, now
}

// expected is how long a page is that is not the last one.
func (u unusual) expected(asked int) int {
	if u.length > 0 {
		return min(asked, u.length)
	}
	return asked
}

// before returns how many entries are on the pages before a page, -1 when that can't be
// said.
func (u unusual) before(asked, page int) int {
	switch {
	case page <= 1:
		return 0
	case u.uneven:
		return -1
	}
	return (page - 1) * u.expected(asked)
}

// few reports whether a page with n entries is too short to be cut by a cap: the API gives
// DefaultPerPage by itself.
func (u unusual) few(n int) bool { return n < DefaultPerPage && u == unusual{} }

// place fills in of a page of q what follows from its length: First, Last, and whether
// its Total can be believed. It asks for the next page when that decides.
func (s *Service) place(ctx context.Context, q Query, list Page) Page {
	q = q.normal()
	n, page, whole := list.Count(), q.Page, !q.Filtered()
	if list.PerPage < n || list.PerPage > q.PerPage {
		list.PerPage = q.PerPage
	}
	known := s.paging.known(s.now())
	asked := list.PerPage
	before := known.before(asked, page)
	if n == 0 {
		list.Last = true
		return s.placeEmpty(q, list, before)
	}
	if list.Total < n {
		list.Total = -1
		s.paging.distrust(s.now())
		known.odd = true
	}
	// Without a sign that the pages before were as long as asked, where this one begins is
	// not known: a cap below DefaultPerPage is not expected.
	sure := page == 1 || n >= asked || asked <= DefaultPerPage || known.length > 0
	left := -1 // entries behind this page, by the total
	if whole && list.Total >= 0 && before >= 0 {
		switch left = list.Total - before - n; {
		case left < 0 && sure:
			s.paging.distrust(s.now())
			known.odd, list.Total = true, -1
		case left < 0 || left > 0 && !sure:
			left, before, list.Total = -1, -1, -1
		}
	} else if !sure {
		before = -1
	}
	full := n >= known.expected(asked)
	switch {
	case full && left != 0: // there is more, or a next page that turns out empty
	case left == 0 && !full && page > 1 && known == unusual{}, page == 1 && left <= 0 && list.Total >= 0 && known.few(n):
		list.Last = true
	default:
		list = s.placeByNext(ctx, q, list, left)
	}
	if s.paging.known(s.now()).odd && (!whole || page != 1 || !list.Last) {
		list.Total = -1
	}
	if before >= 0 {
		list.First = before + 1
	}
	if !list.Last && n < list.PerPage {
		list.PerPage = n
	}
	return list
}

// placeEmpty is place for a page without entries, with before entries on those before it.
func (s *Service) placeEmpty(q Query, list Page, before int) Page {
	contradicts := !q.Filtered() && before >= 0 && list.Total > before
	if contradicts {
		s.paging.distrust(s.now())
	}
	if contradicts || s.paging.known(s.now()).odd {
		list.Total = -1
	}
	return list
}

// placeByNext is place for a page of which only the next one tells whether it is the last.
// left is the number of entries behind it by the API's total, -1 when that says nothing.
func (s *Service) placeByNext(ctx context.Context, q Query, list Page, left int) Page {
	n := list.Count()
	empty, err := s.nextIsEmpty(ctx, q, n)
	if err != nil {
		s.log.DebugContext(ctx, "not known whether a page of the list is the last one", "error", err)
		if left == 0 {
			list.Total = -1 // nor whether that is all
		}
		return list
	}
	list.Last = empty
	if left >= 0 && empty != (left == 0) {
		s.paging.distrust(s.now())
		list.Total = -1
	}
	if empty && q.Page == 1 && !q.Filtered() {
		list.Total = n
	}
	return list
}

// nextIsEmpty reports whether no entry is on the page after that of q, which holds n.
func (s *Service) nextIsEmpty(ctx context.Context, q Query, n int) (bool, error) {
	next := q
	next.Page++
	if kept, ok := s.kept.last(next); ok && kept.list.Count() == 0 && s.now().Sub(kept.at) <= recent && !s.changedSince(kept.at) {
		return true, nil
	}
	list, err := s.api.ListEntries(ctx, next)
	switch {
	case err != nil:
		return false, err
	case list.Count() > 0:
		s.paging.observe(q.PerPage, q.Page, n, s.now())
		return false, nil
	}
	list.Last = true
	s.kept.keep(next, s.placeEmpty(next, list, -1), s.now())
	return true, nil
}

// walkPages is how many pages are read at most in one go where the API gives shorter ones
// than it is asked for.
const walkPages = 12

// search returns the entries that q finds, from its first page on. certain tells that
// there are no others, and none that is too long to be read. One call is enough for a full page, after which there may be more,
// and for fewer entries than the API gives by default, which no cap has cut.
func (s *Service) search(ctx context.Context, q Query) (found []Entry, certain bool, err error) {
	last := 0   // entries on the page before
	all := true // they can be read
	for q.Page = 1; q.Page <= walkPages; q.Page++ {
		list, err := s.api.ListEntries(ctx, q)
		n := list.Count()
		all = all && list.TooLong == 0
		switch {
		case err != nil && q.Page > 1:
			return found, false, nil
		case err != nil:
			return nil, false, err
		case n == 0:
			return found, all, nil
		}
		if found = append(found, list.Entries...); q.Page > 1 {
			s.paging.observe(q.PerPage, q.Page-1, last, s.now())
		}
		if n >= q.PerPage {
			return found, false, nil
		}
		if q.Page == 1 && s.paging.known(s.now()).few(n) {
			return found, all, nil
		}
		last = n
	}
	return found, false, nil
}
