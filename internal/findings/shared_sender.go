package findings

import "namesake/internal/input"

// sharedSender finds addresses of services whose mail shows any name that their user has
// chosen. The services are in internal/input/senders.tsv.
func sharedSender(s *subject, _ *situation) (Finding, bool) {
	f := Finding{Rule: SharedSender, Severity: Danger}
	if s.sender != nil && s.IsEmailRegex {
		f.Service, f.Witness = s.sender.Service, s.sender.Example()
		return f, true
	}
	sender, ok := input.SharedSenderOf(s.Email)
	f.Service, f.Witness = sender.Service, s.Email
	return f, ok && !s.IsEmailRegex
}

// shared reports whether the address is one of a shared sender.
func (s *subject) shared() bool {
	_, ok := sharedSender(s, nil)
	return ok
}
