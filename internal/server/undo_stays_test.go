package server_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// What was deleted can be undone from every page until that expires, or was done.
func TestUndoStaysReachable(t *testing.T) {
	t.Parallel()
	const offer = "main form[action$='/entries/undo']"
	for _, tt := range []struct {
		name string
		then func(app *app, b *browser)
		want int
	}{
		{"at once", func(*app, *browser) {}, 1},
		{"after nine minutes", func(app *app, _ *browser) { app.clock.move(9 * time.Minute) }, 1},
		{"after ten minutes", func(app *app, _ *browser) { app.clock.move(10 * time.Minute) }, 0},
		{"after it was undone", func(_ *app, b *browser) {
			record := b.get("/audit").Find(offer+" input").AttrOr("value", "")
			b.post(entries+"/undo", url.Values{"record": {record}}).wants(http.StatusSeeOther)
		}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			b := app.as("editor")
			to := b.create(jane()).wants(http.StatusSeeOther).location()
			b.get(to)
			b.post(to+"/delete", url.Values{"version": {b.get(to+"/delete").Find("[name=version]").AttrOr("value", "")}}).wants(http.StatusSeeOther)
			first := b.get(entries).wants(http.StatusOK)
			same(t, "offers on the first page", first.Find(offer).Length(), 1)
			same(t, "the first says all", first.Find(".toast:not(.gone) > div > p").Length(), 1)
			tt.then(app, b)
			for _, path := range []string{entries, "/audit", entries + "/new"} {
				page := b.get(path).wants(http.StatusOK)
				same(t, "offers on "+path, page.Find(offer).Length(), tt.want)
				same(t, "small on "+path, page.Find(".toast.gone "+offer[len("main "):]).Length(), tt.want)
			}
			same(t, "offers to another session", app.as("editor").get(entries).Find(offer).Length(), 0)
		})
	}
}
