package findings

import "namesake/internal/javaregex"

// notAnchored finds patterns that match longer addresses, too, if matching a part of an
// address is enough. Cloudflare does not say whether it is.
func notAnchored(s *subject) (Finding, bool) { return s.finding(NotAnchored, javaregex.NotAnchored) }
