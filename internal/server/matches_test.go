package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
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

// Programs get the entries in the shape of the list, each with whether it covers the address.
func TestMatchesInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{
			{ID: "1", Name: "Jane Smith", Email: "Jane@x.example"},
			{ID: "2", Name: "Anyone", Email: `.*@x\.example`, IsEmailRegex: true},
			{ID: "3", Name: "Part", Email: `@x`, IsEmailRegex: true},
			{ID: "4", Name: "Broken", Email: `(`, IsEmailRegex: true},
			{ID: "5", Name: "Other", Email: "bob@x.example"},
		}
	})
	b := app.as("viewer")
	path := func(address string) string {
		return entries + "/covering?" + url.Values{"address": {address}}.Encode()
	}
	for _, tt := range []struct {
		address string
		status  int
		want    string
	}{
		{" jane@x.example ", http.StatusOK, `Anyone true, Broken "depends", Jane Smith true, Part "depends"`},
		{"bob@y.example", http.StatusOK, `Broken "depends"`},
		{"", http.StatusUnprocessableEntity, "/address: Enter an address."},
		{strings.Repeat("a", 600), http.StatusUnprocessableEntity, "/address: This is too long for an address."},
	} {
		got := b.json(path(tt.address)).wants(tt.status)
		var answer struct {
			Success bool
			Errors  []struct {
				Message string
				Source  struct{ Pointer string }
			}
			Result []struct {
				ID, Name string
				Covers   json.RawMessage
			}
			Info struct {
				Count, Page int
				Total       int `json:"total_count"`
			} `json:"result_info"`
		}
		must(t, json.Unmarshal([]byte(got.body), &answer))
		var lines []string
		for _, e := range answer.Result {
			lines = append(lines, e.Name+" "+string(e.Covers))
		}
		for _, e := range answer.Errors {
			lines = append(lines, e.Source.Pointer+": "+e.Message)
		}
		slices.Sort(lines)
		same(t, tt.address, strings.Join(lines, ", "), tt.want)
		same(t, tt.address+": success", answer.Success, tt.status == http.StatusOK)
		if tt.status != http.StatusOK {
			continue
		}
		same(t, tt.address+": info", fmt.Sprint(answer.Info), fmt.Sprintf("{%d 1 %[1]d}", len(answer.Result)))
		same(t, tt.address+": as of", got.header.Get("Namesake-As-Of") != "", true)
		b.json(path(tt.address), "If-None-Match", got.header.Get("ETag")).wants(http.StatusNotModified)
	}
}

// A long registry is looked through at once, to its last entry, without Cloudflare.
func TestMatchesOfALongRegistry(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.sandbox.Fill(1500)
	app.sandbox.Add(sandbox.Entry{ID: "9", Name: "Jane Smith", Email: "jane@last.example", CreatedAt: app.clock.now()})
	app.sandbox.Add(sandbox.Entry{ID: "10", Name: "Last", Email: `.*@last\.example`, IsEmailRegex: true, CreatedAt: app.clock.now()})
	b := app.as("viewer")
	b.get(entries).wants(200) // reads the registry
	calls := len(app.sandbox.Calls())
	page := b.covering("jane@last.example", "")
	same(t, "found", page.text("[role=status]"), fmt.Sprintf("2 matches (%d entries checked).", len(app.sandbox.Entries())))
	same(t, "entries", strings.Join(page.each("[aria-label='Entries that match the address'] a"), ", "), "Jane Smith, Last")
	page.contains("main", "Read from Cloudflare at ")
	b.covering("norah@x.example", "900").contains("[role=status]", "No match (") // there are no pages
	same(t, "calls", len(app.sandbox.Calls())-calls, 0)
}
