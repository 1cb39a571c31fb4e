package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// TestGrowthCountsWhatWasDeleted shows entries in the past that were deleted later, here or
// elsewhere, and once those that came back.
func TestGrowthCountsWhatWasDeleted(t *testing.T) {
	t.Parallel()
	var seed []sandbox.Entry
	start := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -3)
	for i := range 5 {
		seed = append(seed, sandbox.Entry{
			ID: fmt.Sprintf("f174e90a-fafe-4643-bbbc-00000000000%d", i), Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.com", i),
			Provenance: sandbox.Manual, CreatedAt: start.Add(time.Millisecond),
		})
	}
	app := newApp(t, seeded(seed...))
	const day = 24 * time.Hour
	growth := func() string {
		t.Helper()
		var got struct {
			Result struct{ Growth []struct{ Entries int } }
		}
		must(t, json.Unmarshal([]byte(app.as("viewer").json(overview).wants(http.StatusOK).body), &got))
		var counts []string
		for _, p := range got.Result.Growth {
			counts = append(counts, fmt.Sprint(p.Entries))
		}
		return strings.Join(counts, " ")
	}
	same(t, "before all", growth(), "0 5 5 5 5")
	app.clock.move(day)
	b := app.as("editor")
	b.post(entries+"/"+seed[0].ID+"/delete", nil).wants(http.StatusSeeOther)
	d := &drifted{app: app}
	d.outside(http.MethodDelete, seed[1].ID, "")
	d.pass()
	app.clock.move(day)
	same(t, "after two deletions", growth(), "0 5 5 5 5 3 3")
	app.clock.move(day)
	app.as("editor").post(entries+"/delete", url.Values{"id": {seed[2].ID}}).wants(http.StatusSeeOther)
	same(t, "after another one, just now", growth(), "0 5 5 5 5 3 3 2")
	page := app.as("viewer").get(overview).wants(http.StatusOK)
	page.contains("figure figcaption", "Entries in the registry over time. Those deleted before")

	app.clock.move(day)
	_, err := app.store.Prune(t.Context(), app.clock.now().Add(-time.Hour), audit.Record{Actor: rbac.Actor{Subject: "retention"}})
	must(t, err)
	app.pass()
	same(t, "once the changes are removed", growth(), "0 2 2 2 2 2 2 2 2")
}
