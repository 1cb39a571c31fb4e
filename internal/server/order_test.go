package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi"
)

type panicking struct{}

func (panicking) RoundTrip(*http.Request) (*http.Response, error) { panic("out of order") }

// What stands before what: each row is a request that two guards could answer,
// and tells which one does.
func TestOrderOfTheMiddleware(t *testing.T) {
	t.Parallel()
	broken := func(s *settings) { s.client = func(o *cfapi.Options) { o.Transport = panicking{} } }
	other := "/accounts/ffffffffffffffffffffffffffffffff/entries"
	tests := []struct {
		name, user, method, path string
		header                   map[string]string
		status                   int
		title                    string
	}{
		{"cross-origin before routing", "stranger", "POST", "/nowhere", map[string]string{"Origin": "https://evil.example"}, 403, "came from another site"},
		{"cross-origin before sign-in", "stranger", "POST", entries, map[string]string{"Origin": "https://evil.example"}, 403, "came from another site"},
		{"sign-in before the account", "stranger", "POST", other, nil, 401, "You are not signed in"},
		{"role before the account", "viewer", "POST", other, nil, 403, "Your role does not allow this"},
		{"account before the form", "editor", "POST", other, nil, 404, "This account is not managed here"},
		{"a panic is recovered, logged and answered", "editor", "GET", entries + "/" + uuidOfToday, nil, 500, "Namesake made a mistake"},
	}
	app := newApp(t, broken)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := app.as(tt.user).in(t).do(tt.method, tt.path, nil, tt.header).wants(tt.status)
			page.contains("h1", tt.title)
			id := page.header.Get("X-Request-Id")
			same(t, "security headers", page.header.Get("Content-Security-Policy") != "", true)
			line := ""
			for l := range strings.Lines(app.log.String()) {
				if id != "" && strings.Contains(l, id) {
					line = l
				}
			}
			same(t, "logged with its id and cause", strings.Contains(line, `"error":`), true)
			page.contains("main", id)
		})
	}
	if !strings.Contains(app.log.String(), "out of order") {
		t.Error("the panic's cause is not in the log")
	}
}

// What was typed is kept when a handler panics, and when a call that may have been made does:
// then its effect is not known.
func TestTypedValuesSurviveAPanic(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Transport = panicking{} } })
	form := url.Values{"name": {"Jane"}, "email": {"jane@example.com"}}
	page := app.as("editor").post(entries+"/"+uuidOfToday, form).wants(http.StatusInternalServerError)
	same(t, "name", page.Find("textarea[name=name]").Text(), "Jane")
	same(t, "the cause on the page", strings.Contains(page.body, "out of order"), false)
	page = app.as("editor").post(entries, form).wants(http.StatusBadGateway)
	page.contains("#error-summary h2", "It is not known whether the entry was created")
	kept(t, page, map[string]string{"name": "Jane", "email": "jane@example.com"})
	same(t, "the cause on the page", strings.Contains(page.body, "out of order"), false)
}
