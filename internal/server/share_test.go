package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
)

// One viewer loads far more pages than the API takes calls, by our own count of them or
// by the API's. All other people continue to work, changes go through, and the program is ready.
func TestOneViewerDoesNotLockOthersOut(t *testing.T) {
	t.Parallel()
	const limit = 120
	for name, set := range map[string]func(*settings){
		"by our count": func(s *settings) { s.client = func(o *cfapi.Options) { o.Budget = limit } },
		"by the API's": func(s *settings) { s.sandbox.RateLimit = limit },
		"by the smaller": func(s *settings) {
			s.sandbox.RateLimit = limit
			s.client = func(o *cfapi.Options) { o.Budget = limit / 2 }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, set, func(s *settings) {
				client := s.client
				s.client = func(o *cfapi.Options) {
					if client != nil {
						client(o)
					}
					o.Pause = nil // waits that are over before a page's time is are not worth the while
					o.Timeout = time.Second
				}
			})
			id := app.find("Grace Tan")[0].ID
			greedy := app.as("viewer")
			list := greedy.get(entries + "?per_page=50").wants(http.StatusOK)
			held := 0
			for range limit * 3 / 2 {
				page := greedy.get(entries + "/" + id).wants(http.StatusOK)
				if strings.Contains(page.text("main [role=alert]"), "This is the entry as it was") {
					held++
				}
			}
			if held < limit/3 {
				t.Errorf("only %d pages were held back", held)
			}

			// Every list is there for them, without a call.
			for _, path := range []string{"?per_page=50", "?search=grace", "?search=never+asked+before", "/covering?address=grace.tan%40example.com"} {
				page := greedy.get(entries + path).wants(http.StatusOK)
				same(t, path+": warnings", page.Find("#results [role=alert]").Length(), 0)
			}
			same(t, "rows", greedy.get(entries+"?per_page=50").text("tbody"), list.text("tbody"))

			// Others sign in, read, and change the registry.
			editor := app.as("editor")
			editor.get(entries).wants(http.StatusOK)
			page := editor.get(entries + "/" + id).wants(http.StatusOK)
			same(t, "notices on an entry", page.Find("main [role=alert]").Length(), 0)
			editor.get(entries + "/covering?address=grace.tan%40example.com").wants(http.StatusOK)
			res := editor.create(jane()).wants(http.StatusSeeOther)
			edit := editor.get(res.location() + "/edit").wants(http.StatusOK)
			editor.submit(edit, map[string]string{"name": "Jane S."}).wants(http.StatusSeeOther)
			same(t, "edited", len(app.find("Jane S.")), 1)
			editor.post(res.location()+"/delete", nil).wants(http.StatusSeeOther)
			same(t, "deleted", len(app.find("Jane S.")), 0)
			app.as("admin").get(entries).wants(http.StatusOK)
			app.stranger().get("/readyz").wants(http.StatusOK)
			for _, call := range app.sandbox.Calls() {
				if call.Status == http.StatusTooManyRequests {
					t.Fatal("the API's limit was exceeded")
				}
			}
		})
	}
}

// When people's reads have used up theirs, each by their share, a change goes through all
// the same, with the read before it.
func TestChangesWhenReadsAreUsedUp(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.client = func(o *cfapi.Options) { o.Budget, o.Pause, o.Timeout = 120, nil, time.Second }
	})
	people := []*browser{app.as("viewer"), app.as("editor"), app.as("admin")}
	editor := people[1]
	editor.get(entries).wants(http.StatusOK)
	form := editor.get(entries + "/new").wants(http.StatusOK)
	id := app.find("Grace Tan")[0].ID
	for round, held := 0, 0; held < len(people); round++ {
		held = 0
		for _, b := range people {
			if strings.Contains(b.get(entries+"/"+id).wants(http.StatusOK).text("main [role=alert]"), "This is the entry as it was") {
				held++
			}
		}
		if round > 200 {
			t.Fatal("no call is held back")
		}
	}
	res := editor.submit(form, jane()).wants(http.StatusSeeOther)
	page := editor.get(res.location()).wants(http.StatusOK) // as the API answered
	page.contains("h1", "Jane Smith")
	page.contains("main [role=alert]", "This is the entry as it was")
	editor.submit(editor.get(res.location()+"/edit").wants(http.StatusOK), map[string]string{"name": "Jane S."}).wants(http.StatusSeeOther)
	editor.get(res.location()).wants(http.StatusOK).contains("h1", "Jane S.")
	editor.get(entries+"?search=jane").wants(http.StatusOK).contains("tbody", "Jane S.")
	editor.get(res.location() + "/delete").wants(http.StatusOK)
	editor.post(res.location()+"/delete", nil).wants(http.StatusSeeOther)
	editor.get(res.location()).wants(http.StatusTooManyRequests) // what is gone is not shown from memory
	for _, b := range people {
		page := b.get(entries + "?search=jane").wants(http.StatusOK)
		page.contains("#results", "No matching entries")
		same(t, "warnings", page.Find("#results [role=alert]").Length(), 0)
	}
}

// Programs are told when a list was read, and need not fetch it again while it is the same.
// An entry is read when it is asked for, and only else it has an age.
func TestAgeAndVersionInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	id := app.find("Grace Tan")[0].ID
	b := app.as("viewer")
	asOf := func(a *answer) time.Time {
		t.Helper()
		at, err := time.Parse(time.RFC3339, a.header.Get("Namesake-As-Of"))
		must(t, err)
		return at
	}
	list := entries + "?search=grace"
	at := app.clock.now().UTC().Truncate(time.Second)
	first := b.json(list).wants(http.StatusOK)
	if read := asOf(first); read.Before(at) || read.After(app.clock.now()) {
		t.Errorf("as of %s, read at %s", read, at)
	}
	same(t, "age of an entry that was just read", b.json(entries+"/"+id).wants(http.StatusOK).header.Get("Namesake-As-Of"), "")
	tag := first.header.Get("ETag")
	same(t, "a weak tag: "+tag, strings.HasPrefix(tag, `W/"`) && strings.HasSuffix(tag, `"`), true)

	calls := len(app.sandbox.Calls())
	for _, tt := range []struct {
		given string
		want  int
	}{
		{tag, 304}, {"*", 304}, {`"other", ` + tag, 304}, {strings.TrimPrefix(tag, "W/"), 304}, // compared weakly
		{`W/"other"`, 200}, {"", 200}, {strings.Trim(tag, `W/"`), 200},
	} {
		answer := b.json(list, "If-None-Match", tt.given).wants(tt.want)
		same(t, tt.given+": tag", answer.header.Get("ETag"), tag)
		same(t, tt.given+": as of", asOf(answer), asOf(first))
		if tt.want == http.StatusNotModified {
			same(t, tt.given+": body", answer.body, "")
		} else {
			same(t, tt.given+": body", answer.body, first.body)
		}
	}
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)

	// Read again, nothing has changed: another time, the same version.
	app.clock.move(time.Minute)
	must(t, app.mirror.Refresh(t.Context()))
	again := b.json(list, "If-None-Match", tag).wants(http.StatusNotModified)
	if later := asOf(again).Sub(asOf(first)); later < time.Minute-time.Second {
		t.Errorf("read again, as of %s later", later)
	}

	// A change, made here or elsewhere, is another version.
	app.as("editor").create(with(jane(), "name", "Grace Jones")).wants(http.StatusSeeOther)
	changed := b.json(list, "If-None-Match", tag).wants(http.StatusOK)
	same(t, "has it", strings.Contains(changed.body, "Grace Jones"), true)
	tag = changed.header.Get("ETag")
	app.clock.move(time.Minute)
	app.sandbox.Add(sandbox.Entry{Name: "Grace Elsewhere", Email: "grace@elsewhere.example"})
	changed = b.json(list, "If-None-Match", tag).wants(http.StatusOK)
	same(t, "has it", strings.Contains(changed.body, "Grace Elsewhere"), true)
	tag = changed.header.Get("ETag")

	// During an outage, a list is as old as it says, and so is an entry.
	app.clock.move(20 * time.Minute)
	app.out("504")
	old := b.json(list).wants(http.StatusOK)
	same(t, "list", old.body, changed.body)
	same(t, "as of", asOf(old), asOf(changed))
	b.json(list, "If-None-Match", tag).wants(http.StatusNotModified)
	entry := b.json(entries + "/" + id).wants(http.StatusOK)
	same(t, "entry", strings.Contains(entry.body, `"id":"`+id+`"`), true)
	same(t, "entry as of", asOf(entry), asOf(changed))
	for _, header := range []string{"", tag, "*"} {
		same(t, "a stranger's", app.stranger().json(list, "If-None-Match", header).status, http.StatusUnauthorized)
	}
}

// The API's own limit closes everything, and the program stays ready: it says so in a note.
func TestReadyWhileHeldBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.out("429")
	for _, moment := range []string{"refused by the API", "held back"} {
		answer := app.stranger().get("/readyz").wants(http.StatusOK)
		var got struct {
			Status       string
			Parts, Notes map[string]string
		}
		must(t, json.Unmarshal([]byte(answer.body), &got))
		same(t, moment, got.Status+" "+got.Parts["api"]+" "+got.Parts["database"], "ok ok ok")
		if !strings.Contains(got.Notes["api"], "held back") {
			t.Errorf("%s: notes %v", moment, got.Notes)
		}
		app.as("viewer").get(entries).wants(http.StatusTooManyRequests)
	}
}

// A search that can't be answered keeps its box and what was typed, and offers to try again.
func TestSearchThatFails(t *testing.T) {
	t.Parallel()
	for _, preset := range []string{"502-html", "504", "dropped", "empty-object", "429", "403", "404-route", "400", "500"} {
		app := newApp(t)
		b := app.as("viewer")
		app.out(preset)
		for range 2 {
			path := entries + "?" + url.Values{"search": {`gra"ce <b>`}, "provenance": {"A1S_INTERNAL"}, "per_page": {"50"}}.Encode()
			page := b.get(path)
			if page.status < 400 {
				t.Fatalf("%s: status %d", preset, page.status)
			}
			same(t, preset+": typed", page.Find("form[role=search] #search").AttrOr("value", ""), `gra"ce <b>`)
			same(t, preset+": source", page.Find("#filter-provenance option[selected]").AttrOr("value", ""), "A1S_INTERNAL")
			same(t, preset+": per page", page.Find("#per_page option[selected]").AttrOr("value", ""), "50")
			page.contains("#results [role=alert]", "The list could not be read")
			page.contains("#results [role=alert]", page.text("h1"))
			page.contains("[data-live=count]", page.text("h1"))
			again := page.Find("#results [role=alert] a.btn")
			same(t, preset+": the link", again.Text()+" "+again.AttrOr("href", ""), "Try again "+entries+"?per_page=50&provenance=A1S_INTERNAL&search=gra%22ce+%3Cb%3E")
			for _, never := range []string{"Not sent", "Nothing was changed", "Nothing was sent", "No entry matches", "The registry is empty"} {
				if strings.Contains(page.text("main"), never) {
					t.Errorf("%s: the page says %q: %s", preset, never, page.text("main"))
				}
			}
		}
		app.sandbox.ClearFaults()
	}
}
