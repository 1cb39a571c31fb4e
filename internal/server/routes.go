package server

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/export"
	"namesake/internal/rbac"
	"namesake/internal/server/imports"
	"namesake/internal/server/tests"
	"namesake/internal/server/web"
	"namesake/web/static"
	"namesake/web/templates"
)

// route is one line of the routing table: the request, the action that the person must be
// allowed, and the handler.
type route struct {
	method string
	path   string
	action rbac.Action
	handle echo.HandlerFunc
}

func (s *Server) table() []route {
	const path = web.EntriesPath
	return []route{
		{http.MethodGet, "/", rbac.Anything, s.entries.GoHome},
		{http.MethodGet, web.OverviewPath, rbac.ListEntries, s.overview.Show},
		{http.MethodGet, path, rbac.ListEntries, s.listEntries},
		{http.MethodPost, web.RefreshPath, rbac.RefreshRegistry, s.entries.Refresh},
		{http.MethodGet, path + "/new", rbac.CreateEntry, s.entries.New},
		{http.MethodPost, path, rbac.CreateEntry, s.entries.Create},
		{http.MethodPost, path + "/delete", rbac.DeleteEntry, s.plans.DeleteEntries},
		{http.MethodGet, path + web.NameEntriesPath, rbac.ListEntries, s.entries.ListOfName},
		{http.MethodGet, path + web.MatchesPath, rbac.ListEntries, s.entries.ListMatches},
		{http.MethodGet, path + ".csv", rbac.ExportRegistry, fromHere(s.entries.Export(export.CSV))},
		{http.MethodPost, path + ".csv", rbac.ExportRegistry, s.entries.ExportSelected(export.CSV)},
		{http.MethodGet, path + ".xlsx", rbac.ExportRegistry, fromHere(s.entries.Export(export.XLSX))},
		{http.MethodPost, path + ".xlsx", rbac.ExportRegistry, s.entries.ExportSelected(export.XLSX)},
		{http.MethodGet, path + ".json", rbac.ExportRegistry, fromHere(s.entries.Export(export.JSON))},
		{http.MethodPost, path + ".json", rbac.ExportRegistry, s.entries.ExportSelected(export.JSON)},
		{http.MethodGet, path + ".tf", rbac.ExportRegistry, fromHere(s.entries.Export(export.Terraform))},
		{http.MethodPost, path + ".tf", rbac.ExportRegistry, s.entries.ExportSelected(export.Terraform)},
		{http.MethodGet, path + ".txt", rbac.ExportRegistry, fromHere(s.entries.Export(export.Addresses))},
		{http.MethodPost, path + ".txt", rbac.ExportRegistry, s.entries.ExportSelected(export.Addresses)},
		{http.MethodPost, path + "/undo", rbac.CreateEntry, s.entries.UndoDelete},
		{http.MethodGet, path + "/:id", rbac.ViewEntry, s.entries.Show},
		{http.MethodGet, path + "/:id/edit", rbac.EditEntry, s.entries.Edit},
		{http.MethodPost, path + "/:id", rbac.EditEntry, s.entries.Update},
		{http.MethodGet, path + "/:id/delete", rbac.DeleteEntry, s.entries.ConfirmDelete},
		{http.MethodPost, path + "/:id/delete", rbac.DeleteEntry, s.entries.Delete},
		{http.MethodPost, path + "/:id/restore", rbac.RunPlan, s.changes.RestoreEntry},

		{http.MethodGet, web.ChangesPath, rbac.ViewChanges, s.changes.List},
		{http.MethodGet, web.ChangesPath + web.ComparePath, rbac.ViewChanges, s.changes.Compare},
		{http.MethodPost, web.ChangesPath + web.PutBackPath, rbac.RunPlan, s.changes.PutBack},
		{http.MethodPost, web.ChangesPath + web.RestorePath, rbac.RunPlan, s.changes.Restore},

		{http.MethodGet, web.FindingsPath, rbac.ViewFindings, s.findings.List},
		{http.MethodPost, web.FindingsPath + "/fix", rbac.RunPlan, s.findings.FixSeveral},
		{http.MethodPost, web.FindingsPath + "/:finding/fix", rbac.RunPlan, s.findings.Fix},
		{http.MethodPost, web.FindingsPath + "/:finding/dismiss", rbac.DismissFinding, s.findings.Dismiss},
		{http.MethodPost, web.FindingsPath + "/:finding/restore", rbac.RestoreFinding, s.findings.Restore},

		{http.MethodGet, web.PlansPath, rbac.ViewPlan, s.plans.List},
		{http.MethodPost, web.PlansPath, rbac.DeleteEntry, s.plans.DraftDeletion},
		{http.MethodGet, web.PlansPath + "/:plan", rbac.ViewPlan, s.plans.Show},
		{http.MethodPost, web.PlansPath + "/:plan/apply", rbac.RunPlan, s.plans.Apply},
		{http.MethodPost, web.PlansPath + "/:plan/pause", rbac.RunPlan, s.plans.Pause},
		{http.MethodPost, web.PlansPath + "/:plan/resume", rbac.RunPlan, s.plans.Resume},
		{http.MethodPost, web.PlansPath + "/:plan/cancel", rbac.RunPlan, s.plans.Cancel},
		{http.MethodPost, web.PlansPath + "/:plan/retry", rbac.RunPlan, s.plans.Retry},
		{http.MethodPost, web.PlansPath + "/:plan/undo", rbac.RunPlan, s.plans.Undo},
		{http.MethodPost, web.PlansPath + "/:plan/take-out", rbac.RunPlan, s.plans.TakeOut},
		{http.MethodPost, web.PlansPath + "/:plan/take-in", rbac.RunPlan, s.plans.TakeIn},
		{http.MethodPost, web.PlansPath + "/:plan/correct", rbac.RunPlan, s.plans.Correct},
		{http.MethodGet, web.PlansPath + "/:plan/failed.csv", rbac.ViewPlan, s.plans.FailedCSV},
		{http.MethodGet, web.PlansPath + "/:plan/operations.csv", rbac.ViewPlan, s.plans.OperationsCSV},

		{http.MethodGet, web.ImportsPath + "/new", rbac.RunPlan, s.imports.Show},
		{http.MethodGet, web.ImportsPath + "/template.csv", rbac.RunPlan, s.imports.Template},
		{http.MethodPost, web.ImportsPath, rbac.RunPlan, s.imports.Create},
		{http.MethodGet, web.ImportsPath + "/:import", rbac.RunPlan, s.imports.ShowMapping},
		{http.MethodPost, web.ImportsPath + "/:import", rbac.RunPlan, s.imports.Map},

		{http.MethodGet, web.DeletionsPath, rbac.ViewPlan, s.plans.RedirectDeletions},
		{http.MethodGet, web.DeletionsPath + "/:plan", rbac.ViewPlan, s.plans.RedirectDeletions},

		{http.MethodGet, web.CheckPath, rbac.ListEntries, s.mailcheck.Show},
		{http.MethodGet, web.TestsPath, rbac.ListTests, s.tests.List},
		{http.MethodPost, web.TestsPath, rbac.CreateTest, s.tests.Create},
		{http.MethodPost, web.TestsPath + "/import", rbac.CreateTest, s.tests.Import},
		{http.MethodPost, web.TestsPath + "/suggested", rbac.CreateTest, s.tests.AddSuggested},
		{http.MethodPost, web.TestsPath + "/undo", rbac.CreateTest, s.tests.Undo},
		{http.MethodPost, web.TestsPath + "/:test/delete", rbac.DeleteTest, s.tests.Delete},
		{http.MethodGet, web.TestsPath + ".csv", rbac.ListTests, fromHere(s.tests.ExportCSV)},
		{http.MethodGet, web.TestsPath + ".json", rbac.ListTests, fromHere(s.tests.ExportJSON)},

		{http.MethodGet, web.RegexPath, rbac.CheckPattern, s.regex.Show},
		{http.MethodPost, web.RegexPath, rbac.CheckPattern, s.regex.Check},

		{http.MethodGet, "/audit", rbac.ViewAudit, s.auditlog.List},
		{http.MethodGet, "/audit/:seq", rbac.ViewAudit, s.auditlog.Show},
		{http.MethodGet, "/audit.jsonl", rbac.ExportAudit, fromHere(s.auditlog.Export)},
		{http.MethodGet, "/audit.csv", rbac.ExportAudit, fromHere(s.auditlog.ExportCSV)},

		{http.MethodGet, templates.SessionURL, rbac.ViewOwnSessions, s.sessions.Show},
		{http.MethodGet, "/sessions", rbac.ViewAllSessions, s.sessions.List},
		{http.MethodPost, "/sessions/:session/end", rbac.EndAnySession, s.sessions.EndAny},
		{http.MethodPost, "/sessions/:session/end-all", rbac.EndAnySession, s.sessions.EndAllOf},
		{http.MethodGet, "/sessions/mine", rbac.ViewOwnSessions, s.sessions.ListOwn},
		{http.MethodPost, "/sessions/mine/end-others", rbac.EndOwnSession, s.sessions.EndOthers},
		{http.MethodPost, "/sessions/mine/:session/end", rbac.EndOwnSession, s.sessions.EndOwn},

		{http.MethodGet, web.LoginPath, rbac.Anything, s.login.Show},
		{http.MethodPost, web.LoginPath, rbac.Anything, s.login.Login},
		{http.MethodGet, web.CallbackPath, rbac.Anything, s.login.FinishSignIn},
		{http.MethodGet, web.StartPath, rbac.Anything, s.login.StartSignIn},
		{http.MethodPost, "/logout", rbac.Anything, s.login.Logout},
		{http.MethodGet, web.SignedOutPath, rbac.Anything, s.login.ShowSignedOut},
		{http.MethodGet, web.SignedOutPath + web.Onward, rbac.Anything, s.login.SignOutElsewhere},

		{http.MethodPost, web.ReportsPath, rbac.Anything, s.takeReport},

		{http.MethodGet, web.HealthPath, rbac.Anything, s.healthz},
		{http.MethodGet, web.ReadyPath, rbac.Anything, s.readyz},
		{http.MethodGet, static.Prefix + "*", rbac.Anything, echo.WrapHandler(static.Handler())},
	}
}

// bodyLimits are the body limits, by path, of routes that need more than the usual limit.
var bodyLimits = map[string]int64{
	web.EntriesPath:             web.MaxEntryForm,
	web.EntriesPath + "/:id":    web.MaxEntryForm,
	web.EntriesPath + "/delete": web.MaxIDs,
	web.PlansPath:               web.MaxIDs,
	web.EntriesPath + ".csv":    web.MaxIDs,
	web.EntriesPath + ".xlsx":   web.MaxIDs,
	web.EntriesPath + ".json":   web.MaxIDs,
	web.EntriesPath + ".tf":     web.MaxIDs,
	web.EntriesPath + ".txt":    web.MaxIDs,
	web.ImportsPath:             imports.MaxBody,
	web.FindingsPath + "/fix":   web.MaxIDs,

	web.TestsPath:                web.MaxEntryForm,
	web.TestsPath + "/import":    tests.MaxBody,
	web.TestsPath + "/suggested": web.MaxIDs,

	web.PlansPath + "/:plan/take-out": web.MaxIDs,
	web.PlansPath + "/:plan/take-in":  web.MaxIDs,
	web.PlansPath + "/:plan/correct":  web.MaxEntryForm,
	web.ImportsPath + "/:import":      web.MaxEntryForm,

	web.ChangesPath + web.PutBackPath: web.MaxIDs,
	web.RegexPath:                     web.MaxPatterns,
}

// listEntries lists the entries as they are now, or as they were at a time.
func (s *Server) listEntries(c echo.Context) error {
	if c.QueryParams().Has("at") {
		return s.changes.ListAt(c)
	}
	return s.entries.List(c)
}

// register adds the routes to e, each behind its guards. It returns an error for a route
// whose action is not in the permission table, and the program does not start.
func register(e *echo.Echo, table []route, before func(rbac.Action) []echo.MiddlewareFunc) error {
	for _, r := range table {
		if _, known := r.action.Needs(); !known {
			return fmt.Errorf("route %s %s: action %q is not in the permission table", r.method, r.path, r.action)
		}
		guards := append([]echo.MiddlewareFunc{web.LimitBodyTo(bodyLimits[r.path])}, before(r.action)...)
		e.Add(r.method, r.path, r.handle, guards...)
		if r.method == http.MethodGet {
			e.Add(http.MethodHead, r.path, r.handle, guards...)
		}
	}
	for path, methods := range hidden(table) {
		allow := strings.Join(append([]string{http.MethodOptions}, methods...), ", ")
		answer := func(c echo.Context) error {
			c.Response().Header().Set(echo.HeaderAllow, allow)
			if c.Request().Method == http.MethodOptions {
				return c.NoContent(http.StatusNoContent)
			}
			return echo.ErrMethodNotAllowed
		}
		for _, method := range []string{http.MethodOptions, http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if !slices.Contains(methods, method) {
				e.Add(method, path, answer)
			}
		}
	}
	return nil
}

// hidden returns the methods of the fixed paths that a path with a parameter matches, too. For
// their other methods the router would take that one: a POST of entries/new would edit the
// entry "new".
func hidden(table []route) map[string][]string {
	paths := make(map[string][]string)
	for _, r := range table {
		paths[r.path] = append(paths[r.path], r.method)
		if r.method == http.MethodGet {
			paths[r.path] = append(paths[r.path], http.MethodHead)
		}
	}
	maps.DeleteFunc(paths, func(path string, _ []string) bool {
		before, last := cutLast(path)
		return strings.HasPrefix(last, ":") || !slices.ContainsFunc(table, func(r route) bool {
			other, parameter := cutLast(r.path)
			return other == before && strings.HasPrefix(parameter, ":")
		})
	})
	return paths
}

// cutLast cuts a path at its last slash.
func cutLast(path string) (before, last string) {
	i := strings.LastIndexByte(path, '/')
	return path[:i], path[i+1:]
}

// guards returns the middleware that checks the session and the permission before a
// handler. A public route has none: assets and health checks must answer without the
// database, which identifying a person needs.
func (s *Server) guards(a rbac.Action) []echo.MiddlewareFunc {
	if a == rbac.Anything {
		return nil
	}
	return []echo.MiddlewareFunc{s.require(a), s.onlyAccount}
}
