package server_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// covering asks which entries cover an address, from a page on.
func (b *browser) covering(address, page string) *answer {
	b.app.t.Helper()
	return b.get(entries + "/covering?" + url.Values{"address": {address}, "page": {page}}.Encode()).wants(200)
}

func TestMatches(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{
			{ID: "1", Name: "Jane Smith", Email: "Jane@x.example"},
			{ID: "2", Name: "Anyone", Email: `.*@x\.example`, IsEmailRegex: true},
			{ID: "3", Name: "Part", Email: `@x`, IsEmailRegex: true},
			{ID: "5", Name: "Other", Email: "bob@x.example"},
		}
	})
	b := app.as("viewer")
	none := b.covering("norah@elsewhere.example", "")
	none.contains("[role=status]", "No match (4 entries checked). Mail from “norah@elsewhere.example” that shows a protected name is flagged.")

	app.sandbox.Add(sandbox.Entry{ID: "4", Name: "Broken", Email: `(`, IsEmailRegex: true})
	page := b.covering(" jane@x.example ", "")
	got := page.Find("[aria-label='Entries that match the address'] li").Map(func(_ int, s *goquery.Selection) string {
		return strings.TrimSpace(s.Find("a").Text()) + ": " + strings.TrimSpace(s.Find("span").Last().Text())[:10]
	})
	for _, want := range []string{"Jane Smith: is this ad", "Anyone: matches th", "Part: matches a ", "Broken: not checke"} {
		if !strings.Contains(strings.Join(got, "; "), want) {
			t.Errorf("%v does not hold %q", got, want)
		}
	}
	same(t, "entries", len(got), 4)
	page.contains("[role=status]", "3 matches, 1 not checked (5 entries read).")
}

// TestCoveringInSteps looks at a long registry, whose last entry is the one that covers
// the address, and sees that nothing is claimed before it was reached.
func TestCoveringInSteps(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.sandbox.Fill(4500)
	app.sandbox.Add(sandbox.Entry{ID: "9", Name: "Jane Smith", Email: "jane@last.example", CreatedAt: app.clock.now()})
	b := app.as("viewer")
	calls := len(app.sandbox.Calls())
	page := b.covering("jane@last.example", "")
	same(t, "calls", len(app.sandbox.Calls())-calls, 2)
	said := page.text("[role=status]")
	same(t, "first step", said, "No match in entries 1 to 2000 of 4501. There are more entries to check.")
	page.contains("main a.btn", "Check the next 2000")
	page = b.get(page.Find("main a.btn").AttrOr("href", "")).wants(200)
	page.contains("[role=status]", "There are more entries to check. Earlier entries were not checked again.")
	page = b.get(page.Find("main a.btn").AttrOr("href", "")).wants(200)
	same(t, "last step", page.text("[role=status]"), "1 match in entries 4001 to 4501 of 4501.")
	page.contains("[aria-label='Entries that match the address']", "jane@last.example")
	same(t, "further", page.Find("main a.btn").Length(), 0)

	b.covering("norah@x.example", "5").contains("[role=status]", "Earlier entries were not checked again.")
	same(t, "beyond", b.covering("norah@x.example", "900").text("[role=status]"), "No more entries: the registry has 4501 entries.")
}
