package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// afterwards is where a page leads to that says that a session has ended: the link
// to sign in, with the way back in it.
func afterwards(page *answer) (login, next string) {
	login = page.Find("main a:contains('Sign in')").AttrOr("href", "")
	u, _ := url.Parse(login)
	return login, u.Query().Get("next")
}

func TestAFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	typed := with(jane(), "comments", "line\nline", "is_email_regex", "true", "email", `.*@example\.com`, "directory_id", "not a number")
	tests := []struct {
		name string
		end  func(app *app)
	}{
		{"idle", func(app *app) { app.clock.move(31 * time.Minute) }},
		{"idle and swept", func(app *app) {
			app.clock.move(31 * time.Minute)
			must(t, app.signIns.Sweep(t.Context()))
		}},
		{"ended by an admin", func(app *app) {
			admin := app.as("admin")
			page := admin.get("/sessions")
			admin.post(page.Find("li:contains('Edgar') form").AttrOr("action", ""), nil).wants(http.StatusSeeOther)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			b := app.as("editor")
			form := b.get(entries + "/new").wants(http.StatusOK)
			tt.end(app)
			page := b.submit(form, typed).wants(http.StatusUnauthorized)
			page.contains("h1", "Your session has ended")
			page.contains("main", "Namesake keeps this for a day")
			same(t, "name to copy", page.Find("textarea[name=name]").Text(), "Jane Smith")
			login, next := afterwards(page)

			// Another person who signs in at this browser does not get to see it.
			page = app.as("viewer").get(next).wants(http.StatusForbidden)
			same(t, "for another person", strings.Contains(page.body, "Jane Smith"), false)
			page = app.as("admin").get(next).wants(http.StatusOK)
			page.contains("[role=alert]", "There is no saved form under this link")
			same(t, "for another person", strings.Contains(page.body, "Jane Smith"), false)

			page = b.get(login).wants(http.StatusOK)
			to := b.post("/login", url.Values{"user": {"editor"}, "next": {page.Find("input[name=next]").AttrOr("value", "")}}).wants(http.StatusSeeOther).location()
			same(t, "led to", to, next)
			same(t, "calls that change something", len(app.sandbox.Writes()), 0)
			for range 2 { // and once more when the page is loaded again
				page = b.get(to).wants(http.StatusOK)
				page.contains("[role=status]", "This form has not been sent")
				kept(t, page, typed)
			}
			page = b.submit(page, nil).wants(http.StatusUnprocessableEntity) // as it was typed, wrong
			kept(t, page, typed)
			same(t, "still kept", strings.Contains(b.get(to).body, "This form has not been sent"), true)
			b.submit(page, map[string]string{"directory_id": "7"}).wants(http.StatusSeeOther)
			same(t, "entries", len(app.find("Jane Smith")), 1)
			b.get(to).wants(http.StatusOK).contains("[role=alert]", "There is no saved form under this link")
		})
	}
}

func TestAPatternOutlivesItsSession(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	page := b.get("/regex/check").wants(http.StatusOK)
	app.clock.move(31 * time.Minute)
	typed := map[string]string{"pattern": `jane(@haldenvoss\.example`, "name": "Jane Smith", "samples": "mine@haldenvoss.example"}
	asked := url.Values{}
	for name, value := range typed {
		asked.Set(name, value)
	}
	answer := b.send("/regex/check", asked, map[string]string{"Sec-Fetch-Dest": "empty"}).wants(http.StatusUnauthorized)
	same(t, "kept of a page that has it", strings.Contains(answer.body, "kept="), false)
	_, next := afterwards(b.post(page.Find("main form").AttrOr("action", ""), asked).wants(http.StatusUnauthorized))
	page = app.as("viewer").get(next).wants(http.StatusOK)
	page.contains("[role=status]", "Here is what you had typed")
	page.contains("#pattern-result", "Invalid pattern.")
	same(t, "pattern", page.Find("#pattern").AttrOr("value", ""), typed["pattern"])
	same(t, "name", page.Find("#name").AttrOr("value", ""), typed["name"])
	same(t, "samples", strings.TrimSpace(page.Find("#samples").Text()), typed["samples"])
	page = app.as("editor").get(next).wants(http.StatusOK)
	page.contains("[role=alert]", "There is no saved form under this link")
	same(t, "for another person", page.Find("#pattern").AttrOr("value", ""), "")
}

func TestAKeptFormIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	form := b.get(entries + "/new")
	app.clock.move(time.Hour)
	_, next := afterwards(b.submit(form, jane()).wants(http.StatusUnauthorized))
	app.clock.move(24 * time.Hour)
	page := app.as("editor").get(next).wants(http.StatusOK)
	page.contains("[role=alert]", "There is no saved form under this link")
	same(t, "name", page.Find("#name").Text(), "")
}

// What cannot be kept on the server is on the page, to be copied.
func TestAFormThatCannotBeKept(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	form := b.get(entries + "/new")
	must(t, app.store.Close())
	page := b.submit(form, jane()).wants(http.StatusServiceUnavailable)
	same(t, "name", page.Find("textarea[name=name]").Text(), "Jane Smith")

	app = newApp(t)
	page = app.stranger().post(entries, url.Values{"name": {"Jane"}}).wants(http.StatusUnauthorized)
	page.contains("main", "Copy what you want to keep")
	login, _ := afterwards(page)
	same(t, "way on", login, "/login")
}

// A form of another site is not kept either: no one can plant one.
func TestAFormIsNotPlanted(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	app.clock.move(time.Hour)
	page := b.send(entries, url.Values{"name": {"Planted"}}, map[string]string{"Sec-Fetch-Site": "cross-site"}).wants(http.StatusForbidden)
	same(t, "kept", strings.Contains(page.body, "kept="), false)
}
