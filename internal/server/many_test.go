package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
	"namesake/internal/rbac"
)

// List, search, edit and delete with many entries: no list takes a call, and a change takes
// as few as with ten.
func TestManyEntries(t *testing.T) {
	t.Parallel()
	const many = 3_456
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(many - 1)
	b := app.as("editor")
	path := app.existing(b)
	b.get(entries).wants(http.StatusOK) // reads the registry
	calls := func(what string, want int, do func() *answer) *answer {
		t.Helper()
		before := len(app.sandbox.Calls())
		page := do()
		same(t, "calls to "+what, len(app.sandbox.Calls())-before, want)
		return page
	}
	list := calls("list", 0, func() *answer { return b.get(entries + "?per_page=50").wants(http.StatusOK) })
	list.contains("[data-live=count]", "Entries 1 to 50 of 3456")
	list.contains("button[name=all]", "Delete all manual entries…")
	calls("look at the last page", 0, func() *answer { return b.get(entries + "?per_page=50&page=70").wants(http.StatusOK) }).contains("[data-live=count]", "Entries 3451 to 3456 of 3456")
	calls("search", 0, func() *answer { return b.get(entries + "?search=jane.smith").wants(http.StatusOK) }).contains("[data-live=count]", "Entries 1 to 1 of 1")
	calls("match an address", 0, func() *answer { return b.covering("jane.smith@example.com", "") }).contains("[role=status]", "(3456 entries checked).")

	form := calls("open a form", 1, func() *answer { return b.get(path + "/edit").wants(http.StatusOK) })
	calls("save", 2, func() *answer {
		return b.submit(form, map[string]string{"comments": "among many"}).wants(http.StatusSeeOther)
	})
	calls("show an entry", 1, func() *answer { return b.get(path).wants(http.StatusOK) }).contains("main", "among many")
	calls("delete", 2, func() *answer { return b.post(path+"/delete", nil).wants(http.StatusSeeOther) })
	calls("list", 0, func() *answer { return b.get(entries).wants(http.StatusOK) }).contains("[data-live=count]", "Entries 1 to 20 of 3455")
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
