package server_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// inject lets the next create meet the preset fault.
func (a *app) inject(preset string) {
	a.t.Helper()
	f, ok := sandbox.Preset(preset)
	if !ok {
		a.t.Fatalf("no preset %q", preset)
	}
	f.Method = http.MethodPost
	a.sandbox.Inject(f)
}

// usualLag is how late the sandbox's presets are.
const usualLag = 3 * time.Second

// doubtLasts is longer than it takes until a look that finds nothing proves that nothing
// was done: 100 seconds in which a call may land, and 30 that a list may lag.
const doubtLasts = 131 * time.Second

// Every way in which a create can go wrong: the status, what the page says, where
// the pointer stands, and how many entries there are afterwards.
func TestEveryAnswerOfTheAPI(t *testing.T) {
	t.Parallel()
	const (
		created   = "Created"
		afterAll  = "Created after all"
		notKnown  = "It is not known whether the entry was created"
		happened  = "Cloudflare says that the entry was created, but the registry does not show it yet"
		refused   = "Cloudflare refused the values"
		notTheAPI = "The answer is not one of Cloudflare's API"
	)
	tests := []struct {
		preset  string
		status  int
		title   string
		says    string
		at      string // the field that shows the problem, "" for the summary alone
		entries int
	}{
		{"several-on-one-field", 422, refused, "email must not contain spaces.", "email", 0},
		{"success-false-200", 422, refused, "email was refused.", "email", 0},
		{"no-result", 502, happened, "could not be read", "", 0},
		{"no-result-written", 303, afterAll, "", "", 1},
		{"null-result", 502, happened, "could not be read", "", 0},
		{"empty-object", 502, happened, "could not be read", "", 0},
		{"null", 502, happened, "could not be read", "", 0},
		{"400", 422, refused, "code 11400", "", 0},
		{"400-no-errors", 422, refused, "Nothing was changed", "", 0},
		{"401", 502, "refused Namesake's credentials", "Cloud Email Security: Write", "", 0},
		{"403", 502, "refused Namesake's credentials", "Cloud Email Security: Write", "", 0},
		{"403-subscription", 502, "The account has no Email Security", "not available in the current subscription", "", 0},
		{"403-sign-ins", 502, "refused Namesake's credentials", "Max auth failures", "", 0},
		{"404", 404, "Cloudflare does not know", "CLOUDFLARE_ACCOUNT_ID", "", 0},
		{"404-route", 404, "Cloudflare does not know", "code 7003", "", 0},
		{"409", 409, "because of a conflict", "changed by someone else", "email", 0},
		{"422", 422, refused, "email can't be processed.", "email", 0},
		{"429", 429, "asks to slow down", "Try again in 30 seconds", "", 0},
		{"429-971", 429, "asks to slow down", "Try again in 30 seconds", "", 0},
		{"200-971", 429, "asks to slow down", "code 971", "", 0},
		{"500", 502, notKnown, "code 10001", "", 0},
		{"empty-result", 502, happened, "could not be read", "", 0},
		{"empty-result-written", 303, afterAll, "", "", 1},
		{"other-id", 502, happened, "could not be read", "", 0},
		{"no-id-written", 303, afterAll, "", "", 1},
		{"contradiction", 502, notKnown, "could not be read", "", 0},
		{"400-success", 502, notKnown, "could not be read", "", 0},
		{"302", 502, notKnown, "could not be read", "", 0},
		{"302-written", 303, afterAll, "", "", 1},
		{"307", 502, notKnown, "could not be read", "", 0},
		{"400-html", 502, notKnown, "could not be read", "", 0},
		{"403-html", 502, notKnown, notTheAPI, "", 0},
		{"403-html-written", 303, afterAll, "", "", 1},
		{"404-html", 502, notKnown, notTheAPI, "", 0},
		{"409-html", 502, notKnown, notTheAPI, "", 0},
		{"429-html", 429, notKnown, notTheAPI, "", 0},
		{"429-html-written", 303, afterAll, "", "", 1},
		{"500-html", 502, notKnown, "returned an error (500)", "", 0},
		{"500-empty", 502, notKnown, "returned an error (500)", "", 0},
		{"500-late", 502, notKnown, "returned an error (500)", "", 1},
		{"500-written", 303, afterAll, "", "", 1},
		{"502-html", 502, notKnown, "returned an error (502)", "", 0},
		{"502-html-written", 303, afterAll, "", "", 1},
		{"504", 504, notKnown, "may still be working on it until", "", 0},
		{"504-written", 303, afterAll, "", "", 1},
		{"empty-body", 502, happened, "could not be read", "", 0},
		{"empty-body-written", 303, afterAll, "", "", 1},
		{"truncated", 502, happened, "could not be read", "", 0},
		{"truncated-written", 303, afterAll, "", "", 1},
		{"huge", 502, happened, "could not be read", "", 0},
		{"dropped", 502, notKnown, "may still be working on it until", "", 0},
		{"dropped-written", 303, afterAll, "", "", 1},
		{"content-type", 303, created, "", "", 1},
		{"null-lists", 303, created, "", "", 1},
		{"messages", 303, created, "The entry takes effect within five minutes.", "", 1},
		{"code-string", 422, refused, "code not_a_number", "email", 0},
		{"null-source", 422, refused, "The values were refused again.", "", 0},
		{"null-errors", 422, refused, "Nothing was changed", "", 0},
		{"hostile", 422, refused, "<script>alert(1)</script>", "email", 0},
		{"unknown-pointer", 422, refused, "/rules/0/action", "", 0},
		{"503", 502, notKnown, "returned an error (503)", "", 0},
		{"error-chain", 502, "refused Namesake's credentials", "code 6111", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.preset, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			app.inject(tt.preset)
			b := app.as("editor")
			page := b.create(jane()).wants(tt.status)
			if tt.status == http.StatusSeeOther {
				same(t, "location", page.location(), entries+"/"+app.find("Jane Smith")[0].ID)
				page = b.get(page.location())
				page.contains("[role=status] h2", tt.title)
				page.contains("[role=status]", tt.says)
			} else {
				page.contains("#error-summary h2", tt.title)
				page.contains("#error-summary", tt.says)
				kept(t, page, jane())
				page.contains("#error-summary", page.header.Get("X-Request-Id"))
				same(t, "page title", page.Find("title").Text(), page.text("#error-summary h2")+" · Namesake")
				if tt.at != "" {
					same(t, "pointer at the field", page.Find("#"+tt.at+"-error code.pointer").Length() > 0, true)
				}
				same(t, "fields marked", page.Find("[aria-invalid=true]").Length() > 0, tt.at != "")
			}
			app.clock.move(usualLag)
			same(t, "entries", len(app.find("Jane Smith")), tt.entries)
			same(t, "creates sent", creates(app), 1)
			recorded := app.records(rbac.CreateEntry)
			same(t, "records", len(recorded), 2)
			want, special := map[string]audit.Outcome{created: audit.OutcomeDone, afterAll: audit.OutcomeDone, happened: audit.OutcomeUnknown, notKnown: audit.OutcomeUnknown}[tt.title]
			if !special {
				want = audit.OutcomeRefused
			}
			same(t, "recorded outcome", recorded[1].Outcome, want)
			harmless(t, page)
		})
	}
}

// creates counts the creates that reached the sandbox.
func creates(a *app) int {
	n := 0
	for _, c := range a.sandbox.Calls() {
		if c.Method == http.MethodPost {
			n++
		}
	}
	return n
}

// harmless checks that nothing on the page runs or leads where it must not.
func harmless(t *testing.T, page *answer) {
	t.Helper()
	same(t, "scripts in the page", page.Find("script:not([src]), [onclick], [onerror], [style], style").Length(), 0)
	for _, link := range page.Find("main a[href]").EachIter() {
		href := link.AttrOr("href", "")
		if !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "https://") {
			t.Errorf("link to %q", href)
		}
	}
}

func TestWaitingTimeIsSaid(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("429")
	page := app.as("editor").create(jane()).wants(http.StatusTooManyRequests)
	same(t, "Retry-After", page.header.Get("Retry-After"), "30")
}

func TestEveryFormOfPointerLandsAtTheField(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("pointers")
	page := app.as("editor").create(jane()).wants(http.StatusUnprocessableEntity)
	for _, pointer := range []string{"/email", "/body/email", "#/email", "body.email", "email"} {
		found := false
		for _, code := range page.Find("#email-error code.pointer").EachIter() {
			found = found || code.Text() == pointer
		}
		same(t, pointer+" at the field", found, true)
	}
	same(t, "pointers in the summary", page.Find("#error-summary code.pointer").Length(), 6)
	same(t, "links of the documentation", page.Find("a[href^=javascript]").Length(), 0)
}

func TestDocumentationIsLinkedOnlyOnTheWeb(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("hostile")
	b := app.as("editor")
	page := b.create(jane())
	page.contains("#error-summary", "javascript:alert(3)") // to read, not to follow
	same(t, "links", page.Find("#error-summary a[target=_blank]").Length(), 0)
	app.inject("422")
	page = b.create(jane())
	same(t, "links", page.Find("#error-summary a[target=_blank]").Length(), 1)
}

// An exact duplicate that was there before must not pass for the entry just sent.
func TestAnOlderDuplicateIsNotMistaken(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	b.create(jane()).wants(http.StatusSeeOther)
	app.clock.move(time.Hour)
	b = app.as("editor")
	app.inject("500")
	page := b.anyway(b.create(jane())).wants(http.StatusBadGateway)
	page.contains("#error-summary h2", "It is not known whether the entry was created")
	app.clock.move(doubtLasts)
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 2)
}

// The program's clock may be wrong: created_at is told by the API's.
func TestAWrongClockDoesNotHideAnEntry(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-3 * time.Hour, 3 * time.Hour} {
		t.Run(skew.String(), func(t *testing.T) {
			app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
			b := app.as("editor")
			app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Status: 500, Body: "{}", Effect: sandbox.EffectWrite})
			app.apiClock.move(skew)
			b.create(jane()).wants(http.StatusSeeOther)
			same(t, "entries", len(app.find("Jane Smith")), 1)
		})
	}
}

func TestReadOnlyTokenNamesThePermission(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Token = sandbox.DefaultReadToken } })
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK)
	page := b.create(jane()).wants(http.StatusBadGateway)
	page.contains("#error-summary", "Cloud Email Security: Write")
	same(t, "the token on the page", strings.Contains(page.body, sandbox.DefaultReadToken), false)
}

// Reading pages fail as clearly, while nothing is known that could be shown.
func TestReadingFails(t *testing.T) {
	t.Parallel()
	tests := []struct {
		preset string
		status int
		says   string
	}{
		{"401", 502, "refused Namesake's credentials"},
		{"403", 502, "refused Namesake's credentials"},
		{"429", 429, "Try again in 30 seconds"},
		{"500", 502, "Cloudflare returned an error (500)"},
		{"empty-object", 502, "could not be read"},
		{"truncated", 502, "could not be read"},
	}
	for _, path := range []string{entries, entries + "/f174e90a-fafe-4643-bbbc-4a0ed4fc8415"} {
		for _, tt := range tests {
			t.Run(fmt.Sprint(path, tt.preset), func(t *testing.T) {
				app := newApp(t)
				app.out(tt.preset)
				page := app.as("viewer").get(path).wants(tt.status)
				page.contains("main", tt.says)
				page.contains("main", "Request ID")
				if n := len(app.sandbox.Calls()); n > 2 && (path != entries || tt.preset != "429") { // the pass waits as it is asked to
					t.Error(strconv.Itoa(n) + " calls of the API for one page")
				}
			})
		}
	}
}
