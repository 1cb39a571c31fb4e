package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/rbac"
)

// removed creates an entry, deletes it, and returns its page.
func (b *browser) removed(form map[string]string) string {
	b.app.t.Helper()
	to := b.create(form).wants(http.StatusSeeOther).location()
	version := b.get(to+"/delete").Find("[name=version]").AttrOr("value", "")
	b.post(to+"/delete", url.Values{"version": {version}}).wants(http.StatusSeeOther)
	b.app.clock.move(time.Hour)
	return to
}

// A deleted entry is restored from its page, by people who may.
func TestRestoreADeletedEntry(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	to := b.removed(with(jane(), "comments", "Works from home"))
	b = app.as("editor") // the session has ended
	page := b.get(to).wants(http.StatusNotFound)
	action := page.Find("main form:contains('Restore')").AttrOr("action", "")
	same(t, "offered to viewers", app.as("viewer").get(to).wants(http.StatusNotFound).Find("main form").Length(), 0)
	app.as("viewer").post(action, nil).wants(http.StatusForbidden)

	again := b.post(action, nil).wants(http.StatusSeeOther).location()
	same(t, "leads to another entry", again != to && strings.HasPrefix(again, entries+"/"), true)
	restored := b.get(again).wants(http.StatusOK)
	restored.contains("[role=status]", "Restored")
	restored.contains("main", "Works from home")
	b.get(to).wants(http.StatusNotFound).contains("main", "was deleted") // and stays
	same(t, "recorded creates", len(app.records(rbac.CreateEntry)), 4)

	// A second time it is there already: the plan says so, and nothing is made.
	second := b.get(b.post(action, nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
	second.contains("h1", "Nothing to do")
	same(t, "entries", len(app.find(jane()["name"])), 1)
}

func TestRestoreWhatWasNotDeleted(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	to := b.create(jane()).wants(http.StatusSeeOther).location()
	b.post(to+"/restore", nil).wants(http.StatusNotFound)
	b.post(entries+"/"+string(entryID(9))+"/restore", nil).wants(http.StatusNotFound)
	b.post(entries+"/%2f/restore", nil).wants(http.StatusNotFound)
	same(t, "recorded creates", len(app.records(rbac.CreateEntry)), 2)
}
