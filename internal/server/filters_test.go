package server_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// each are the texts of what matches.
func (a *answer) each(selector string) []string {
	return a.Find(selector).Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") })
}

// Kind, comments and time of change filter the list, alone and with all other conditions;
// what is no such value is left out, and the page says so.
func TestFilters(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		day, err := time.Parse(time.RFC3339, text)
		must(t, err)
		return day
	}
	app := newApp(t, seeded(
		sandbox.Entry{ID: "1", Name: "Ann", Email: "ann@x.example", Comments: new("note"), Provenance: sandbox.Manual, CreatedAt: at("2026-01-01T00:00:00Z"), ModifiedAt: at("2026-03-01T00:00:00Z")},
		sandbox.Entry{ID: "2", Name: "Bob", Email: `b.*@x\.example`, IsEmailRegex: true, Provenance: "SNOOPY-GOOGLE_DIRECTORY", CreatedAt: at("2026-01-02T00:00:00Z"), ModifiedAt: at("2026-02-10T09:30:00Z")},
		sandbox.Entry{ID: "3", Name: "Cleo", Email: "cleo@x.example", Comments: new(" "), Provenance: sandbox.Manual, CreatedAt: at("2026-01-03T00:00:00Z"), ModifiedAt: at("2026-02-10T09:29:59Z")},
		sandbox.Entry{ID: "4", Name: "Dan", Email: `d.*@x\.example`, IsEmailRegex: true, Comments: new("old"), Provenance: sandbox.Manual, CreatedAt: at("2026-01-04T00:00:00Z"), ModifiedAt: at("2026-02-01T00:00:00Z")},
		sandbox.Entry{ID: "5", Name: "Eve", Email: "eve@x.example", Provenance: sandbox.Manual, CreatedAt: at("2026-02-20T00:00:00Z")},
	))
	const all = "/5 /4 /3 /2 /1"
	tests := []struct {
		query string
		rows  string
		chips string
		off   string // where the chips lead
		fields,
		kept string // in the form: kind, comments, time of change and its type; order
		count,
		note string
	}{
		{"", all, "", "", "||:date", "", "Entries 1 to 5 of 5", ""},
		{"?is_email_regex=true", "/4 /2", "Kind: Patterns", "", "true||:date", "", "Entries 1 to 2 of 2 that match", ""},
		{"?is_email_regex=false", "/5 /3 /1", "Kind: Addresses", "", "false||:date", "", "Entries 1 to 3 of 3 that match", ""},
		{"?has_comments=true", "/4 /1", "Comments: With", "", "|true|:date", "", "Entries 1 to 2 of 2 that match", ""},
		{"?has_comments=false", "/5 /3 /2", "Comments: Without", "", "|false|:date", "", "Entries 1 to 3 of 3 that match", ""},
		{"?modified_since=2026-02-10", "/5 /3 /2 /1", "Changed since: 2026-02-10", "", "||2026-02-10:date", "", "Entries 1 to 4 of 4 that match", ""},
		{"?modified_since=2026-02-10T09:30:00Z", "/5 /2 /1", "Changed since: 2026-02-10T09:30:00Z", "", "||2026-02-10T09:30:00Z:text", "", "Entries 1 to 3 of 3 that match", ""},
		{"?modified_since=2026-02-10T10:30:00%2B01:00", "/5 /2 /1", "Changed since: 2026-02-10T09:30:00Z", "", "||2026-02-10T09:30:00Z:text", "", "Entries 1 to 3 of 3 that match", ""},
		{"?modified_since=2026-04-01", "", "Changed since: 2026-04-01", "", "||2026-04-01:date", "", "No entry matches", ""},
		{"?order=modified_at&direction=asc", "/4 /3 /2 /5 /1", "Sorted by: Changed", "", "||:date", "modified_at", "Entries 1 to 5 of 5", ""},
		{
			"?has_comments=false&is_email_regex=false&modified_since=2026-02-15", "/5", "Kind: Addresses, Comments: Without, Changed since: 2026-02-15",
			"?has_comments=false&modified_since=2026-02-15 ?is_email_regex=false&modified_since=2026-02-15 ?has_comments=false&is_email_regex=false",
			"false|false|2026-02-15:date", "", "Entries 1 to 1 of 1 that match", "",
		},
		{
			"?search=x.example&provenance=A1S_INTERNAL&is_email_regex=false&has_comments=true&modified_since=2026-02-01&order=modified_at&direction=desc", "/1",
			"Search: x.example, Source: Manual, Kind: Addresses, Comments: With, Changed since: 2026-02-01, Sorted by: Changed, downwards",
			"?direction=desc&has_comments=true&is_email_regex=false&modified_since=2026-02-01&order=modified_at&provenance=A1S_INTERNAL" +
				" ?direction=desc&has_comments=true&is_email_regex=false&modified_since=2026-02-01&order=modified_at&search=x.example" +
				" ?direction=desc&has_comments=true&modified_since=2026-02-01&order=modified_at&provenance=A1S_INTERNAL&search=x.example" +
				" ?direction=desc&is_email_regex=false&modified_since=2026-02-01&order=modified_at&provenance=A1S_INTERNAL&search=x.example" +
				" ?direction=desc&has_comments=true&is_email_regex=false&order=modified_at&provenance=A1S_INTERNAL&search=x.example" +
				" ?has_comments=true&is_email_regex=false&modified_since=2026-02-01&provenance=A1S_INTERNAL&search=x.example",
			"false|true|2026-02-01:date", "modified_at", "Entries 1 to 1 of 1 that match", "",
		},
		{
			"?group=name&is_email_regex=true&direction=desc", "/4 /2", "Kind: Patterns, Grouped by: Name, downwards",
			"?direction=desc&group=name ?is_email_regex=true", "true||:date", "", "Entries 1 to 2 of 2 that match", "",
		},
		{"?is_email_regex=true&per_page=1&page=2", "/2", "Kind: Patterns", "?per_page=1", "true||:date", "", "Entries 2 to 2 of 2 that match", ""},
		{"?is_email_regex=yes", all, "", "", "||:date", "", "Entries 1 to 5 of 5", `is_email_regex can't be "yes": it was left out. Known are [true false].`},
		{"?has_comments=1", all, "", "", "||:date", "", "Entries 1 to 5 of 5", `has_comments can't be "1": it was left out. Known are [true false].`},
		{"?modified_since=yesterday", all, "", "", "||:date", "", "Entries 1 to 5 of 5", `modified_since can't be "yesterday": it was left out. Write a day as 2026-01-31, or a time as 2026-01-31T15:04:05Z.`},
		{"?modified_since=2026-02-30&has_comments=true", "/4 /1", "Comments: With", "", "|true|:date", "", "Entries 1 to 2 of 2 that match", `modified_since can't be "2026-02-30": it was left out.`},
		{"?order=provenance", all, "", "", "||:date", "", "Entries 1 to 5 of 5", `order can't be "provenance": it was left out. Known are [name email created_at modified_at].`},
	}
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK)
	calls := len(app.sandbox.Calls())
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			b := b.in(t)
			page := b.get(entries + tt.query).wants(http.StatusOK)
			rows := strings.Fields(page.hrefs("a[data-row]"))
			for i, row := range rows {
				rows[i], _, _ = strings.Cut(row, "?")
			}
			same(t, "rows", strings.Join(rows, " "), tt.rows)
			same(t, "chips", strings.Join(page.each("[aria-label='Filters that are set'] a span:nth-child(2)"), ", "), tt.chips)
			same(t, "without them", strings.TrimSpace(page.hrefs("[aria-label='Filters that are set'] a")), tt.off)
			form := page.Find("form[data-find]")
			selected := func(id string) string { return form.Find("#"+id+" option[selected]").AttrOr("value", "") }
			since := form.Find("#modified_since")
			same(t, "fields", selected("is_email_regex")+"|"+selected("has_comments")+"|"+since.AttrOr("value", "")+":"+since.AttrOr("type", ""), tt.fields)
			same(t, "order kept", form.Find("input[name=order]").AttrOr("value", ""), tt.kept)
			same(t, "count", page.text("[data-live=count]"), tt.count)
			notes := page.each("main [role=alert] p")
			if said := strings.Join(notes, " "); !strings.Contains(said, tt.note) || tt.note == "" && strings.Contains(said, "left out") {
				t.Errorf("notes: got %q, want %q", said, tt.note)
			}

			// A program gets the same entries.
			var list struct{ Result []struct{ ID string } }
			answer := b.do(http.MethodGet, entries+tt.query, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
			must(t, json.Unmarshal([]byte(answer.body), &list))
			var ids []string
			for _, e := range list.Result {
				ids = append(ids, "/"+e.ID)
			}
			same(t, "in JSON", strings.Join(ids, " "), tt.rows)
		})
	}
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)
}

// A search for an address tells which patterns match it: some by name, and how many.
func TestPatternsForASearch(t *testing.T) {
	t.Parallel()
	seed := []sandbox.Entry{
		{ID: "1", Name: "Jane Smith", Email: "jane@one.example"},
		{ID: "2", Name: "Anyone", Email: `.*@one\.example`, IsEmailRegex: true},
		{ID: "3", Name: "Broken", Email: `(`, IsEmailRegex: true},
		{ID: "4", Name: "Others", Email: `.*@two\.example`, IsEmailRegex: true},
	}
	for i, name := range []string{"A", "B", "C", "D", "E", "F"} {
		seed = append(seed, sandbox.Entry{ID: strconv.Itoa(11 + i), Name: name, Email: name + `?.*@many\.example`, IsEmailRegex: true})
	}
	for i := range seed {
		seed[i].CreatedAt = time.Now().Add(time.Duration(i-1000) * time.Minute)
	}
	app := newApp(t, seeded(seed...))
	tests := []struct {
		search  string
		rows    string
		text    string // "" when there is no box
		entries string // that the box names
	}{
		{"jane@one.example", "/1", "1 pattern matches “jane@one.example”, and 1 could not be checked.", "Anyone /2"},
		{"  Jane@ONE.example ", "/1", "1 pattern could not be checked for “Jane@ONE.example”.", ""}, // patterns have capitals
		{"bob@one.example", "", "1 pattern matches “bob@one.example”, and 1 could not be checked.", "Anyone /2"},
		{"x@many.example", "", "6 patterns match “x@many.example”, and 1 could not be checked.", "A /11, B /12, C /13, D /14, E /15"},
		{"x@elsewhere.example", "", "1 pattern could not be checked for “x@elsewhere.example”.", ""},
		{"jane", "/1", "", ""},
		{"one.example", "/1", "", ""},
		{"@one.example", "/1", "", ""},
		{"jane@", "/1", "", ""},
		{"jane smith@one.example", "", "", ""},
		{"", "/16 /15 /14 /13 /12 /11 /4 /3 /2 /1", "", ""},
	}
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK)
	calls := len(app.sandbox.Calls())
	for _, tt := range tests {
		t.Run(tt.search, func(t *testing.T) {
			page := b.in(t).get(entries + "?search=" + strings.ReplaceAll(strings.ReplaceAll(tt.search, " ", "+"), "@", "%40")).wants(http.StatusOK)
			rows := strings.Fields(page.hrefs("a[data-row]"))
			for i, row := range rows {
				rows[i], _, _ = strings.Cut(row, "?")
			}
			same(t, "rows", strings.Join(rows, " "), tt.rows)
			box := page.Find("#results a:contains('Whose names can this address use?')")
			same(t, "boxes", box.Length() == 1, tt.text != "")
			if tt.text == "" {
				return
			}
			page.contains("#results", tt.text)
			var named []string
			for _, li := range box.Closest("div[role=status]").Find("li").EachIter() {
				named = append(named, strings.TrimSpace(li.Find("a").Text())+" "+strings.TrimPrefix(li.Find("a").AttrOr("href", ""), entries))
			}
			same(t, "named", strings.Join(named, ", "), tt.entries)
			// The whole answer is a page of its own.
			whole := b.in(t).get(box.AttrOr("href", "")).wants(http.StatusOK)
			same(t, "asked", whole.Find("#address").AttrOr("value", ""), strings.TrimSpace(tt.search))
		})
	}
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)
}

// A program that has a list already is told so, until the registry has changed.
func TestUnchangedListInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	const path = entries + "?search=grace"
	get := func(known string) *answer {
		return b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json", "If-None-Match": known})
	}
	first := get("").wants(http.StatusOK)
	tag := first.header.Get("ETag")
	asOf, err := time.Parse(time.RFC3339, first.header.Get("Namesake-As-Of"))
	must(t, err)
	if age := app.clock.now().Sub(asOf); age < 0 || age > time.Minute {
		t.Errorf("read %s ago", age)
	}
	calls := len(app.sandbox.Calls())
	for known, status := range map[string]int{
		tag: http.StatusNotModified, strings.TrimPrefix(tag, "W/"): http.StatusNotModified, `"x", ` + tag: http.StatusNotModified, "*": http.StatusNotModified,
		`"x"`: http.StatusOK, "x": http.StatusOK,
	} {
		answer := get(known).wants(status)
		same(t, known+": tag", answer.header.Get("ETag"), tag)
		same(t, known+": time", answer.header.Get("Namesake-As-Of"), first.header.Get("Namesake-As-Of"))
		same(t, known+": body", answer.body == "", status == http.StatusNotModified)
	}
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)
	app.stranger().do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json", "If-None-Match": tag}).wants(http.StatusUnauthorized)

	app.sandbox.Add(sandbox.Entry{ID: "1", Name: "Grace Other", Email: "grace@x.example", CreatedAt: app.clock.now()})
	changed := get(tag).wants(http.StatusOK)
	same(t, "a new tag", changed.header.Get("ETag") == tag, false)
	same(t, "the new entry", strings.Contains(changed.body, "Grace Other"), true)
	get(changed.header.Get("ETag")).wants(http.StatusNotModified)
}
