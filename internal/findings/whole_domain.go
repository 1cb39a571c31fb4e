package findings

import "namesake/internal/javaregex"

// wholeDomain finds patterns that match everyone at a domain, unless that is one of the
// company's. Where the company's domains are known, letsAnyoneIn reports all others.
func wholeDomain(s *subject, now *situation) (Finding, bool) {
	f, ok := s.finding(WholeDomain, javaregex.WholeDomain)
	f.Detail = domainOf(f.Witness)
	return f, ok && !s.letsIn() && !now.isForeign(f.Detail) && !now.isOwn(f.Detail)
}
