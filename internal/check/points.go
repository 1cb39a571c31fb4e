package check

import "namesake/internal/policy"

// Point is something that decides whether mail is flagged and is not known. Programs use the
// names, so they must not change.
type Point string

// The points. All but Authenticated and Unchecked are what Cloudflare does not document.
const (
	// Authenticated: the mail passes DMARC, SPF or DKIM.
	Authenticated Point = "authenticated"
	// NamesFolded: names are compared without regard to case, spaces and kinds of signs.
	NamesFolded Point = "names-folded"
	// AccentsIgnored: names are compared without regard to accents, too. It implies NamesFolded.
	AccentsIgnored Point = "accents-ignored"
	// EntriesFound: a pattern of the registry applies if it is found anywhere in the address.
	EntriesFound Point = "entries-found-anywhere"
	// PoliciesFound: a pattern of a policy applies if it is found anywhere in the address.
	PoliciesFound Point = "policies-found-anywhere"
	// Subdomains: a policy for a domain applies to its subdomains, too.
	Subdomains Point = "subdomains-included"
	// DomainPatterns: a pattern of type DOMAIN is held against the domain only.
	DomainPatterns Point = "domain-patterns-on-domain"
	// DomainForms: an international domain is the same in letters and in Punycode, which mail has.
	DomainForms Point = "domain-forms-equal"
	// DomainsTrusted: a trusted domain that may look like the company's lets mail show protected
	// names.
	DomainsTrusted Point = "trusted-domains-exempt"
	// BlockedFirst: a blocked sender stays blocked although an allow policy trusts it.
	BlockedFirst Point = "blocked-first"
	// Unchecked: a pattern matches that Namesake could not check.
	Unchecked Point = "unchecked-patterns-match"
)

// Points returns all points, in the order in which a page tells them.
func Points() []Point {
	return []Point{Authenticated, NamesFolded, AccentsIgnored, EntriesFound, PoliciesFound, Subdomains, DomainPatterns, DomainForms, DomainsTrusted, BlockedFirst, Unchecked}
}

// Settings are the lists of settings that decide whether mail is flagged.
func Settings() []policy.List {
	return []policy.List{policy.AllowPolicies, policy.TrustedDomains, policy.BlockedSenders}
}

// reading is one answer to all points.
type reading map[Point]bool

func (r reading) ofPatterns() policy.Reading {
	return policy.Reading{Found: r[PoliciesFound], Subdomains: r[Subdomains], Domains: r[DomainPatterns], Unchecked: r[Unchecked], Forms: r[DomainForms]}
}
