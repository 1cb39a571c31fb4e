package server_test

import (
	"encoding/json"
	"net/http"
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

// impatient is an app whose calls of the API may take a moment only.
func impatient(t *testing.T) *app {
	t.Helper()
	return newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Timeout = 500 * time.Millisecond } })
}

// The API is out for half a minute. The list stays there to be read, says how old it
// is and why, and is fresh again as soon as the API is.
func TestOutage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		preset string
		status int
		says   string
		wait   string // Retry-After, at first
	}{
		{"slow", 504, "Cloudflare did not answer in time.", ""},
		{"504", 504, "Cloudflare did not answer in time.", ""},
		{"dropped", 502, "The connection to Cloudflare broke.", ""},
		{"dropped-in-body", 502, "The connection to Cloudflare broke.", ""},
		{"502-html", 502, "Cloudflare returned an error (502).", ""},
		{"500", 502, "Internal server error", ""},
		{"empty-object", 502, "Cloudflare's answer could not be read.", ""},
		{"429", 429, "Cloudflare asks to slow down.", "30"},
	}
	for _, tt := range tests {
		t.Run(tt.preset, func(t *testing.T) {
			app := impatient(t)
			b := app.as("viewer")
			path := entries + "?per_page=20"
			before := b.get(path).wants(http.StatusOK)
			same(t, "notices", before.Find("#results [role=alert]").Length(), 0)
			at := app.clock.now().UTC()
			app.clock.move(3 * time.Minute)
			app.out(tt.preset)

			for i, age := range []string{"3 minutes ago", "3 minutes ago", "3 minutes ago"} {
				began := time.Now()
				page := b.get(path).wants(tt.status)
				if took := time.Since(began); took > 3*time.Second { // half a second, on a busy machine
					t.Errorf("answered after %s", took)
				}
				notice := page.text("#results [role=alert]")
				for _, want := range []string{
					"This is the list as it was " + age + ", at " + at.Format("15:04") + " UTC", "Later changes are not in it.", "Request ID",
				} {
					if !strings.Contains(notice, want) {
						t.Errorf("the notice %q does not say %q", notice, want)
					}
				}
				if i == 0 {
					page.contains("#results [role=alert]", tt.says)
					same(t, "Retry-After", page.header.Get("Retry-After"), tt.wait)
				}
				same(t, "rows", page.text("tbody"), before.text("tbody"))
				page.contains("[data-live=count]", before.text("[data-live=count]")+", "+age)
				page.contains("title", "as they were "+age)
				again := page.Find("#results [role=alert] a.btn")
				same(t, "the link", again.Text()+" "+again.AttrOr("href", ""), "Try again "+entries)
				app.clock.move(10 * time.Second)
			}
			app.clock.move(time.Second)
			app.sandbox.ClearFaults()
			page := b.get(path).wants(http.StatusOK)
			same(t, "notices", page.Find("#results [role=alert]").Length(), 0)
			same(t, "rows", page.text("tbody"), before.text("tbody"))
			same(t, "count", page.text("[data-live=count]"), before.text("[data-live=count]"))
		})
	}
}

// Only what was asked before is kept, only for those who may list, and only against
// what may pass by itself.
func TestWhichListsAreKept(t *testing.T) {
	app := impatient(t)
	app.out("504")
	b := app.as("viewer")
	page := b.get(entries).wants(http.StatusGatewayTimeout)
	page.contains("h1", "Cloudflare did not answer in time")
	same(t, "rows at the first visit", page.Find("tbody tr").Length(), 0)

	app.sandbox.ClearFaults()
	b.get(entries + "?search=grace").wants(http.StatusOK)
	app.out("504")
	page = app.as("editor").get(entries + "?search=grace&page=1").wants(http.StatusGatewayTimeout)
	same(t, "rows for another person", page.Find("tbody tr").Length(), 2)
	for _, other := range []string{"", "?search=grac", "?search=grace&page=2", "?search=grace&per_page=50", "?search=grace&order=name", "?search=grace&provenance=A1S_INTERNAL"} {
		page = b.get(entries + other).wants(http.StatusGatewayTimeout)
		page.contains("h1", "Cloudflare did not answer in time")
		same(t, other+": rows", page.Find("tbody tr").Length(), 0)
	}
	same(t, "a stranger is led to", app.stranger().get(entries + "?search=grace").wants(http.StatusSeeOther).location()[:len("/login")], "/login")

	answer := b.do(http.MethodGet, entries+"?search=grace", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusGatewayTimeout)
	var failed struct {
		Success bool
		Result  any
	}
	must(t, json.Unmarshal([]byte(answer.body), &failed))
	same(t, "success in JSON", failed.Success, false)
	same(t, "a result in JSON", failed.Result, nil)

	for _, preset := range []string{"401", "403", "403-subscription", "404-route", "400"} {
		app.sandbox.ClearFaults()
		app.out(preset)
		page = b.get(entries + "?search=grace")
		same(t, preset+": rows", page.Find("tbody tr").Length(), 0)
		same(t, preset+": failed", page.status >= 400, true)
	}
}

// A list that was kept before a deletion says that it is older.
func TestKeptListAfterADeletion(t *testing.T) {
	app := impatient(t)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK)
	e := app.find("Grace Tan")[0]
	app.clock.move(30 * time.Second)
	b.post(entries+"/"+e.ID+"/delete", nil).wants(http.StatusSeeOther)
	app.out("504")
	page := b.get(entries).wants(http.StatusGatewayTimeout)
	page.contains("main [role=status]", "Deleted: Grace Tan")
	page.contains("#results [role=alert]", "as it was 30 seconds ago")
	page.contains("#results [role=alert]", "Later changes are not in it.")
}

// After the API has asked to wait, nothing is sent until then, and what was not sent
// is recorded as that.
func TestHeldBack(t *testing.T) {
	app := newApp(t)
	b := app.as("editor")
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
	b.get(entries).wants(http.StatusTooManyRequests).contains("h1", "Namesake has to wait before it asks Cloudflare again")
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

// No page asks the API more than twice, even where a read is tried again.
func TestNoPageMakesMoreThanTwoCalls(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"", "502-html", "dropped", "429"} {
		app := newApp(t)
		id := app.find("Grace Tan")[0].ID
		b := app.as("admin")
		b.create(jane()).wants(http.StatusSeeOther) // for the audit trail
		if preset != "" {
			app.out(preset)
		}
		asked := 0
		for _, r := range byRole {
			if r.method != http.MethodGet {
				continue
			}
			path := strings.Replace(r.path, "/12", "/"+id, 1)
			before := len(app.sandbox.Calls())
			b.get(path)
			calls := len(app.sandbox.Calls()) - before
			if calls > 2 {
				t.Errorf("%q: GET %s makes %d calls of the API", preset, path, calls)
			}
			asked += calls
			app.clock.move(time.Minute)
		}
		if asked < 5 {
			t.Errorf("%q: only %d calls of the API for all pages", preset, asked)
		}
	}
}
