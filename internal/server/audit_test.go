package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// entryID is the id of an entry for records that a test writes itself.
func entryID(n int) registry.ID {
	return registry.ID(fmt.Sprintf("f174e90a-fafe-4643-bbbc-%012d", n))
}

// record writes records into the trail of a.
func (a *app) record(records ...audit.Record) {
	a.t.Helper()
	for _, r := range records {
		if r.Account == "" {
			r.Account = account
		}
		if r.Actor.Subject == "" {
			r.Actor = rbac.Actor{Issuer: "https://id.example", Subject: "s-7", Email: "jo@example.com", Role: rbac.Editor, Auth: "oidc"}
		}
		_, err := a.store.Append(context.Background(), r)
		must(a.t, err)
	}
}

// seqs are the numbers of the records that a page lists.
func seqs(page *answer) string {
	var out []string
	page.Find("tbody tr").Each(func(_ int, row *goquery.Selection) { out = append(out, row.AttrOr("data-seq", "?")) })
	return strings.Join(out, " ")
}

func numbers(from, to int) string {
	var out []string
	for i := from; i >= to; i-- {
		out = append(out, strconv.Itoa(i))
	}
	return strings.Join(out, " ")
}

func at(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }

func TestAuditFilters(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	ada := rbac.Actor{Issuer: "x", Subject: "ada", Email: "ada@example.com", Role: rbac.Admin}
	app.record(
		audit.Record{Time: at(1), Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: registry.Values{"name": "Jane Doe"}},
		audit.Record{Time: at(1), Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Intent: 1, Entry: entryID(1), After: registry.Values{"name": "Jane Doe"}},
		audit.Record{Time: at(2), Action: rbac.ExportAudit, Outcome: audit.OutcomeDone, Actor: ada},
		audit.Record{Time: at(3), Action: "entry.edit", Outcome: audit.OutcomeRefused, Entry: entryID(1), Actor: ada},
		audit.Record{Time: at(4), Action: "entry.edit", Outcome: audit.OutcomeUnknown, Entry: entryID(2)},
	) // 6 is the sign-in below
	b := app.as("viewer")
	tests := []struct { // searches have a character that no request id has, as they find these, too
		query, want string
		chips       int
		note        string
	}{
		{"", "6 5 4 3 2", 0, ""},
		{"?records=all", "6 5 4 3 2 1", 0, ""},
		{"?search=JANE+D", "2", 1, ""},
		{"?search=jane+d&records=all", "2 1", 1, ""},
		{"?search=ada@", "4 3", 1, ""},
		{"?search=stranger", "", 1, ""},
		{"?search=%ff%00", "", 1, ""},
		{"?person=ada@example.com", "4 3", 1, ""},
		{"?person=s-7", "5 2", 1, ""},
		{"?person=+ada+", "4 3", 1, ""},
		{"?person=ad", "", 1, ""},
		{"?action=entry.edit", "5 4", 1, ""},
		{"?action=entry.paint", "6 5 4 3 2", 0, `action can't be "entry.paint"`},
		{"?entry=" + string(entryID(1)), "4 2", 1, ""},
		{"?entry=12", "", 1, ""},
		{"?entry=1/2", "6 5 4 3 2", 0, `entry can't be "1/2"`},
		{"?outcome=intent", "1", 1, ""},
		{"?outcome=unknown", "5", 1, ""},
		{"?outcome=fine", "6 5 4 3 2", 0, `outcome can't be "fine"`},
		{"?since=2026-03-03", "6 5 4", 1, ""},
		{"?since=2026-03-03T12:00:00Z", "6 5 4", 1, ""},
		{"?since=2026-03-03T13:00:00%2B01:00", "6 5 4", 1, ""},
		{"?since=2026-03-03T12:00:01Z", "6 5", 1, ""},
		{"?until=2026-03-02", "3 2", 1, ""},
		{"?until=2026-03-02T12:00:00Z", "2", 1, ""},
		{"?since=2026-03-02&until=2026-03-03", "4 3", 2, ""},
		{"?since=3.3.2026", "6 5 4 3 2", 0, `since can't be "3.3.2026"`},
		{"?until=2026-02-30", "6 5 4 3 2", 0, `until can't be "2026-02-30"`},
		{"?person=ada&action=entry.edit&outcome=refused&entry=" + string(entryID(1)) + "&since=2026-03-03&until=2026-03-03", "4", 6, ""},
		{"?person=ada&action=session.start", "", 2, ""},
		{"?before=4", "3 2", 0, ""},
		{"?after=4", "6 5", 0, ""},
		{"?after=2&before=5", "4 3", 0, ""},
		{"?before=x&after=-1", "6 5 4 3 2", 0, `before is the number of a record, not "x"`},
		{"?person=%ff%00", "", 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.query, func(t *testing.T) {
			page := b.in(t).get("/audit" + tt.query).wants(http.StatusOK)
			same(t, "records", seqs(page), tt.want)
			same(t, "chips", page.Find("ul[aria-label='Filters that are set'] a").Length(), tt.chips)
			same(t, "a note", page.Find("[role=alert]").Length() > 0, tt.note != "")
			page.contains("main", tt.note)
			same(t, "no match is said", strings.Contains(page.text("main"), "No matching records"), tt.want == "")
			same(t, "clear filters", page.Find("form a:contains('Clear filters')").Length() > 0, tt.chips > 0)
		})
	}
}

func TestAuditFormKeepsItsFilters(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	page := b.get("/audit?person=ada&action=entry.edit&entry=12&outcome=done&since=2026-03-01&until=2026-03-02T10:00:00Z").wants(http.StatusOK)
	for selector, want := range map[string]string{
		"#person": "ada", "#entry": "12", "#since": "2026-03-01", "#until": "2026-03-02T10:00:00Z",
		"#action option[selected]": "entry.edit", "#outcome option[selected]": "done",
	} {
		same(t, selector, page.Find(selector).AttrOr("value", ""), want)
	}
	same(t, "a day is picked", page.Find("#since").AttrOr("type", ""), "date")
	same(t, "a time is typed", page.Find("#until").AttrOr("type", ""), "text")
	without := page.Find("a:contains('action: entry.edit')").AttrOr("href", "")
	same(t, "without one", without, "/audit?entry=12&outcome=done&person=ada&since=2026-03-01&until=2026-03-02T10%3A00%3A00Z")
	page.Find("form[role=search] input, form[role=search] select").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		same(t, "labels of "+id, page.Find("label[for='"+id+"']").Length(), 1)
	})
}

func TestAuditPagesBothWays(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for range 60 {
		app.record(audit.Record{Action: rbac.ExportAudit, Outcome: audit.OutcomeDone},
			audit.Record{Action: "entry.edit", Outcome: audit.OutcomeFailed})
	}
	b := app.as("viewer") // record 121
	step := func(page *answer, way string) *answer {
		t.Helper()
		href, ok := page.Find("a[rel=" + way + "]").Attr("href")
		if !ok {
			t.Fatalf("no way %s", way)
		}
		return b.get(href).wants(http.StatusOK)
	}
	ways := func(page *answer) string {
		return fmt.Sprint(page.Find("a[rel=prev]").Length(), page.Find("a[rel=next]").Length())
	}
	first := b.get("/audit").wants(http.StatusOK)
	same(t, "first", seqs(first), numbers(121, 72))
	same(t, "ways from the first", ways(first), "0 1")
	second := step(first, "next")
	same(t, "second", seqs(second), numbers(71, 22))
	same(t, "ways from the second", ways(second), "1 1")
	last := step(second, "next")
	same(t, "last", seqs(last), numbers(21, 1))
	same(t, "ways from the last", ways(last), "1 0")
	back := step(last, "prev")
	same(t, "back", seqs(back), numbers(71, 22))
	same(t, "ways from there", ways(back), "1 1")
	top := step(back, "prev")
	same(t, "top", seqs(top), numbers(121, 72))
	same(t, "ways from the top", ways(top), "0 1")

	past := b.get("/audit?after=121").wants(http.StatusOK)
	past.contains("main", "No records here")
	same(t, "a way back", past.Find("main a[href='/audit']").Length() > 0, true)

	filtered := b.get("/audit?action=entry.edit").wants(http.StatusOK)
	same(t, "filtered", seqs(filtered)[:12], "120 118 116 ")
	older := step(filtered, "next")
	same(t, "older", seqs(older), "20 18 16 14 12 10 8 6 4 2")
	newer := step(older, "prev")
	same(t, "newer", seqs(newer), seqs(filtered))
}

// What is next newer is found wherever it lies, be it far from where the page
// begins or all in one place.
func TestAuditNextNewerAmongOthers(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for i := 1; i <= 300; i++ {
		r := audit.Record{Action: rbac.ExportAudit, Outcome: audit.OutcomeDone}
		if i == 2 || i >= 100 && i < 200 || i == 280 {
			r.Action = "entry.edit"
		}
		app.record(r)
	}
	b := app.as("viewer")
	for _, tt := range []struct{ after, newest, oldest, count int }{
		{1, 148, 2, 50}, {2, 149, 100, 50}, {149, 199, 150, 50}, {150, 280, 151, 50}, {160, 280, 161, 40}, {280, 0, 0, 0},
	} {
		page := b.get("/audit?action=entry.edit&after=" + strconv.Itoa(tt.after)).wants(http.StatusOK)
		rows := page.Find("tbody tr")
		name := "after " + strconv.Itoa(tt.after)
		same(t, name+": count", rows.Length(), tt.count)
		if tt.count > 0 {
			same(t, name+": newest", rows.First().AttrOr("data-seq", ""), strconv.Itoa(tt.newest))
			same(t, name+": oldest", rows.Last().AttrOr("data-seq", ""), strconv.Itoa(tt.oldest))
		}
	}
}

func TestAuditTellsWhatHappened(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	editor := app.as("editor")
	to := editor.create(jane()).wants(http.StatusSeeOther).location()
	app.as("viewer").get(entries + "/new").wants(http.StatusForbidden)
	page := editor.get("/audit").wants(http.StatusOK)
	rows := []string{}
	page.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		cell := func(n int) string {
			return strings.Join(strings.Fields(row.Find("td").Eq(n).Text()), " ")
		}
		rows = append(rows, strings.Join([]string{cell(1), cell(2), row.Find("td a[href='" + to + "']").Text(), cell(3), cell(4)}, " | "))
	})
	want := []string{
		"vera.lindqvist@haldenvoss.example viewer | Tried to create an entry | | Refused | Record 5",
		"vera.lindqvist@haldenvoss.example viewer | Signed in | | Done | Record 4",
		"edgar.okafor@haldenvoss.example editor | Created " + jane()["name"] + " " + jane()["email"] + " | " + jane()["name"] + " | Done | Record 3 Intent 2",
		"edgar.okafor@haldenvoss.example editor | Signed in | | Done | Record 1",
	}
	for i := range want {
		same(t, "row "+strconv.Itoa(i), strings.ReplaceAll(rows[i], "|  |", "| |"), want[i])
	}
	_, hash, err := app.store.Head(t.Context())
	must(t, err)
	same(t, "head", page.text("#head-line"), "5 "+hash)

	intent := editor.get("/audit/2").wants(http.StatusOK)
	same(t, "the intent leads to its outcome", intent.Find("[data-field=outcomes] a[href='/audit/3']").Length(), 1)
	intent.contains("#changes", "What was asked for")
	outcome := editor.get("/audit/3").wants(http.StatusOK)
	same(t, "the outcome leads to its intent", outcome.Find("[data-field=outcome] a[href='/audit/2']").Length(), 1)
	outcome.contains("h1", "Record 3: Created an entry")
	outcome.contains("[data-field=status]", "20")
	outcome.contains("[data-field=name][data-change=Added]", jane()["name"])
	outcome.contains("[data-field=address]", "127.0.0.1")
	same(t, "a notice that it was changed", outcome.Find("[role=alert]").Length(), 0)

	history := editor.get(to).wants(http.StatusOK)
	same(t, "history", seqs(history), "3")
	same(t, "all of it", history.Find("a[href^='/audit?entry=']").Length(), 1)
}

func TestAuditRecordShowsTheDifference(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	hostile := `<script>alert(1)</script>`
	app.record(
		audit.Record{Action: "entry.edit", Outcome: audit.OutcomeIntent, Entry: entryID(1)},
		audit.Record{
			Time: at(3), RequestID: "REQ-1", Address: "192.0.2.7", Action: "entry.edit", Intent: 1, Outcome: audit.OutcomeRefused, Entry: entryID(1),
			Before: registry.Values{"name": hostile, "email": `[a-z]+@x\.example`, "is_email_regex": true, "comments": "gone"},
			After:  registry.Values{"name": hostile, "email": `[a-z]*@x\.example`, "is_email_regex": true, "directory_id": int64(7)},
			Errors: []registry.Problem{{Code: "1003", Message: hostile + " refused", Pointer: "/body/email", DocumentationURL: "javascript:alert(1)"}},
			Status: 400, Ray: "8f00-FRA", Duration: 1001 * time.Microsecond,
		},
	)
	b := app.as("viewer")
	page := b.get("/audit/2").wants(http.StatusOK)
	same(t, "scripts", page.Find("main script").Length(), 0)
	same(t, "a link that runs a script", strings.Contains(page.body, `href="javascript:`), false)
	for field, change := range map[string]string{"name": "Unchanged", "email": "Changed", "is_email_regex": "Unchanged", "comments": "Removed", "directory_id": "Added"} {
		same(t, field, page.Find("[data-change][data-field="+field+"]").AttrOr("data-change", ""), change)
	}
	email := page.Find("[data-change][data-field=email]")
	same(t, "before", strings.TrimSpace(email.Find("[data-side=before] bdi").Text()), `[a-z]+@x\.example`)
	same(t, "after", strings.TrimSpace(email.Find("[data-side=after] bdi").Text()), `[a-z]*@x\.example`)
	same(t, "removed", email.Find("del").Text(), "+")
	same(t, "inserted", email.Find("ins").Text(), "*")
	same(t, "unchanged is folded", page.Find("details [data-change]").Length(), 2)
	for selector, want := range map[string]string{
		"[data-field=errors] code.pointer": "/body/email", "[data-field=errors]": "code 1003", "[data-field=status]": "400",
		"[data-field=cf_ray]": "8f00-FRA", "[data-field=duration_ms]": "1.001 ms", "[data-field=request_id]": "REQ-1",
		"[data-field=address]": "192.0.2.7", "[data-field=subject]": "s-7 at https://id.example", "[data-field=auth]": "oidc",
		"[data-field=role]": "editor", "[data-field=time]": "2026-03-03 12:00:00.000Z", "[data-field=account_id]": account,
		"[data-field=entry_id]": string(entryID(1)), "h1": "Record 2: Edit an entry", "#changes": "What was asked for",
	} {
		page.contains(selector, want)
	}
	same(t, "the line is the export's", page.Find("#record-line").Text(), lines(app.as("admin").get("/audit.jsonl?after=1&before=3").wants(200))[0])
	same(t, "a notice that it was changed", page.Find("[role=alert]").Length(), 0)
	same(t, "neighbours", fmt.Sprint(page.Find("a[rel=prev]").AttrOr("href", ""), page.Find("a[rel=next]").AttrOr("href", "")), "/audit/1/audit/3")
	listed := b.get("/audit").wants(http.StatusOK)
	same(t, "scripts in the list", listed.Find("main script:not([src])").Length(), 0)
	listed.contains("tr[data-seq='2']", hostile)

	for _, missing := range []string{"99", "0", "-1", "x", "1e3", "99999999999999999999"} {
		b.get("/audit/"+missing).wants(http.StatusNotFound).contains("h1", "There is no such record")
	}
}

func TestAuditOfAnEntryThatIsGone(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	page := b.get(entries + "/" + string(entryID(1))).wants(http.StatusNotFound)
	same(t, "a way to what was done to it", page.Find("main a[href='/audit?entry="+string(entryID(1))+"']").Length(), 1)
	page = b.get("/nowhere").wants(http.StatusNotFound)
	same(t, "such a way elsewhere", page.Find("main a[href^='/audit?']").Length(), 0)
}

func TestHistoryIsCutAtTheNewest(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	e := app.sandbox.Entries()[0]
	b := app.as("viewer")
	b.get(entries+"/"+e.ID).wants(http.StatusOK).contains("section[aria-labelledby=history]", "No changes made with Namesake")
	for range 21 {
		app.record(audit.Record{Action: "entry.edit", Outcome: audit.OutcomeDone, Entry: registry.ID(e.ID), Before: valuesOf(e), After: valuesOf(e)})
	}
	page := b.get(entries + "/" + e.ID).wants(http.StatusOK)
	same(t, "shown", seqs(page), numbers(22, 3))
	page.contains("section[aria-labelledby=history]", "Only the newest 20 are shown.")
	same(t, "all", seqs(b.get(page.Find("a[href^='/audit?entry=']").AttrOr("href", "")).wants(200)), numbers(22, 2))
}

func TestAuditInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	for range 60 {
		app.record(audit.Record{Action: "entry.edit", Outcome: audit.OutcomeDone, Duration: 1001 * time.Microsecond})
	}
	b := app.as("admin")
	ask := func(path string) (result []json.RawMessage, info string) {
		t.Helper()
		res := b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
		var v struct {
			Success    bool
			Errors     []any
			Result     []json.RawMessage
			ResultInfo json.RawMessage `json:"result_info"`
		}
		must(t, json.Unmarshal([]byte(res.body), &v))
		same(t, "success", v.Success, true)
		return v.Result, string(v.ResultInfo)
	}
	result, info := ask("/audit?action=entry.edit")
	same(t, "info", info, `{"count":50,"before":11}`)
	same(t, "rows", len(result), 50)
	same(t, "a line", string(result[49]), lines(b.get("/audit.jsonl?after=10&before=12").wants(200))[0])
	_, info = ask("/audit?action=entry.edit&before=11")
	same(t, "info", info, `{"count":10,"after":10}`)
	_, info = ask("/audit?action=entry.edit&after=10")
	same(t, "info", info, `{"count":50,"before":11}`)
	one := b.do(http.MethodGet, "/audit/11", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "one", strings.Contains(one.body, `"result":`+string(result[49])), true)
}
