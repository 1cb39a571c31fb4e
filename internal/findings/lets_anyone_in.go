package findings

import "namesake/internal/javaregex"

// letsAnyoneIn finds patterns that match addresses which a stranger has or can get: any
// address, those of a public mail domain, of a domain that can be registered, or of everyone
// at a domain that is not the company's. A pattern that is too slow to judge may be one.
func letsAnyoneIn(s *subject, now *situation) (Finding, bool) {
	f, ok := s.finding(LetsAnyoneIn, javaregex.MatchesEverything, javaregex.PublicDomain, javaregex.Unfinished)
	if ok && f.Severity == Danger {
		return f, true
	}
	f, ok = s.finding(LetsAnyoneIn, javaregex.WholeDomain)
	for _, address := range s.anyone {
		if domain := domainOf(address); ok && now.isForeign(domain) {
			f.Severity, f.Detail, f.Witness = Danger, domain, address
			return f, true
		}
	}
	return Finding{}, false
}
