package server_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
)

// The draft of a plan says how long the API's limit of calls delays it, and it takes so long.
func TestPlanTakesAsLongAsItSays(t *testing.T) {
	t.Parallel()
	const limit = "because Cloudflare limits how many calls Namesake can make in five minutes."
	for _, tt := range []struct {
		name  string
		set   func(*settings)
		notes []string
		waits time.Duration
	}{
		{"few calls", func(s *settings) { s.sandbox.RateLimit = 1200 }, []string{"This takes a few seconds."}, 0},
		{"the API's limit", func(s *settings) { s.sandbox.RateLimit = 80 }, []string{"This takes about 10 minutes, " + limit, "You can pause it at any time."}, 10 * time.Minute},
		{"the program's own", func(s *settings) { s.client = func(o *cfapi.Options) { o.Budget = 80 } }, []string{"This takes about 10 minutes, " + limit}, 10 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := filled(t, 60, tt.set)
			b := app.as("editor")
			list := b.get(entries + "?per_page=100").wants(http.StatusOK)
			draft := b.plan(list, list.ids())
			for _, note := range tt.notes {
				draft.contains("main", note)
			}
			began := app.clock.now()
			b.apply(draft).contains("h1", "60 entries deleted")
			took := app.clock.now().Sub(began)
			if took < tt.waits-10*time.Second { // more where workers wait beside each other, as each moves the clock
				t.Errorf("took %s, want %s at least", took, tt.waits)
			}
		})
	}
}

// A running plan that waits for the limit of calls says for how long, instead of going by its
// first calls.
func TestRunningPlanKnowsTheLimit(t *testing.T) {
	t.Parallel()
	app := filled(t, 60, func(s *settings) { s.sandbox.RateLimit = 80 })
	b := app.as("editor")
	list := b.get(entries + "?per_page=100").wants(http.StatusOK)
	path := b.plan(list, list.ids()).AttrOf("#apply", "action")
	hold := make(chan struct{})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Skip: 8, Times: 4, Hold: hold})
	b.post(path, url.Values{"confirm": {"60"}}).wants(http.StatusSeeOther)
	progress := b.get(path[:len(path)-len("/apply")] + "?part=progress").wants(http.StatusOK)
	close(hold)
	progress.contains("[data-pace]", "About 10 minutes left, because Cloudflare limits how many calls Namesake can make in five minutes.")
}
