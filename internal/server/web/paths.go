package web

import (
	"net/url"
	"time"

	"namesake/internal/registry"
	"namesake/web/templates"
)

// MatchesPath is the path, below EntriesPath, of the entries that match an address.
const MatchesPath = "/covering"

// EntryURL is the page of an entry.
func (s *Base) EntryURL(id registry.ID) string {
	return s.EntriesURL() + "/" + url.PathEscape(string(id))
}

// OverviewPath is the page that people start from.
const OverviewPath = "/accounts/:account"

// OverviewURL is the page that people start from.
func (s *Base) OverviewURL() string { return "/accounts/" + string(s.Account) }

// EntriesURL is the list of entries.
func (s *Base) EntriesURL() string { return "/accounts/" + string(s.Account) + "/entries" }

// Where plans are, and where they were in versions whose plans could only delete.
const (
	PlansPath     = "/accounts/:account/plans"
	DeletionsPath = "/accounts/:account/deletions"
)

// PlansURL is the list of plans.
func (s *Base) PlansURL() string { return "/accounts/" + string(s.Account) + "/plans" }

// PlanURL is the page of a plan.
func (s *Base) PlanURL(id string) string { return s.PlansURL() + "/" + url.PathEscape(id) }

// ImportsPath is where lists are imported.
const ImportsPath = "/accounts/:account/imports"

// ImportsURL is where lists are imported.
func (s *Base) ImportsURL() string { return "/accounts/" + string(s.Account) + "/imports" }

// FindingsPath is where findings are.
const FindingsPath = "/accounts/:account/findings"

// FindingsURL is the list of findings.
func (s *Base) FindingsURL() string { return "/accounts/" + string(s.Account) + "/findings" }

// FindingURL is the address of a finding, below which it can be dismissed and fixed.
func (s *Base) FindingURL(id string) string { return s.FindingsURL() + "/" + url.PathEscape(id) }

// RefreshPath reads the registry.
const RefreshPath = "/accounts/:account/refresh"

// RefreshURL reads the registry.
func (s *Base) RefreshURL() string { return "/accounts/" + string(s.Account) + "/refresh" }

// RegexPath is where patterns are checked.
const RegexPath = templates.RegexURL

// ReportsPath is where browsers report what the content security policy blocked. A report
// means that a page of Namesake contains something that it should not.
const ReportsPath = "/csp-reports"

// EntriesPath is where the entries are.
const EntriesPath = "/accounts/:account/entries"

// NameEntriesPath is the path, below EntriesPath, of the entries of a name.
const NameEntriesPath = "/of-name"

// CheckPath says whether mail would be flagged.
const CheckPath = "/accounts/:account/check"

// CheckURL says whether mail would be flagged.
func (s *Base) CheckURL() string { return "/accounts/" + string(s.Account) + "/check" }

// TestsPath is where the tests are that people write.
const TestsPath = "/accounts/:account/tests"

// TestsURL is where the tests are that people write.
func (s *Base) TestsURL() string { return "/accounts/" + string(s.Account) + "/tests" }

// Paths of health checks.
const (
	HealthPath = "/healthz"
	ReadyPath  = "/readyz"
)

// Where people sign in and out.
const (
	LoginPath = "/login"
	// CallbackPath is where an OpenID Connect provider sends people back.
	CallbackPath = "/auth/callback"
	// StartPath redirects a form to the sign-in service.
	StartPath = "/login/start"
	// SignedOut is the state with which a person returns to LoginPath after signing out.
	// Without it, single sign-on would sign them in again at once.
	SignedOut = "signed-out"
)

const (
	// SignedOutPath is the page that follows signing out. It links to the sign-in service
	// by way of SignedOutPath + Onward: the policy's form-action would block a redirect of
	// the form to another site.
	SignedOutPath = "/signed-out"
	// Onward is the path, below SignedOutPath, that redirects to the sign-in service.
	Onward = "/onward"

	// DiscoveryWait is how long a person who has signed out waits until it is known where
	// to sign out of the sign-in service.
	DiscoveryWait = 3 * time.Second
)
