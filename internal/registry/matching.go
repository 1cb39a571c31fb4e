package registry

import (
	"context"
	"errors"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// MatchKind says how an entry matches an address.
type MatchKind int

// The kinds of matches.
const (
	MatchesLiterally MatchKind = iota // its address is that address
	MatchesWhole                      // its pattern matches the whole address
	MatchesPart                       // its pattern matches only a part of the address
	NotChecked                        // its pattern could not be checked: refused, unknown or too slow
	NotTried                          // its pattern was not checked, for lack of time
)

// AddressMatch is an entry that matches an address.
type AddressMatch struct {
	Entry Entry
	Kind  MatchKind
}

// Matches reports whether e matches an address, and how.
func (e Entry) Matches(ctx context.Context, address string) (MatchKind, bool) {
	if !e.IsEmailRegex {
		return MatchesLiterally, SameAddress(e.Email, address, false)
	}
	return KindOfMatch(patterns.Match(ctx, e.Email, address))
}

// KindOfMatch reports whether a pattern matches an address, and how, by the result of
// package patterns.
func KindOfMatch(r javaregex.Result, err error) (MatchKind, bool) {
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
