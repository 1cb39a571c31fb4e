package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// The trail shows an action once, with how it ended, and how long ago.
func TestAuditShowsAnActionOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.clock.move(time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour))) // to noon: an hour ago is today
	now := app.clock.now()
	grace := registry.Values{"name": "Grace Tan", "email": "grace@x.example"}
	app.record(
		audit.Record{Time: now.Add(-50 * time.Hour), Action: rbac.DeleteEntry, Entry: entryID(1), Outcome: audit.OutcomeIntent, Before: grace},
		audit.Record{Time: now.Add(-50 * time.Hour), Action: rbac.DeleteEntry, Entry: entryID(1), Outcome: audit.OutcomeUnknown, Intent: 1, Before: grace},
		audit.Record{Time: now.Add(-3 * time.Hour), Action: rbac.DeleteEntry, Entry: entryID(1), Outcome: audit.OutcomeDone, Intent: 1, Before: grace},
		audit.Record{Time: now.Add(-2 * time.Minute), Action: rbac.EditEntry, Entry: entryID(2), Outcome: audit.OutcomeFailed, Before: grace, After: grace.With(registry.Values{"name": "Grace T", "comments": "x"})},
		audit.Record{Time: now, Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: grace},
	)
	b := app.as("viewer")
	page := b.get("/audit?search=grace").wants(http.StatusOK)
	rows := page.Find("tbody tr").Map(func(_ int, row *goquery.Selection) string {
		return row.AttrOr("data-seq", "") + " | " + strings.Join(row.Find("td").Map(func(_ int, cell *goquery.Selection) string {
			return strings.Join(strings.Fields(cell.Text()), " ")
		}), " | ")
	})
	utc := func(ago time.Duration) string { return now.Add(-ago).UTC().Format("2006-01-02 15:04:05Z") }
	want := []string{
		"5 | a moment ago " + utc(0) + " | jo@example.com editor | Create Grace Tan grace@x.example | Intent | Record 5",
		"4 | 2 minutes ago " + utc(2*time.Minute) + " | jo@example.com editor | Tried to edit Grace T grace@x.example Name, Comments | Failed | Record 4",
		"3 | 3 hours ago " + utc(3*time.Hour) + " | jo@example.com editor | Deleted Grace Tan grace@x.example | Done | Record 3 Intent 1",
	}
	same(t, "rows", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	same(t, "the intent is a click away", page.Find("tbody a[href='/audit/1']").Length(), 1)
	same(t, "every record", seqs(b.get(page.Find("a:contains('Show every record')").AttrOr("href", "")).wants(http.StatusOK)), "5 4 3 2 1")

	for _, tt := range []struct {
		label, want string
	}{{"Today", "5 4 3"}, {"7 days", "5 4 3"}, {"30 days", "5 4 3"}, {"All time", "5 4 3"}} {
		to := page.Find("nav[aria-label=Period] a:contains('"+tt.label+"')").AttrOr("href", "")
		chosen := b.get(to).wants(http.StatusOK)
		same(t, tt.label, seqs(chosen), tt.want)
		same(t, tt.label+" is the current one", chosen.Find("nav[aria-label=Period] a[aria-current]").Text(), tt.label)
	}
}
