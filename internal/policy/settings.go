package policy

import (
	"encoding/json"
	"time"
)

// List names one of the lists of settings, by the last part of its path in the API.
type List string

// The lists.
const (
	AllowPolicies  List = "allow_policies"
	TrustedDomains List = "trusted_domains"
	BlockedSenders List = "block_senders"
	Domains        List = "domains"
)

// Lists returns all lists, the most important first.
func Lists() []List { return []List{AllowPolicies, TrustedDomains, BlockedSenders, Domains} }

// Settings are the settings around the registry as Namesake knows them. They never change: a
// later reading makes new ones.
type Settings struct {
	AllowPolicies  []AllowPolicy
	TrustedDomains []TrustedDomain
	BlockedSenders []BlockedSender
	Domains        []Domain

	States map[List]State
	// Version increases with each change of a list.
	Version int64
}

// State says how a list came about.
type State struct {
	// ReadAt is when the list was last read completely, zero if it never was. The list is as
	// it was then.
	ReadAt time.Time
	// TriedAt is when the last try ended. Failure says why it failed, nil if it did not.
	TriedAt time.Time
	Failure *Failure
}

// Failure says why a list could not be read.
type Failure struct {
	Kind   string `json:"kind"` // the text of a registry.Kind
	Status int    `json:"status,omitempty"`
	Detail string `json:"detail"` // for the log and for operators
	// Denied is true when the credentials lack the permission to read the list.
	Denied bool `json:"denied,omitempty"`
}

// Encode returns the stored form of a list.
func (s *Settings) Encode(l List) ([]byte, error) { return json.Marshal(s.list(l)) }

// Decode reads the stored form of a list into s.
func (s *Settings) Decode(l List, text []byte) error { return json.Unmarshal(text, s.list(l)) }

// list returns a pointer to a list.
func (s *Settings) list(l List) any {
	switch l {
	case AllowPolicies:
		return &s.AllowPolicies
	case TrustedDomains:
		return &s.TrustedDomains
	case BlockedSenders:
		return &s.BlockedSenders
	case Domains:
	}
	return &s.Domains
}

// State returns the state of a list, the zero State if it was never tried.
func (s *Settings) State(l List) State { return s.States[l] }

// Known reports whether a list was ever read.
func (s *Settings) Known(l List) bool { return !s.States[l].ReadAt.IsZero() }
