package server

import (
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/rbac"
	"namesake/web/static"
	"namesake/web/templates"
)

// route is one line of the routing table: what is asked for, the action that the
// asker must be allowed, and who answers.
type route struct {
	method string
	path   string
	action rbac.Action
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
		{http.MethodGet, "/", rbac.Anything, s.goHome},
		{http.MethodGet, entries, rbac.ListEntries, s.listEntries},
		{http.MethodGet, entries + "/new", rbac.CreateEntry, s.newEntry},
		{http.MethodPost, entries, rbac.CreateEntry, s.createEntry},
		{http.MethodPost, entries + "/delete", rbac.DeleteEntry, s.deleteEntries},
		{http.MethodGet, entries + joinPath, rbac.ListEntries, s.joinName},
		{http.MethodGet, entries + coveringPath, rbac.ListEntries, s.covering},
		{http.MethodPost, entries + "/undo", rbac.CreateEntry, s.undoDelete},
		{http.MethodGet, entries + "/:id", rbac.ViewEntry, s.showEntry},
		{http.MethodGet, entries + "/:id/edit", rbac.EditEntry, s.editEntry},
		{http.MethodPost, entries + "/:id", rbac.EditEntry, s.updateEntry},
		{http.MethodGet, entries + "/:id/delete", rbac.DeleteEntry, s.confirmDelete},
		{http.MethodPost, entries + "/:id/delete", rbac.DeleteEntry, s.deleteEntry},

		{http.MethodGet, plansPath, rbac.ViewPlan, s.listPlans},
		{http.MethodPost, plansPath, rbac.DeleteEntry, s.draftDeletion},
		{http.MethodGet, plansPath + "/:plan", rbac.ViewPlan, s.showPlan},
		{http.MethodPost, plansPath + "/:plan/apply", rbac.RunPlan, s.applyPlan},
		{http.MethodPost, plansPath + "/:plan/pause", rbac.RunPlan, s.pausePlan},
		{http.MethodPost, plansPath + "/:plan/resume", rbac.RunPlan, s.resumePlan},
		{http.MethodPost, plansPath + "/:plan/cancel", rbac.RunPlan, s.cancelPlan},
		{http.MethodPost, plansPath + "/:plan/retry", rbac.RunPlan, s.retryPlan},
		{http.MethodPost, plansPath + "/:plan/undo", rbac.RunPlan, s.undoPlan},
		{http.MethodGet, deletionsPath, rbac.ViewPlan, s.redirectDeletions},
		{http.MethodGet, deletionsPath + "/:plan", rbac.ViewPlan, s.redirectDeletions},

		{http.MethodGet, regexPath, rbac.CheckPattern, s.showRegex},
		{http.MethodPost, regexPath, rbac.CheckPattern, s.checkRegex},

		{http.MethodGet, "/audit", rbac.ViewAudit, s.listAudit},
		{http.MethodGet, "/audit/:seq", rbac.ViewAudit, s.showAudit},
		{http.MethodGet, "/audit.jsonl", rbac.ExportAudit, fromHere(s.exportAudit)},

		{http.MethodGet, templates.SessionURL, rbac.ViewOwnSessions, s.showSession},
		{http.MethodGet, "/sessions", rbac.ViewAllSessions, s.listSessions},
		{http.MethodPost, "/sessions/:session/end", rbac.EndAnySession, s.endAnySession},
		{http.MethodGet, "/sessions/mine", rbac.ViewOwnSessions, s.listOwnSessions},
		{http.MethodPost, "/sessions/mine/:session/end", rbac.EndOwnSession, s.endOwnSession},

		{http.MethodGet, loginPath, rbac.Anything, s.showLogin},
		{http.MethodPost, loginPath, rbac.Anything, s.login},
		{http.MethodGet, CallbackPath, rbac.Anything, s.finishSignIn},
		{http.MethodGet, startPath, rbac.Anything, s.startSignIn},
		{http.MethodPost, "/logout", rbac.Anything, s.logout},
		{http.MethodGet, signedOutPath, rbac.Anything, s.showSignedOut},
		{http.MethodGet, signedOutPath + onward, rbac.Anything, s.signOutElsewhere},

		{http.MethodPost, reportsPath, rbac.Anything, s.takeReport},

		{http.MethodGet, healthPath, rbac.Anything, s.healthz},
		{http.MethodGet, readyPath, rbac.Anything, s.readyz},
		{http.MethodGet, static.Prefix + "*", rbac.Anything, echo.WrapHandler(static.Handler())},
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
func register(e *echo.Echo, table []route, before func(rbac.Action) []echo.MiddlewareFunc) error {
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
func (s *Server) guards(a rbac.Action) []echo.MiddlewareFunc {
	if a == rbac.Anything {
		return nil
	}
	return []echo.MiddlewareFunc{s.require(a), s.onlyAccount}
}
