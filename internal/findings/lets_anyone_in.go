package findings

import "namesake/internal/javaregex"

// letsAnyoneIn finds patterns that match addresses which a stranger has or can get: any
// address, those of a public mail domain, or of a domain that can be registered. A pattern
// that is too slow to judge may be one.
func letsAnyoneIn(s *subject) (Finding, bool) {
	f, ok := s.finding(LetsAnyoneIn, javaregex.MatchesEverything, javaregex.PublicDomain, javaregex.Unfinished)
	return f, ok && f.Severity == Danger
}
