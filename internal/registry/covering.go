package registry

import (
	"context"
	"errors"
	"strings"
	"time"

	"namesake/internal/patterns"
)

// Covers says how an entry covers an address.
type Covers int

// The ways.
const (
	CoversLiteral Covers = iota // it is that address
	CoversWhole                 // its pattern matches the whole address
	CoversPart                  // its pattern matches somewhere in the address only
	NotChecked                  // its pattern could not be tried: refused, unknown or too slow
	NotTried                    // its pattern was not tried, for lack of time
)

// Cover is an entry that covers an address.
type Cover struct {
	Entry Entry
	How   Covers
}

// Coverage is which entries cover an address, of those that were looked at.
type Coverage struct {
	Covers []Cover
	Before int // entries that were looked at before
	Seen   int // entries that were looked at, those before included
	// TooLong is how many of the entries now are too long to be read, so that it is not known
	// whether they cover the address.
	TooLong int
	Next    int // the page to go on with, 0 when there is none
	Total   int // of entries, -1 when that is not known
}

// How much is looked at in one go: two full pages and one to see whether that was all, and
// some seconds of matching for each. Where the API gives shorter pages, there are more.
const (
	coverPages = walkPages
	coversFor  = 3 * time.Second
	// CoverStep is how many entries Covering looks at, at most.
	CoverStep = 2 * MaxPerPage
)

// Covering looks for the entries whose address is address, or whose pattern matches
// it, from a page of MaxPerPage entries on, with before entries on those that come
// earlier: the oldest come first. The API can't be asked for it, so entries are looked at
// one by one; Next tells where to go on. It returns a *ForbiddenError or an *APIError.
func (s *Service) Covering(ctx context.Context, who Caller, address string, page, before int) (Coverage, error) {
	if err := s.Authorize(ctx, who, ListEntries); err != nil {
		return Coverage{}, err
	}
	ctx = AskedBy(s.PatternWork(ctx, who), who)
	address = strings.TrimSpace(address)
	c, met, last := Coverage{Before: before, Seen: before, Total: -1}, make(map[ID]bool), 0
	for range coverPages {
		list, err := s.api.ListEntries(ctx, Query{Order: ByCreated, Direction: Ascending, Page: page, PerPage: MaxPerPage})
		if err != nil {
			return Coverage{}, err
		}
		if list.Count() == 0 {
			if c.Seen == 0 && page == 1 && list.Total > 0 { // it has none where there should be some
				c.Total, c.Next = list.Total, page+1
				return c, nil
			}
			if c.Seen > 0 && before == 0 && list.Total != c.Seen {
				s.paging.distrust(s.now())
			}
			switch {
			case c.Seen == before && !s.paging.known(s.now()).odd:
				c.Total = list.Total // for an address that leads beyond the end
			case c.Total != c.Seen: // it is not what came, or the pages before were not what they seemed
				c.Total = -1
			}
			return c, nil
		}
		if last > 0 {
			s.paging.observe(MaxPerPage, page-1, last, s.now())
		}
		last = list.Count()
		entries := unmet(list.Entries, met)
		covers := s.covers(ctx, entries, address)
		if ctx.Err() != nil { // nobody waits any more
			c.Next = page
			return c, nil
		}
		c.Covers = append(c.Covers, covers...)
		c.Seen += len(entries) + list.TooLong
		c.TooLong += list.TooLong
		if c.Total = list.Total; c.Total < c.Seen {
			c.Total = -1
		}
		if page++; c.Seen-before >= CoverStep || len(entries)+list.TooLong == 0 { // the same again, perhaps for ever
			break
		}
	}
	c.Next = page
	return c, nil
}

// covers returns which of the entries cover an address. Patterns are tried as long as there
// is time, and turns for them.
func (s *Service) covers(ctx context.Context, entries []Entry, address string) (covers []Cover) {
	deadline := s.now().Add(coversFor) // a slow API takes nothing of it
	ctx, cancel := context.WithTimeout(ctx, coversFor)
	defer cancel()
	noTurn := false
	for _, e := range entries {
		how, ok := NotTried, true
		switch {
		case !e.IsEmailRegex:
			how, ok = CoversLiteral, SameAddress(e.Email, address, false)
		case !noTurn && ctx.Err() == nil && s.now().Before(deadline):
			how, ok = e.matches(ctx, address)
			noTurn = ok && how == NotTried // nor would there be one for the next
		}
		if ok {
			covers = append(covers, Cover{e, how})
		}
	}
	return covers
}

// matches reports whether the pattern of e covers an address, and how.
func (e Entry) matches(ctx context.Context, address string) (Covers, bool) {
	r, err := patterns.Match(ctx, e.Email, address)
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		return NotTried, true
	case err != nil, r.TooSlow:
		return NotChecked, true
	case r.Matches:
		return CoversWhole, true
	case r.Found:
		return CoversPart, true
	}
	return 0, false
}
