package findings

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"namesake/internal/javaregex"
)

// unescapedDot finds dots in the domain of a pattern that stand for any character. With
// another character in its place, some domains become one that anyone can register.
func unescapedDot(s *subject, _ *situation) (f Finding, ok bool) {
	if !s.IsEmailRegex || s.letsIn() || s.has(javaregex.NeverMatches) {
		return f, false
	}
	for _, found := range s.found {
		if found.ID != javaregex.UnescapedDot {
			continue
		}
		severity := Tip
		if s.registrable(domainOf(found.Witness)) {
			severity = Danger
		}
		if !ok || severity == Danger && f.Severity != Danger {
			f, ok = Finding{Rule: UnescapedDot, Severity: severity, Pattern: &found, Detail: domainOf(found.Witness), Witness: found.Witness}, true
		}
	}
	return f, ok && (f.Severity == Danger || !s.plainAddress)
}

// registrable reports whether anyone may register a domain, which is not the one that the
// pattern is meant for.
func (s *subject) registrable(domain string) bool {
	own, err := publicsuffix.EffectiveTLDPlusOne(domain)
	suffix, known := publicsuffix.PublicSuffix(domain)
	if err != nil || !known && !strings.Contains(suffix, ".") {
		return false
	}
	return !slices.ContainsFunc(s.samples, func(address string) bool {
		meant, err := publicsuffix.EffectiveTLDPlusOne(domainOf(address))
		return err == nil && meant == own
	})
}
