package mirror

import (
	"context"
	"slices"
	"sync"
	"time"

	"namesake/internal/registry"
)

// It is unknown whether the API always gives as many entries on a page as it is asked for:
// it may cap the number, and say otherwise in result_info. So a short page need not be the
// last one; only an empty page after it proves that. Namesake skips reading that page when
// nothing unusual was found lately and either a longer page came, so that no cap can have
// cut this one, or the page completes a total of a kind that was right before.

// paging stores what was learned about the API's pages and totals. It forgets it after a
// while: the API may change, and a list that changes during the reading looks unusual too.
type paging struct {
	mu     sync.Mutex
	found  pages
	at     time.Time // when something unusual was last found
	seenAt time.Time // when the longest page last came
	trueAt time.Time // when a total of all entries was last confirmed to be right
}

// pages is what was learned.
type pages struct {
	longest     int  // entries on the longest page; 0 before the first one
	totalsRight bool // a total of all entries was the number that came
	length      int  // of a first page that was shorter than requested but not the last; 0 if there was none
	uneven      bool // pages before the last one had different lengths, or a page came twice
	totalsWrong bool // a total was missing or wrong: none is trusted
}

// pagingMemory is how long paging remembers something unusual.
const pagingMemory = 10 * time.Minute

func (p *paging) known(now time.Time) pages {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fresh(now)
}

// fresh removes what is too old. The caller holds the lock.
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

// noteLength notes the length of a page.
func (p *paging) noteLength(n int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n >= p.fresh(now).longest {
		p.found.longest, p.seenAt = n, now
	}
}

// noteMore notes that entries follow a page with n of the requested entries.
func (p *paging) noteMore(asked, page, n int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	was := p.fresh(now)
	switch {
	case page == 1 && n > was.length && was.length > 0: // pages have become longer
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

// noteRightTotal notes that a total of all entries was right.
func (p *paging) noteRightTotal(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trueAt = now
}

// noteWrongTotal notes that a total was wrong.
func (p *paging) noteWrongTotal(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(now)
	p.found.totalsWrong, p.at = true, now
}

// noteRepeat notes that the API repeated entries of an earlier page.
func (p *paging) noteRepeat(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fresh(now)
	p.found.uneven, p.at = true, now
}

// expected returns the length of a page that is not the last one.
func (u pages) expected(asked int) int {
	if u.length > 0 {
		return min(asked, u.length)
	}
	return asked
}

// before returns how many entries the pages before a page have, -1 if unknown.
func (u pages) before(asked, page int) int {
	switch {
	case page <= 1:
		return 0
	case u.uneven:
		return -1
	}
	return (page - 1) * u.expected(asked)
}

// last reports whether the page of q is certainly the last one, without reading the next:
// nothing unusual was found, and either a longer page came, or the page completes the total
// and such totals were right.
func (u pages) last(q registry.Query, list registry.Page) bool {
	n := list.Count()
	if u.length > 0 || u.uneven || u.totalsWrong || list.Total < n {
		return false
	}
	return n < u.longest || q.Page == 1 && n == list.Total && u.totalsRight
}

// locate sets First, Last and Total of a page of q, as far as its length allows. It reads
// the next page if that decides.
func (s *Service) locate(ctx context.Context, q registry.Query, list registry.Page) registry.Page {
	q = q.Normal()
	n, page, whole := list.Count(), q.Page, !q.Filtered()
	list.Number = page // regardless of what the API says
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
	// The position of the first entry is known only if the pages before are known to have
	// had the requested length.
	sure := page == 1 || n >= asked || known.length > 0 || known.longest >= asked
	left := -1 // entries after this page, by the total
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
	case full && left != 0: // more entries follow, or an empty page
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

// locateEmpty is locate for a page without entries, with before entries on the pages before
// it. Such a page ends the list, unless it is the first page although there is a total, or
// the first sign that totals or pages are wrong.
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

// locateByNext is locate for a page that may be the last one: only the next page tells.
// left is the number of entries after it by the API's total, -1 if unknown.
func (s *Service) locateByNext(ctx context.Context, q registry.Query, list registry.Page, left int) registry.Page {
	n := list.Count()
	empty, err := s.nextIsEmpty(ctx, q, list)
	if err != nil {
		s.log.DebugContext(ctx, "it is unknown whether a page of the list is the last one", "error", err)
		if left == 0 {
			list.Total = -1 // whether this is all is unknown too
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

// nextIsEmpty reports whether the page after list, the page of q, is empty. It caches an
// empty page briefly, apart from the lists that people asked for.
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

// maxSearchPages limits the pages that one search reads if the API gives shorter pages than
// requested.
const maxSearchPages = 12

// Search returns the entries that q finds, each once, starting at its first page. certain
// is true if there are no others, and none that is too long to be read. It needs one call
// for a full page, after which there may be more, and one for a page that is certainly the
// last.
func (s *Service) Search(ctx context.Context, q registry.Query) (found []registry.Entry, certain bool, err error) {
	met := make(map[registry.ID]bool)
	last := 0   // entries on the previous page
	all := true // all are short enough to be read
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
		if n >= q.PerPage || len(found) == before && list.TooLong == 0 { // a second page without a new entry would repeat endlessly
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

// newEntries returns the entries that are not in met, and adds them to met: pages shift
// when entries are created or deleted.
func newEntries(entries []registry.Entry, met map[registry.ID]bool) []registry.Entry {
	return registry.Filter(entries, func(e registry.Entry) bool {
		again := e.ID != "" && met[e.ID]
		met[e.ID] = true
		return !again
	})
}
