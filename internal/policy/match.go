package policy

import (
	"context"
	"errors"
	"strings"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// Reading is one way to read what Cloudflare does not document about patterns. In the zero
// Reading they match the fewest addresses.
type Reading struct {
	Found      bool // a regular expression applies if it is found anywhere in the text
	Subdomains bool // a domain stands for its subdomains, too
	Domains    bool // a regular expression of type DOMAIN is held against the domain, not the address
	Unchecked  bool // a regular expression that could not be checked applies
	Forms      bool // an international domain is the same in letters and in Punycode
}

// Match says how a pattern matches an address. The zero Match is for one that does not.
type Match struct {
	literal   bool
	subdomain bool
	unchecked bool
	untried   bool // for lack of time
	address   found
	domain    *found // for a regular expression of type DOMAIN
	otherForm *Match // with the other form of an international domain; nil if there is none
}

// found is how a regular expression matches a text.
type found struct{ whole, part bool }

func (f found) applies(r Reading) bool { return f.whole || f.part && r.Found }

// Applies reports whether the pattern applies to the address in a reading.
func (m Match) Applies(r Reading) bool {
	return m.applies(r) || r.Forms && m.otherForm != nil && m.otherForm.applies(r)
}

func (m Match) applies(r Reading) bool {
	if m.domain != nil && r.Domains {
		return m.domain.applies(r) || m.unchecked && r.Unchecked
	}
	return m.literal || m.subdomain && r.Subdomains || m.address.applies(r) || m.unchecked && r.Unchecked
}

// readings has every reading.
var readings = func() (all []Reading) {
	for i := range 32 {
		all = append(all, Reading{Found: i&1 != 0, Subdomains: i&2 != 0, Domains: i&4 != 0, Unchecked: i&8 != 0, Forms: i&16 != 0})
	}
	return all
}()

// Ever reports whether the pattern applies in any reading.
func (m Match) Ever() bool {
	for _, r := range readings {
		if m.Applies(r) {
			return true
		}
	}
	return false
}

// Always reports whether the pattern applies in every reading.
func (m Match) Always() bool {
	for _, r := range readings {
		if !m.Applies(r) {
			return false
		}
	}
	return true
}

// Unchecked reports whether the pattern could not be checked: Java refuses it, or there was
// no time.
func (m Match) Unchecked() bool { return m.unchecked || m.otherForm != nil && m.otherForm.unchecked }

// Untried reports whether there was no time to check the pattern.
func (m Match) Untried() bool { return m.untried || m.otherForm != nil && m.otherForm.untried }

// Matcher matches a text with a regular expression. *patterns.Stored is one.
type Matcher interface {
	Match(ctx context.Context, input string) (javaregex.Result, error)
}

// Match holds the pattern against an address. A pattern for the addresses of servers matches
// none.
func (p Pattern) Match(ctx context.Context, address string) Match {
	return p.match(ctx, uncompiled(p.Text), address)
}

// uncompiled is a regular expression that is compiled for each match.
type uncompiled string

func (u uncompiled) Match(ctx context.Context, input string) (javaregex.Result, error) {
	return patterns.Match(ctx, string(u), input)
}

func (p Pattern) match(ctx context.Context, regex Matcher, address string) (m Match) {
	if p.Type == OfIP {
		return m
	}
	address = registry.MailAddress(strings.TrimSpace(address))
	m = p.matchText(ctx, regex, address)
	other, otherAddress := p, address
	if p.IsRegex {
		otherAddress = registry.LetterAddress(address)
	} else {
		other.Text = registry.MailAddress(strings.TrimSpace(p.Text))
	}
	if other != p || otherAddress != address {
		m.otherForm = new(other.matchText(ctx, regex, otherAddress))
	}
	return m
}

// matchText is match for one form of an international domain.
func (p Pattern) matchText(ctx context.Context, regex Matcher, address string) (m Match) {
	domain := DomainOf(address)
	if !p.IsRegex {
		if p.ofAddresses() {
			m.literal = registry.SameAddress(p.Text, address, false)
			return m
		}
		wanted := p.domain()
		m.literal = wanted != "" && domain == wanted
		m.subdomain = wanted != "" && strings.HasSuffix(domain, "."+wanted)
		return m
	}
	find := func(text string) (f found) {
		r, err := regex.Match(ctx, text)
		if err != nil || r.TooSlow {
			m.unchecked = true
		}
		if busy := (*patterns.BusyError)(nil); errors.As(err, &busy) {
			m.untried = true
		}
		return found{r.Matches, r.Found || r.Matches}
	}
	m.address = find(address)
	if p.Type == OfDomain {
		of := find(domain)
		m.domain = &of
	}
	return m
}

// ofAddresses reports whether a pattern that is not a regular expression is an address. For an
// unknown type its text decides.
func (p Pattern) ofAddresses() bool {
	switch p.Type {
	case OfEmail:
		return true
	case OfDomain:
		return false
	case OfIP, OfUnknown:
	}
	at := strings.Index(strings.TrimSpace(p.Text), "@")
	return at > 0
}

// Names returns the domain that a pattern names, "" for an address, a regular expression and
// the address of a server.
func (p Pattern) Names() string {
	if p.IsRegex || p.Type == OfIP || p.ofAddresses() {
		return ""
	}
	return p.domain()
}

// domain returns the domain that a pattern for one names.
func (p Pattern) domain() string {
	return foldDomain(strings.TrimPrefix(strings.TrimSpace(p.Text), "@"))
}

// DomainOf returns the domain of an address in lower case, "" if it has none.
func DomainOf(address string) string {
	at := strings.LastIndex(address, "@")
	if at < 0 {
		return ""
	}
	return foldDomain(strings.TrimSpace(address[at+1:]))
}

func foldDomain(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// DependsOn reports whether one more of the points in change, or one less, changes whether
// the pattern applies in some reading.
func (m Match) DependsOn(change Reading) bool {
	for _, r := range readings {
		if m.Applies(r) != m.Applies(r.with(change)) {
			return true
		}
	}
	return false
}

// with returns r with all that holds in either.
func (r Reading) with(other Reading) Reading {
	return Reading{r.Found || other.Found, r.Subdomains || other.Subdomains, r.Domains || other.Domains, r.Unchecked || other.Unchecked, r.Forms || other.Forms}
}
