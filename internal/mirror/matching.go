package mirror

import (
	"context"
	"strings"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Limits of one search: two full pages and one more to detect the end, and some seconds of
// matching for each. If the API gives shorter pages, there are more of them.
const (
	matchPages   = maxSearchPages
	matchTimeout = 3 * time.Second
	// MatchStep is the number of entries after which MatchAddress stops reading pages.
	MatchStep = 2 * registry.MaxPerPage
)

// MatchAddress finds the entries whose address is address or whose pattern matches it,
// oldest first. It starts at a page of MaxPerPage entries that has before entries on the
// pages before it. The API has no such search, so MatchAddress reads the entries page by
// page; Next is the page to continue with. It returns a *ForbiddenError or an *APIError.
func (s *Service) MatchAddress(ctx context.Context, who rbac.Caller, address string, page, before int) (registry.AddressMatches, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ListEntries); err != nil {
		return registry.AddressMatches{}, err
	}
	ctx = registry.AskedBy(s.patterns.In(ctx, who.Key()), who.Key())
	address = strings.TrimSpace(address)
	c, met, last := registry.AddressMatches{Before: before, Seen: before, Total: -1}, make(map[registry.ID]bool), 0
	for range matchPages {
		list, err := s.api.ListEntries(ctx, registry.Query{Order: registry.ByCreated, Direction: registry.Ascending, Page: page, PerPage: registry.MaxPerPage})
		if err != nil {
			return registry.AddressMatches{}, err
		}
		if list.Count() == 0 {
			if c.Seen == 0 && page == 1 && list.Total > 0 { // the total promises entries, but the page has none
				c.Total, c.Next = list.Total, page+1
				return c, nil
			}
			if c.Seen > 0 && before == 0 && list.Total != c.Seen {
				s.paging.noteWrongTotal(s.now())
			}
			switch {
			case c.Seen == before && !s.paging.known(s.now()).totalsWrong:
				c.Total = list.Total // the requested page is after the last one
			case c.Total != c.Seen: // the total is not the number of entries that came
				c.Total = -1
			}
			return c, nil
		}
		if last > 0 {
			s.paging.noteMore(registry.MaxPerPage, page-1, last, s.now())
		}
		last = list.Count()
		entries := newEntries(list.Entries, met)
		covers := s.matching(ctx, entries, address)
		if ctx.Err() != nil { // the person has left
			c.Next = page
			return c, nil
		}
		c.Matches = append(c.Matches, covers...)
		c.Seen += len(entries) + list.TooLong
		c.TooLong += list.TooLong
		if c.Total = list.Total; c.Total < c.Seen {
			c.Total = -1
		}
		if page++; c.Seen-before >= MatchStep || len(entries)+list.TooLong == 0 { // an empty page, or an API that repeats pages endlessly
			break
		}
	}
	c.Next = page
	return c, nil
}

// matching returns which of the entries match an address. It checks patterns as long as
// there is time, and turns for them.
func (s *Service) matching(ctx context.Context, entries []registry.Entry, address string) (covers []registry.AddressMatch) {
	deadline := s.now().Add(matchTimeout) // starts after the read, so that a slow API does not use it up
	ctx, cancel := context.WithTimeout(ctx, matchTimeout)
	defer cancel()
	noTurn := false
	for _, e := range entries {
		how, ok := registry.NotTried, true
		switch {
		case !e.IsEmailRegex:
			how, ok = registry.MatchesLiterally, registry.SameAddress(e.Email, address, false)
		case !noTurn && ctx.Err() == nil && s.now().Before(deadline):
			how, ok = e.Matches(ctx, address)
			noTurn = ok && how == registry.NotTried // the next pattern would get no turn either
		}
		if ok {
			covers = append(covers, registry.AddressMatch{Entry: e, Kind: how})
		}
	}
	return covers
}
