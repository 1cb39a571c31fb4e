package findings

import (
	"regexp"

	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// literalAsPattern finds single addresses that were entered as a pattern: as they are, or
// with each special character escaped.
func literalAsPattern(s *subject, _ *situation) (Finding, bool) {
	if s.plainAddress {
		return Finding{Rule: LiteralAsPattern, Severity: Warning, Detail: s.Email, Witness: first(s.samples)}, true
	}
	f, ok := s.finding(LiteralAsPattern, javaregex.LiteralAddress)
	f.Detail = f.Witness
	return f, ok
}

// plainAddress has no characters with a special meaning but dots, and pluses before a tag.
var plainAddress = regexp.MustCompile(`^[\w.'-]+(\+\w[\w.-]*)?@[\w.-]+$`)

// isPlainAddress reports whether the text of the entry's pattern is an address.
func isPlainAddress(e registry.Entry) bool {
	return e.IsEmailRegex && plainAddress.MatchString(e.Email) && registry.IsAddress(e.Email)
}
