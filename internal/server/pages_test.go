package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

const pagesOf = 130 // entries in the registry of the tests here

type unusualPaging struct {
	name   string
	paging sandbox.Paging
}

// unusualPages are APIs that give shorter pages than asked for, and count as they like.
func unusualPages() []unusualPaging {
	all := []unusualPaging{
		{"a short page in the middle", sandbox.Paging{Short: 2}},
		{"a short page and a cap", sandbox.Paging{Short: 2, Cap: 50}},
		{"a short page, nothing counted", sandbox.Paging{Short: 3, Cap: 20, Total: "null", Count: "null"}},
	}
	for _, total := range []string{"", "0", "null", "missing", "page", "-110", "-80", "-30", "-1", "+20"} {
		for _, capped := range []int{0, 10, 20, 50} {
			all = append(all, unusualPaging{fmt.Sprintf("cap %d, total %q", capped, total), sandbox.Paging{Cap: capped, Total: total, Count: total}})
		}
	}
	return all
}

// paged is an app with pagesOf entries; "j" is in the name of those of a third of them.
func paged(t *testing.T, paging sandbox.Paging) *app {
	t.Helper()
	return newApp(t, func(s *settings) {
		s.sandbox.Paging = paging
		for i := range pagesOf {
			name := fmt.Sprintf("Person %03d", i/4)
			if i%3 == 0 {
				name = fmt.Sprintf("Third %03d", i)
			}
			s.sandbox.Seed = append(s.sandbox.Seed, sandbox.Entry{
				ID: strconv.Itoa(1000 + i), Name: name, Email: fmt.Sprintf("p%03d@x.example", i), Provenance: sandbox.Manual,
			})
		}
	})
}

var ofTotal = regexp.MustCompile(` of (\d+)`)

// The list leads through all entries, each once, whatever the API says of its pages, and
// no page claims more or fewer than there are.
func TestPagesLeadThroughAll(t *testing.T) {
	t.Parallel()
	const third = (pagesOf + 2) / 3
	queries := []struct {
		query string
		want  int
	}{
		{"?per_page=200", pagesOf},
		{"", pagesOf},
		{"?per_page=50", pagesOf},
		{"?search=third", third},
		{"?per_page=100&group=name", pagesOf},
		{"?search=third&per_page=200", third},
		{"?provenance=A1S_INTERNAL&per_page=200", pagesOf},
	}
	for i, u := range unusualPages() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			app := paged(t, u.paging)
			b := app.as("viewer")
			must(t, app.mirror.Refresh(t.Context()))
			before := len(app.sandbox.Calls())
			for j := range 2 {
				q := queries[(i+j)%len(queries)]
				b.walk(t, q.query, q.want)
			}
			same(t, "calls of the API", len(app.sandbox.Calls())-before, 0)
		})
	}
}

// walk goes from page to page of a list by its links, and compares all that it says.
func (b *browser) walk(t *testing.T, query string, want int) {
	t.Helper()
	met := map[string]int{}
	for path, pages := entries+query, 0; path != ""; pages++ {
		page := b.get(path).wants(http.StatusOK)
		for _, href := range page.Find("a[data-row]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }) {
			met[href[:len(entries)+len("/1000")]]++
		}
		count, next := page.text("[data-live=count]"), page.Find("a[rel=next]").AttrOr("href", "")
		if of := ofTotal.FindStringSubmatch(count); of == nil || of[1] != strconv.Itoa(want) {
			t.Errorf("%s says %q, there are %d", path, count, want)
		}
		if next == "" && len(met) != want {
			t.Errorf("%s ends after %d of %d entries with %q", query, len(met), want, count)
		}
		if path = next; pages > pagesOf {
			t.Fatalf("%s does not end", query)
		}
	}
	for id, times := range met {
		if times != 1 {
			t.Errorf("%s: entry %s was shown %d times", query, id, times)
		}
	}
}

// somePages are some of unusualPages.
func somePages() []unusualPaging {
	return []unusualPaging{
		{"cap 50", sandbox.Paging{Cap: 50}},
		{"cap 15", sandbox.Paging{Cap: 15}},
		{"cap 12, total of the page", sandbox.Paging{Cap: 12, Total: "page", Count: "page"}},
		{"cap 20, total null", sandbox.Paging{Cap: 20, Total: "null"}},
		{"cap 50, total of the page", sandbox.Paging{Cap: 50, Total: "page", Count: "0"}},
		{"cap 20, total too small", sandbox.Paging{Cap: 20, Total: "-30"}},
		{"cap 50, total too large", sandbox.Paging{Cap: 50, Total: "+30"}},
		{"a short page in the middle", sandbox.Paging{Cap: 50, Short: 2}},
	}
}

// JSON holds the same entries, and the true total.
func TestPagesInJSON(t *testing.T) {
	t.Parallel()
	for _, u := range somePages() {
		b := paged(t, u.paging).as("viewer")
		met := map[string]bool{}
		for page, last := 1, false; !last; page++ {
			answer := b.do(http.MethodGet, fmt.Sprintf("%s?per_page=50&page=%d", entries, page), nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
			var got struct {
				Result []struct{ ID string }
				Info   struct {
					Count   int
					PerPage int  `json:"per_page"`
					Total   *int `json:"total_count"`
				} `json:"result_info"`
			}
			must(t, json.Unmarshal([]byte(answer.body), &got))
			same(t, u.name+": count", got.Info.Count, len(got.Result))
			if got.Info.Total == nil || *got.Info.Total != pagesOf {
				t.Fatalf("%s: page %d has the total %v", u.name, page, got.Info.Total)
			}
			for _, e := range got.Result {
				met[e.ID] = true
			}
			last = len(got.Result) < got.Info.PerPage
		}
		same(t, u.name+": entries", len(met), pagesOf)
	}
}

// Whose names an address can use is answered with what is on the last page too.
func TestCoveringOnShortPages(t *testing.T) {
	t.Parallel()
	for _, u := range somePages() {
		b := paged(t, u.paging).as("viewer")
		page := b.covering("p129@x.example", "")
		page.contains("[aria-label='Entries that match the address']", "p129@x.example")
		same(t, u.name, page.text("[role=status]"), "1 match (130 entries checked).")
		b.covering("p129@y.example", "").contains("[role=status]", "No match (130 entries checked). Mail from “p129@y.example”")
	}
	// However many pages of the API it takes.
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed, s.sandbox.Paging = []sandbox.Entry{}, sandbox.Paging{Cap: 20, Total: "page"}
	})
	app.sandbox.Fill(300)
	app.sandbox.Add(sandbox.Entry{ID: "9", Name: "Jane Smith", Email: "jane@last.example", CreatedAt: app.clock.now()})
	b := app.as("viewer")
	page := b.covering("jane@last.example", "")
	same(t, "all pages", page.text("[role=status]"), "1 match (301 entries checked).")
	page.contains("[aria-label='Entries that match the address']", "jane@last.example")
}

// What matches is deleted on all pages, and a look for the same entry goes through them.
func TestDeletionsAndDuplicatesOnShortPages(t *testing.T) {
	t.Parallel()
	for _, u := range somePages() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			app := paged(t, u.paging)
			b := app.as("editor")
			list := b.get(entries + "?per_page=100").wants(http.StatusOK)
			same(t, "offered", list.text("button[name=all]"), "Delete all manual entries…")
			plan := b.ended(b.post(plans, url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location())
			plan.contains("h1", fmt.Sprintf("Delete %d entries?", pagesOf))
			third := b.ended(b.post(plans, url.Values{"all": {"1"}, "back": {"?search=third"}}).wants(http.StatusSeeOther).location())
			third.contains("h1", fmt.Sprintf("Delete %d entries?", (pagesOf+2)/3))

			// By address it comes behind all the others, which hold its text.
			app.sandbox.Add(sandbox.Entry{ID: "9", Name: "Pattern", Email: "x.example", IsEmailRegex: true})
			page := b.create(map[string]string{"name": "Another", "email": "x.example", "is_email_regex": "true"}).wants(http.StatusUnprocessableEntity)
			page.contains("#error-summary", "Not sent: this address is in the registry already")
			same(t, "creates sent", creates(app), 0)
		})
	}
}

// A look for what became of a create finds it, and is sure that it is not there, only after
// all pages that could hold it.
func TestDoubtsOnShortPages(t *testing.T) {
	t.Parallel()
	for _, u := range somePages() {
		if u.paging.Cap < 20 { // a look goes through ten pages, and these entries are all as new as a create
			continue
		}
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			app := paged(t, u.paging)
			b := app.as("editor")
			app.met(http.MethodPost, "500-written")
			b.create(jane()).wants(http.StatusSeeOther)
			same(t, "entries", len(app.find("Jane Smith")), 1)

			app.met(http.MethodPost, "500")
			typed := map[string]string{"name": "John Smith", "email": "john@example.com"}
			page := b.create(typed).wants(http.StatusBadGateway)
			for range 20 { // they are created while the look goes on
				app.sandbox.Add(sandbox.Entry{Name: "New", Email: "new@x.example"})
			}
			follow := page.follow()
			app.clock.move(10 * time.Minute)
			page = b.get(follow).wants(http.StatusOK)
			page.contains("#error-summary h2", "Not created: it is safe to try again")
			b.submit(page, nil).wants(http.StatusSeeOther)
			same(t, "entries", len(app.find("John Smith")), 1)
			same(t, "creates sent", creates(app), 3)
		})
	}
}

// listing has every list answered with these entries and this total, whatever was asked.
func (a *app) listing(result, total string) {
	a.t.Helper()
	a.sandbox.ClearFaults()
	a.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Path: "impersonation_registry", Times: -1, Status: http.StatusOK, Body: fmt.Sprintf(
		`{"success":true,"errors":[],"messages":[],"result":%s,"result_info":{"count":1,"page":7,"per_page":20,"total_count":%s}}`, result, total)})
}

// A list without entries where the API counts some is not called empty.
func TestEntriesThatAreCountedButNotListed(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	app.listing("[]", "130")
	for _, path := range []string{"", "?page=2", "/covering?address=jane@x.example"} { // of which nothing is known
		page := b.get(entries + path).wants(http.StatusBadGateway)
		page.contains("h1", "Cloudflare's answer could not be read")
		same(t, path+": called empty", strings.Contains(page.body, "The registry is empty"), false)
	}
	app.sandbox.ClearFaults()
	must(t, app.mirror.Refresh(t.Context()))
	app.listing("[]", "130")
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("a list without its entries was believed")
	}
	app.clock.move(10 * time.Minute)
	page := b.get(entries + "?per_page=200").wants(http.StatusOK)
	same(t, "what was known", len(page.ids()), len(app.sandbox.Entries()))
	page.contains("[role=alert]", "Cloudflare's pages of the list contradict each other, so entries may be missing.")

	// An empty list that agrees with its count is the registry.
	app = newApp(t)
	app.listing("[]", "0")
	app.as("viewer").get(entries).wants(http.StatusOK).contains("#results h2", "The registry is empty")
}

// An API that gives the same page for ever keeps no one for ever, and is not believed to
// have shown all.
func TestTheSamePageForEver(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	app.listing(`[{"id":"1","name":"Jane","email":"jane@x.example"},{"id":"2","name":"Jane","email":"j@x.example"}]`, "2")
	before := len(app.sandbox.Calls())
	for query, count := range map[string]string{
		"?search=jane": "Entries 1 to 2 of at least 2 that match", "": "Entries 1 to 2 of at least 2", "?per_page=200": "Entries 1 to 2 of at least 2",
	} {
		page := b.get(entries + query).wants(http.StatusOK)
		page.contains("#results [role=alert]", "This list may be incomplete")
		page.contains("main", "The registry has not been read completely yet.")
		same(t, query+": count", page.text("[data-live=count]"), count)
		same(t, query+": rows", page.Find("a[data-row]").Length(), 2)
	}
	same(t, "page 2", b.get(entries+"?page=2").text("[data-live=count]"), "No entries on page 2")
	b.get(entries+"/of-name?name=Jane").contains("body", "“Jane” has at least 2 addresses already.")
	covered := b.covering("jane@x.example", "")
	same(t, "covers", covered.Find("[aria-label='Entries that match the address'] li").Length(), 1)
	covered.contains("main", "The registry has not been read completely yet.")
	same(t, "all", b.covering("bob@x.example", "").text("[role=status]"), "No match (2 entries checked).")
	answer := b.do(http.MethodGet, entries, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	var got struct {
		Info struct {
			Page  int
			Total *int `json:"total_count"`
		} `json:"result_info"`
	}
	must(t, json.Unmarshal([]byte(answer.body), &got))
	same(t, "page in JSON", got.Info.Page, 1)
	same(t, "a total in JSON", got.Info.Total == nil, true)
	same(t, "a time in JSON", answer.header.Get("Namesake-As-Of"), "")
	planned := b.ended(b.post(plans, url.Values{"all": {"1"}, "back": {"?search=jane"}}).wants(http.StatusSeeOther).location())
	same(t, "to delete what may be a part", planned.Find("form[action$='/apply']").Length(), 0)
	planned.contains("main", "Cloudflare's answer could not be read")
	if calls := len(app.sandbox.Calls()) - before; calls > 12*12 { // four readings of three calls for a page
		t.Errorf("%d calls", calls)
	}
}
