package registry

import (
	"context"
	"errors"

	"namesake/internal/patterns"
)

// MatchKind says how an entry covers an address.
type MatchKind int

// The ways.
const (
	MatchesLiterally MatchKind = iota // it is that address
	MatchesWhole                      // its pattern matches the whole address
	MatchesPart                       // its pattern matches somewhere in the address only
	NotChecked                        // its pattern could not be tried: refused, unknown or too slow
	NotTried                          // its pattern was not tried, for lack of time
)

// AddressMatch is an entry that covers an address.
type AddressMatch struct {
	Entry Entry
	Kind  MatchKind
}

// AddressMatches is which entries cover an address, of those that were looked at.
type AddressMatches struct {
	Matches []AddressMatch
	Before  int // entries that were looked at before
	Seen    int // entries that were looked at, those before included
	// TooLong is how many of the entries now are too long to be read, so that it is not known
	// whether they cover the address.
	TooLong int
	Next    int // the page to go on with, 0 when there is none
	Total   int // of entries, -1 when that is not known
}

// Matches reports whether the pattern of e covers an address, and how.
func (e Entry) Matches(ctx context.Context, address string) (MatchKind, bool) {
	r, err := patterns.Match(ctx, e.Email, address)
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		return NotTried, true
	case err != nil, r.TooSlow:
		return NotChecked, true
	case r.Matches:
		return MatchesWhole, true
	case r.Found:
		return MatchesPart, true
	}
	return 0, false
}
