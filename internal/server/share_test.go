package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
)

// One viewer loads far more pages than the API takes calls, by our own count of them or
// by the API's. Everybody else works on, changes go through, and the program is ready.
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
			for i := range limit * 3 / 2 {
				if greedy.get(fmt.Sprintf("%s?search=%d", entries, i)).status == http.StatusTooManyRequests {
					held++
				}
			}
			if held < limit/3 {
				t.Errorf("only %d pages were held back", held)
			}

			// What they have just read is there, with its age.
			again := greedy.get(entries + "?per_page=50").wants(http.StatusOK)
			again.contains("#results [role=alert]", "This is the list as it was")
			same(t, "rows", again.text("tbody"), list.text("tbody"))

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
	form := editor.get(entries + "/new").wants(http.StatusOK)
	for round, held := 0, 0; held < len(people); round++ {
		held = 0
		for _, b := range people {
			if b.get(fmt.Sprintf("%s?search=%d", entries, round)).status == http.StatusTooManyRequests {
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
	editor.get(res.location() + "/delete").wants(http.StatusOK)
	editor.post(res.location()+"/delete", nil).wants(http.StatusSeeOther)
	editor.get(res.location()).wants(http.StatusTooManyRequests) // what is gone is not shown from memory

	// A list is older than the changes, and so it is not given for a recent one.
	editor.get(entries+"?search=0").wants(http.StatusTooManyRequests).contains("#results [role=alert]", "This is the list as it was")
}

// Programs are told that an answer is an earlier one.
func TestEarlierAnswersInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.client = func(o *cfapi.Options) { o.Budget, o.Pause, o.Timeout = 60, nil, time.Second }
	})
	id := app.find("Grace Tan")[0].ID
	b := app.as("viewer")
	get := func(path string) *answer {
		return b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"})
	}
	paths := []string{entries, entries + "/" + id}
	fresh := map[string]string{}
	at := app.clock.now().UTC().Truncate(time.Second)
	for _, path := range paths {
		answer := get(path).wants(http.StatusOK)
		same(t, path+": age", answer.header.Get("Namesake-As-Of"), "")
		fresh[path] = answer.body
	}
	for i := 0; get(fmt.Sprintf("%s?search=%d", entries, i)).status == http.StatusOK; i++ {
	}
	for _, path := range paths {
		answer := get(path).wants(http.StatusOK)
		same(t, path+": body", answer.body, fresh[path])
		asOf, err := time.Parse(time.RFC3339, answer.header.Get("Namesake-As-Of"))
		must(t, err)
		if asOf.Before(at) || asOf.Sub(at) > time.Minute {
			t.Errorf("%s: as of %s, read at %s", path, asOf, at)
		}
	}
	app.clock.move(61 * time.Second) // no longer recent, and the window is not over
	for _, path := range paths {
		get(path).wants(http.StatusTooManyRequests)
	}
	same(t, "a stranger's", app.stranger().do(http.MethodGet, entries, nil, map[string]string{"Accept": "application/json"}).status, http.StatusUnauthorized)
}

// The API's own limit closes everything, and the program stays ready: it says so in a note.
func TestReadyWhileHeldBack(t *testing.T) {
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
