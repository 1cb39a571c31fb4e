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
	app := newApp(t)
	b := app.as("viewer")
	tests := []struct {
		query   string
		names   string // in the rows, each once
		sorts   string // aria-sort of the three columns
		headers string // where they lead
		chips   string
		off     string // where the chips lead
		count   string
	}{
		{
			"?search=grace", "Grace Tan, Grace Tan", "none none none",
			"?direction=asc&order=name&search=grace ?direction=asc&order=email&search=grace ?direction=asc&order=created_at&search=grace",
			"Search: grace", "", "Entries 1 to 2 of 2 that match",
		},
		{
			"?search=grace&order=email&direction=asc", "Grace Tan, Grace Tan", "none ascending none",
			"?direction=asc&order=name&search=grace ?direction=desc&order=email&search=grace ?direction=asc&order=created_at&search=grace",
			"Search: grace, Sorted by: Address or pattern", "?direction=asc&order=email ?search=grace", "Entries 1 to 2 of 2 that match",
		},
		{
			"?search=grace&order=name&direction=desc&page=1", "Grace Tan, Grace Tan", "descending none none",
			"?search=grace ?direction=asc&order=email&search=grace ?direction=asc&order=created_at&search=grace",
			"Search: grace, Sorted by: Name, downwards", "?direction=desc&order=name ?search=grace", "Entries 1 to 2 of 2 that match",
		},
		{
			"?provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia", "Sofia Lindqvist", "none none none",
			"?direction=asc&order=name&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia ?direction=asc&order=email&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia ?direction=asc&order=created_at&provenance=SNOOPY-GOOGLE_DIRECTORY&search=sofia",
			"Search: sofia, Source: Google", "?provenance=SNOOPY-GOOGLE_DIRECTORY ?search=sofia", "Entries 1 to 1 of 1 that match",
		},
		{"?search=zzzz", "", "", "", "Search: zzzz", "", "No entry matches"},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			calls := len(app.sandbox.Calls())
			page := b.in(t).get(entries + tt.query).wants(http.StatusOK)
			same(t, "calls of the API", len(app.sandbox.Calls())-calls, 1)
			each := func(selector string, text func(*goquery.Selection) string) string {
				return strings.Join(page.Find(selector).Map(func(_ int, s *goquery.Selection) string { return text(s) }), ", ")
			}
			same(t, "rows", each("tbody tr a", func(s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }), tt.names)
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
	same(t, "kept", confirm.Find("main a:contains('Keep it')").AttrOr("href", ""), link)
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
