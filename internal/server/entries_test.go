package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

func TestListPages(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(45)
	b := app.as("viewer")
	tests := []struct {
		query              string
		rows               int
		count              string
		previous, next     string
		note, emptyHeading string
	}{
		{"", 20, "Entries 1 to 20 of 45", "", "?page=2", "", ""},
		{"?page=2", 20, "Entries 21 to 40 of 45", entries, "?page=3", "", ""},
		{"?page=3", 5, "Entries 41 to 45 of 45", "?page=2", "", "", ""},
		{"?per_page=45", 45, "Entries 1 to 45 of 45", "", "", "", ""},
		{"?per_page=15&page=3", 15, "Entries 31 to 45 of 45", "?page=2&per_page=15", "", "", ""},
		{"?page=4", 0, "", "", "", "", "Page 4 does not exist"},
		{"?page=0", 20, "Entries 1 to 20 of 45", "", "?page=2", `page is a whole number from 1 to 1000000, not "0"`, ""},
		{"?page=x&per_page=1001&order=colour&direction=up&provenance=MOON", 20, "Entries 1 to 20 of 45", "", "?page=2", `order can't be "colour"`, ""},
		{"?page=99999999999999999999", 20, "Entries 1 to 20 of 45", "", "?page=2", `page is a whole number from 1 to 1000000`, ""},
		{"?order=name&direction=desc&page=2", 20, "Entries 21 to 40 of 45", "?direction=desc&order=name", "?direction=desc&order=name&page=3", "", ""},
		{"?search=no-entry-has-this", 0, "", "", "", "", "No matching entries"},
		{"?provenance=SNOOPY-CASB_OFFICE_365&search=zzzz", 0, "", "", "", "", "No matching entries"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			page := b.in(t).get(entries + tt.query).wants(http.StatusOK)
			same(t, "rows", page.Find("tbody tr").Length(), tt.rows)
			if tt.rows > 0 {
				page.contains("main", tt.count)
			}
			same(t, "previous", strings.TrimPrefix(page.Find("a[rel=prev]").AttrOr("href", ""), entries), strings.TrimPrefix(tt.previous, entries))
			same(t, "next", strings.TrimPrefix(page.Find("a[rel=next]").AttrOr("href", ""), entries), tt.next)
			same(t, "a note", page.Find("[role=alert]").Length() > 0, tt.note != "")
			page.contains("main", tt.note)
			page.contains("main", tt.emptyHeading)
		})
	}
}

func TestEmptyRegistryTellsWhatToDo(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	page := app.as("editor").get(entries).wants(http.StatusOK)
	page.contains("main", "The registry is empty")
	same(t, "ways to create", page.Find("main a[href='"+entries+"/new']").Length(), 2)
	page = app.as("viewer").get(entries).wants(http.StatusOK)
	page.contains("main", "Ask an editor")
	same(t, "ways to create for a viewer", page.Find("a[href='"+entries+"/new']").Length(), 0)
}

func TestDemoEntriesAreShownWhole(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	page := b.get(entries + "?per_page=200").wants(http.StatusOK)
	all := app.sandbox.Entries()
	same(t, "rows", page.Find("tbody tr").Length(), len(all))
	for _, e := range all {
		row := page.Find("tbody tr").Has("a[href='" + entries + "/" + e.ID + "?back=per_page%3D200']")
		for _, want := range []string{e.Name, e.Email} {
			same(t, want, strings.Contains(row.Text(), want), true)
		}
		same(t, e.Email+": pattern badge", strings.Contains(row.Text(), "Pattern"), e.IsEmailRegex)
		b.get(entries+"/"+e.ID).wants(http.StatusOK).contains("h1", strings.Join(strings.Fields(e.Name), " "))
	}
}

func TestEntryThatIsNotThere(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	for _, id := range []string{
		"12", "f174e90a-fafe-4643-bbbc-4a0ed4fc8415", "..%2f..%2fuser%2ftokens%2fverify", "%2e%2e", "new-ish",
		"f174e90a-fafe-4643-bbbc-4a0ed4fc841g", "-1", "1%00", "99999999999999999999999",
	} {
		page := b.get(entries + "/" + id).wants(http.StatusNotFound)
		page.contains("h1", "There is no such entry")
	}
	calls := b.app.sandbox.Calls()
	same(t, "calls of the API: only for ids that can be", len(calls), 2)
}

func TestOtherAccount(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	page := app.as("admin").get("/accounts/ffffffffffffffffffffffffffffffff/entries").wants(http.StatusNotFound)
	page.contains("h1", "This account is not managed here")
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
}

func TestListAndEntryInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	ask := func(path string) map[string]any {
		t.Helper()
		res := b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
		var v map[string]any
		must(t, json.Unmarshal([]byte(res.body), &v))
		return v
	}
	list := ask(entries + "?per_page=3&order=name&direction=asc")
	same(t, "success", list["success"], any(true))
	same(t, "rows", len(list["result"].([]any)), 3)
	same(t, "result_info", fmt.Sprint(list["result_info"]), fmt.Sprintf("map[count:3 page:1 per_page:3 total_count:%d]", len(app.sandbox.Entries())))
	e := app.sandbox.Entries()[0]
	entry := ask(entries + "/" + e.ID)["result"].(map[string]any)
	same(t, "id", entry["id"], any(e.ID))
	same(t, "email", entry["email"], any(e.Email))
	missing := b.do(http.MethodGet, entries+"/12", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusNotFound)
	same(t, "an envelope", strings.Contains(missing.body, `"success":false,"errors":[{`), true)
}

func TestAFormCanBeFilledInByALink(t *testing.T) {
	t.Parallel()
	q := url.Values{"name": {"Jane Smith"}, "email": {"jane@example.com"}}
	page := newApp(t).as("editor").get(entries + "/new?" + q.Encode()).wants(http.StatusOK)
	kept(t, page, map[string]string{"name": "Jane Smith", "email": "jane@example.com"})
	page.contains("#meaning", "Mail that shows “Jane Smith” is flagged unless it comes from jane@example.com")
}
