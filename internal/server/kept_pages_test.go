package server_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// zipped asks for a page as browsers do, and returns the answer unzipped.
func (b *browser) zipped(path string) *answer {
	t := b.app.t
	t.Helper()
	b.app.readAgain()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.app.server.URL+path, http.NoBody)
	must(t, err)
	req.Header.Set("Accept-Encoding", "gzip")
	res, err := b.client.Do(req)
	must(t, err)
	defer res.Body.Close()
	same(t, path+": encoding", res.Header.Get("Content-Encoding"), "gzip")
	same(t, path+": varies by", res.Header.Get("Vary"), "Accept-Encoding")
	r, err := gzip.NewReader(res.Body)
	must(t, err)
	content, err := io.ReadAll(r)
	must(t, err)
	return b.app.answered(res, content)
}

// plain asks for a page without compression.
func (b *browser) plain(path string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodGet, path, nil, map[string]string{"Accept-Encoding": "identity"})
}

// A list is the same page whether it was drawn or kept, and compressed or not. Nothing of it
// is another person's, or of another query.
func TestListsAreKept(t *testing.T) {
	t.Parallel()
	app, users := newApp(t), []string{"viewer", "editor", "admin"}
	queries := []string{
		"", "?per_page=50", "?page=2", "?search=%3Cb%3E", "?search=cfo@haldenvoss.example", "?group=name", "?order=name&direction=desc",
		"?modified_since=2026-01-01", "?modified_since=2026-01-01T00:00:00.5Z", "?per_page=none",
	}
	browsers := make(map[string][2]*browser) // two sessions of each person
	for _, user := range users {
		browsers[user] = [2]*browser{app.as(user), app.as(user)}
	}
	first := make(map[string]string)
	for range 2 {
		must(t, app.mirror.CatchUp(t.Context())) // lists are drawn again
		for _, query := range queries {
			for _, user := range users {
				drawn := browsers[user][0].plain(entries + query).wants(http.StatusOK)
				if was, ok := first[user+query]; ok && was != drawn.body {
					t.Errorf("%s: %s sees another page than before", query, user)
				}
				first[user+query] = drawn.body
				for _, b := range browsers[user] {
					for _, page := range []*answer{b.plain(entries + query), b.zipped(entries + query), b.zipped(entries + query)} {
						if page.wants(http.StatusOK).body != drawn.body {
							t.Errorf("%s: %s sees another page when it is kept", query, user)
						}
						same(t, query+": type", page.header.Get("Content-Type"), drawn.header.Get("Content-Type"))
					}
				}
				same(t, query+": searches for", drawn.Find("#search").AttrOr("value", ""), valueOf(t, query, "search"))
				same(t, query+": deletes for a "+user, drawn.Find("[data-for-selected]").Length() > 0, user != "viewer")
				same(t, query+": all sessions for a "+user, drawn.Find("nav a[href='/sessions']").Length() > 0, user == "admin")
				same(t, query+": role of a "+user, strings.Contains(strings.ToLower(drawn.text("header")), user), true)
			}
		}
	}
	app.stranger().plain(entries).wants(http.StatusSeeOther)
	b := browsers["editor"][0]
	b.post("/logout", nil).wants(http.StatusSeeOther)
	b.plain(entries).wants(http.StatusSeeOther)
	browsers["editor"][1].plain(entries).wants(http.StatusOK)
}

func valueOf(t *testing.T, query, name string) string {
	t.Helper()
	values, err := url.ParseQuery(strings.TrimPrefix(query, "?"))
	must(t, err)
	return values.Get(name)
}

// A list that is kept has every change at once, and each notice once, but for the offer to undo a
// deletion, which stays.
func TestKeptListsAreCurrent(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b, other := app.as("editor"), app.as("viewer")
	const path = entries + "?search=jane"
	undo := 0
	has := func(what, text string, want bool) {
		t.Helper()
		for range 2 {
			for i, page := range []*answer{b.plain(path), b.zipped(path), other.plain(path), other.zipped(path)} {
				notices := undo
				if i > 1 {
					notices = 0 // it is for the person who made the change
				}
				same(t, what, strings.Contains(page.wants(http.StatusOK).text("#results"), text), want)
				same(t, what+": notices", page.Find("main [role=status] h2").Length(), notices)
			}
		}
	}
	has("before", "Jane Smith", false)
	at := b.create(jane()).wants(http.StatusSeeOther).location()
	has("created", "Jane Smith", true)
	b.get(at).contains("main [role=status] h2", "Created")

	page, _, _ := strings.Cut(at, "?")
	b.submit(b.get(page+"/edit"), map[string]string{"name": "Jane Jones"}).wants(http.StatusSeeOther)
	has("edited", "Jane Jones", true)
	has("edited", "Jane Smith", false)

	app.sandbox.Add(sandbox.Entry{Name: "Jane Elsewhere", Email: "jane@elsewhere.example"})
	has("created elsewhere and read", "Jane Elsewhere", true)

	to := b.post(page+"/delete", nil).wants(http.StatusSeeOther).location()
	undo = 1
	has("deleted", "Jane Jones", false)
	for range 3 {
		same(t, "told", b.zipped(to).Find("main [role=status] h2:contains('Deleted')").Length(), 1)
	}
}
