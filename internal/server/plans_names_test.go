package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// Where the registry was never read completely, a plan's page and its JSON say that what
// they tell about names is not complete; the number of its pages does not matter.
func TestNamesOfALargeRegistry(t *testing.T) {
	t.Parallel()
	for _, partial := range []bool{false, true} {
		app := filled(t, 50, func(s *settings) { s.sandbox.Paging = sandbox.Paging{Cap: 2} })
		b := app.as("editor")
		if partial { // after ten pages there is nothing, where entries were seen before
			app.sandbox.Inject(sandbox.Fault{
				Method: http.MethodGet, Path: "impersonation_registry", Skip: 10, Times: -1, Status: 200,
				Body: `{"success":true,"errors":[],"messages":[],"result":[],"result_info":{"count":0,"page":1,"per_page":1000,"total_count":50}}`,
			})
		}
		var ids []string
		for _, e := range app.sandbox.Entries()[:25] { // more names than are searched for
			ids = append(ids, e.ID)
		}
		path := b.post(plans, url.Values{"id": ids}).wants(http.StatusSeeOther).location()
		page := b.ended(path)
		const note, unless = "Not all entries of the registry could be read.", "unless it has an entry that was not found"
		text := page.text("section[aria-labelledby=names]")
		same(t, "note", strings.Contains(text, note), partial)
		same(t, "names", strings.Contains(text, unless), partial)
		res := b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
		same(t, "JSON", strings.Contains(res.body, `"names_partial":true`), partial)
	}
}
