package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// names are the names of the registry's entries that begin so.
func (a *app) names(begin ...string) string {
	var names []string
	for _, e := range a.sandbox.Entries() {
		if slices.ContainsFunc(begin, func(s string) bool { return strings.HasPrefix(e.Name, s) }) {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

func TestRegistryAtATime(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("viewer")
	at := func(t time.Time) string { return url.QueryEscape(t.UTC().Format(time.RFC3339Nano)) }
	names := func(page *answer) string {
		return strings.Join(page.Find("tbody tr").Map(func(_ int, s *goquery.Selection) string { return s.Find("td bdi").First().Text() }), ", ")
	}
	before, now := at(d.read), at(d.clock.now())
	page := b.get(entries + "?at=" + before + "&search=haldenvoss&order=name&direction=asc&per_page=200").wants(http.StatusOK)
	page.contains("h1", "Registry on "+d.read.UTC().Format("2 Jan 2006, 15:04"))
	page.contains("[role=status]", "for reading only")
	for _, want := range []string{"Edda Edited", "Gona <b>Gone", "Olga Own"} {
		same(t, want, strings.Contains(names(page), want), true)
	}
	same(t, "created later", strings.Contains(names(page), "Mads"), false)
	same(t, "offers to a viewer", page.Find("form[method=post][action^='/accounts']").Length(), 0)
	sorted := b.get(page.Find("th a").First().AttrOr("href", "")).wants(http.StatusOK)
	same(t, "the other way round", names(sorted) < names(page), false)
	same(t, "at the same time", sorted.Find("h1").Text(), page.Find("h1").Text())
	current := names(b.get(entries + "?at=" + now + "&search=e&per_page=200").wants(http.StatusOK))
	same(t, "now", strings.Contains(current, "Edda Outside") && strings.Contains(current, "Mads Made") && !strings.Contains(current, "Gona"), true)

	paged := b.get(entries + "?at=" + before + "&per_page=1&search=e&order=name").wants(http.StatusOK)
	next := b.get(paged.Find("a[rel=next]").AttrOr("href", "")).wants(http.StatusOK)
	next.contains("h1", "Registry on")
	next.contains("[data-count]", "2 to 2 of ")
	b.get(entries+"?at="+before+"&search=nothingofthekind").wants(http.StatusOK).contains("main h2 + a", "Show all entries of that time")

	res := b.do(http.MethodGet, entries+"?at="+before+"&search=olga", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "as of", res.header.Get("Namesake-As-Of"), d.read.UTC().Format(time.RFC3339))
	same(t, "comments then", strings.Contains(res.body, `"comments":null`) && !strings.Contains(res.body, "by Namesake"), true)

	for query, want := range map[string]struct {
		status int
		text   string
	}{
		"yesterday":                         {400, "Write a day as 2026-01-31"},
		"":                                  {400, "The field at is missing"},
		"2020-01-01":                        {422, "Choose a later time"},
		at(d.clock.now().Add(time.Hour)):    {422, "in the future"},
		at(d.read.Add(-time.Hour)) + "&x=1": {422, "Namesake knows the registry, and what was changed in it, since"},
		d.read.Add(-time.Hour).UTC().Format("2006-01-02T15:04"): {422, "Choose a later time"},
	} {
		b.get(entries+"?at="+query).wants(want.status).contains("main", want.text)
	}
	refused := b.do(http.MethodGet, entries+"?at=2020-01-01", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
	same(t, "an envelope", strings.Contains(refused.body, "Choose a later time"), true)
}

// A list and its file answer every time alike, and at its edges, too.
func TestTimesOfListAndFile(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("viewer")
	for query, status := range map[string]int{
		"":                     http.StatusBadRequest,
		"yesterday":            http.StatusBadRequest,
		"0001-01-01T00:00:00Z": http.StatusUnprocessableEntity, // Go's zero time
		"0001-01-02":           http.StatusUnprocessableEntity,
		"9999-12-31":           http.StatusUnprocessableEntity,
		url.QueryEscape(d.read.UTC().Format(time.RFC3339Nano)): http.StatusOK,
	} {
		for _, path := range []string{entries, entries + ".csv", entries + ".json"} {
			got := b.get(path + "?at=" + query)
			if got.status != status || status != http.StatusOK && got.header.Get("Content-Disposition") != "" {
				t.Errorf("%s?at=%s: %d, want %d", path, query, got.status, status)
			}
		}
	}
	same(t, "records of files", len(d.records(rbac.ExportRegistry)), 2)
}

func TestCompareTwoTimes(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("viewer")
	from, all := url.QueryEscape(d.read.UTC().Format(time.RFC3339Nano)), "created Mads Made here, deleted Gona <b>Gone here, edited Edda Outside here, edited Olga Own here"
	page := b.get(changesURL + "/compare?from=" + from).wants(http.StatusOK)
	same(t, "since then", page.changes(), all)
	page.contains("ul[aria-label='In all']", "1 created2 edited1 deleted")
	page.contains("li[data-kind=edited]", "Edda Edited → after: Edda Outside")
	to := url.QueryEscape(d.read.Add(90 * time.Second).UTC().Format(time.RFC3339Nano))
	same(t, "to the edit", b.get(changesURL+"/compare?from="+from+"&to="+to).wants(http.StatusOK).changes(), "edited Olga Own here")
	b.get(changesURL+"/compare?from="+from+"&to="+from).wants(http.StatusOK).contains("main h2", "No entry differs")
	paged := b.get(changesURL + "/compare?per_page=3&from=" + from).wants(http.StatusOK)
	paged.contains("p[data-count]", "1 to 3 of 4 entries differ")
	same(t, "last page", b.get(paged.Find("a[rel=next]").AttrOr("href", "")).wants(http.StatusOK).Find("ul[aria-label='Entries that differ'] > li").Length(), 1)
	b.get(changesURL+"/compare?page=5&from="+from).wants(http.StatusOK).contains("main h2", "No entries on this page")
	form := b.get(changesURL + "/compare").wants(http.StatusOK)
	same(t, "form", form.Find("form[action='"+changesURL+"/compare'] input[name=from]").Length(), 1)
	b.get(changesURL+"/compare?from=x").wants(http.StatusBadRequest).contains("main", "from can't be")
	b.get(changesURL+"/compare?to=2030-01-01&from="+from).wants(http.StatusUnprocessableEntity).contains("main", "in the future")

	res := b.do(http.MethodGet, changesURL+"/compare?per_page=1&from="+from, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "in JSON", strings.Contains(res.body, `"entry_id":"`+d.edited+`","kind":"edited","before":{`) && strings.Contains(res.body, `"total_count":4`), true)
	b.do(http.MethodGet, changesURL+"/compare", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusBadRequest)
}

func TestBackToAnEarlierTime(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	at := d.read.UTC().Format(time.RFC3339Nano)
	page := b.get(entries + "?at=" + url.QueryEscape(at)).wants(http.StatusOK)
	draft := b.press(page, "restore", nil)
	draft.contains("h1", "Create 1, change 2 and delete 1 entries?")
	draft.contains("main", "Makes the registry what it was at an earlier time.")
	b.apply(draft).contains("h1", "4 changes made")
	same(t, "names", d.names("Edda", "Gona", "Mads", "Olga"), "Edda Edited, Gona <b>Gone, Olga Own")
	d.pass()
	again := b.ended(b.post(changesURL+"/restore", url.Values{"at": {at}}).wants(http.StatusSeeOther).location())
	again.contains("h1", "Nothing to do") // one entry has a new id since
	same(t, "already there", again.operations("unchanged").Length(), 2)
	b.post(changesURL+"/restore", url.Values{"at": {d.clock.now().UTC().Format(time.RFC3339Nano)}}).wants(http.StatusUnprocessableEntity).contains("main", "No entry differs")
	b.post(changesURL+"/restore", url.Values{"at": {"2020-01-01"}}).wants(http.StatusUnprocessableEntity).contains("main", "Choose a later time")
}

// Changes are removed with their records, and times before that are refused.
func TestTimesBeyondRetention(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	removed, err := d.store.Prune(t.Context(), d.clock.now().Add(-30*time.Second), audit.Record{Actor: rbac.Actor{Subject: "retention"}})
	must(t, err)
	same(t, "records were removed", removed > 0, true)
	b := d.as("viewer")
	same(t, "left", b.get(changesURL).wants(http.StatusOK).changes(), "created Mads Made elsewhere, deleted Gona <b>Gone elsewhere, edited Edda Outside elsewhere")
	b.get(entries+"?at="+url.QueryEscape(d.read.UTC().Format(time.RFC3339Nano))).wants(http.StatusUnprocessableEntity).contains("main", "Choose a later time")
	b.get(entries + "?at=" + url.QueryEscape(d.clock.now().Add(-time.Minute).UTC().Format(time.RFC3339Nano))).wants(http.StatusOK)
	_, err = d.store.Verify(t.Context(), nil)
	must(t, err)
}
