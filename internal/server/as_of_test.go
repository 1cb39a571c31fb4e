package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/web/words"
)

// A list as of a time and the registry at that time are the same, now and later.
func TestRegistryAtTheTimeOfAList(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := a.as("viewer")
	list := entries + "?per_page=200&order=name&direction=asc"
	type answered struct{ at, body string }
	var all []answered
	check := func() {
		t.Helper()
		for i, was := range all {
			got := b.json(list + "&at=" + was.at).wants(http.StatusOK)
			if got.body != was.body || got.header.Get("Namesake-As-Of") != was.at {
				t.Errorf("list %d of %d is not the registry as of %s", i+1, len(all), was.at)
			}
		}
	}
	for _, name := range []string{"First Person", "Second Person", "Third Person"} {
		a.sandbox.Add(sandbox.Entry{Name: name, Email: strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@haldenvoss.example", Provenance: "A1S_INTERNAL"})
		a.pass()
		got := b.json(list).wants(http.StatusOK)
		same(t, "has "+name, strings.Contains(got.body, name), true)
		all = append(all, answered{got.header.Get("Namesake-As-Of"), got.body})
		check()
	}
	first, err := time.Parse(time.RFC3339, all[0].at)
	must(t, err)
	early := first.Add(-time.Second)
	refused := b.get(entries + "?at=" + early.Format(time.RFC3339)).wants(http.StatusUnprocessableEntity)
	refused.contains("main", "You asked for "+words.Second(early)+". ")
	refused.contains("main", "since "+words.Second(first)+". ")
}

// Every answer about the registry in JSON has its time and a tag.
func TestTimeAndTagOfAnswersInJSON(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("viewer")
	at := url.QueryEscape(d.read.UTC().Format(time.RFC3339Nano))
	asOf := b.json(entries).header.Get("Namesake-As-Of")
	paths := []struct {
		path, asOf string
		stays      bool // whatever changes later
	}{
		{entries, asOf, false},
		{entries + ".json", asOf, false},
		{entries + ".csv", asOf, false},
		{"/accounts/" + account, asOf, false},
		{changesURL, asOf, false},
		{changesURL + "/compare?from=" + at, asOf, false},
		{entries + "?at=" + at, d.read.UTC().Format(time.RFC3339), true},
		{entries + ".csv?at=" + at, d.read.UTC().Format(time.RFC3339), true},
	}
	tags := make([]string, len(paths))
	for i, tt := range paths {
		got := b.json(tt.path).wants(http.StatusOK)
		tags[i] = got.header.Get("ETag")
		same(t, tt.path+": as of", got.header.Get("Namesake-As-Of"), tt.asOf)
		same(t, tt.path+": a weak tag", strings.HasPrefix(tags[i], `W/"`), true)
		unchanged := b.json(tt.path, "If-None-Match", tags[i]).wants(http.StatusNotModified)
		same(t, tt.path+": unchanged", unchanged.body+unchanged.header.Get("Namesake-As-Of"), tt.asOf)
		b.json(tt.path, "If-None-Match", `W/"other"`).wants(http.StatusOK)
	}
	d.outside(http.MethodPatch, d.edited, `{"name": "Edda Again"}`)
	d.pass()
	for i, tt := range paths {
		want := http.StatusOK
		if tt.stays {
			want = http.StatusNotModified
		}
		b.json(tt.path, "If-None-Match", tags[i]).wants(want)
	}
}

// A restored backup counts the same versions again, with other entries.
func TestTagsAfterARestoredBackup(t *testing.T) {
	t.Parallel()
	var tags, files []string
	for _, name := range []string{"Anna One", "Anna Two"} {
		app := newApp(t, seeded(sandbox.Entry{ID: string(entryID(1)), Name: name, Email: "anna@haldenvoss.example"}))
		b := app.as("viewer")
		tags = append(tags, b.json(entries).wants(http.StatusOK).header.Get("ETag"))
		files = append(files, b.get(entries+".csv").wants(http.StatusOK).header.Get("ETag"))
	}
	same(t, "one tag for two lists", tags[0] == tags[1] || files[0] == files[1], false)
}

// Every page about the registry says when it was read, and warns when that is too long ago.
func TestAgeOnPages(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	entry := b.get(entries + "/" + d.own).wants(http.StatusOK)
	paths := []string{
		entries, changesURL, changesURL + "/compare", changesURL + "/compare?from=" + url.QueryEscape(d.read.UTC().Format(time.RFC3339Nano)),
		entries + "/" + d.own, entries + "/covering?address=x%40haldenvoss.example", "/accounts/" + account,
	}
	read := entry.Find("[data-read]").Text()
	same(t, "time", strings.HasPrefix(read, "Read from Cloudflare at "), true)
	for _, path := range paths {
		page := b.get(path).wants(http.StatusOK)
		same(t, path, page.Find("[data-read]").Text(), read)
		same(t, path+": warnings", strings.Contains(page.Text(), "This is the registry as it was"), false)
	}
	d.out("504")
	d.clock.move(20 * time.Minute)
	for _, path := range paths {
		page := b.get(path).wants(http.StatusOK)
		same(t, path, page.Find("[data-read]").Text(), read)
		same(t, path+": warnings in an outage", strings.Contains(page.Text(), "This is the registry as it was 2"), true)
	}
}
