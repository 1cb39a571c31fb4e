package findings

import "namesake/internal/javaregex"

// personalMailbox finds addresses at public mail domains without a comment. They are
// legitimate, but the address does not show whose it is.
func personalMailbox(s *subject, _ *situation) (Finding, bool) {
	if s.commented() || s.letsIn() || s.Synced() {
		return Finding{}, false
	}
	for _, address := range s.addresses() {
		if domain := domainOf(address); javaregex.IsPublicDomain(domain) {
			return Finding{Rule: PersonalMailbox, Severity: Tip, Detail: domain, Witness: address}, true
		}
	}
	return Finding{}, false
}
