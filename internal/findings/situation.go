package findings

import (
	"slices"
	"strings"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// situation is what entries are judged in: the facts, and what follows from them.
type situation struct {
	Facts
	// own are the company's domains. If they are complete, all others are not the company's.
	own      []string
	complete bool
	dmarc    map[string]policy.RecordStatus
	likeOwn  map[string]string // by a domain: the own domain that it resembles, "" for none
}

// newSituation returns the situation of a registry whose addresses are mostly at the domain
// usual, "" if that is unknown.
func newSituation(f Facts, usual string) *situation {
	s := &situation{Facts: f, likeOwn: make(map[string]string)}
	if f.Settings != nil && len(f.Settings.Domains) > 0 {
		s.complete, s.dmarc = true, make(map[string]policy.RecordStatus, len(f.Settings.Domains))
		for _, d := range f.Settings.Domains {
			name := plainDomain(strings.TrimSpace(d.Name))
			s.own = append(s.own, name)
			s.dmarc[name] = d.DMARC
		}
	} else if usual != "" {
		s.own = []string{usual}
	}
	return s
}

// isOwn reports whether a domain is one of the company's or below one.
func (s *situation) isOwn(domain string) bool {
	domain = plainDomain(domain)
	return slices.ContainsFunc(s.own, func(own string) bool { return domain == own || strings.HasSuffix(domain, "."+own) })
}

// isForeign reports whether a domain is certainly none of the company's, and not one where
// anyone can get an address.
func (s *situation) isForeign(domain string) bool {
	return s.complete && domain != "" && !s.isOwn(domain) && !javaregex.IsPublicDomain(domain)
}

// resembled returns the domain of the company that another domain may be mistaken for.
func (s *situation) resembled(domain string) string {
	domain = plainDomain(domain)
	if domain == "" || s.isOwn(domain) || javaregex.IsPublicDomain(domain) {
		return ""
	}
	like, known := s.likeOwn[domain]
	if !known {
		for _, own := range s.own {
			if resembles(domain, own) {
				like = own
				break
			}
		}
		s.likeOwn[domain] = like
	}
	return like
}

// minResembling is how long the part before the ending has to be for two domains to be
// mistaken for each other by a slip of one letter.
const minResembling = 6

// resembles reports whether two domains look alike or differ by one slip in what stands
// before the same ending.
func resembles(a, b string) bool {
	if input.Skeleton(a) == input.Skeleton(b) {
		return true
	}
	before, ending, _ := strings.Cut(a, ".")
	otherBefore, otherEnding, _ := strings.Cut(b, ".")
	name, other := []rune(before), []rune(otherBefore)
	return ending == otherEnding && min(len(name), len(other)) >= minResembling && oneSlip(name, other)
}

// oneSlip reports whether a becomes b by one letter that is added, left out, replaced, or
// exchanged with the next one.
func oneSlip(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	switch {
	case len(b)-len(a) > 1:
		return false
	case len(b) > len(a):
		return slices.Equal(a[at:], b[at+1:])
	case at == len(a):
		return false
	case slices.Equal(a[at+1:], b[at+1:]):
		return !isDigit(a[at]) || !isDigit(b[at])
	}
	return at+1 < len(a) && a[at] == b[at+1] && a[at+1] == b[at] && slices.Equal(a[at+2:], b[at+2:])
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// plainDomain returns a domain in small letters, and an international one in letters.
func plainDomain(domain string) string {
	return registry.LetterDomain(strings.TrimSuffix(strings.ToLower(domain), "."))
}
