package web

import (
	"net/url"
	"time"

	"namesake/internal/registry"
	"namesake/web/templates"
)

// MatchesPath is where, below the entries, people look up the entries that match an address.
const MatchesPath = "/covering"

// EntryURL is the page of an entry.
func (s *Base) EntryURL(id registry.ID) string {
	return s.EntriesURL() + "/" + url.PathEscape(string(id))
}

// EntriesURL is the list of entries.
func (s *Base) EntriesURL() string { return "/accounts/" + string(s.Account) + "/entries" }

// Where plans are, and where they were before they could do more than delete.
const (
	PlansPath     = "/accounts/:account/plans"
	DeletionsPath = "/accounts/:account/deletions"
)

// PlansURL is the list of plans.
func (s *Base) PlansURL() string { return "/accounts/" + string(s.Account) + "/plans" }

// PlanURL is the page of a plan.
func (s *Base) PlanURL(id string) string { return s.PlansURL() + "/" + url.PathEscape(id) }

// RefreshPath reads the registry.
const RefreshPath = "/accounts/:account/refresh"

// RefreshURL reads the registry.
func (s *Base) RefreshURL() string { return "/accounts/" + string(s.Account) + "/refresh" }

// RegexPath is where patterns are checked.
const RegexPath = templates.RegexURL

// ReportsPath is where browsers report what the content security policy stopped. Such a
// report means that a page of ours holds something that it should not.
const ReportsPath = "/csp-reports"

// EntriesPath is where the entries are.
const EntriesPath = "/accounts/:account/entries"

// NameEntriesPath is where, below the entries, the entries of a name are told.
const NameEntriesPath = "/of-name"

// Where probes ask.
const (
	HealthPath = "/healthz"
	ReadyPath  = "/readyz"
)

// Where people sign in and out.
const (
	LoginPath = "/login"
	// CallbackPath is where an OpenID Connect provider sends people back.
	CallbackPath = "/auth/callback"
	// StartPath leads on to where people sign in, from a form.
	StartPath = "/login/start"
	// SignedOut is the state with which a person comes back to loginPath after signing
	// out: without it, single sign-on would let them in again at once.
	SignedOut = "signed-out"
)

const (
	// SignedOutPath is where a person is led who has signed out. The page leads on to the
	// sign-in service, by way of signedOutPath + onward: a redirect there from a form would
	// be held to form-action, and so would each one that follows elsewhere.
	SignedOutPath = "/signed-out"
	// Onward is where, below SignedOutPath, one is led on to the sign-in service.
	Onward = "/onward"

	// DiscoveryWait is how long a person who has signed out waits until it is known where
	// to sign out of the sign-in service.
	DiscoveryWait = 3 * time.Second
)
