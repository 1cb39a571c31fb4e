package findings

import "namesake/internal/javaregex"

// doubledBackslash finds patterns that were copied from source code, where each backslash is
// written twice. The witness is an address that the pattern was meant to match, and does not.
func doubledBackslash(s *subject, _ *situation) (Finding, bool) {
	return s.finding(DoubledBackslash, javaregex.DoubledBackslash)
}
