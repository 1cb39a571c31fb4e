package server_test

import (
	"net/http"
	"net/url"
	"testing"

	"namesake/internal/store/pgtest"
)

// Bytes that are no text name no plan and no reason in a path, a filter or a form, whatever the
// database.
func TestPlansByBytes(t *testing.T) {
	t.Parallel()
	for engine, database := range map[string]func(testing.TB) string{
		"SQLite": func(testing.TB) string { return "" }, "PostgreSQL": pgtest.NewDatabase,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, fourPeople, func(s *settings) { s.database = database(t) })
			b := app.as("editor")
			path := b.paste("name,email\nAda Moreau,ada@example.com\n").wants(http.StatusSeeOther).location()
			for _, odd := range []string{"a%00b", "%ff", "%ed%a0%80"} {
				raw, err := url.PathUnescape(odd)
				must(t, err)
				same(t, odd+": operations", b.get(path+"?reason="+odd).wants(http.StatusOK).Find("#operations li").Length(), 0)
				b.get(path + "?state=" + odd).wants(http.StatusBadRequest)
				b.post(path+"/take-in", url.Values{"reason": {raw}}).wants(http.StatusSeeOther)
				b.post(path+"/take-out", url.Values{"position": {raw}}).wants(http.StatusBadRequest)
				for _, page := range []string{"", "?part=progress", "/failed.csv", "/operations.csv"} {
					b.get(plans + "/" + odd + page).wants(http.StatusNotFound)
				}
				b.post(plans+"/"+odd+"/apply", nil).wants(http.StatusNotFound)
			}
			b.post(path+"/apply", nil).wants(http.StatusSeeOther)
			same(t, "done", b.ended(path).operations("done").Length(), 1)
		})
	}
}
