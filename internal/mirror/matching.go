package mirror

import (
	"context"
	"strings"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// How much is looked at in one go: two full pages and one to see whether that was all, and
// some seconds of matching for each. Where the API gives shorter pages, there are more.
const (
	matchPages   = maxSearchPages
	matchTimeout = 3 * time.Second
	// MatchStep is how many entries Covering looks at, at most.
	MatchStep = 2 * registry.MaxPerPage
)

// MatchAddress looks for the entries whose address is address, or whose pattern matches
// it, from a page of MaxPerPage entries on, with before entries on those that come
// earlier: the oldest come first. The API can't be asked for it, so entries are looked at
// one by one; Next tells where to go on. It returns a *ForbiddenError or an *APIError.
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
			if c.Seen == 0 && page == 1 && list.Total > 0 { // it has none where there should be some
				c.Total, c.Next = list.Total, page+1
				return c, nil
			}
			if c.Seen > 0 && before == 0 && list.Total != c.Seen {
				s.paging.noteWrongTotal(s.now())
			}
			switch {
			case c.Seen == before && !s.paging.known(s.now()).totalsWrong:
				c.Total = list.Total // for an address that leads beyond the end
			case c.Total != c.Seen: // it is not what came, or the pages before were not what they seemed
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
		if ctx.Err() != nil { // nobody waits any more
			c.Next = page
			return c, nil
		}
		c.Matches = append(c.Matches, covers...)
		c.Seen += len(entries) + list.TooLong
		c.TooLong += list.TooLong
		if c.Total = list.Total; c.Total < c.Seen {
			c.Total = -1
		}
		if page++; c.Seen-before >= MatchStep || len(entries)+list.TooLong == 0 { // the same again, perhaps for ever
			break
		}
	}
	c.Next = page
	return c, nil
}

// matching returns which of the entries cover an address. Patterns are tried as long as there
// is time, and turns for them.
func (s *Service) matching(ctx context.Context, entries []registry.Entry, address string) (covers []registry.AddressMatch) {
	deadline := s.now().Add(matchTimeout) // a slow API takes nothing of it
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
			noTurn = ok && how == registry.NotTried // nor would there be one for the next
		}
		if ok {
			covers = append(covers, registry.AddressMatch{Entry: e, Kind: how})
		}
	}
	return covers
}
