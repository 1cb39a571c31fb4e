package mirror

import (
	"context"
	"slices"
	"sync"
	"time"

	"namesake/internal/registry"
)

// How far the API keeps to the length of a page that it is asked for is not known: it
// may cap it, and say otherwise in result_info. So a short page is not the last one for
// that. The last page is known by the empty one that follows it. A look at that one is
// spared where nothing unusual was met lately, and the page is shorter than another one that
// came, so that no cap can have cut it, or completes a total of a kind that was true before.

// paging is what was found about the API's pages and totals. It is forgotten after a
// while: the API may change, and a list that changes while it is read looks unusual too.
type paging struct {
	mu     sync.Mutex
	found  pages
	at     time.Time // when something unusual was found last
	seenAt time.Time // when the longest page came last
	trueAt time.Time // when a total of all entries was last what came, with nothing behind it
}

// pages is what paging knows.
type pages struct {
	longest     int  // entries on the longest page that came; 0 while none did
	totalsRight bool // a total of all entries was what came
	length      int  // of a first page that was shorter than asked for and not the last; 0 while none was
	uneven      bool // pages of different lengths were met before the last one, or the same page twice
	totalsWrong bool // a total was missing, or not what came: none is trusted
}

// pagingMemory is how long what was found is taken into account.
const pagingMemory = 10 * time.Minute

func (p *paging) known(now time.Time) pages {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fresh(now)
}

// fresh is called with p locked.
func (p *paging) fresh(now time.Time) pages {
	if now.Sub(p.seenAt) > pagingMemory {
		p.found.longest = 0
	}
	if now.Sub(p.at) > pagingMemory {
		p.found = pages{longest: p.found.longest}
	}
	p.found.totalsRight = now.Sub(p.trueAt) <= pagingMemory
	return p.found
}

// noteLength notes the length of a page that came.
func (p *paging) noteLength(n int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n >= p.fresh(now).longest {
		p.found.longest, p.seenAt = n, now
	}
}

// noteMore notes that entries were seen behind a page with n of the asked entries.
func (p *paging) noteMore(asked, page, n int, now time.Time) {
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

// noteRightTotal notes that a total of all entries was what came, and that nothing came behind it.
func (p *paging) noteRightTotal(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trueAt = now
}

// noteWrongTotal notes that the API counts wrong.
func (p *paging) noteWrongTotal(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(now)
	p.found.totalsWrong, p.at = true, now
}

// noteRepeat notes that the API gave entries again that an earlier page had.
func (p *paging) noteRepeat(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(now)
	p.found.uneven, p.at = true, now
}

// expected is how long a page is that is not the last one.
func (u pages) expected(asked int) int {
	if u.length > 0 {
		return min(asked, u.length)
	}
	return asked
}

// before returns how many entries are on the pages before a page, -1 when that can't be
// said.
func (u pages) before(asked, page int) int {
	switch {
	case page <= 1:
		return 0
	case u.uneven:
		return -1
	}
	return (page - 1) * u.expected(asked)
}

// last reports whether the page of q is certain to be the last one, without a look at the
// next: nothing unusual was met, and the page is shorter than another one that came, or is
// all that a total promises where such totals were found to be true.
func (u pages) last(q registry.Query, list registry.Page) bool {
	n := list.Count()
	if u.length > 0 || u.uneven || u.totalsWrong || list.Total < n {
		return false
	}
	return n < u.longest || q.Page == 1 && n == list.Total && u.totalsRight
}

// locate fills in of a page of q what follows from its length: First, Last, and whether
// its Total can be believed. It asks for the next page when that decides.
func (s *Service) locate(ctx context.Context, q registry.Query, list registry.Page) registry.Page {
	q = q.Normal()
	n, page, whole := list.Count(), q.Page, !q.Filtered()
	list.Number = page // whatever the API says
	if list.PerPage < n || list.PerPage > q.PerPage {
		list.PerPage = q.PerPage
	}
	known := s.paging.known(s.now())
	asked := list.PerPage
	before := known.before(asked, page)
	if n == 0 {
		return s.locateEmpty(q, list, before)
	}
	if list.Total < n {
		list.Total = -1
		s.paging.noteWrongTotal(s.now())
		known.totalsWrong = true
	}
	s.paging.noteLength(n, s.now())
	// Without a sign that the pages before were as long as asked, where this one begins is
	// not known.
	sure := page == 1 || n >= asked || known.length > 0 || known.longest >= asked
	left := -1 // entries behind this page, by the total
	if whole && list.Total >= 0 && before >= 0 {
		switch left = list.Total - before - n; {
		case left < 0 && sure:
			s.paging.noteWrongTotal(s.now())
			known.totalsWrong, list.Total = true, -1
		case left < 0 || left > 0 && !sure:
			left, before, list.Total = -1, -1, -1
		}
	} else if !sure {
		before = -1
	}
	full := n >= known.expected(asked)
	switch {
	case full && left != 0: // there is more, or a next page that turns out empty
	case left <= 0 && known.last(q, list):
		list.Last = true
	default:
		list = s.locateByNext(ctx, q, list, left)
	}
	if s.paging.known(s.now()).totalsWrong && (!whole || page != 1 || !list.Last) {
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

// locateEmpty is place for a page without entries, with before entries on those before it.
// It ends the list, unless it is the first page although there is a total, or is the first
// sign of that totals or pages are not what they seem.
func (s *Service) locateEmpty(q registry.Query, list registry.Page, before int) registry.Page {
	contradicts := !q.Filtered() && before >= 0 && list.Total > before
	list.Last = !contradicts || q.Page > 1 && s.paging.known(s.now()).totalsWrong
	if contradicts {
		s.paging.noteWrongTotal(s.now())
	}
	if contradicts || s.paging.known(s.now()).totalsWrong {
		list.Total = -1
	}
	return list
}

// locateByNext is place for a page of which only the next one tells whether it is the last.
// left is the number of entries behind it by the API's total, -1 when that says nothing.
func (s *Service) locateByNext(ctx context.Context, q registry.Query, list registry.Page, left int) registry.Page {
	n := list.Count()
	empty, err := s.nextIsEmpty(ctx, q, list)
	if err != nil {
		s.log.DebugContext(ctx, "not known whether a page of the list is the last one", "error", err)
		if left == 0 {
			list.Total = -1 // nor whether that is all
		}
		return list
	}
	list.Last = empty
	switch {
	case left >= 0 && empty != (left == 0):
		s.paging.noteWrongTotal(s.now())
		list.Total = -1
	case left == 0 && empty:
		s.paging.noteRightTotal(s.now())
	}
	if empty && q.Page == 1 && !q.Filtered() {
		list.Total = n
	}
	return list
}

// nextIsEmpty reports whether no entry is on the page after list, which is that of q. That
// one is remembered for a moment, but not kept as a list that somebody has asked for.
func (s *Service) nextIsEmpty(ctx context.Context, q registry.Query, list registry.Page) (bool, error) {
	next := q
	next.Page++
	if kept, ok := s.ends.get(next); ok && s.now().Sub(kept.at) <= maxReuseAge && !s.changedSince(kept.at) {
		return true, nil
	}
	follows, err := s.api.ListEntries(ctx, next)
	switch {
	case err != nil:
		return false, err
	case follows.Count() == 0:
		s.ends.put(next, registry.Page{}, s.now())
		return true, nil
	}
	s.paging.noteMore(q.PerPage, q.Page, list.Count(), s.now())
	if met := idsOn(list.Entries); !slices.ContainsFunc(follows.Entries, func(e registry.Entry) bool { return e.ID == "" || !met[e.ID] }) {
		s.paging.noteRepeat(s.now())
	}
	return false, nil
}

func idsOn(entries []registry.Entry) map[registry.ID]bool {
	ids := make(map[registry.ID]bool, len(entries))
	for _, e := range entries {
		ids[e.ID] = true
	}
	return ids
}

// maxSearchPages is how many pages are read at most in one go where the API gives shorter ones
// than it is asked for.
const maxSearchPages = 12

// Search returns the entries that q finds, each once, from its first page on. certain tells
// that there are no others, and none that is too long to be read. One call is enough for a
// full page, after which there may be more, and for one that is certain to be the last.
func (s *Service) Search(ctx context.Context, q registry.Query) (found []registry.Entry, certain bool, err error) {
	met := make(map[registry.ID]bool)
	last := 0   // entries on the page before
	all := true // they can be read
	for q.Page = 1; q.Page <= maxSearchPages; q.Page++ {
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
		before := len(found)
		found = append(found, newEntries(list.Entries, met)...)
		if q.Page > 1 {
			s.paging.noteMore(q.PerPage, q.Page-1, last, s.now())
		}
		if n >= q.PerPage || len(found) == before && list.TooLong == 0 { // the latter would go on for ever
			return found, false, nil
		}
		known := s.paging.known(s.now())
		if s.paging.noteLength(n, s.now()); q.Page == 1 && known.last(q, list) {
			return found, all, nil
		}
		last = n
	}
	return found, false, nil
}

// newEntries returns the entries that are not in met, and adds them to it: pages shift when
// entries are created or deleted.
func newEntries(entries []registry.Entry, met map[registry.ID]bool) []registry.Entry {
	return registry.Filter(entries, func(e registry.Entry) bool {
		again := e.ID != "" && met[e.ID]
		met[e.ID] = true
		return !again
	})
}
