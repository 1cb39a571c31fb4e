package findings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// subject is an entry that is judged, with what is known of it by itself.
type subject struct {
	registry.Entry
	pattern      string        // its pattern, or what was meant as one but entered as an address
	verdict                    // on that
	unchecked    bool          // there was no time for its pattern
	plainAddress bool          // its pattern is the text of an address
	folded       string        // its name
	look         registry.Look // how the name looks
	domain       string        // of its address, an international one in letters; "" if it has none
	groups       []group       // to which it belongs
	at           int           // its position among all entries
	round        int           // when it was seen last
}

// newSubject returns the subject of an entry, and a *patterns.BusyError if there was no time for
// its pattern.
func (j *Judge) newSubject(ctx context.Context, e registry.Entry) (s *subject, err error) {
	s = &subject{Entry: e, folded: registry.FoldName(e.Name), look: registry.LookOf(e.Name), plainAddress: isPlainAddress(e)}
	s.pattern = e.Email
	if !e.IsEmailRegex {
		s.pattern = meantPattern(e.Email)
		if s.pattern == "" && registry.IsAddress(e.Email) {
			s.domain = plainDomain(domainOf(e.Email))
		}
	}
	if s.pattern != "" {
		if s.verdict, err = j.verdict(ctx, s.pattern); err != nil {
			s.unchecked = true
		}
	}
	return s, err
}

// finding returns the first finding about the pattern that is of one of these kinds.
func (s *subject) finding(rule Rule, kinds ...string) (Finding, bool) {
	if !s.IsEmailRegex {
		return Finding{}, false
	}
	for _, found := range s.found {
		if slices.Contains(kinds, found.ID) {
			return Finding{Rule: rule, Severity: found.Severity, Pattern: &found, Witness: found.Witness}, true
		}
	}
	return Finding{}, false
}

// has reports whether there is a finding of a kind about the pattern.
func (s *subject) has(kind string) bool {
	return slices.ContainsFunc(s.found, func(f javaregex.Finding) bool { return f.ID == kind })
}

// letsIn reports whether the pattern is dangerous.
func (s *subject) letsIn() bool {
	return s.IsEmailRegex && slices.ContainsFunc(s.found, func(f javaregex.Finding) bool { return f.Severity == Danger })
}

// stale reports whether the verdict should be found again.
func (s *subject) stale(now time.Time) bool {
	return s.unchecked || !s.until.IsZero() && now.After(s.until)
}

// addresses are some that the entry allows.
func (s *subject) addresses() []string {
	switch {
	case s.IsEmailRegex:
		return s.samples
	case s.domain != "":
		return []string{s.Email}
	}
	return nil
}

// commented reports whether a comment says why the entry exists.
func (s *subject) commented() bool { return s.Comments != nil && strings.TrimSpace(*s.Comments) != "" }

// domainOf returns the domain of an address in small letters.
func domainOf(address string) string {
	return strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
}

// meantPattern returns the pattern that a text was meant to be which was entered as an address,
// "" for what may be an address.
func meantPattern(text string) string {
	if !strings.ContainsAny(text, `*^$\|[](){}?%`) || !strings.Contains(text, "@") {
		return ""
	}
	if r := input.Address(text, registry.IsAddress); r.Pattern != "" && !strings.ContainsAny(text, `^$\|[](){}`) && !strings.Contains(text, ".*") {
		return r.Pattern // * and % as wildcards
	}
	if registry.IsAddress(text) || input.Address(text, registry.IsAddress).Address != "" {
		return ""
	}
	return text
}

// refusal returns why Java refuses a pattern, nil for other errors.
func refusal(err error) (refused *javaregex.SyntaxError) {
	errors.As(err, &refused)
	return refused
}
