package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// Whatever can be in the trail can be filtered for, and has a name in words.
func TestEveryActionCanBeFilteredFor(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for _, action := range rbac.RecordedActions() {
		app.record(audit.Record{Action: action, Outcome: audit.OutcomeRefused})
	}
	b := app.as("admin")
	options := b.get("/audit").wants(http.StatusOK).Find("select[name=action] option")
	for _, action := range rbac.RecordedActions() {
		page := b.get("/audit?outcome=refused&action=" + string(action)).wants(http.StatusOK)
		same(t, string(action)+": records", page.Find("tbody tr").Length(), 1)
		same(t, string(action)+": left out", strings.Contains(page.text("main"), "was left out"), false)
		label := options.FilterFunction(func(_ int, o *goquery.Selection) bool { return o.AttrOr("value", "") == string(action) }).Text()
		same(t, string(action)+": in words", strings.HasSuffix(label, " ("+string(action)+")"), true)
	}
}

func TestRefusalsCanBeFilteredFor(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	b.get("/sessions").wants(http.StatusForbidden)
	b.post("/sessions/nothing/end", nil).wants(http.StatusForbidden)
	admin := app.as("admin")
	for _, action := range []string{"session.list", "session.end_any"} {
		page := admin.get("/audit?outcome=refused&action=" + action).wants(http.StatusOK)
		same(t, action, page.Find("tbody tr").Length(), 1)
		same(t, action+" exported", strings.Count(admin.get("/audit.jsonl?outcome=refused&action="+action).wants(http.StatusOK).body, "\n"), 1)
	}
}
