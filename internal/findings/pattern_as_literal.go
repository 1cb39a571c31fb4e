package findings

import "namesake/internal/input"

// patternAsLiteral finds patterns that were entered as an address. No address has such
// characters, so the entry matches nothing. The witness is an address that was meant.
func patternAsLiteral(s *subject, _ *situation) (Finding, bool) {
	if _, bad := input.Bad(s.Email, input.InAddress); bad || s.IsEmailRegex || s.pattern == "" {
		return Finding{}, false
	}
	f := Finding{Rule: PatternAsLiteral, Severity: Warning}
	f.Witness = first(s.samples)
	return f, true
}
