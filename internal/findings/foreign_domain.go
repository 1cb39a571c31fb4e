package findings

import "slices"

// foreignDomain finds addresses that are not the company's, and patterns that match such ones,
// also beside the company's. They may be legitimate, such as those of a supplier.
func foreignDomain(s *subject, now *situation) (Finding, bool) {
	addresses := s.addresses()
	if _, worse := letsAnyoneIn(s, now); worse || len(addresses) == 0 || s.letsIn() || s.shared() {
		return Finding{}, false
	}
	foreign := slices.IndexFunc(addresses, func(address string) bool {
		return now.isForeign(domainOf(address)) && now.resembled(domainOf(address)) == ""
	})
	if foreign < 0 {
		return Finding{}, false
	}
	return Finding{Rule: ForeignDomain, Severity: Tip, Detail: domainOf(addresses[foreign]), Witness: addresses[foreign]}, true
}

// lookAlikeDomain finds addresses in domains that look like one of the company's, or differ
// from it by a slip: they are mistyped, or made to deceive.
func lookAlikeDomain(s *subject, now *situation) (Finding, bool) {
	if s.letsIn() {
		return Finding{}, false
	}
	for _, address := range s.addresses() {
		if own := now.resembled(domainOf(address)); own != "" {
			return Finding{Rule: LookAlikeDomain, Severity: Danger, Detail: own, Witness: address}, true
		}
	}
	return Finding{}, false
}
