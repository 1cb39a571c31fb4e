package findings

import (
	"context"
	"errors"
	"slices"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// Limits of the comparisons within one name. docs/findings.md has them.
const (
	maxCoveringPatterns = 20
	maxCoveredAddresses = 200
)

// covered finds addresses that a pattern of the same name allows, too: the entry has no
// effect. Dangerous patterns do not count: they are what has to go. It returns a
// *patterns.BusyError if there was no time.
func covered(ctx context.Context, members []*subject, now *situation) (found []Finding, err error) {
	var covering, addresses []*subject
	for _, s := range members {
		switch {
		case !s.IsEmailRegex && s.domain != "" && !s.Synced() && len(addresses) < maxCoveredAddresses:
			addresses = append(addresses, s)
		case s.IsEmailRegex && s.refused == nil && !s.unchecked && !s.letsIn() && !s.plainAddress && !s.has(javaregex.LiteralAddress) && len(covering) < maxCoveringPatterns:
			covering = append(covering, s)
		}
	}
	for _, address := range addresses {
		for _, pattern := range covering {
			result, err := patterns.Match(ctx, pattern.Email, address.Email)
			if busy := new(patterns.BusyError); errors.As(err, &busy) {
				return nil, err
			}
			if err == nil && result.Matches && !pattern.dangerous(now) {
				found = append(found, Finding{
					Rule: Covered, Severity: Tip, Name: address.Name, Detail: pattern.Email,
					Entries: ids(address, pattern), Witness: address.Email, Fix: []registry.Edit{{Entry: address.ID}},
				})
				break
			}
		}
	}
	return found, nil
}

// dangerous reports whether the entry by itself lets strangers use the name.
func (s *subject) dangerous(now *situation) bool {
	return slices.ContainsFunc(judgeEntry(s, now), func(f Finding) bool { return f.Severity == Danger })
}
