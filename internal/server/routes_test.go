package server

import (
	"os"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"namesake/internal/rbac"
)

// The role test in security_test.go must know every route.
func TestEveryRouteIsInTheRoleTest(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("security_test.go")
	if err != nil {
		t.Fatal(err)
	}
	spell := strings.NewReplacer(
		"/accounts/:account/entries/undo", `entries + "/undo"`, "/accounts/:account/entries/covering", `entries + "/covering"`, "/accounts/:account/entries/delete", `entries + "/delete"`,
		"/accounts/:account/deletions/:plan", `deletions + "/none`, "/accounts/:account/deletions", "deletions",
		"/accounts/:account/plans/:plan", `plans + "/none`, "/accounts/:account/plans", "plans",
		"/accounts/:account/imports/:import", `imports + "/none"`, "/accounts/:account/imports/new", `imports + "/new"`, "/accounts/:account/imports/template.csv", `imports + "/template.csv"`, "/accounts/:account/imports", "imports",
		"/accounts/:account/changes/compare", `changesURL + "/compare"`, "/accounts/:account/changes/put-back", `changesURL + "/put-back"`,
		"/accounts/:account/changes/restore", `changesURL + "/restore"`, "/accounts/:account/changes", "changesURL", "/accounts/:account/check", "checkURL",
		"/accounts/:account/tests.csv", `testsURL + ".csv"`, "/accounts/:account/tests.json", `testsURL + ".json"`, "/accounts/:account/tests/import", `testsURL + "/import"`,
		"/accounts/:account/tests/suggested", `testsURL + "/suggested"`, "/accounts/:account/tests/undo", `testsURL + "/undo"`, "/accounts/:account/tests/:test/delete", `testsURL + "/none/delete"`, "/accounts/:account/tests", "testsURL",
		"/accounts/:account/findings/fix", `findingsURL + "/fix"`, "/accounts/:account/findings/:finding", `findingsURL + "/none`, "/accounts/:account/findings", "findingsURL",
		"/accounts/:account/entries.csv", `entries + ".csv"`, "/accounts/:account/entries.xlsx", `entries + ".xlsx"`, "/accounts/:account/entries.json", `entries + ".json"`, "/accounts/:account/entries.tf", `entries + ".tf"`, "/accounts/:account/entries.txt", `entries + ".txt"`,
		"/accounts/:account/entries/of-name", `entries + "/of-name"`,
		"/accounts/:account/entries/:id/edit", `entries + "/12/edit"`, "/accounts/:account/entries/:id/delete", `entries + "/12/delete"`,
		"/accounts/:account/entries/:id/restore", `entries + "/12/restore"`,
		"/accounts/:account/entries/:id", `entries + "/12"`, "/accounts/:account/entries/new", `entries + "/new"`,
		"/accounts/:account/entries", "entries", "/accounts/:account/refresh", "refresh", "/static/*", `"/static/app.css"`,
		"/accounts/:account", "overview", "/audit/:seq", "/audit/1", ":session", "nothing",
	)
	for _, r := range (&Server{}).table() {
		path := spell.Replace(r.path)
		if strings.HasPrefix(path, "deletions + ") || strings.HasPrefix(path, `findingsURL + "/none`) || strings.HasPrefix(path, "plans + ") {
			path += `"`
		}
		if strings.HasPrefix(path, "/") {
			path = `"` + path + `"`
		}
		if line := `{"` + r.method + `", ` + path + `,`; !strings.Contains(string(source), line) {
			t.Errorf("TestRoutesByRole does not know %s %s (looked for %s)", r.method, r.path, line)
		}
	}
}

func TestRouteWithoutAnActionStopsTheProgram(t *testing.T) {
	t.Parallel()
	if _, known := rbac.Action("entry.paint").Needs(); known {
		t.Fatal("the example action exists")
	}
	err := register(echo.New(), []route{{"GET", "/paint", "entry.paint", nil}}, (&Server{}).guards)
	if err == nil || !strings.Contains(err.Error(), "entry.paint") {
		t.Errorf("got %v, want an error that names the action", err)
	}
}
