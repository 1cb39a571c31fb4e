package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
	"namesake/internal/rbac"
)

// List, edit and delete with 100,000 entries: each page takes as few calls as with ten.
func TestManyEntries(t *testing.T) {
	t.Parallel()
	const many = 100_000
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(many - 1)
	b := app.as("editor")
	path := app.existing(b)
	calls := func(what string, want int, do func() *answer) *answer {
		t.Helper()
		before := len(app.sandbox.Calls())
		page := do()
		same(t, "calls to "+what, len(app.sandbox.Calls())-before, want)
		return page
	}
	list := calls("list", 1, func() *answer { return b.get(entries + "?per_page=50").wants(http.StatusOK) })
	list.contains("[data-live=count]", "Entries 1 to 50 of 100000")
	list.contains("button[name=all]", "Delete all manual entries…")
	// One more, for a full page that completes the total says nothing of a total that is too small.
	calls("look at the last page", 2, func() *answer { return b.get(entries + "?per_page=50&page=2000").wants(http.StatusOK) }).contains("[data-live=count]", "Entries 99951 to 100000 of 100000")
	calls("search", 1, func() *answer { return b.get(entries + "?search=jane.smith").wants(http.StatusOK) }).contains("[data-live=count]", "Entries 1 to 1 of 1")

	form := b.get(path + "/edit").wants(http.StatusOK)
	b.submit(form, map[string]string{"comments": "among many"}).wants(http.StatusSeeOther)
	b.get(path).wants(http.StatusOK).contains("main", "among many")
	b.post(path+"/delete", nil).wants(http.StatusSeeOther)
	same(t, "left", len(app.sandbox.Entries()), many-1)
	same(t, "deletions recorded", len(app.records(rbac.DeleteEntry)), 2)
}

// More than can be deleted together: nothing is.
func TestTooManyToDelete(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(plan.MaxOperations + 1)
	b := app.as("editor")
	draft := b.ended(b.post(plans, url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location())
	draft.contains("[role=alert]", "A plan has at most 10000 operations")
	same(t, "buttons to begin", draft.Find("form[action$='/apply']").Length(), 0)
	same(t, "deletions", len(app.records(rbac.DeleteEntry)), 0)
}
