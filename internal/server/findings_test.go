package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server"
)

const findingsURL = "/accounts/" + account + "/findings"

// findings tells each finding on the page: its heading, its severity and what it says.
func (a *answer) findings() string {
	var all []string
	for _, s := range a.Find("[data-finding]").EachIter() {
		title := s.Closest("[data-rule]").Find("h2").Text()
		all = append(all, strings.Join(strings.Fields(title), " ")+": "+strings.Join(strings.Fields(s.Find("h3").Text()), " ")+" "+
			strings.Join(strings.Fields(s.Find("li").Text()), " ")+" "+s.Find("[data-witness]").Text())
	}
	return strings.Join(all, "; ")
}

func (a *answer) danger(t *testing.T) *goquery.Selection {
	t.Helper()
	s := a.Find("[data-finding^=lets-anyone-in]")
	if s.Length() != 1 {
		t.Fatalf("%d dangers on the page:\n%s", s.Length(), a.text("main"))
	}
	return s
}

// sendForm sends a form of the page as it is, with some fields typed.
func (b *browser) sendForm(form *goquery.Selection, typed url.Values) *answer {
	b.app.t.Helper()
	values := url.Values{}
	for _, s := range form.Find("input[name]").EachIter() {
		values.Set(s.AttrOr("name", ""), s.AttrOr("value", ""))
	}
	for name, value := range typed {
		values[name] = value
	}
	action, ok := form.Attr("action")
	if !ok {
		b.app.t.Fatal("there is no such form")
	}
	return b.post(action, values)
}

// TestFindings reads the list of findings as people and as programs do.
func TestFindings(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK)
	calls := len(app.sandbox.Calls())
	page := b.get(findingsURL).wants(http.StatusOK)
	same(t, "calls", len(app.sandbox.Calls())-calls, 0)
	page.contains("h1", "Findings")
	page.contains("nav a[aria-current=page]", "Findings")
	same(t, "dangers in the navigation", page.text("nav [data-dangers]"), "1 danger:")
	const danger = "Danger Anyone can use this name 1: Bob Ray .* Pattern "
	const warning = "Warning Duplicate 1: JANE doe Jane@haldenvoss.example jane@haldenvoss.example "
	const tip = "Tip Single synced address 1: Kim Lee kim@haldenvoss.example Google "
	for path, want := range map[string]string{
		"": danger + page.Find("[data-witness]").Text() + "; " + warning + "; " + tip, "?severity=warning": warning, "?rule=single-synced": tip, "?search=DOE": warning,
		"?dismissed=true": "", "?entry=" + attentionSeed()[3].ID: tip, "?per_page=1&page=2": warning, "?page=2": "", "?severity=tip&rule=duplicate": "",
	} {
		same(t, path, b.get(findingsURL+path).wants(http.StatusOK).findings(), want)
	}
	same(t, "a witness", page.Find("[data-witness]").Length() == 1 && page.Find("[data-witness]").Text() != "", true)
	same(t, "forms for a viewer", page.Find("#results form").Length(), 0)
	same(t, "notes", b.get(findingsURL+"?severity=bad&rule=A&entry=x&page=0&dismissed=1").wants(http.StatusOK).Find("[role=alert]").Length(), 5)
	page.contains("nav[aria-label=Severity]", "All 3Dangers 1Warnings 1Tips 1")

	var got struct {
		Result []struct {
			ID, Rule, Severity, Message, Witness, Suggestion string
			EntryIDs                                         []string `json:"entry_ids"`
			Fixable                                          bool
			Dismissed                                        any
		}
		Info struct {
			Count, Page int
			PerPage     int `json:"per_page"`
			Total       int `json:"total_count"`
		} `json:"result_info"`
	}
	answer := b.json(findingsURL + "?per_page=2&page=1").wants(http.StatusOK)
	must(t, json.Unmarshal([]byte(answer.body), &got))
	same(t, "pages", got.Info.Count == 2 && got.Info.Page == 1 && got.Info.PerPage == 2 && got.Info.Total == 3, true)
	first, second := got.Result[0], got.Result[1]
	same(t, "danger", first.Rule+first.Severity+first.Witness, "lets-anyone-indanger"+page.Find("[data-witness]").Text())
	same(t, "said", first.Message != "" && first.Suggestion != "" && first.ID == page.Find("[data-finding]").First().AttrOr("data-finding", ""), true)
	same(t, "fixable", second.Fixable && len(second.EntryIDs) == 2 && second.Dismissed == nil, true)
	same(t, "as of", answer.header.Get("Namesake-As-Of") != "", true)
	tag := answer.header.Get("ETag")
	b.json(findingsURL+"?per_page=2", "If-None-Match", tag).wants(http.StatusNotModified)
	b.json(findingsURL, "If-None-Match", tag).wants(http.StatusOK)
}

// TestNoFindings shows a registry in which nothing is wrong.
func TestNoFindings(t *testing.T) {
	t.Parallel()
	b := newApp(t, seeded(sandbox.Entry{ID: "1", Name: "Jane Doe", Email: "jane@haldenvoss.example", Provenance: sandbox.Manual})).as("editor")
	page := b.get(findingsURL).wants(http.StatusOK)
	page.contains("#results", "Nothing needs attention. 1 entry was checked.")
	same(t, "counts in the navigation", page.Find("[data-dangers]").Length(), 0)
	b.get(findingsURL+"?rule=duplicate").wants(http.StatusOK).contains("#results h2", "No matching findings")
}

// TestDismissFinding dismisses a finding and restores it, with records of both.
func TestDismissFinding(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("editor")
	page := b.get(findingsURL + "?severity=danger").wants(http.StatusOK)
	form := page.danger(t).Find("form[action$='/dismiss']")
	id := page.Find("[data-finding]").AttrOr("data-finding", "")

	for name, tt := range map[string]struct{ typed, field string }{
		"no reason": {"reason= ", "reason"}, "too long": {"reason=" + strings.Repeat("x", 1001), "reason"}, "in the past": {"reason=because&until=2020-01-01", "until"}, "no day": {"reason=because&until=soon", "until"},
	} {
		t.Run(name, func(t *testing.T) {
			typed, err := url.ParseQuery(tt.typed)
			must(t, err)
			again := b.in(t).sendForm(form, typed).wants(http.StatusUnprocessableEntity)
			again.contains("h1", "Findings")
			same(t, "fault", again.Find("#"+tt.field+"-error").Length() == 1 && again.Find("#"+tt.field).AttrOr("aria-describedby", "") == tt.field+"-error", true)
			same(t, "typed", again.Find("#reason").AttrOr("value", ""), typed.Get("reason"))
			same(t, "open", again.Find("details[open] #reason").Length(), 1)
		})
	}

	tomorrow := app.clock.now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	to := b.sendForm(form, url.Values{"reason": {"A test of <b>ours"}, "until": {tomorrow}}).wants(http.StatusSeeOther).location()
	same(t, "leads back", to, findingsURL+"?severity=danger")
	page = b.get(to).wants(http.StatusOK)
	page.contains("main [role=status]", "Dismissed")
	same(t, "open dangers", page.findings(), "")
	same(t, "in the navigation", page.Find("[data-dangers]").Length(), 0)
	same(t, "on the overview", b.get(overview).Find("[data-rule=lets-anyone-in]").Length(), 0)
	same(t, "in the list", strings.Contains(b.get(entries).text("table"), "Anyone"), false)
	hidden := b.get(findingsURL + "?dismissed=true").wants(http.StatusOK)
	hidden.contains("[data-finding]", "A test of <b>ours")
	hidden.contains("[data-finding]", "by edgar.okafor@haldenvoss.example on")
	entry := b.get(entries + "/" + attentionSeed()[2].ID).wants(http.StatusOK)
	entry.contains("[aria-labelledby=findings]", "A test of <b>ours")

	record := app.lastRecord(t)
	same(t, "recorded", record.Action == rbac.DismissFinding && record.Outcome == audit.OutcomeDone && record.Actor.Email == "edgar.okafor@haldenvoss.example", true)
	same(t, "reason", record.After["reason"], any("A test of <b>ours"))
	same(t, "finding", record.After["finding"], any(id))
	app.as("admin").get("/audit").wants(http.StatusOK).contains("table", "Dismissed a finding")

	same(t, "restored", b.sendForm(hidden.Find("[data-finding] form[action$='/restore']"), nil).wants(http.StatusSeeOther).location(), findingsURL+"?dismissed=true")
	same(t, "recorded", app.lastRecord(t).Action, rbac.RestoreFinding)
	same(t, "shown again", b.get(findingsURL+"?severity=danger").Find("[data-finding]").Length(), 1)
	b.post(findingsURL+"/"+id+"/restore", nil).wants(http.StatusConflict)
}

func (a *app) lastRecord(t *testing.T) audit.Record {
	t.Helper()
	records, err := a.store.Records(t.Context(), audit.Query{Limit: 1})
	must(t, err)
	return records[0]
}

// TestDismissalsEnd checks that a finding comes back after its time, and when its entry
// changes.
func TestDismissalsEnd(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("editor")
	dismiss := func(until string) {
		t.Helper()
		form := b.get(findingsURL).danger(t).Find("form[action$='/dismiss']")
		b.sendForm(form, url.Values{"reason": {"a test"}, "until": {until}}).wants(http.StatusSeeOther)
		same(t, "dismissed", b.get(findingsURL+"?severity=danger").findings(), "")
	}
	shown := func(when string) {
		t.Helper()
		same(t, when, b.get(findingsURL+"?severity=danger").wants(http.StatusOK).Find("[data-finding]").Length(), 1)
	}
	dismiss(app.clock.now().UTC().Format(time.DateOnly))
	app.clock.move(24 * time.Hour)
	b = app.as("editor")
	shown("a day later")
	dismiss("")
	app.clock.move(400 * 24 * time.Hour)
	b = app.as("editor")
	same(t, "a year later", b.get(findingsURL+"?severity=danger").findings(), "")
	edit := b.get(entries + "/" + attentionSeed()[2].ID + "/edit")
	answer := b.submit(edit, map[string]string{"comments": "changed", "confirmed": "danger"})
	if answer.status != http.StatusSeeOther {
		app.outside(http.MethodPatch, attentionSeed()[2].ID, `{"comments": "changed"}`)
		app.pass()
	}
	shown("after a change of the entry")
	stale := b.get(findingsURL).danger(t).Find("form[action$='/dismiss']")
	app.outside(http.MethodPatch, attentionSeed()[2].ID, `{"comments": "changed again"}`)
	app.pass()
	b.sendForm(stale, url.Values{"reason": {"a test"}}).wants(http.StatusConflict).contains("h1", "an entry has changed")
	shown("after a form about another entry")
}

// TestFixFindings fixes one finding, several, and all of a rule, each by a plan.
func TestFixFindings(t *testing.T) {
	t.Parallel()
	var seed []sandbox.Entry
	for _, id := range []string{"1", "2", "3", "4", "5", "6", "7"} {
		name := map[string]string{"1": "Ann", "2": "Ann", "3": "Ben", "4": "Ben", "5": "Cyd", "6": "Cyd", "7": "Cyd"}[id]
		seed = append(seed, sandbox.Entry{ID: id, Name: name + " Poe", Email: strings.ToLower(name) + "@haldenvoss.example", Provenance: sandbox.Manual})
	}
	app := newApp(t, seeded(seed...), func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	page := b.get(findingsURL).wants(http.StatusOK)
	same(t, "findings", page.Find("[data-finding]").Length(), 3)
	page.contains("[data-rule] form button", "Fix all 3…")

	b.sendForm(page.Find("[data-finding] form[action$='/dismiss']").First(), url.Values{"reason": {"a test"}}).wants(http.StatusSeeOther)
	hidden := b.get(findingsURL + "?dismissed=true").wants(http.StatusOK)
	same(t, "fixes of what is dismissed", hidden.Find("form[action$='/fix']").Length(), 0)
	b.sendForm(hidden.Find("form[action$='/restore']").Not(".toasts form"), nil).wants(http.StatusSeeOther)

	draft := b.followed(b.sendForm(page.Find("[data-finding] form[action$='/fix']").First(), nil))
	draft.contains("h1", "Delete 2 entries?")
	draft.contains("main", "Fixes findings.")
	b.apply(draft).contains("h1", "2 entries deleted")
	page = b.get(findingsURL)
	same(t, "one fixed", page.Find("[data-finding]").Length(), 2)

	var ids []string
	for _, s := range page.Find("input[name=id]").EachIter() {
		ids = append(ids, s.AttrOr("value", ""))
	}
	draft = b.followed(b.post(page.Find("#selection").AttrOr("action", ""), url.Values{"id": ids}))
	draft.contains("h1", "Delete 2 entries?")
	draft = b.followed(b.sendForm(page.Find("[data-rule] form:has(input[name=all])"), nil))
	draft.contains("h1", "Delete 2 entries?")
	b.apply(draft).contains("h1", "2 entries deleted")
	b.get(findingsURL).contains("#results", "Nothing needs attention. 3 entries were checked.")
	same(t, "left", len(app.sandbox.Entries()), 3)

	same(t, "nothing to fix", b.get(findingsURL).Find("#results form").Length(), 0)
	b.post(findingsURL+"/fix", url.Values{"id": ids}).wants(http.StatusNotFound)
	b.post(findingsURL+"/fix", nil).wants(http.StatusUnprocessableEntity)
	b.post(findingsURL+"/fix", url.Values{"all": {"1"}, "severity": {"bad"}}).wants(http.StatusBadRequest)
	var got struct{ Result []struct{ Origin string } }
	must(t, json.Unmarshal([]byte(b.json(plans).wants(http.StatusOK).body), &got))
	same(t, "origin", got.Result[0].Origin, "finding")
}

// TestFixOfAnEarlierRegistry changes an entry after it was judged: the fix, which has all values
// of the entry, must not undo that.
func TestFixOfAnEarlierRegistry(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(sandbox.Entry{ID: "1", Name: "Ann Poe", Email: "ann@haldenvoss.example", Provenance: sandbox.Manual}))
	app.pass()
	b := app.as("editor")
	judged := app.mirror.Snapshot().View
	entry, _ := judged.Entry("1")
	fixed := entry.Values().Draft()
	fixed.Name = "Ann Pope"
	app.outside(http.MethodPatch, "1", `{"comments": "changed since"}`)
	app.pass()
	p, err := app.plans.DraftFixes(t.Context(), b.owner(), judged, []findings.Finding{{Fix: []registry.Edit{{Entry: "1", After: &fixed}}}})
	must(t, err)
	page := b.apply(b.ended(plans + "/" + p.ID))
	same(t, "refused", page.operations("refused", "skipped").Length(), 1)
	if e := app.sandbox.Entries()[0]; e.Name != "Ann Poe" || e.Comments == nil || *e.Comments != "changed since" {
		t.Errorf("the entry is %+v", e)
	}
}

// TestListByFinding filters the list by findings, with what follows from it: the export and
// the deletion of all that match.
func TestListByFinding(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("editor")
	ids := func(query string) string { return strings.Join(b.get(entries+query).wants(http.StatusOK).ids(), " ") }
	seed := attentionSeed()
	for query, want := range map[string]string{
		"?severity=danger": seed[2].ID, "?rule=duplicate": seed[1].ID + " " + seed[0].ID, "?severity=warning&search=nothing": "", "?severity=danger&rule=duplicate": "", "?severity=tip": seed[3].ID,
	} {
		same(t, query, ids(query), want)
	}
	page := b.get(entries + "?severity=warning&rule=duplicate").wants(http.StatusOK)
	page.contains("ul[aria-label='Filters that are set']", "Warning")
	page.contains("ul[aria-label='Filters that are set']", "Duplicate")
	same(t, "chosen", page.Find("#severity option[selected]").AttrOr("value", "")+page.Find("#rule option[selected]").AttrOr("value", ""), "warningduplicate")

	exported := b.get(entries + ".csv?severity=danger").wants(http.StatusOK).body
	same(t, "exported", strings.Contains(exported, seed[2].ID) && !strings.Contains(exported, seed[0].ID), true)
	b.get(entries + ".csv?severity=danger&at=2026-01-01").wants(http.StatusBadRequest)
	tag := b.json(entries + "?severity=danger").wants(http.StatusOK).header.Get("ETag")
	b.json(entries+"?severity=danger", "If-None-Match", tag).wants(http.StatusNotModified)
	form := b.get(findingsURL).danger(t).Find("form[action$='/dismiss']")
	b.sendForm(form, url.Values{"reason": {"a test"}}).wants(http.StatusSeeOther)
	b.json(entries+"?severity=danger", "If-None-Match", tag).wants(http.StatusOK)
	same(t, "dismissed", ids("?severity=danger"), "")

	draft := b.followed(b.post(plans, url.Values{"all": {"1"}, "back": {"?rule=duplicate"}}))
	draft.contains("h1", "Delete 2 entries?")
	b.post(plans, url.Values{"all": {"1"}, "back": {"?severity=danger"}}).wants(http.StatusUnprocessableEntity)
	same(t, "entries", len(app.sandbox.Entries()), 4)
}

// TestDangersAreCountedAfterTheStart has the number of dangers on the first page, before a page
// needed the findings.
func TestDangersAreCountedAfterTheStart(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("viewer")
	same(t, "before", b.get(testsURL).wants(http.StatusOK).Find("[data-dangers]").Length(), 0)
	app.server.Config.Handler.(*server.Server).CountDangers(t.Context()) //nolint:forcetypeassert // newApp sets it
	same(t, "after", b.get(testsURL).text("nav [data-dangers]"), "1 danger:")
}

// A reason that is refused comes back on the page of the list that has its finding.
func TestRefusedReasonOnALaterPage(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany, func(s *settings) {
		for i := range 60 {
			s.sandbox.Settings.AllowPolicies = append(s.sandbox.Settings.AllowPolicies, sandbox.AllowPolicy{
				Note: sandbox.Note{ID: fmt.Sprint(100 + i)}, Pattern: sandbox.Pattern{Pattern: fmt.Sprintf("partner%d.example", i), PatternType: "DOMAIN"}, IsTrustedSender: true,
			})
		}
	})
	must(t, app.mirror.RefreshDue(t.Context()))
	b := app.as("editor")
	items := b.get(findingsURL + "?rule=shadowed-name&per_page=50&page=2").wants(http.StatusOK).Find("form[action$='/dismiss']")
	if items.Length() == 0 {
		t.Fatal("the second page has no finding")
	}
	page := b.post(items.Last().AttrOr("action", ""), url.Values{"reason": {"known\u202e"}}).wants(http.StatusUnprocessableEntity)
	page.contains("main", "Remove RIGHT-TO-LEFT OVERRIDE (U+202E)")
	same(t, "reason", page.Find("[name=reason][aria-invalid=true]").Length(), 1)
}
