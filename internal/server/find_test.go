package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// hrefs are the links of what matches, less the path of the list.
func (a *answer) hrefs(selector string) string {
	return strings.Join(a.Find(selector).Map(func(_ int, s *goquery.Selection) string {
		return strings.TrimPrefix(s.AttrOr("href", ""), entries)
	}), " ")
}

func TestFind(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK) // reads the registry
	tests := []struct {
		query   string
		names   string // in the rows, each once
		sorts   string // aria-sort of the four columns
		headers string // where they lead
		chips   string
		off     string // where the chips lead
		count   string
	}{
		{
			"?search=grace", "Grace Tan, Grace Tan", "none none none none",
			"?direction=asc&order=name&search=grace ?direction=asc&order=email&search=grace ?direction=asc&order=created_at&search=grace ?direction=asc&order=modified_at&search=grace",
			"Search: grace", "", "Entries 1 to 2 of 2 that match",
		},
		{
			"?search=grace&order=email&direction=asc", "Grace Tan, Grace Tan", "none ascending none none",
			"?direction=asc&order=name&search=grace ?direction=desc&order=email&search=grace ?direction=asc&order=created_at&search=grace ?direction=asc&order=modified_at&search=grace",
			"Search: grace, Sorted by: Address or pattern", "?direction=asc&order=email ?search=grace", "Entries 1 to 2 of 2 that match",
		},
		{
			"?search=grace&order=name&direction=desc&page=1", "Grace Tan, Grace Tan", "descending none none none",
			"?search=grace ?direction=asc&order=email&search=grace ?direction=asc&order=created_at&search=grace ?direction=asc&order=modified_at&search=grace",
			"Search: grace, Sorted by: Name, downwards", "?direction=desc&order=name ?search=grace", "Entries 1 to 2 of 2 that match",
		},
		{
			"?provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia", "Sofia Lindqvist", "none none none none",
			"?direction=asc&order=name&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia ?direction=asc&order=email&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia ?direction=asc&order=created_at&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia ?direction=asc&order=modified_at&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia",
			"Search: sofia, Source: Google", "?provenance=SNOOPY-GOOGLE_DIRECTORY ?search=sofia", "Entries 1 to 1 of 1 that match",
		},
		{"?search=zzzz", "", "", "", "Search: zzzz", "", "No entry matches"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			calls := len(app.sandbox.Calls())
			page := b.in(t).get(entries + tt.query).wants(http.StatusOK)
			same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)
			each := func(selector string, text func(*goquery.Selection) string) string {
				return strings.Join(page.Find(selector).Map(func(_ int, s *goquery.Selection) string { return text(s) }), ", ")
			}
			same(t, "rows", each("a[data-row]", func(s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }), tt.names)
			same(t, "aria-sort", strings.ReplaceAll(each("th[aria-sort]", func(s *goquery.Selection) string { return s.AttrOr("aria-sort", "") }), ", ", " "), tt.sorts)
			same(t, "headings", page.hrefs("th[aria-sort] a"), tt.headers)
			same(t, "chips", each("[aria-label='Filters that are set'] a span:nth-child(2)", func(s *goquery.Selection) string { return s.Text() }), tt.chips)
			same(t, "without them", strings.TrimSpace(page.hrefs("[aria-label='Filters that are set'] a")), tt.off)
			page.contains("[role=status]", tt.count)
			q, err := url.ParseQuery(tt.query[1:])
			must(t, err)
			same(t, "search field", page.Find("#search").AttrOr("value", ""), q.Get("search"))
			same(t, "source", page.Find("#filter-provenance option[selected]").AttrOr("value", ""), q.Get("provenance"))
			same(t, "order kept", page.Find("form[data-find] input[name=order]").AttrOr("value", ""), q.Get("order"))
		})
	}
}

func TestPageSizes(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(120)
	b := app.as("viewer")
	for query, rows := range map[string]int{"": 20, "?per_page=20": 20, "?per_page=50": 50, "?per_page=100": 100, "?per_page=200": 120, "?per_page=7": 7, "?per_page=1000": 120} {
		page := b.get(entries + query).wants(http.StatusOK)
		same(t, query, page.Find("tbody tr").Length(), rows)
		want := strings.TrimPrefix(query, "?per_page=")
		if want == "" {
			want = "20"
		}
		same(t, query+": chosen", page.Find("#per_page option[selected]").AttrOr("value", ""), want)
	}
}

// After looking at an entry, editing or deleting it one is back in the same page of
// the list.
func TestThePlaceIsKept(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	app.sandbox.Fill(45)
	b := app.as("editor")
	const view = entries + "?direction=desc&order=name&page=2&per_page=10"
	link := b.get(view).Find("tbody tr:contains('Manual') a").AttrOr("href", "")
	page := b.get(link).wants(http.StatusOK)
	same(t, "from the entry", page.Find("main p a").First().AttrOr("href", ""), view)
	edit := b.get(page.Find("main a:contains('Edit')").AttrOr("href", "")).wants(http.StatusOK)
	same(t, "from the form", edit.Find("main p a").First().AttrOr("href", ""), link)
	saved := b.submit(edit, map[string]string{"comments": "x"}).wants(http.StatusSeeOther).location()
	same(t, "after an edit", saved, link)
	confirm := b.get(page.Find("main a:contains('Delete')").AttrOr("href", "")).wants(http.StatusOK)
	same(t, "kept", confirm.Find("main a:contains('Cancel')").AttrOr("href", ""), link)
	form := confirm.Find("form[data-once]")
	deleted := b.post(form.AttrOr("action", ""), url.Values{"back": {form.Find("input[name=back]").AttrOr("value", "")}}).wants(http.StatusSeeOther)
	same(t, "after a deletion", deleted.location(), view)

	for _, evil := range []string{"//evil.example", "https://evil.example", "x=1\r\nSet-Cookie:a=b", "page=%ZZ", strings.Repeat("search=x&", 500)} {
		page := b.get(entries + "/1?back=" + url.QueryEscape(evil))
		if strings.Contains(page.body, "evil.example") || strings.Contains(page.body, "Set-Cookie:a") {
			t.Errorf("%s leads away", evil)
		}
	}
}

// Grouped by name, the list is sorted by it, and every name of the page stands once, with
// its rows. A name that continues on another page says so.
func TestGroupedByName(t *testing.T) {
	t.Parallel()
	seed := func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{
			{ID: "1", Name: "Jane Smith", Email: "a@example.com"},
			{ID: "2", Name: "Janet", Email: "b@example.com"},
			{ID: "3", Name: "jane  smith", Email: "c@example.com"},
			{ID: "4", Name: "JANE SMITH", Email: "d@example.com"},
			{ID: "5", Name: "", Email: "e@example.com"},
			{ID: "6", Name: "Zoë", Email: "f@example.com"},
			{ID: "7", Name: "Zoe\u0308", Email: "g@example.com"},
		}
	}
	tests := []struct {
		query, groups, rows string
		chips, sorts        string
		headings            string // where they lead
	}{
		{
			"?group=name", "No name 1 entry|Jane Smith 3 entries|Janet 1 entry|Zoë 2 entries", "/5 /1 /3 /4 /2 /6 /7", "Grouped by: Name", "ascending none none none",
			"?direction=desc&group=name ?direction=asc&order=email ?direction=asc&order=created_at ?direction=asc&order=modified_at",
		},
		{
			"?group=name&order=email&direction=desc", "Zoe\u0308 2 entries|Janet 1 entry|JANE SMITH 3 entries|No name 1 entry", "/7 /6 /2 /4 /3 /1 /5", "Grouped by: Name, downwards", "descending none none none",
			"?group=name ?direction=asc&order=email ?direction=asc&order=created_at ?direction=asc&order=modified_at",
		},
		{
			"?group=name&per_page=2&page=2", "jane smith 2 entries on this page, more on the page before", "/3 /4", "Grouped by: Name", "ascending none none none",
			"?direction=desc&group=name&per_page=2 ?direction=asc&order=email&per_page=2 ?direction=asc&order=created_at&per_page=2 ?direction=asc&order=modified_at&per_page=2",
		},
		{
			"?group=name&per_page=1&page=3", "jane smith 1 entry on this page, more on the pages before and after it", "/3", "Grouped by: Name", "ascending none none none",
			"?direction=desc&group=name&per_page=1 ?direction=asc&order=email&per_page=1 ?direction=asc&order=created_at&per_page=1 ?direction=asc&order=modified_at&per_page=1",
		},
		{
			"?group=name&per_page=3", "No name 1 entry|Jane Smith 2 entries on this page, more on the next page", "/5 /1 /3", "Grouped by: Name", "ascending none none none",
			"?direction=desc&group=name&per_page=3 ?direction=asc&order=email&per_page=3 ?direction=asc&order=created_at&per_page=3 ?direction=asc&order=modified_at&per_page=3",
		},
	}
	app := newApp(t, seed)
	b := app.as("viewer")
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			page := b.in(t).get(entries + tt.query).wants(http.StatusOK)
			var groups []string
			for _, th := range page.Find("tbody th[scope=rowgroup]").EachIter() {
				groups = append(groups, strings.Join(strings.Fields(th.Text()), " "))
			}
			same(t, "groups", strings.Join(groups, "|"), tt.groups)
			same(t, "parts of the table", page.Find("tbody").Length(), len(groups))
			rows := strings.Fields(page.hrefs("a[data-row]"))
			for i, row := range rows {
				rows[i], _, _ = strings.Cut(row, "?")
			}
			same(t, "rows", strings.Join(rows, " "), tt.rows)
			same(t, "chips", page.text("[aria-label='Filters that are set'] a span:nth-child(2)"), tt.chips)
			var sorts []string
			for _, th := range page.Find("th[aria-sort]").EachIter() {
				sorts = append(sorts, th.AttrOr("aria-sort", ""))
			}
			same(t, "aria-sort", strings.Join(sorts, " "), tt.sorts)
			same(t, "headings", page.hrefs("th[aria-sort] a"), tt.headings)
			same(t, "ticked", page.Find("#group[checked]").Length(), 1)
		})
	}
	page := b.get(entries + "?group=name&page=1&per_page=3")
	next := page.Find("a[rel=next]").AttrOr("href", "")
	same(t, "next page", next, entries+"?group=name&page=2&per_page=3")
	entry := b.get(page.Find("a[data-row]").First().AttrOr("href", ""))
	same(t, "back from an entry", entry.Find("main p a").First().AttrOr("href", ""), entries+"?group=name&per_page=3")
	b.get(entries+"?group=email").contains("main", "group can't be \"email\"")
}
