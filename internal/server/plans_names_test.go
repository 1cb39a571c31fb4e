package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// Where the registry has more pages than a plan reads, its page and its JSON say that what
// they tell about names is not complete.
func TestNamesOfALargeRegistry(t *testing.T) {
	for limit, partial := range map[int]bool{3: false, 2: true} {
		app := filled(t, 50, func(s *settings) { s.sandbox.Paging = sandbox.Paging{Cap: limit} })
		b := app.as("editor")
		var ids []string
		for _, e := range app.sandbox.Entries()[:25] { // more names than are searched for
			ids = append(ids, e.ID)
		}
		path := b.post(plans, url.Values{"id": ids}).wants(http.StatusSeeOther).location()
		page := b.ended(path)
		const note, unless = "Only a part of the registry could be compared, at most 20000 entries.", "unless it has an entry that was not found"
		text := page.text("section[aria-labelledby=names]")
		same(t, "note", strings.Contains(text, note), partial)
		same(t, "names", strings.Contains(text, unless), partial)
		res := b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
		same(t, "JSON", strings.Contains(res.body, `"names_partial":true`), partial)
	}
}
