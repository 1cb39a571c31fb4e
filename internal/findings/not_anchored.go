package findings

import "namesake/internal/javaregex"

// notAnchored finds patterns that match longer addresses, too, if matching a part of an
// address is enough. Cloudflare does not say whether it is. A single address that was entered
// as a pattern is reported as that.
func notAnchored(s *subject, _ *situation) (Finding, bool) {
	f, ok := s.finding(NotAnchored, javaregex.NotAnchored)
	return f, ok && !s.plainAddress
}
