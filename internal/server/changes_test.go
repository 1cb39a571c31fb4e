package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/mirror"
	"namesake/internal/registry"
)

const changesURL = "/accounts/" + account + "/changes"

// outside makes a call of the API that is not Namesake's.
func (a *app) outside(method, id, body string) {
	a.t.Helper()
	r := httptest.NewRequestWithContext(a.t.Context(), method, sandbox.Prefix+"/accounts/"+account+"/email-security/settings/impersonation_registry/"+id, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.sandbox.ServeHTTP(w, r)
	if w.Code >= 300 {
		a.t.Fatalf("%s %s: %s", method, id, w.Body)
	}
}

// pass has Namesake read the registry a minute later.
func (a *app) pass() {
	a.t.Helper()
	a.clock.move(time.Minute)
	must(a.t, a.mirror.Refresh(a.t.Context()))
}

// drifted is an app of whose registry a directory, or a person in the dashboard, has created
// one entry, edited one and deleted one; and an editor has edited another one. Its ids are
// those of the entries.
type drifted struct {
	*app
	made, edited, gone, own string
	read                    time.Time // when it was first read
}

func newDrifted(t *testing.T) *drifted {
	t.Helper()
	d := &drifted{app: newApp(t)}
	add := func(name string) string {
		email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@haldenvoss.example"
		return d.sandbox.Add(sandbox.Entry{Name: name, Email: email, Provenance: "A1S_INTERNAL"}).ID
	}
	d.edited, d.gone, d.own = add("Edda Edited"), add("Gona <b>Gone"), add("Olga Own")
	must(t, d.mirror.Refresh(t.Context()))
	d.read = d.clock.now()
	d.clock.move(time.Minute)
	b := d.as("editor")
	b.submit(b.get(entries+"/"+d.own+"/edit"), map[string]string{"comments": "by Namesake"}).wants(http.StatusSeeOther)
	d.pass()
	d.made = add("Mads Made")
	d.outside(http.MethodPatch, d.edited, `{"name": "Edda Outside", "comments": "elsewhere"}`)
	d.outside(http.MethodDelete, d.gone, "")
	d.pass()
	return d
}

// rows tells each change on the page: its kind, its name and where it was made.
func (a *answer) changes() string {
	var rows []string
	for _, row := range a.Find("#results > ul > li, ul[aria-label='Entries that differ'] > li").EachIter() {
		place := "here"
		if _, elsewhere := row.Attr("data-elsewhere"); elsewhere {
			place = "elsewhere"
		}
		rows = append(rows, row.AttrOr("data-kind", "")+" "+row.Find("a").First().Find("bdi").Text()+" "+place)
	}
	slices.Sort(rows)
	return strings.Join(rows, ", ")
}

// A form can name many changes, and the same one many times.
func TestPutBackOfManyChanges(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	post := func(ids []string) *answer { return b.post(changesURL+"/put-back", url.Values{"id": ids}) }
	numbers := make([]string, 9_000) // net/url reads 10,000 parameters
	for i := range numbers {
		numbers[i] = strconv.Itoa(i + 1)
	}
	post(slices.Repeat(numbers, 6)).wants(http.StatusBadRequest).contains("h1", "The form could not be read")
	b.ended(post(numbers).wants(http.StatusSeeOther).location()).contains("h1", "Create 1, change 1 and delete 1 entries?")
	one := b.get(changesURL+"?kind=deleted").wants(http.StatusOK).Find("input[name=id]").AttrOr("value", "")
	b.ended(post(slices.Repeat([]string{one}, 9_000)).wants(http.StatusSeeOther).location()).contains("h1", "Create 1 entry again?")
	post([]string{strings.Repeat("9", 30)}).wants(http.StatusUnprocessableEntity).contains("main", "is not the number of a change")
}

func TestChangesOfTheRegistry(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("viewer")
	page := b.get(changesURL).wants(http.StatusOK)
	all := "created Mads Made elsewhere, deleted Gona <b>Gone elsewhere, edited Edda Outside elsewhere, edited Olga Own here"
	same(t, "changes", page.changes(), all)
	page.contains("nav[aria-label=Main] a[aria-current=page]", "Changes")
	page.contains("main", "What has changed in the registry since "+d.read.UTC().Format("2 Jan 2006, 15:04 UTC"))
	page.contains("[data-count]", "4 changes")
	edited := page.Find("li[data-kind=edited][data-elsewhere]")
	text := strings.Join(strings.Fields(edited.Text()), " ")
	for _, want := range []string{"Edited", "Edda Outside", "namebefore: Edda Edited → after: Edda Outside", "commentsafter: elsewhere", "Outside Namesake · ", " and "} {
		if !strings.Contains(text, want) {
			t.Errorf("the edit says %q, want %q", text, want)
		}
	}
	own := page.Find("li[data-kind=edited]:not([data-elsewhere])")
	same(t, "person", strings.Contains(own.Text(), "edgar.okafor@"), true)
	b.get(own.Find("a[href^='/audit/']").AttrOr("href", "")).wants(http.StatusOK).contains("h1", "Edited an entry")
	record := b.get(edited.Find("a[href^='/audit/']").AttrOr("href", "")).wants(http.StatusOK)
	record.contains("h1", "Entries were changed elsewhere")
	same(t, "of the record", b.get(record.Find("main nav a").First().AttrOr("href", "")).wants(http.StatusOK).changes(), "created Mads Made elsewhere, deleted Gona <b>Gone elsewhere, edited Edda Outside elsewhere")
	same(t, "entry", own.Find("a").First().AttrOr("href", ""), entries+"/"+d.own)
	same(t, "offers to a viewer", page.Find("#selection, main form[method=post]").Length(), 0)

	for query, want := range map[string]string{
		"by=elsewhere": "created Mads Made elsewhere, deleted Gona <b>Gone elsewhere, edited Edda Outside elsewhere",
		"by=here":      "edited Olga Own here", "kind=deleted": "deleted Gona <b>Gone elsewhere", "name=EDITED": "edited Edda Outside elsewhere",
		"entry=" + d.made: "created Mads Made elsewhere", "name=unknown": "", "until=2020-01-01": "", "since=2020-01-01": all,
		"since=" + url.QueryEscape(d.clock.now().Add(-time.Minute).UTC().Format(time.RFC3339)): "created Mads Made elsewhere, deleted Gona <b>Gone elsewhere, edited Edda Outside elsewhere",
	} {
		page := b.get(changesURL + "?" + query).wants(http.StatusOK)
		same(t, query, page.changes(), want)
		same(t, query+": chips", page.Find("form[role=search] ul a").Length(), 1)
		if want == "" {
			page.contains("#results h2", "No matching changes")
		}
	}
	for query, want := range map[string]string{
		"by=nowhere": "by can't be", "kind=x": "kind can't be", "since=yesterday": "since can't be", "entry=..": "entry can't be", "record=x": "record is the number", "page=0": "page is a whole number", "per_page=9999": "per_page is a whole number", "name=" + strings.Repeat("x", 1025): "name can hold 1024 characters",
	} {
		b.get(changesURL+"?"+query).wants(http.StatusOK).contains("[role=alert]", want)
	}

	// The filters stay on other pages and in the form.
	page = b.get(changesURL + "?by=elsewhere&name=e&per_page=1").wants(http.StatusOK)
	page.contains("[data-count]", "1 to 1 of 3 changes")
	next := page.Find("a[rel=next]").AttrOr("href", "")
	same(t, "next", next, changesURL+"?by=elsewhere&name=e&page=2&per_page=1")
	b.get(next).wants(http.StatusOK).contains("[data-count]", "2 to 2 of 3 changes")
	same(t, "in the form", page.Find("#by option[selected]").AttrOr("value", "")+page.Find("#name").AttrOr("value", ""), "elsewheree")
	b.get(changesURL+"?page=9").wants(http.StatusOK).contains("#results h2", "No changes on this page")
}

func TestChangesInJSON(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	res := d.as("viewer").do(http.MethodGet, changesURL+"?by=elsewhere&per_page=2&page=2", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	var got struct {
		Success bool
		Result  []struct {
			EntryID       string `json:"entry_id"`
			Kind, By      string
			Before, After map[string]any
			LastSeen      time.Time `json:"last_seen"`
			FirstSeen     time.Time `json:"first_seen"`
			Record        int64
		}
		ResultInfo map[string]int `json:"result_info"`
	}
	must(t, json.Unmarshal([]byte(res.body), &got))
	same(t, "result_info", fmt.Sprint(got.ResultInfo), "map[count:1 page:2 per_page:2 total_count:3]")
	changes, err := d.store.Changes(t.Context(), account, mirror.ChangeQuery{By: mirror.Elsewhere})
	must(t, err)
	want := changes[2]
	c := got.Result[0]
	same(t, "change", fmt.Sprint(got.Success, c.EntryID, c.Kind, c.By, c.Record, c.LastSeen.Equal(want.LastSeen), c.FirstSeen.Equal(want.FirstSeen)), fmt.Sprint(true, want.Entry, want.Kind, want.By, want.Record, true, true))
	same(t, "before", c.Before == nil, want.Before == nil)
	same(t, "after", c.After == nil, want.After == nil)
	if res.header.Get("Namesake-As-Of") == "" {
		t.Error("the answer does not say how old it is")
	}
}

func TestNoChangesYet(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	b.get(changesURL).wants(http.StatusOK).contains("#results h2", "The registry was not read yet")
	b.get(entries+"?at=2026-01-01").wants(http.StatusUnprocessableEntity).contains("main", "has not read the whole registry yet")
	id := app.sandbox.Entries()[0].ID
	b.get(entries+"/"+id).contains("section[aria-labelledby=history]", "recorded once it has read the whole registry")
	must(t, app.mirror.Refresh(t.Context()))
	since := app.clock.now().UTC().Format("2 Jan 2006, 15:04 UTC")
	b.get(changesURL).wants(http.StatusOK).contains("#results", "Nothing has changed since "+since)
	b.get(entries+"/"+id).contains("section[aria-labelledby=history]", "No changes recorded since "+since)
}

// The history of an entry has what was done with Namesake and outside of it, in order.
func TestHistoryOfAnEntry(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	b.submit(b.get(entries+"/"+d.edited+"/edit"), map[string]string{"comments": "again by Namesake"}).wants(http.StatusSeeOther)
	d.pass()
	d.outside(http.MethodPatch, d.edited, `{"comments": "again elsewhere"}`)
	d.pass()
	page := b.get(entries + "/" + d.edited).wants(http.StatusOK)
	var order []string
	for _, row := range page.Find("section[aria-labelledby=history] tbody tr").EachIter() {
		text := strings.Join(strings.Fields(row.Text()), " ")
		switch {
		case row.Is("[data-change]"):
			order = append(order, "elsewhere")
			same(t, "who", strings.Contains(text, "Outside Namesake") && strings.Contains(text, "Edited elsewhere"), true)
		default:
			order = append(order, "done")
		}
	}
	same(t, "history", strings.Join(order, " "), "elsewhere done elsewhere")
	page.contains("tr[data-change] dl", "again by Namesake")
	draft := b.press(page, "put-back", nil)
	draft.contains("h1", "Change 1 entry?")
	same(t, "what", draft.tells("waiting"), "Change Edda Outside edda.edited@haldenvoss.example commentsbefore: again elsewhere → after: again by NamesakeWaitingEntry Edda Outside")
	same(t, "for a viewer", d.as("viewer").get(entries+"/"+d.edited).Find("form[action$='/put-back']").Length(), 0)
}

func TestDeletedEntry(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	page := b.get(entries + "/" + d.gone + "?back=page%3D2").wants(http.StatusNotFound)
	page.contains("h1", "Gona <b>Gone was deleted")
	page.contains("#deleted", "It was deleted outside Namesake")
	page.contains("[data-field=email]", "gona.")
	page.contains("section[aria-labelledby=history]", "Deleted elsewhere")
	same(t, "back", page.Find("main a").First().AttrOr("href", ""), entries+"?page=2")
	same(t, "back to life", b.press(page, "put-back", nil).Find("h1").Text(), "Create 1 entry again?")
	form := b.get(page.Find("main a:contains('Edit and create')").AttrOr("href", "")).wants(http.StatusOK)
	same(t, "name", fields(form).Get("name"), "Gona <b>Gone")
	record := page.Find("#deleted a").AttrOr("href", "")
	b.get(record).wants(http.StatusOK).contains("h1", "changed elsewhere")
	viewers := d.as("viewer").get(entries + "/" + d.gone).wants(http.StatusNotFound)
	same(t, "ways to create for a viewer", viewers.Find("main a[href*='/new?']").Length(), 0)
	asked := b.do(http.MethodGet, entries+"/"+d.gone, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusNotFound)
	same(t, "an envelope", strings.Contains(asked.body, `"success":false,"errors":[{`), true)

	b.post(entries+"/"+d.own+"/delete", nil).wants(http.StatusSeeOther)
	page = b.get(entries + "/" + d.own).wants(http.StatusNotFound)
	page.contains("#deleted", "It was deleted by edgar.okafor@")
	page.contains("[data-field=comments]", "by Namesake")
	b.get(page.Find("#deleted a").AttrOr("href", "")).wants(http.StatusOK).contains("h1", "Deleted an entry")

	synced := d.sandbox.Add(sandbox.Entry{Name: "Syn Ced", Email: "syn@haldenvoss.example", Provenance: "SNOOPY-OFFICE_365"}).ID
	d.pass()
	for d.sandbox.Entries()[0].ID != "" && slices.ContainsFunc(d.sandbox.Entries(), func(e sandbox.Entry) bool { return e.ID == synced }) {
		d.sandbox.ChangeElsewhere(sandbox.Elsewhere{Delete: 1}, func(int) int {
			return slices.IndexFunc(d.sandbox.Entries(), func(e sandbox.Entry) bool { return e.ID == synced })
		})
	}
	d.pass()
	page = b.get(entries + "/" + synced).wants(http.StatusNotFound)
	page.contains("#deleted", "It was synced from a directory")
	same(t, "ways to create a synced entry", page.Find("main a[href*='/new?']").Length(), 0)
}

func TestPutBackChangesMadeElsewhere(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	page := b.get(changesURL).wants(http.StatusOK)
	same(t, "selectable", page.Find("input[name=id]").Length(), 3)
	page.contains("#selection button[name=all]", "Put back all 3…")
	writes := len(d.sandbox.Writes())
	one := page.Find("li[data-kind=created] input[name=id]").AttrOr("value", "")
	draft := b.ended(b.post(changesURL+"/put-back", url.Values{"id": {one}}).wants(http.StatusSeeOther).location())
	draft.contains("h1", "Delete 1 entry?")
	draft.contains("main", "Puts back changes that were made outside Namesake.")

	form := url.Values{"all": {"1"}}
	filtered := b.get(changesURL + "?by=elsewhere&kind=deleted").wants(http.StatusOK)
	filtered.contains("#selection button[name=all]", "Put back all that match (1)…")
	filtered.Find("#selection input[type=hidden]").Each(func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	b.ended(b.post(changesURL+"/put-back", form).wants(http.StatusSeeOther).location()).contains("h1", "Create 1 entry again?")

	all := b.ended(b.post(changesURL+"/put-back", url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location())
	all.contains("h1", "Create 1, change 1 and delete 1 entries?")
	same(t, "sent so far", len(d.sandbox.Writes()), writes)
	done := b.apply(all)
	done.contains("h1", "3 changes made")
	d.pass()
	same(t, "names", d.names("Edda", "Gona", "Mads", "Olga"), "Edda Edited, Gona <b>Gone, Olga Own")
	same(t, "now here", b.get(changesURL+"?by=here").changes(), "created Gona <b>Gone here, deleted Mads Made here, edited Edda Edited here, edited Olga Own here")
	res := b.do(http.MethodGet, done.Find("form[action$='/undo']").AttrOr("action", "")[:len(plans)+27], nil, map[string]string{"Accept": "application/json"})
	same(t, "origin", strings.Contains(res.body, `"origin":"drift"`), true)

	// Put back already: nothing is made twice, by another person neither.
	again := d.as("admin")
	twice := again.ended(again.post(changesURL+"/put-back", url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location())
	twice.contains("h1", "Nothing to do")
	same(t, "left out", fmt.Sprint(twice.operations("unchanged").Length(), twice.operations("skipped").Length()), "2 1")
	for query, want := range map[string]string{"": "No change is selected.", "id=x": "is not the number of a change", "all=1&kind=x": "kind can't be", "all=1&name=unknown": "No change made outside Namesake matches.", "id=999": "No change made outside Namesake matches."} {
		form, err := url.ParseQuery(query)
		must(t, err)
		b.post(changesURL+"/put-back", form).wants(http.StatusUnprocessableEntity).contains("main", want)
	}
}

// An entry that was created again by another person while the plan waited is not created twice.
func TestPutBackWhatIsThereAgain(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	draft := b.ended(b.post(changesURL+"/put-back", url.Values{"all": {"1"}, "kind": {"deleted"}}).wants(http.StatusSeeOther).location())
	gone := d.sandbox.Add(sandbox.Entry{Name: "Gona <b>Gone", Email: "gona.<b>gone@haldenvoss.example", Provenance: "A1S_INTERNAL"})
	b.apply(draft).contains("main", "The entry is in the registry already")
	same(t, "entries", d.names("Gona"), gone.Name)
}

// A copy of the program that has missed a deletion for so long that the database has
// forgotten it loads the whole registry again.
func TestADeletionThatWasMissed(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/namesake.db"
	one := newApp(t, func(s *settings) { s.database = path })
	two := newApp(t, func(s *settings) { s.database, s.api, s.clock = path, one.sandbox, one.clock })
	id := one.sandbox.Add(sandbox.Entry{Name: "Gona Gone", Email: "gona@haldenvoss.example"}).ID
	one.pass()
	must(t, two.mirror.CatchUp(t.Context()))
	one.outside(http.MethodDelete, id, "")
	one.pass()
	one.clock.move(25 * time.Hour)
	must(t, one.store.ForgetDeleted(t.Context()))
	must(t, two.mirror.CatchUp(t.Context()))
	_, still := two.mirror.Snapshot().View.Entry(registry.ID(id))
	same(t, "still there", still, false)
	same(t, "entries", two.mirror.Snapshot().View.Len(), len(one.sandbox.Entries()))
	one.as("viewer").get(entries+"/"+id).wants(http.StatusNotFound).contains("#deleted", "It was deleted outside Namesake")
}
