package policy

import (
	"context"

	"namesake/internal/patterns"
)

// Index finds the settings that match an address. It compiles each pattern once. It is safe
// for concurrent use.
type Index struct {
	// Settings has the lists. It stays the same pointer while they do not change; Index.State
	// says how they came about.
	*Settings
	states  map[List]State
	allow   []indexed
	trusted []indexed
	blocked []indexed
}

// State returns the state of a list, the zero State if it was never tried.
func (x *Index) State(l List) State { return x.states[l] }

// Known reports whether a list was ever read.
func (x *Index) Known(l List) bool { return !x.states[l].ReadAt.IsZero() }

type indexed struct {
	Pattern
	regex Matcher
}

// ever returns how the pattern matches an address, and whether it does in at least one reading.
func (p indexed) ever(ctx context.Context, address string) (m Match, ok bool) {
	m = p.match(ctx, p.regex, address)
	return m, m.Ever()
}

// NewIndex returns an Index of settings, which may be nil for none.
func NewIndex(s *Settings) *Index {
	if s == nil {
		s = &Settings{}
	}
	return (&Index{}).With(s)
}

// With returns an Index of other settings. It keeps what is compiled already.
func (x *Index) With(s *Settings) *Index {
	if x.Settings != nil && x.Version == s.Version {
		same := *x
		same.states = s.States
		return &same
	}
	compiled := make(map[string]*patterns.Stored)
	for _, of := range [][]indexed{x.allow, x.trusted, x.blocked} {
		for _, p := range of {
			if stored, ok := p.regex.(*patterns.Stored); ok {
				compiled[p.Text] = stored
			}
		}
	}
	x = &Index{Settings: s, states: s.States}
	index := func(p Pattern) indexed {
		if !p.IsRegex {
			return indexed{p, nil}
		}
		if compiled[p.Text] == nil {
			compiled[p.Text] = patterns.NewStored(p.Text)
		}
		return indexed{p, compiled[p.Text]}
	}
	for _, p := range s.AllowPolicies {
		x.allow = append(x.allow, index(p.Pattern))
	}
	for _, d := range s.TrustedDomains {
		d.Type = OfDomain // whatever the list says, it is one of domains
		x.trusted = append(x.trusted, index(d.Pattern))
	}
	for _, b := range s.BlockedSenders {
		x.blocked = append(x.blocked, index(b.Pattern))
	}
	return x
}

// MatchedPolicy is an allow policy that may apply to an address.
type MatchedPolicy struct {
	AllowPolicy
	Match
}

// Allowing returns the allow policies that cancel the protection of names for mail from an
// address, in at least one reading.
func (x *Index) Allowing(ctx context.Context, address string) (matched []MatchedPolicy) {
	for i, p := range x.AllowPolicies {
		if !p.AllowsSenders() {
			continue
		}
		if m, ok := x.allow[i].ever(ctx, address); ok {
			matched = append(matched, MatchedPolicy{p, m})
		}
	}
	return matched
}

// MatchedDomain is a trusted domain that an address may be of.
type MatchedDomain struct {
	TrustedDomain
	Match
}

// Trusting returns the trusted domains that an address is of, in at least one reading. Those
// that only exempt a domain from being suspicious because it is new are left out.
func (x *Index) Trusting(ctx context.Context, address string) (matched []MatchedDomain) {
	for i, d := range x.TrustedDomains {
		if !d.Similarity {
			continue
		}
		if m, ok := x.trusted[i].ever(ctx, address); ok {
			matched = append(matched, MatchedDomain{d, m})
		}
	}
	return matched
}

// MatchedSender is a blocked sender that an address may be.
type MatchedSender struct {
	BlockedSender
	Match
}

// Blocking returns the blocked senders that an address is, in at least one reading.
func (x *Index) Blocking(ctx context.Context, address string) (matched []MatchedSender) {
	for i, b := range x.BlockedSenders {
		if m, ok := x.blocked[i].ever(ctx, address); ok {
			matched = append(matched, MatchedSender{b, m})
		}
	}
	return matched
}
