package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// closed records an outcome of the first change of a kind as an older version did: too
// early.
func (a *app) closed(action rbac.Action, outcome audit.Outcome, errs ...registry.Problem) {
	a.t.Helper()
	intent := a.records(action)[0]
	_, err := a.store.Append(a.t.Context(), audit.Record{
		Actor: intent.Actor, Account: intent.Account, Action: action, Entry: intent.Entry, Intent: intent.Seq, Outcome: outcome, Before: intent.Before, After: intent.After, Errors: errs,
	})
	must(a.t, err)
}

// A change that is recorded as not done, but was done, gets one more record that says so,
// and pages follow it.
func TestARecordIsCorrected(t *testing.T) {
	t.Parallel()
	fault := registry.Problem{Code: "10001", Message: "Internal server error"}
	tests := []struct {
		name    string
		method  string
		action  rbac.Action
		outcome audit.Outcome
		errors  []registry.Problem
		lands   bool
		want    audit.Outcome
	}{
		{"create, failed", "POST", rbac.CreateEntry, audit.OutcomeFailed, []registry.Problem{fault}, true, audit.OutcomeDone},
		{"create, looked for", "POST", rbac.CreateEntry, audit.OutcomeFailed, []registry.Problem{{Code: "namesake.settled", Message: "looked for in the registry, and not found"}}, true, audit.OutcomeDone},
		{"create, refused by an edge", "POST", rbac.CreateEntry, audit.OutcomeRefused, []registry.Problem{{Code: "namesake.call_failed", Message: "denied"}}, true, audit.OutcomeDone},
		{"create, not made", "POST", rbac.CreateEntry, audit.OutcomeFailed, []registry.Problem{fault}, false, audit.OutcomeFailed},
		{"edit, failed", "PATCH", rbac.EditEntry, audit.OutcomeFailed, []registry.Problem{fault}, true, audit.OutcomeDone},
		{"edit, not made", "PATCH", rbac.EditEntry, audit.OutcomeFailed, []registry.Problem{fault}, false, audit.OutcomeFailed},
		{"delete, failed", "DELETE", rbac.DeleteEntry, audit.OutcomeFailed, []registry.Problem{fault}, true, audit.OutcomeDone},
		{"delete, not made", "DELETE", rbac.DeleteEntry, audit.OutcomeFailed, []registry.Problem{fault}, false, audit.OutcomeFailed},
		{"create, never sent", "POST", rbac.CreateEntry, audit.OutcomeFailed, []registry.Problem{{Code: "namesake.not_sent", Message: "not sent"}}, true, audit.OutcomeFailed},
		{"create, refused by the API", "POST", rbac.CreateEntry, audit.OutcomeRefused, []registry.Problem{fault}, true, audit.OutcomeRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
			b := app.as("editor")
			path := ""
			if tt.method != "POST" {
				path = app.existing(b)
			}
			late := lands(10 * time.Second)
			if !tt.lands {
				late = func(*sandbox.Fault) {}
			}
			app.met(tt.method, "500", late)
			switch tt.method {
			case "POST":
				b.create(jane()).wants(http.StatusBadGateway)
			case "PATCH":
				b.submit(b.get(path+"/edit"), map[string]string{"comments": "new"}).wants(http.StatusBadGateway)
			default:
				b.post(path+"/delete", nil).wants(http.StatusBadGateway)
			}
			app.closed(tt.action, tt.outcome, tt.errors...)
			before := len(app.records(tt.action))
			app.clock.move(3 * time.Minute)
			must(t, app.changes.LookAgain(t.Context()))
			last := app.last(tt.action)
			same(t, "outcome", last.Outcome, tt.want)
			corrected := tt.want == audit.OutcomeDone
			same(t, "records", len(app.records(tt.action))-before, map[bool]int{true: 1, false: 0}[corrected])
			_, err := app.store.Verify(t.Context(), nil)
			must(t, err)
			if !corrected {
				return
			}
			same(t, "corrects", last.Corrects() > 0 && last.Corrects() < last.Seq, true)
			page := b.get("/audit/" + seqText(last.Seq)).wants(http.StatusOK)
			page.contains("main", "corrects record "+seqText(last.Corrects()))
			b.get("/audit?entry="+string(last.Entry)).contains("main", "Done")
			if tt.method == "DELETE" { // undo follows
				b.post(entries+"/undo", url.Values{"record": {seqText(last.Seq)}}).wants(http.StatusSeeOther)
				same(t, "entries", len(app.find("Jane Smith")), 1)
			}
			// Nothing more comes of looking again.
			app.clock.move(20 * time.Minute)
			must(t, app.changes.LookAgain(t.Context()))
			same(t, "records in the end", len(app.records(tt.action))-before >= 1, true)
		})
	}
}

// An entry that turns up when the registry is read is looked at, and corrects the record at
// once.
func TestASightingCorrects(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	app.met(http.MethodPost, "500", lands(10*time.Second))
	b.create(jane()).wants(http.StatusBadGateway)
	app.closed(rbac.CreateEntry, audit.OutcomeFailed, registry.Problem{Code: "10001", Message: "oops"})
	must(t, app.changes.LookAgain(t.Context())) // it is known, and not looked for yet
	calls := app.calls(http.MethodGet)
	must(t, app.changes.LookAgain(t.Context()))
	same(t, "calls for nothing", app.calls(http.MethodGet)-calls, 0)
	app.clock.move(10 * time.Second)
	must(t, app.mirror.Refresh(t.Context()))
	must(t, app.changes.LookAgain(t.Context()))
	same(t, "outcome", app.last(rbac.CreateEntry).Outcome, audit.OutcomeDone)
}

// Tampering with a corrected trail shows as before.
func TestACorrectionCannotBeMadeUp(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	b.create(jane()).wants(http.StatusSeeOther)
	intent, done := app.records(rbac.CreateEntry)[0], app.records(rbac.CreateEntry)[1]
	for _, r := range []audit.Record{
		{Intent: intent.Seq, Outcome: audit.OutcomeDone, Messages: []registry.Problem{{Code: "namesake.corrects", Message: "corrects record " + seqText(done.Seq) + ": x"}}},
		{Intent: intent.Seq, Outcome: audit.OutcomeFailed, Messages: []registry.Problem{{Code: "namesake.corrects", Message: "corrects record " + seqText(intent.Seq) + ": x"}}},
		{Intent: 99, Outcome: audit.OutcomeDone, Messages: []registry.Problem{{Code: "namesake.corrects", Message: "corrects record 98: x"}}},
	} {
		if _, err := app.store.Append(t.Context(), r); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
	// The API's own messages are no corrections.
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Effect: sandbox.EffectWrite, Body: `{"success":true,"errors":[],"messages":[{"code":"namesake.corrects","message":"corrects record 2"}],"result":{{result}}}`})
	b.create(with(jane(), "email", "other@example.com")).wants(http.StatusSeeOther)
	_, err := app.store.Verify(t.Context(), nil)
	must(t, err)
}

// A plan follows what is found out of its operations, and so does the plan that undoes it.
func TestADeletionOfSeveralFollows(t *testing.T) {
	t.Parallel()
	app := filled(t, 3)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	app.met(http.MethodDelete, "500", lands(10*time.Second))
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "2 of 3 entries deleted")
	page.contains("li[data-state=unknown]", "It is not known whether the entry was deleted")
	app.clock.move(10 * time.Second)
	must(t, app.changes.SettleOpen(t.Context(), true))
	path := strings.TrimSuffix(page.Find("form[action*='/plans/'][action$='/undo']").AttrOr("action", ""), "/undo")
	b.get(path).wants(http.StatusOK).contains("h1", "3 entries deleted")
	app.met(http.MethodPost, "500", lands(10*time.Second))
	page = b.undo(page)
	page.contains("h1", "2 of 3 entries created again")
	undo := strings.TrimSuffix(page.Find("form[action$='/retry']").AttrOr("action", ""), "/retry")
	// Retried at once it tells one story, and sends nothing.
	sent := app.calls(http.MethodPost)
	page = b.press(page, "retry", nil)
	page.contains("li[data-state=unknown]", "It is not known whether the entry was created")
	same(t, "an invented cause", strings.Contains(page.text("main"), "refused"), false)
	same(t, "sent", app.calls(http.MethodPost)-sent, 0)
	app.clock.move(10 * time.Second)
	must(t, app.changes.SettleOpen(t.Context(), true))
	b.get(undo).wants(http.StatusOK).contains("h1", "3 entries created again")
	same(t, "entries", len(app.sandbox.Entries()), 3)
}

// What was not done in the end is told as not done.
func TestADeletionOfSeveralThatWasNotMade(t *testing.T) {
	t.Parallel()
	app := filled(t, 2)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	app.met(http.MethodDelete, "500")
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	path := strings.TrimSuffix(page.Find("form[action$='/retry']").AttrOr("action", ""), "/retry")
	app.clock.move(doubtLasts)
	must(t, app.changes.SettleOpen(t.Context(), true))
	page = b.get(path).wants(http.StatusOK)
	page.contains("li[data-state=failed]", "Not deleted: it is safe to try again")
	b.press(page, "retry", nil).contains("h1", "2 entries deleted")
}

// Five creates in a row of which nothing is known stop an undo, also when they are retried
// without an answer to tell of.
func TestFiveUnknownInARowStop(t *testing.T) {
	t.Parallel()
	app := filled(t, 8)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "8 entries deleted")
	for range 8 {
		app.met(http.MethodPost, "500")
	}
	page = b.undo(page)
	page.contains("h1", "Paused")
	for range 8 { // for those that were not tried: a success between them would end the row
		app.met(http.MethodPost, "500")
	}
	page = b.press(page, "retry", nil)
	page.contains("h1", "Paused")
	same(t, "an invented cause", strings.Contains(page.text("main"), "refused the values"), false)
}
