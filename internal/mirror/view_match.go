package mirror

import (
	"context"
	"slices"
	"strings"
	"time"

	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// Matching returns the entries whose name an address may use, oldest first: those with that
// address, and those with a pattern that matches it or could not be checked. The patterns
// take turns of the pool in ctx, for at most matchTimeout together.
func (v *View) Matching(ctx context.Context, address string) []registry.AddressMatch {
	address = strings.TrimSpace(address)
	literal := v.withAddress(address)
	byPatterns := v.matchPatterns(ctx, address)
	numbers := slices.Concat(literal, byPatterns.numbers)
	slices.SortFunc(numbers, func(a, b uint32) int { return compareCreated(v.sortable(a), v.sortable(b)) })
	matches := make([]registry.AddressMatch, len(numbers))
	for i, n := range numbers {
		matches[i] = registry.AddressMatch{Entry: v.row(n).Entry, Kind: registry.MatchesLiterally}
		if v.row(n).hasPattern() {
			matches[i].Kind = byPatterns.kinds[v.pattern(n)]
		}
	}
	return matches
}

// withAddress returns the rows that have an address literally.
func (v *View) withAddress(address string) (numbers []uint32) {
	list, folded := v.lists[byEmail], registry.FoldName(address)
	email := func(n uint32) string {
		s := v.sortable(n)
		return emailOf(s.block.foldedOf(s.at))
	}
	at, _ := slices.BinarySearchFunc(list, folded, func(n uint32, folded string) int { return strings.Compare(email(n), folded) })
	for ; at < len(list) && email(list[at]) == folded; at++ {
		if e := &v.row(list[at]).Entry; !e.IsEmailRegex && registry.SameAddress(e.Email, address, false) {
			numbers = append(numbers, list[at])
		}
	}
	return numbers
}

// Listed returns the entries that have an address, or a pattern, literally.
func (v *View) Listed(email string, isRegex bool) (entries []registry.Entry) {
	if email = strings.TrimSpace(email); email == "" {
		return nil
	}
	numbers := v.withAddress(email)
	if isRegex {
		numbers = slices.DeleteFunc(slices.Clone(v.lists[byPattern]), func(n uint32) bool { return !registry.SameAddress(v.row(n).Entry.Email, email, true) })
	}
	for _, n := range numbers {
		entries = append(entries, v.row(n).Entry)
	}
	return entries
}

// matchTimeout limits the time to match an address with all patterns.
const matchTimeout = 3 * time.Second

// patternMatches are the rows whose patterns match an address, and how the patterns do.
type patternMatches struct {
	numbers []uint32
	kinds   map[*patterns.Stored]registry.MatchKind
}

// matchPatterns checks each pattern once. Patterns that were slow before come last, so that
// they don't use up the time of others.
func (v *View) matchPatterns(ctx context.Context, address string) (found patternMatches) {
	ctx, cancel := context.WithTimeout(ctx, matchTimeout)
	defer cancel()
	list := v.lists[byPattern]
	checked := make(map[*patterns.Stored]bool, len(list)) // true if it belongs to the result
	found.kinds = make(map[*patterns.Stored]registry.MatchKind)
	noTurn := false
	check := func(p *patterns.Stored) {
		kind, matches := registry.NotTried, true
		if !noTurn && ctx.Err() == nil {
			kind, matches = registry.KindOfMatch(p.Match(ctx, address))
			noTurn = matches && kind == registry.NotTried // the next pattern would get no turn either
		}
		if checked[p] = matches; matches {
			found.kinds[p] = kind
		}
	}
	for _, slow := range []bool{false, true} {
		for _, n := range list {
			p := v.pattern(n)
			if _, done := checked[p]; !done && (slow || !p.Slow()) {
				check(p)
			}
		}
	}
	for _, n := range list {
		if checked[v.pattern(n)] {
			found.numbers = append(found.numbers, n)
		}
	}
	return found
}
