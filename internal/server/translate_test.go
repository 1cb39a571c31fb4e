package server_test

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"namesake/internal/rbac"
)

// What browsers must not translate is marked: names, addresses, patterns and ids, and
// all that is copied.
func TestNamesAreNotTranslated(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	path := app.existing(b)
	b.submit(b.get(path+"/edit"), map[string]string{"comments": "new"}).wants(http.StatusSeeOther)
	record := "/audit/" + strconv.FormatInt(app.records(rbac.EditEntry)[0].Seq, 10)
	pages := map[string]*answer{
		"pattern tester": b.post("/regex/check", url.Values{"pattern": {`.*@example.com`}, "samples": {"jane@example.com"}}).wants(http.StatusOK),
	}
	for _, at := range []string{
		entries, entries + "?group=name", path, path + "/edit", path + "/delete", entries + "/covering?address=jane.smith@example.com",
		"/audit", record, "/sessions", entries + "/new?name=Jane+Smith",
	} {
		pages[at] = b.get(at).wants(http.StatusOK)
	}
	for at, page := range pages {
		found := page.Find("main bdi, main code, main pre")
		if found.Length() == 0 && at != "/sessions" {
			t.Errorf("%s: nothing to look at", at)
		}
		for _, s := range found.EachIter() {
			if s.Closest("[translate=no]").Length() == 0 && s.Find("[translate=no]").Length() == 0 {
				html, _ := s.Parent().Html()
				t.Errorf("%s: may be translated: %.120q", at, html)
			}
		}
	}
	b.get(entries+"/new?name=Jane+Smith&email=new@example.com").contains("#meaning [translate=no]", "Jane Smith")
	b.get(path).contains("#holds [translate=no]", "“")
	b.get(entries+"/of-name?name=Jane+Smith").contains("[translate=no]", "“Jane Smith”")
	page := b.get(path)
	for _, selector := range []string{"h1", "#entry-id", "[data-field=name] dd", "[data-field=email] dd", "#entry-json", "#entry-curl", "#entry-terraform"} {
		if s := page.Find(selector); s.Closest("[translate=no]").Length()+s.Find("[translate=no]").Length() == 0 {
			t.Errorf("%s may be translated", selector)
		}
	}
}
