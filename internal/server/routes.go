package server

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/web/static"
	"namesake/web/templates"
)

// route is one line of the routing table: what is asked for, the action that the
// asker must be allowed, and who answers.
type route struct {
	method string
	path   string
	action registry.Action
	handle echo.HandlerFunc
}

// entriesPath is where the entries are.
const entriesPath = "/accounts/:account/entries"

// joinPath, below the entries, tells of the entries of a name.
const joinPath = "/of-name"

// Where probes ask.
const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

func (s *Server) table() []route {
	const entries = entriesPath
	return []route{
		{http.MethodGet, "/", registry.Anything, s.goHome},
		{http.MethodGet, entries, registry.ListEntries, s.listEntries},
		{http.MethodGet, entries + "/new", registry.CreateEntry, s.newEntry},
		{http.MethodPost, entries, registry.CreateEntry, s.createEntry},
		{http.MethodPost, entries + "/delete", registry.DeleteEntry, s.deleteEntries},
		{http.MethodGet, entries + joinPath, registry.ListEntries, s.joinName},
		{http.MethodGet, entries + coveringPath, registry.ListEntries, s.covering},
		{http.MethodPost, entries + "/undo", registry.CreateEntry, s.undoDelete},
		{http.MethodGet, entries + "/:id", registry.ViewEntry, s.showEntry},
		{http.MethodGet, entries + "/:id/edit", registry.EditEntry, s.editEntry},
		{http.MethodPost, entries + "/:id", registry.EditEntry, s.updateEntry},
		{http.MethodGet, entries + "/:id/delete", registry.DeleteEntry, s.confirmDelete},
		{http.MethodPost, entries + "/:id/delete", registry.DeleteEntry, s.deleteEntry},

		{http.MethodGet, plansPath, registry.ViewPlan, s.listPlans},
		{http.MethodPost, plansPath, registry.DeleteEntry, s.draftDeletion},
		{http.MethodGet, plansPath + "/:plan", registry.ViewPlan, s.showPlan},
		{http.MethodPost, plansPath + "/:plan/apply", registry.RunPlan, s.applyPlan},
		{http.MethodPost, plansPath + "/:plan/pause", registry.RunPlan, s.pausePlan},
		{http.MethodPost, plansPath + "/:plan/resume", registry.RunPlan, s.resumePlan},
		{http.MethodPost, plansPath + "/:plan/cancel", registry.RunPlan, s.cancelPlan},
		{http.MethodPost, plansPath + "/:plan/retry", registry.RunPlan, s.retryPlan},
		{http.MethodPost, plansPath + "/:plan/undo", registry.RunPlan, s.undoPlan},
		{http.MethodGet, deletionsPath, registry.ViewPlan, s.redirectDeletions},
		{http.MethodGet, deletionsPath + "/:plan", registry.ViewPlan, s.redirectDeletions},

		{http.MethodGet, regexPath, registry.CheckPattern, s.showRegex},
		{http.MethodPost, regexPath, registry.CheckPattern, s.checkRegex},

		{http.MethodGet, "/audit", registry.ViewAudit, s.listAudit},
		{http.MethodGet, "/audit/:seq", registry.ViewAudit, s.showAudit},
		{http.MethodGet, "/audit.jsonl", registry.ExportAudit, fromHere(s.exportAudit)},

		{http.MethodGet, templates.SessionURL, registry.ViewOwnSessions, s.showSession},
		{http.MethodGet, "/sessions", registry.ViewAllSessions, s.listSessions},
		{http.MethodPost, "/sessions/:session/end", registry.EndAnySession, s.endAnySession},
		{http.MethodGet, "/sessions/mine", registry.ViewOwnSessions, s.listOwnSessions},
		{http.MethodPost, "/sessions/mine/:session/end", registry.EndOwnSession, s.endOwnSession},

		{http.MethodGet, loginPath, registry.Anything, s.showLogin},
		{http.MethodPost, loginPath, registry.Anything, s.login},
		{http.MethodGet, CallbackPath, registry.Anything, s.finishSignIn},
		{http.MethodGet, startPath, registry.Anything, s.startSignIn},
		{http.MethodPost, "/logout", registry.Anything, s.logout},
		{http.MethodGet, signedOutPath, registry.Anything, s.showSignedOut},
		{http.MethodGet, signedOutPath + onward, registry.Anything, s.signOutElsewhere},

		{http.MethodPost, reportsPath, registry.Anything, s.takeReport},

		{http.MethodGet, healthPath, registry.Anything, s.healthz},
		{http.MethodGet, readyPath, registry.Anything, s.readyz},
		{http.MethodGet, static.Prefix + "*", registry.Anything, echo.WrapHandler(static.Handler())},
	}
}

// What a request's body may hold, in bytes; maxBody where a route has no limit of its own.
const (
	maxBody      = 16 << 10
	maxEntryForm = 64 << 10  // percent signs included, far more than an entry can have
	maxPatterns  = 256 << 10 // a pattern and samples, each at their own limits and percent-encoded
	maxIDs       = 512 << 10 // the ids of as many entries as a page can show
)

// bodyLimits are the limits of the routes with a body of some size, by path.
var bodyLimits = map[string]int64{
	entriesPath:             maxEntryForm,
	entriesPath + "/:id":    maxEntryForm,
	entriesPath + "/delete": maxIDs,
	plansPath:               maxIDs,
	regexPath:               maxPatterns,
}

// register adds the routes to e, each behind its guards. A route whose action is not in the permission table is a mistake
// that stops the program at start.
func register(e *echo.Echo, table []route, before func(registry.Action) []echo.MiddlewareFunc) error {
	for _, r := range table {
		if _, known := r.action.Needs(); !known {
			return fmt.Errorf("route %s %s: action %q is not in the permission table", r.method, r.path, r.action)
		}
		guards := append([]echo.MiddlewareFunc{limitBodyTo(bodyLimits[r.path])}, before(r.action)...)
		e.Add(r.method, r.path, r.handle, guards...)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, r.handle, guards...)
		}
	}
	return nil
}

// guards are what stands before every handler. What needs no sign-in does not ask
// who is there either: assets and health have to answer without a database.
func (s *Server) guards(a registry.Action) []echo.MiddlewareFunc {
	if a == registry.Anything {
		return nil
	}
	return []echo.MiddlewareFunc{s.require(a), s.onlyAccount}
}
