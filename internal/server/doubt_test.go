package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// met lets the next call of a method meet a preset, changed as with says.
func (a *app) met(method, preset string, with ...func(*sandbox.Fault)) {
	a.t.Helper()
	f, ok := sandbox.Preset(preset)
	if !ok {
		a.t.Fatalf("no preset %q", preset)
	}
	f.Method = method
	for _, change := range with {
		change(&f)
	}
	a.sandbox.Inject(f)
}

func lands(d time.Duration) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Lands = d }
}

// laggingBy lets the call be carried out, and lists and reads show it only after d.
func laggingBy(d time.Duration) func(*sandbox.Fault) {
	return func(f *sandbox.Fault) { f.Effect, f.ListLag, f.EntryLag = sandbox.EffectWrite, d, d }
}

// follow is where the page leads by itself.
func (a *answer) follow() string {
	a.t.Helper()
	to := a.Find("[data-follow]").AttrOr("data-follow", "")
	if to == "" {
		a.t.Fatalf("the page does not follow what becomes of it:\n%s", a.text("main"))
	}
	return to
}

// beside presses the button that sends the form beside one that is in doubt.
func (b *browser) beside(page *answer) *answer {
	b.app.t.Helper()
	value := page.Find("form[data-once] button[name=confirmed]").AttrOr("value", "")
	if !strings.Contains(value, "in-doubt:") {
		b.app.t.Fatalf("no button to send it all the same:\n%s", page.text("main"))
	}
	form := fields(page)
	form.Set("confirmed", value)
	return b.post(page.Find("form[data-once]").AttrOr("action", ""), form)
}

// calls counts the calls of a method that reached the sandbox.
func (a *app) calls(method string) int {
	return len(slices.DeleteFunc(a.sandbox.Calls(), func(c sandbox.Call) bool { return c.Method != method }))
}

// last is the outcome that holds of the first change of a kind.
func (a *app) last(action rbac.Action) audit.Record {
	a.t.Helper()
	records := a.records(action)
	first := records[0].Seq
	records = slices.DeleteFunc(records, func(r audit.Record) bool { return r.Intent != first })
	if len(records) == 0 {
		a.t.Fatal("no outcome is recorded")
	}
	return records[len(records)-1]
}

// Whatever answer leaves a create in doubt: while it is, neither the same form nor another
// one with the same name and address sends anything, and in the end the page leads to the
// entry.
func TestACreateInDoubtIsFollowed(t *testing.T) {
	t.Parallel()
	const late = 20 * time.Second
	for i, preset := range []string{
		"500", "500-html", "500-empty", "502-html", "503", "302", "307", "400-html", "403-html", "404-html", "409-html", "429-html",
		"no-result", "null-result", "empty-result", "empty-object", "other-id", "no-id", "contradiction", "400-success", "empty-body", "truncated",
		"dropped", "dropped-in-body",
	} {
		name, fault := " and lands late", lands(late)
		if i%2 == 0 {
			name, fault = " and the list lags", laggingBy(late)
		}
		t.Run(preset+name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
			b, other := app.as("editor"), app.as("admin")
			app.met(http.MethodPost, preset, fault)
			page := b.create(with(jane(), "comments", "typed"))
			if page.status != http.StatusBadGateway && page.status != http.StatusTooManyRequests {
				t.Fatalf("status %d: %s", page.status, page.text("main"))
			}
			kept(t, page, with(jane(), "comments", "typed"))
			follow := page.follow()
			again := b.submit(page, nil)
			same(t, "the same form", again.status >= 500, true)
			same(t, "another form", other.create(map[string]string{"name": " JANE  smith", "email": "Jane.Smith@example.com"}).status, http.StatusConflict)
			same(t, "creates sent", creates(app), 1)
			waits := b.get(follow).wants(http.StatusAccepted)
			same(t, "goes on without a script", waits.Find("noscript").Text() != "" || strings.Contains(waits.body, `http-equiv="refresh"`), true)
			app.clock.move(late)
			res := b.get(follow).wants(http.StatusSeeOther)
			made := app.find("Jane Smith")
			if len(made) != 1 {
				t.Fatalf("%d entries", len(made))
			}
			same(t, "led to", res.location(), entries+"/"+made[0].ID)
			b.get(res.location()).contains("[role=status] h2", "Created after all")
			same(t, "outcome", app.last(rbac.CreateEntry).Outcome, audit.OutcomeDone)
			same(t, "creates sent", creates(app), 1)
		})
	}
}

// A create that was not made ends at the form as typed, once that is certain.
func TestACreateThatWasNotMade(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	typed := with(jane(), "comments", "  kept  as typed ")
	app.inject("500")
	page := b.create(typed).wants(http.StatusBadGateway)
	follow := page.follow()
	for _, wait := range []time.Duration{0, 30 * time.Second, 70 * time.Second, 20 * time.Second} {
		app.clock.move(wait)
		b.get(follow).wants(http.StatusAccepted).contains("h1", "It is not known whether the entry was created")
	}
	app.clock.move(15 * time.Second)
	page = b.get(follow).wants(http.StatusOK)
	page.contains("#error-summary h2", "Not created: it is safe to try again")
	kept(t, page, typed)
	same(t, "outcome", app.last(rbac.CreateEntry).Outcome, audit.OutcomeFailed)
	b.get(b.submit(page, nil).wants(http.StatusSeeOther).location())
	same(t, "entries", len(app.find("Jane Smith")), 1)
	same(t, "creates sent", creates(app), 2)
	b.get(follow).wants(http.StatusOK).contains("main", "There is no saved form under this link") // the form was sent
}

// What the API says that it has done is never told as not created.
func TestWhatHappenedIsNeverNotCreated(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"no-result", "empty-result", "empty-object", "other-id", "empty-body"} {
		app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
		b := app.as("editor")
		app.inject(preset)
		page := b.create(jane()).wants(http.StatusBadGateway)
		follow := page.follow()
		app.clock.move(20 * time.Minute)
		must(t, app.changes.SettleOpen(t.Context(), true))
		b.get(follow).wants(http.StatusAccepted).contains("h1", "Cloudflare says that the entry was created, but the registry does not show it yet")
		page = b.submit(page, nil).wants(http.StatusBadGateway)
		same(t, preset+": outcome", app.last(rbac.CreateEntry).Outcome, audit.OutcomeUnknown)
		same(t, preset+": creates sent", creates(app), 1)
		// The way out is the second step, as always.
		b.beside(page).wants(http.StatusSeeOther)
		same(t, preset+": entries", len(app.find("Jane Smith")), 1)
	}
}

// Who takes the second step makes two entries, knowing that there may be two; the record
// says so. Pressed twice, it makes one.
func TestSendingBesideADoubt(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"editor", "admin"} {
		t.Run(who, func(t *testing.T) {
			app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
			b := app.as("editor")
			app.met(http.MethodPost, "500", lands(10*time.Second))
			page := b.create(jane()).wants(http.StatusBadGateway)
			if who != "editor" {
				b = app.as(who)
				page = b.create(jane()).wants(http.StatusConflict)
				page.contains("#error-summary h2", "Not sent: the same entry may have been created already")
				page.contains("#error-summary", "edgar.okafor@haldenvoss.example sent an entry with this name and address")
			}
			page.contains("#error-summary", "there may be two entries")
			to := b.beside(page).wants(http.StatusSeeOther).location()
			same(t, "pressed twice", b.beside(page).wants(http.StatusSeeOther).location(), to)
			same(t, "creates sent", creates(app), 2)
			app.clock.move(10 * time.Second)
			must(t, app.changes.SettleOpen(t.Context(), true))
			same(t, "entries", len(app.find("Jane Smith")), 2)
			done := map[registry.ID]int{}
			for _, r := range app.records(rbac.CreateEntry) {
				if r.Outcome == audit.OutcomeDone {
					done[r.Entry]++
				}
				if r.Outcome == audit.OutcomeIntent && r.Seq > 1 && len(r.Confirmed) > 0 {
					same(t, "confirmed", r.Confirmed[0].Kind, registry.KindInDoubt)
				}
			}
			for _, e := range app.find("Jane Smith") {
				same(t, "records of "+e.ID, done[registry.ID(e.ID)], 1)
			}
			confirmed := 0
			for _, r := range app.records(rbac.CreateEntry) {
				confirmed += len(r.Confirmed)
			}
			same(t, "confirmations recorded", confirmed, 1)
		})
	}
}

// A script that asks in JSON is told the same.
func TestADoubtInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	accept := map[string]string{"Accept": "application/json"}
	send := func(form url.Values) *answer { return b.send(entries, form, accept) }
	app.met(http.MethodPost, "500-late")
	form := url.Values{"name": {"Jane Smith"}, "email": {"jane.smith@example.com"}}
	first := send(form).wants(http.StatusBadGateway)
	same(t, "Retry-After", first.header.Get("Retry-After"), "5")
	second := send(form).wants(http.StatusConflict)
	for _, want := range []string{`"success":false`, "may have been created already", "confirmed=in-doubt:"} {
		same(t, want, strings.Contains(second.body, want), true)
	}
	same(t, "creates sent", creates(app), 1)
	app.clock.move(usualLag)
	send(form).wants(http.StatusUnprocessableEntity) // it is there: a duplicate
	same(t, "creates sent", creates(app), 1)
}

// The same for edits and deletions, and for what other people do with the entry.
func TestAChangeInDoubtIsFollowed(t *testing.T) {
	t.Parallel()
	const late = 20 * time.Second
	for i, preset := range []string{"500", "302", "403-html", "404-html", "empty-result", "empty-object", "other-id", "empty-body", "dropped"} {
		name, fault := " late", lands(late)
		if i%2 == 0 {
			name, fault = " lagging", laggingBy(late)
		}
		t.Run("edit "+preset+name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			b, other := app.as("editor"), app.as("admin")
			path := app.existing(b)
			form, theirs := b.get(path+"/edit"), other.get(path+"/edit")
			app.met(http.MethodPatch, preset, fault)
			page := b.submit(form, map[string]string{"comments": "new"}).wants(http.StatusBadGateway)
			same(t, "comments", page.Find("#comments").Text(), "new")
			follow := page.follow()
			b.submit(page, nil).wants(http.StatusBadGateway)
			page = other.submit(theirs, map[string]string{"comments": "theirs"}).wants(http.StatusConflict)
			page.contains("#error-summary h2", "an earlier change of this entry is not settled yet")
			same(t, "theirs", page.Find("#comments").Text(), "theirs")
			other.post(path+"/delete", nil).wants(http.StatusConflict)
			same(t, "edits sent", app.calls(http.MethodPatch), 1)
			same(t, "deletions sent", app.calls(http.MethodDelete), 0)
			b.get(follow).wants(http.StatusAccepted)
			app.clock.move(late)
			same(t, "led to", b.get(follow).wants(http.StatusSeeOther).location(), path)
			b.get(path).contains("[role=status] h2", "Saved after all")
			same(t, "outcome", app.last(rbac.EditEntry).Outcome, audit.OutcomeDone)
			other.post(path+"/delete", nil).wants(http.StatusSeeOther)
		})
		t.Run("delete "+preset+name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			b, other := app.as("editor"), app.as("admin")
			path := app.existing(b)
			theirs := other.get(path + "/edit")
			app.met(http.MethodDelete, preset, fault)
			page := b.post(path+"/delete", nil).wants(http.StatusBadGateway)
			follow := page.follow()
			b.post(path+"/delete", nil).wants(http.StatusBadGateway)
			other.submit(theirs, map[string]string{"comments": "theirs"}).wants(http.StatusConflict).contains("#error-summary h2", "may be deleted already")
			same(t, "deletions sent", app.calls(http.MethodDelete), 1)
			same(t, "edits sent", app.calls(http.MethodPatch), 0)
			b.get(follow).wants(http.StatusAccepted)
			app.clock.move(late)
			same(t, "led to", b.get(follow).wants(http.StatusSeeOther).location(), entries)
			page = b.get(entries)
			page.contains("[role=status] h2", "Deleted: Jane Smith")
			same(t, "can be undone", page.Find("form[action$='/undo']").Length(), 1)
			same(t, "outcome", app.last(rbac.DeleteEntry).Outcome, audit.OutcomeDone)
		})
	}
}

func TestAChangeThatWasNotMade(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	app.met(http.MethodPatch, "500")
	edit := b.submit(b.get(path+"/edit"), map[string]string{"comments": "new"}).wants(http.StatusBadGateway)
	app.clock.move(doubtLasts)
	page := b.get(edit.follow()).wants(http.StatusOK)
	page.contains("#error-summary h2", "Not saved: it is safe to try again")
	same(t, "comments", page.Find("#comments").Text(), "new")
	b.submit(page, nil).wants(http.StatusSeeOther)

	app.met(http.MethodDelete, "500")
	deleted := b.post(path+"/delete", nil).wants(http.StatusBadGateway)
	app.clock.move(doubtLasts)
	page = b.get(deleted.follow()).wants(http.StatusOK)
	page.contains("[role=status] h2", "Not deleted: it is safe to try again")
	b.post(path+"/delete", nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 0)
}

func seqText(seq int64) string { return strconv.FormatInt(seq, 10) }

// Only the change that a link names is told of, where it belongs.
func TestFollowingWhatIsNotThere(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	app.met(http.MethodPatch, "500")
	b.submit(b.get(path+"/edit"), map[string]string{"comments": "new"}).wants(http.StatusBadGateway)
	edit := app.records(rbac.EditEntry)[0].Seq
	for _, to := range []string{
		entries + "/new?intent=x", entries + "/new?intent=-1", entries + "/new?intent=999", entries + "/new?intent=" + seqText(edit),
		entries + "/new?intent=" + seqText(edit+1), entries + "/7/edit?intent=" + seqText(edit), path + "/edit?intent=1",
	} {
		if got := b.get(to); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", to, got.status)
		}
	}
	same(t, "a viewer", app.as("viewer").get(path+"/edit?intent="+seqText(edit)).status, http.StatusForbidden)
}
