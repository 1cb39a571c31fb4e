package server_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// out lets every call of the API fail, until the faults are cleared.
func (a *app) out(preset string) {
	a.t.Helper()
	f, ok := sandbox.Preset(preset)
	if !ok {
		a.t.Fatalf("no preset %q", preset)
	}
	f.Times = -1
	a.sandbox.Inject(f)
}

// outages are faults of the API with what a list that is old because of them says.
var outages = []struct {
	preset string
	status int // of what needs the API
	says   string
	age    string // of what was read 3 minutes before the outage, after the program has given up
}{
	{"slow", 504, "Cloudflare does not answer in time.", "3 minutes"},
	{"504", 504, "Cloudflare does not answer in time.", "3 minutes"},
	{"dropped", 502, "Cloudflare can't be reached.", "3 minutes"},
	{"dropped-in-body", 502, "Cloudflare can't be reached.", "3 minutes"},
	{"502-html", 502, "Cloudflare returned an error (502).", "3 minutes"},
	{"500", 502, "Cloudflare returned an error (500).", "3 minutes"},
	{"empty-object", 502, "Cloudflare's answer can't be read.", "3 minutes"},
	{"401", 502, "Cloudflare refuses Namesake's credentials.", "3 minutes"},
	{"403", 502, "Cloudflare refuses Namesake's credentials.", "3 minutes"},
	{"403-subscription", 502, "The account has no Email Security.", "3 minutes"},
	{"404-route", 404, "Cloudflare returned an error (404).", "3 minutes"},
	{"400", 422, "Cloudflare returned an error (400).", "3 minutes"},
	{"429", 429, "Cloudflare accepts a limited number of calls in five minutes", "13 minutes"}, // it asks to wait again and again
}

// lists are pages that need all entries, or could have any of them.
var lists = []string{
	"", "?per_page=20&page=2", "?search=grace", "?search=haldenvoss&page=1", "?provenance=A1S_INTERNAL", "?group=name", "?order=modified_at&direction=asc",
	"/covering?address=grace.tan%40alumni.example", "/of-name?name=Grace+Tan",
}

// The API is out. Everything that lists goes on as before, for all people, without a call of
// the API, and says how old it is and why; only what changes something is refused. It is
// fresh again as soon as the API is.
func TestOutage(t *testing.T) {
	t.Parallel()
	for _, tt := range outages {
		t.Run(tt.preset, func(t *testing.T) {
			app := newApp(t, func(s *settings) {
				if tt.preset == "slow" {
					s.client = func(o *cfapi.Options) { o.Timeout = time.Second }
				}
			})
			b, editor := app.as("viewer"), app.as("editor")
			id := app.find("Grace Tan")[0].ID
			before := b.get(entries).wants(http.StatusOK)
			same(t, "warnings", before.Find("#results [role=alert]").Length(), 0)
			rows := make([]string, len(lists))
			for i, list := range lists {
				rows[i] = editor.get(entries + list).wants(http.StatusOK).shown()
			}
			form := editor.get(entries + "/new").wants(http.StatusOK)
			app.clock.move(3 * time.Minute)
			app.out(tt.preset)
			if err := app.mirror.Refresh(t.Context()); err == nil {
				t.Error("the registry was read")
			}

			app.sandbox.Wait() // until all of its calls are in the log
			calls := len(app.sandbox.Calls())
			for i, list := range lists {
				same(t, list+": rows", editor.get(entries+list).wants(http.StatusOK).shown(), rows[i])
			}
			page := b.get(entries).wants(http.StatusOK)
			same(t, "calls of lists", len(app.sandbox.Calls())-calls, 0)
			same(t, "count", page.text("[data-live=count]"), before.text("[data-live=count]"))
			notice := page.text("#results [role=alert]")
			for _, want := range []string{
				"This is the registry as it was " + tt.age + " ago", tt.says, "Changes made elsewhere since then are missing here.", "Request ID",
			} {
				if !strings.Contains(notice, want) {
					t.Errorf("the notice %q does not say %q", notice, want)
				}
			}
			page.contains("title", "This is the registry as it was "+tt.age+" ago")
			matches := b.get(entries + "/covering?address=grace.tan%40alumni.example").wants(http.StatusOK)
			matches.contains("main [role=alert]", "This is the registry as it was "+tt.age+" ago")
			page.contains("main", "Read from Cloudflare at "+before.readAt()+".")

			// What changes something is refused, and what was typed stays.
			page = editor.submit(form, jane())
			same(t, "status of a create", page.status, tt.status)
			kept(t, page, jane())
			page = editor.get(entries + "/" + id + "/edit")
			same(t, "status of an edit", page.status, tt.status)
			if page = editor.post(entries+"/"+id+"/delete", nil); page.status < 400 {
				t.Errorf("a deletion is answered with %d", page.status)
			}
			same(t, "entries", len(app.sandbox.Entries()), 42)

			app.sandbox.ClearFaults()
			app.clock.move(time.Minute)
			must(t, app.mirror.Refresh(t.Context()))
			page = b.get(entries).wants(http.StatusOK)
			same(t, "warnings", page.Find("#results [role=alert]").Length(), 0)
			same(t, "rows", page.shown(), before.shown())
		})
	}
}

// shown is what a person reads of the entries on a page, without what is found out about them
// as time allows.
func (a *answer) shown() string {
	a.t.Helper()
	a.Find("tbody .row-badge").Remove()
	rows := a.text("tbody") + a.text("[aria-label='Entries that match the address']")
	if rows == "" {
		rows = a.text("main")
	}
	if rows == "" {
		rows = a.text("body")
	}
	return rows
}

// A list warns as soon as the registry should have been read, and not before: two times the
// pause between two passes after the last one when the one since then failed, and else when
// one was due even while no one is at work.
func TestWhenAListWarns(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		age    time.Duration
		failed bool
		title  string // of the warning, "" for none
	}{
		{"just read", 0, false, ""},
		{"not due while no one is at work", 11*time.Minute - time.Second, false, ""},
		{"overdue", 11*time.Minute + time.Second, false, "This is the registry as it was 11 minutes ago"},
		{"a pass failed", 2*time.Minute - time.Second, true, ""},
		{"passes fail", 2*time.Minute + time.Second, true, "This is the registry as it was 2 minutes ago"},
		{"a day", 30 * time.Hour, false, "This is the registry as it was 30 hours ago"},
	}
	for _, tt := range tests {
		app := newApp(t)
		must(t, app.mirror.Refresh(t.Context()))
		app.clock.move(tt.age)
		says := "It has not been read since then."
		if tt.failed {
			app.out("500")
			if err := app.mirror.Refresh(t.Context()); err == nil {
				t.Errorf("%s: the registry was read", tt.name)
			}
			says = "Cloudflare returned an error (500)."
		}
		page := app.as("viewer").get(entries).wants(http.StatusOK)
		same(t, tt.name+": title", page.text("#results [role=alert] h2"), tt.title)
		if tt.title != "" {
			page.contains("#results [role=alert]", says)
		}
	}
}

// What was never read can't be shown: then a list fails as a call of the API does, and keeps
// what was typed (see TestSearchThatFails). Once it was read, all of it is there, for
// all people who may list, and after a restart, too.
func TestAnOutageFromTheFirstRequest(t *testing.T) {
	t.Parallel()
	database := filepath.Join(t.TempDir(), "namesake.db")
	on := func(s *settings) { s.database = database }
	app := newApp(t, on)
	app.out("504")
	b := app.as("viewer")
	page := b.get(entries).wants(http.StatusGatewayTimeout)
	page.contains("h1", "Cloudflare did not answer in time")
	same(t, "rows", page.Find("tbody tr").Length(), 0)
	answer := b.json(entries).wants(http.StatusGatewayTimeout)
	var failed struct {
		Success bool
		Result  any
	}
	must(t, json.Unmarshal([]byte(answer.body), &failed))
	same(t, "success in JSON", failed.Success, false)
	same(t, "a result in JSON", failed.Result, nil)
	for _, list := range []string{"/covering?address=grace.tan%40alumni.example", "/of-name?name=Grace+Tan"} {
		if page := b.get(entries + list); page.status == http.StatusOK && strings.Contains(page.body, "grace.tan@") {
			t.Errorf("%s has entries", list)
		}
	}

	app.sandbox.ClearFaults()
	const cells = "tbody tr > :not(:last-child)" // all but the menu, which depends on the role
	rows := b.get(entries + "?search=grace").wants(http.StatusOK).text(cells)
	app.out("504")
	same(t, "rows for another person", app.as("editor").get(entries+"?search=grace").wants(http.StatusOK).text(cells), rows)
	same(t, "a stranger is led to", app.stranger().get(entries + "?search=grace").wants(http.StatusSeeOther).location()[:len("/login")], "/login")
	must(t, app.store.Close())

	app = newApp(t, on)
	app.out("504")
	b = app.as("viewer")
	same(t, "rows after a restart", b.get(entries+"?search=grace").wants(http.StatusOK).text(cells), rows)
	same(t, "entries in JSON", strings.Count(b.json(entries+"?per_page=1000").wants(http.StatusOK).body, `"email":`), 42)
}

// Our own changes are in the lists at once, also when the API can't be read since.
func TestOurChangesDuringAnOutage(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK)
	e := app.find("Oliver Whitcombe")[0]
	app.clock.move(90 * time.Second)
	created := b.create(jane()).wants(http.StatusSeeOther).location()
	b.submit(b.get(created+"/edit").wants(http.StatusOK), map[string]string{"name": "Jane S."}).wants(http.StatusSeeOther)
	b.post(entries+"/"+e.ID+"/delete", nil).wants(http.StatusSeeOther)
	app.out("504")
	app.clock.move(90 * time.Second)
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("the registry was read")
	}
	page := b.get(entries).wants(http.StatusOK)
	page.contains("main [role=status]", "Deleted: Oliver Whitcombe")
	page.contains("#results [role=alert]", "as it was 3 minutes ago")
	page.contains("#results [role=alert]", "Changes made elsewhere since then are missing here.")
	page.contains("tbody tr", "Jane S.")
	same(t, "lists the deleted entry", strings.Contains(page.text("tbody"), e.Email), false)
	page.contains("[data-live=count]", "of 42")
	page = b.get(created).wants(http.StatusOK) // as Namesake knows it
	page.contains("h1", "Jane S.")
	page.contains("main [role=alert]", "This is the entry as it was")
}

// After the API has asked to wait, nothing is sent until then, and what was not sent
// is recorded as that.
func TestHeldBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	rows := b.get(entries).wants(http.StatusOK).text("tbody")
	form := b.get(entries + "/new").wants(http.StatusOK)
	id := app.find("Grace Tan")[0].ID
	edit := b.get(entries + "/" + id + "/edit").wants(http.StatusOK)
	app.inject("429")
	b.submit(form, jane()).wants(http.StatusTooManyRequests)
	calls := len(app.sandbox.Calls())

	app.clock.move(10 * time.Second)
	page := b.submit(form, jane()).wants(http.StatusTooManyRequests)
	page.contains("#error-summary h2", "Not sent")
	page.contains("#error-summary", "Try again in 20 seconds.")
	same(t, "Retry-After", page.header.Get("Retry-After"), "20")
	kept(t, page, jane())
	page = b.submit(edit, map[string]string{"name": "Grace T."}).wants(http.StatusTooManyRequests)
	page.contains("#error-summary h2", "Not sent")
	b.post(entries+"/"+id+"/delete", nil).wants(http.StatusTooManyRequests)
	b.get(entries+"/"+id+"/delete").wants(http.StatusTooManyRequests).contains("h1", "Namesake has to wait before it asks Cloudflare again")
	same(t, "rows while held back", b.get(entries).wants(http.StatusOK).text("tbody"), rows)
	same(t, "calls while held back", len(app.sandbox.Calls())-calls, 0)
	list := app.records(rbac.CreateEntry)
	last := list[len(list)-1]
	same(t, "outcome", last.Outcome, audit.OutcomeFailed)
	same(t, "code", last.Errors[0].Code, "namesake.not_sent")
	same(t, "status", last.Status, 0)

	app.clock.move(21 * time.Second)
	b.submit(form, jane()).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 1)
}

// Only pages of one entry ask the API, and no page does more than twice, even where a read is
// tried again.
func TestNoPageMakesMoreThanTwoCalls(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"", "502-html", "dropped", "429"} {
		app := newApp(t)
		id := app.find("Grace Tan")[0].ID
		b := app.as("admin")
		b.create(jane()).wants(http.StatusSeeOther) // for the audit trail
		b.get(entries).wants(http.StatusOK)
		if preset != "" {
			app.out(preset)
		}
		asks := 0
		for _, r := range byRole {
			if r.method != http.MethodGet {
				continue
			}
			most := 0
			if strings.Contains(r.path, "/12") {
				most = 2
			}
			path := strings.Replace(r.path, "/12", "/"+id, 1)
			before := len(app.sandbox.Calls())
			b.get(path)
			calls := len(app.sandbox.Calls()) - before
			if calls > most {
				t.Errorf("%q: GET %s makes %d calls of the API", preset, path, calls)
			}
			if calls > 0 {
				asks++
			}
			app.clock.move(time.Minute)
		}
		if asks < 3 {
			t.Errorf("%q: only %d pages ask the API", preset, asks)
		}
		for _, list := range lists {
			before := len(app.sandbox.Calls())
			b.get(entries + list).wants(http.StatusOK)
			same(t, preset+": calls of "+list, len(app.sandbox.Calls())-before, 0)
		}
	}
}
