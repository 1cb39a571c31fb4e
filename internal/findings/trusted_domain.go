package findings

import (
	"context"

	"namesake/internal/javaregex"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// trustedDomain finds trusted domains that are not the company's and may look like its domains
// without being a spoof. Whether the names of the registry stay protected in their mail is not
// documented, so the finding is never certain. It is a warning if anyone can get an address.
func (j *Judge) trustedDomain(ctx context.Context, d policy.TrustedDomain, now *situation) (f Finding, ok bool, err error) {
	f = Finding{Rule: TrustedDomain, Severity: Tip, Detail: d.Text}
	if !d.Similarity {
		return f, false, nil
	}
	var addresses []string
	if d.IsRegex {
		v, err := j.verdict(ctx, d.Text)
		if err != nil {
			return f, false, err
		}
		for _, found := range v.found {
			if found.Severity == Danger && registry.IsAddress(found.Witness) {
				f.Severity, f.Witness = Warning, found.Witness
				return f, true, nil
			}
		}
		for _, domain := range v.domains {
			addresses = append(addresses, "anyone@"+domain)
		}
		addresses = append(addresses, v.samples...)
	} else if domain := d.Names(); isSuffix(domain) {
		f.Severity, f.Witness = Warning, strangerBelow(domain)
		return f, true, nil
	} else {
		addresses = []string{"anyone@" + domain}
	}
	for _, address := range addresses {
		if !registry.IsAddress(address) || now.isOwn(domainOf(address)) {
			continue
		}
		f.Witness = address
		if javaregex.IsPublicDomain(domainOf(address)) {
			f.Severity = Warning
		}
		return f, true, nil
	}
	return f, false, nil
}
