package findings

import (
	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// neverMatches finds entries that match no address at all, so that all mail with the name is
// flagged. The witness is an address that was probably meant.
func neverMatches(s *subject, _ *situation) (Finding, bool) {
	if !s.IsEmailRegex {
		if _, bad := input.Bad(s.Email, input.InAddress); bad || s.Email == "" || s.domain != "" || s.pattern != "" {
			return Finding{}, false
		}
		return Finding{Rule: NeverMatches, Severity: Warning, Witness: input.Address(s.Email, registry.IsAddress).Address}, true
	}
	if s.refused != nil {
		return Finding{Rule: NeverMatches, Severity: Warning, Detail: s.refused.Message}, true
	}
	f, ok := s.finding(NeverMatches, javaregex.NeverMatches, javaregex.NoAddress)
	f.Witness = "" // what a part of the pattern matches is no address
	return f, ok && !s.letsIn() && !s.has(javaregex.WholeDomain)
}
