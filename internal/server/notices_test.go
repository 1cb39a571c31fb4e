package server_test

import (
	"net/http"
	"testing"
	"time"
)

// The notice of a change is shown on the page that the change leads to, once, and to a
// person: nothing else that the browser asks for uses it up.
func TestANoticeWaitsForItsPage(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	to := b.create(jane()).wants(http.StatusSeeOther).location()
	other := app.find("Jane Smith")
	same(t, "entries", len(other), 1)
	for _, early := range []struct {
		name, method, path string
		header             map[string]string
	}{
		{"HEAD", http.MethodHead, to, nil},
		{"another tab", http.MethodGet, entries, nil},
		{"another tab's form", http.MethodGet, entries + "/new", nil},
		{"another query", http.MethodGet, to + "?back=page%3D2", nil},
		{"a script", http.MethodGet, to, map[string]string{"Sec-Fetch-Dest": "empty"}},
		{"an image", http.MethodGet, to, map[string]string{"Sec-Fetch-Dest": "image"}},
		{"a prefetch", http.MethodGet, to, map[string]string{"Sec-Purpose": "prefetch"}},
		{"a prerendering", http.MethodGet, to, map[string]string{"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "document"}},
		{"an older prefetch", http.MethodGet, to, map[string]string{"Purpose": "prefetch"}},
		{"JSON", http.MethodGet, to, map[string]string{"Accept": "application/json"}},
		{"a missing page", http.MethodGet, "/nowhere", nil},
	} {
		page := b.do(early.method, early.path, nil, early.header)
		same(t, early.name+" shows it", page.Find("main [role=status] h2:contains('Created')").Length(), 0)
	}
	page := b.do(http.MethodGet, to, nil, map[string]string{"Sec-Fetch-Dest": "document"}).wants(http.StatusOK)
	page.contains("main [role=status] h2", "Created")
	same(t, "shown twice", b.get(to).wants(http.StatusOK).Find("main [role=status] h2:contains('Created')").Length(), 0)
}

func TestANoticeDoesNotTurnUpLater(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	to := b.create(jane()).wants(http.StatusSeeOther).location()
	app.clock.move(11 * time.Minute)
	same(t, "shown", b.get(to).wants(http.StatusOK).Find("main [role=status] h2:contains('Created')").Length(), 0)
}

// Two tabs that each create an entry show each its own notice.
func TestNoticesOfTwoTabs(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	first := b.create(jane()).wants(http.StatusSeeOther).location()
	second := b.create(with(jane(), "name", "Bob Ray", "email", "bob@example.com")).wants(http.StatusSeeOther).location()
	for _, to := range []string{second, first} {
		same(t, to, b.get(to).wants(http.StatusOK).Find("main [role=status] h2:contains('Created')").Length(), 1)
	}
}
