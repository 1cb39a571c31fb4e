package findings

import "namesake/internal/javaregex"

// wholeDomain finds patterns that match everyone at a domain, unless that is one of the
// company's. Where the company's domains are known, letsAnyoneIn reports all others.
func wholeDomain(s *subject, now *situation) (Finding, bool) {
	f, ok := s.finding(WholeDomain, javaregex.WholeDomain)
	for _, address := range s.anyone {
		if domain := domainOf(address); ok && !s.letsIn() && !now.isForeign(domain) && !now.isOwn(domain) {
			f.Detail, f.Witness = domain, address
			return f, true
		}
	}
	return Finding{}, false
}
