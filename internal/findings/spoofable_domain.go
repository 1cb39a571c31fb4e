package findings

import (
	"strings"

	"namesake/internal/policy"
)

// spoofableDomain finds domains of the company without a valid DMARC record that entries
// allow addresses of: anyone can forge mail from them, and it then may show the name.
func spoofableDomain(members []*subject, now *situation) []Finding {
	domain := members[0].domain
	if status := now.dmarcOf(domain); status != policy.NoRecord && status != policy.InvalidRecord {
		return nil
	}
	f := Finding{Rule: SpoofableDomain, Severity: Warning, Detail: domain, Entries: ids(members...), Witness: members[0].Email}
	if len(byFolded(members[:min(len(members), 2)])) == 1 {
		f.Name = members[0].Name
	}
	return []Finding{f}
}

// dmarcOf returns the status of the DMARC record that applies to a domain: its own, or that of
// a domain above it.
func (s *situation) dmarcOf(domain string) policy.RecordStatus {
	for domain = plainDomain(domain); domain != ""; {
		if status, ok := s.dmarc[domain]; ok {
			return status
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return ""
}
