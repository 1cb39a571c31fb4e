package server_test

import (
	"net/http"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// What the API says that it did to an entry, and what the registry does not show in the
// time that it may take, is not told as not done; but it keeps no one from the entry.
func TestWhatHappenedDoesNotLockAnEntryForGood(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"no-result", "empty-result", "empty-object", "other-id", "empty-body"} {
		for _, change := range changes[1:] {
			for _, who := range []string{"editor", "admin"} {
				app := newApp(t)
				b := app.as("editor")
				path := app.existing(b)
				app.met(change.method, preset)
				follow := change.send(b, path).wants(http.StatusBadGateway).follow()
				app.clock.move(20 * time.Second)
				same(t, "too soon", change.send(app.as(who), path).status >= 400, true)
				same(t, "calls", app.calls(change.method), 1)
				app.clock.move(20 * time.Minute)
				b.get(follow).wants(http.StatusAccepted).contains("h1", "the registry does not show it yet")
				must(t, app.changes.SettleOpen(t.Context(), true))
				same(t, "outcome", app.last(change.action).Outcome, audit.OutcomeUnknown)
				change.send(app.as(who), path).wants(http.StatusSeeOther)
				same(t, "calls", app.calls(change.method), 2)
				must(t, app.changes.SettleOpen(t.Context(), true))
				_, err := app.store.Verify(t.Context(), nil)
				must(t, err)
			}
		}
	}
}

// While what became of a change can't be recorded, the next one of the entry is refused
// soon, and asks the API little.
func TestAnOutcomeThatCanNotBeRecordedDoesNotKeepPeopleWaiting(t *testing.T) {
	t.Parallel()
	tries := 0
	var broken bool
	journal := &faultyJournal{fail: func(r audit.Record) bool {
		if !broken || r.Outcome == audit.OutcomeIntent || r.Action == rbac.StartSession {
			return false
		}
		tries++
		return tries < 100
	}}
	for _, change := range changes[1:] {
		app := newApp(t, func(s *settings) { s.journal = journal })
		b := app.as("editor")
		path := app.existing(b)
		form := b.get(path + "/edit")
		tries, broken = 0, true
		b.submit(form, map[string]string{"comments": "one"}).wants(http.StatusSeeOther)
		before := len(app.sandbox.Calls())
		change.send(app.as("admin"), path).wants(http.StatusServiceUnavailable)
		if tries > 3 || len(app.sandbox.Calls())-before > 5 {
			t.Errorf("%d tries to record and %d calls", tries, len(app.sandbox.Calls())-before)
		}
		broken = false
		change.send(app.as("admin"), path).wants(http.StatusSeeOther)
	}
}
