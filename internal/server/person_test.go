package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// anyway presses the button of a form that goes on after a warning.
func (b *browser) anyway(page *answer) *answer {
	b.app.t.Helper()
	page.wants(http.StatusUnprocessableEntity)
	known := page.Find("form[data-once] button[name=twins]").AttrOr("value", "")
	if known == "" {
		b.app.t.Fatalf("no button to go on with:\n%s", page.text("main"))
	}
	form := fields(page)
	form.Set("twins", known)
	return b.post(page.Find("form[data-once]").AttrOr("action", ""), form)
}

// listed are the addresses that a list on the page holds.
func (a *answer) listed(within string) string {
	var got []string
	for _, li := range a.Find(within + " li").EachIter() {
		got = append(got, strings.TrimSpace(li.Find("code").Text()))
	}
	return strings.Join(got, " ")
}

// One registry for the pages about a name: spelled in several ways, with a pattern, and
// with names that only look alike.
func withJanes(s *settings) {
	s.sandbox.Seed = []sandbox.Entry{ // of long ago: what is new may pass for a create without an answer
		{ID: "1", Name: "Jane Þórunn Smith", Email: "jane@example.com"},
		{ID: "2", Name: "jane  þo\u0301runn SMITH", Email: "private@home.example"},
		{ID: "3", Name: "Jane Þórunn Smith", Email: `.*@gmail\.com`, IsEmailRegex: true, Provenance: string(registry.GoogleDirectory)},
		{ID: "4", Name: "Jane Þórunn Smithers", Email: "smithers@example.com"},
		{ID: "5", Name: "Jane Smith", Email: "other@example.com"},
		{ID: "6", Name: "", Email: "norah@example.com"},
	}
	for i := range s.sandbox.Seed {
		s.sandbox.Seed[i].CreatedAt = time.Now().Add(-time.Hour)
	}
}

func TestAnEntryShowsAllOfItsName(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK) // reads the registry
	before := len(app.sandbox.Calls())
	page := b.get(entries + "/1").wants(http.StatusOK)
	same(t, "calls of the API", len(app.sandbox.Calls())-before, 1)
	same(t, "listed", page.listed("[aria-labelledby=person]"), `.*@gmail\.com jane@example.com private@home.example`)
	page.contains("#holds", "Mail that shows “Jane Þórunn Smith” is flagged unless it comes from one of these 2 addresses or from one that matches this pattern.")
	page.contains("[aria-labelledby=person] li", "This matches anyone with a gmail.com address, which anyone can get.")
	page.contains("[aria-labelledby=person] li:has([aria-current=true])", "jane@example.com this entry")
	same(t, "links", page.hrefs("[aria-labelledby=person] li a"), "/3 /2")

	add := page.Find("main a:contains('Add another address for this name')").AttrOr("href", "")
	form := b.get(add).wants(http.StatusOK)
	same(t, "name", form.Find("#name").AttrOr("value", ""), "Jane Þórunn Smith")
	form.contains("#name-entries", "“Jane Þórunn Smith” has 2 addresses and 1 pattern already. This entry adds one more.")
	same(t, "listed on the form", form.listed("#name-entries"), `.*@gmail\.com jane@example.com private@home.example`)
	res := b.submit(form, map[string]string{"email": "new@example.com"}).wants(http.StatusSeeOther)
	b.get(res.location()).contains("#holds", "unless it comes from one of these 3 addresses or from one that matches this pattern.")

	viewer := app.as("viewer").get(entries + "/1").wants(http.StatusOK)
	same(t, "a viewer's links", viewer.Find("main a:contains('Add another')").Length(), 0)
	same(t, "a viewer's list", viewer.Find("[aria-labelledby=person] li").Length(), 4)

	page = b.get(entries + "/5").wants(http.StatusOK)
	page.contains("#holds", "Mail that shows “Jane Smith” is flagged unless it comes from other@example.com.")
	calls := len(app.sandbox.Calls())
	page = b.get(entries + "/6").wants(http.StatusOK)
	same(t, "calls for an entry without a name", len(app.sandbox.Calls())-calls, 1)
	same(t, "section", page.Find("[aria-labelledby=person]").Length(), 0)
}

// What can't be looked up is said, and the page is there all the same.
func TestTheNameCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	for path, says := range map[string]string{
		"/1":                             "Namesake could not read the other addresses of this name: Cloudflare returned an error (500).",
		"/1/edit":                        "Namesake could not read the entries of this name: Cloudflare returned an error (500).",
		"/1/delete":                      "Namesake could not read the other entries of this name: Cloudflare returned an error (500).",
		"/new?name=Jane+Smith":           "Namesake could not read the entries of this name: Cloudflare returned an error (500).",
		"/of-name?name=Jane+Smith":       "Namesake could not read the entries of this name: Cloudflare returned an error (500).",
		"/of-name?name=Jane&entry=../..": "Namesake could not read the entries of this name: Cloudflare returned an error (500).",
	} {
		f, _ := sandbox.Preset("500")
		f.Method, f.Path, f.Times = http.MethodGet, "impersonation_registry", 2 // a read is tried twice
		if strings.HasPrefix(path, "/1") {
			f.Skip = 1
		}
		app.sandbox.Inject(f)
		page := b.get(entries + path).wants(http.StatusOK)
		app.sandbox.ClearFaults()
		page.contains("body", says)
		if strings.HasPrefix(path, "/1") && !strings.Contains(page.text("main"), "jane@example.com") && !strings.HasSuffix(path, "edit") {
			t.Errorf("%s does not show the entry", path)
		}
	}
	// A list that was never read to its end.
	app.listing(`[{"id":"5","name":"Jane Smith","email":"other@example.com"}]`, "7")
	b.get(entries+"/of-name?name=e").contains("body", "No entry of “e” was found, but there may be some.")
	b.get(entries+"/of-name?name=Jane+Smith").contains("body", "“Jane Smith” has at least 1 address already.")
	// What was read is known when Cloudflare does not answer any more.
	app.sandbox.ClearFaults()
	app.sandbox.Fill(1200)
	must(t, app.mirror.Refresh(t.Context()))
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Status: 500})
	b.get(entries+"/of-name?name=e").contains("body", "No entry of “e” was found: this is its first.")
	b.get(entries+"/of-name?name=Jane+Smith").contains("body", "“Jane Smith” has 1 address already. This entry adds one more.")
}

// An entry that is newer than the last reading shows that there may be more of its name.
func TestAnEntryThatWasNotReadYet(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK) // reads the registry
	for id, name := range map[string]string{"7": "Ulla Þórdís Smith", "8": "Jane Smith"} {
		app.sandbox.Add(sandbox.Entry{ID: id, Name: name, Email: "new" + id + "@example.com", Provenance: sandbox.Manual})
	}
	*app.others = app.changedElsewhere() // it is not read again
	calls := len(app.sandbox.Calls())
	page := b.get(entries + "/7").wants(http.StatusOK)
	page.contains("#holds", "or from another address that has an entry for the same name")
	page.contains("[aria-labelledby=person]", "There may be more entries of this name than Namesake has read.")
	same(t, "listed", page.listed("[aria-labelledby=person]"), "new7@example.com")
	b.get(entries+"/7/edit").contains("#name-entries", "No entry of “Ulla Þórdís Smith” was found, but there may be some.")
	b.get(entries+"/7/delete").contains("#after", "if there is none, nothing protects the name")
	page = b.get(entries + "/8").wants(http.StatusOK)
	page.contains("[aria-labelledby=person]", "There may be more entries of this name than Namesake has read.")
	same(t, "listed", page.listed("[aria-labelledby=person]"), "new8@example.com other@example.com")
	b.get(entries+"/8/delete").contains("#after", "flagged unless it comes from other@example.com, or from an address that was not found.")
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 5)

	must(t, app.mirror.Refresh(t.Context()))
	same(t, "read", strings.Contains(b.get(entries+"/7").wants(http.StatusOK).text("[aria-labelledby=person]"), "There may be more entries of this name than Namesake has read."), false)
	b.get(entries+"/7/delete").contains("#after", "After this deletion nothing protects the name “Ulla Þórdís Smith”")
}

func TestWhatHoldsAfterADeletion(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	page := b.get(entries + "/1/delete").wants(http.StatusOK)
	page.contains("#after", "After this deletion mail that shows “Jane Þórunn Smith” is flagged unless it comes from this address or from one that matches this pattern. Mail from jane@example.com will be flagged, unless a pattern matches it.")
	same(t, "what stays", page.listed("main div:has(#after)"), `.*@gmail\.com private@home.example`)
	b.get(entries+"/5/delete").contains("#after", "After this deletion nothing protects the name “Jane Smith”")
	b.get(entries+"/6/delete").contains("#after", "has no name to protect")
}

func TestAFormTellsOfTheName(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK) // reads the registry
	calls := func(path string) (*answer, int) {
		before := len(app.sandbox.Calls())
		return b.get(entries + path).wants(http.StatusOK), len(app.sandbox.Calls()) - before
	}
	page, n := calls("/new")
	same(t, "calls for an empty form", n, 0)
	same(t, "place for a script", page.Find("#name-entries").AttrOr("data-name-entries", ""), entries+"/of-name")
	page, n = calls("/of-name?name=%20jane%20smith")
	same(t, "calls", n, 0)
	page.contains("body", "“jane smith” has 1 address already. This entry adds one more.")
	same(t, "a whole page", page.Find("header").Length(), 0)
	_, n = calls("/of-name?name=%20")
	same(t, "calls without a name", n, 0)
	page, _ = calls("/of-name?name=New+Person")
	page.contains("body", "No entry of “New Person” was found: this is its first.")
	page, n = calls("/new?is_email_regex=true&email=" + url.QueryEscape(`^.*@haldenvoss\.example$`))
	same(t, "calls for a pattern", n, 0)
	page.contains("#pattern-result", "This matches everyone at haldenvoss.example.")
	page, _ = calls("/of-name?email=" + url.QueryEscape(`.*@gmail\.com`))
	same(t, "of no name", page.text("body"), "")
	page, n = calls("/5/edit")
	same(t, "calls for an edit", n, 1)
	page.contains("#name-entries", "Now, mail that shows “Jane Smith” is flagged unless it comes from other@example.com. This is its only entry: under another name, nothing protects “Jane Smith”.")
	same(t, "place for a script", page.Find("#name-entries").AttrOr("data-name-entries", ""), entries+"/of-name?entry=5")
	page, _ = calls("/of-name?entry=5&name=Jane+%C3%9E%C3%B3runn+Smith")
	page.contains("body", "has 2 addresses and 1 pattern already. This entry adds one more.")
}

// A create of what is there already is stopped once; what is ordinary is not.
func TestDuplicatesOfACreate(t *testing.T) {
	t.Parallel()
	const sameEntry, sameAddress = "Not sent: this entry is in the registry already", "Not sent: this address is in the registry already"
	tests := []struct {
		name      string
		typed     map[string]string
		title     string // "" when it is created at once
		duplicate string
	}{
		{"another address for the name", with(jane(), "name", "Jane Þórunn Smith"), "", ""},
		{"a pattern with the text of an address", with(jane(), "email", "jane@example.com", "is_email_regex", "true"), "", ""},
		{"a part of an address", with(jane(), "email", "ane@example.com"), "", ""},
		{"the same, spelled in another way", map[string]string{"name": "JANE  Þo\u0301runn Smith", "email": "Jane@Example.com"}, sameEntry, "/1"},
		{"the same pattern", map[string]string{"name": "jane þórunn smith", "email": `.*@gmail\.com`, "is_email_regex": "true"}, sameEntry, "/3"},
		{"the same address, another name", map[string]string{"name": "J. Smith", "email": "jane@example.com"}, sameAddress, "/1"},
		{"another pattern", map[string]string{"name": "jane þórunn smith", "email": `.*@gmail\.COM`, "is_email_regex": "true"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t, withJanes)
			b := app.as("editor")
			b.get(entries).wants(http.StatusOK) // reads the registry
			form := b.get(entries + "/new")
			before := len(app.sandbox.Calls())
			page := b.submit(form, tt.typed)
			if tt.title == "" {
				page.wants(http.StatusSeeOther)
				same(t, "calls of the API", len(app.sandbox.Calls())-before, 1)
				return
			}
			page.wants(http.StatusUnprocessableEntity)
			same(t, "calls of the API", len(app.sandbox.Calls())-before, 0)
			page.contains("#error-summary h2", tt.title)
			page.contains("#email-error code.pointer", "/email")
			same(t, "the field", page.Find("#email[aria-invalid=true]").Length(), 1)
			same(t, "linked duplicates", strings.TrimSpace(page.hrefs("#error-summary li a[href^='/']")), tt.duplicate)
			same(t, "button of the Enter key", page.Find("form[data-once] button").First().AttrOr("name", ""), "")
			kept(t, page, tt.typed)
			same(t, "records", len(app.records(rbac.CreateEntry)), 0)
			b.submit(page, nil).wants(http.StatusUnprocessableEntity) // without the other button
			same(t, "creates sent", creates(app), 0)
			same(t, "led to", strings.HasPrefix(b.anyway(page).wants(http.StatusSeeOther).location(), entries+"/"), true)
			same(t, "creates sent", creates(app), 1)
			intent := app.records(rbac.CreateEntry)[0]
			same(t, "duplicate recorded", slices.ContainsFunc(intent.Confirmed, func(c registry.Confirmation) bool {
				return c.Kind == registry.KindDuplicate && "/"+string(c.Entry) == tt.duplicate
			}), true)
			b.get(fmt.Sprintf("/audit/%d", intent.Seq)).contains("[aria-labelledby=confirmed]", "The address is already in the registry")
			_, err := app.store.Verify(t.Context(), nil)
			must(t, err)
			b.submit(page, map[string]string{"twins": "1"}).wants(http.StatusSeeOther) // the same form once more
			same(t, "creates sent", creates(app), 1)
		})
	}
}

// A confirmation holds for the duplicates that the page showed, and for no others.
func TestAConfirmationOfOneDuplicateIsNoneOfAnother(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	page := b.create(map[string]string{"name": "Jane Smith", "email": "OTHER@example.com"}).wants(http.StatusUnprocessableEntity)
	app.sandbox.Add(sandbox.Entry{ID: "7", Name: "Jane Smith", Email: "other@EXAMPLE.com", CreatedAt: time.Now().Add(-time.Hour)})
	page = b.anyway(page).wants(http.StatusUnprocessableEntity)
	same(t, "duplicates", strings.TrimSpace(page.hrefs("#error-summary li a[href^='/']")), "/5 /7")
	same(t, "creates sent", creates(app), 0)
	// What was agreed to is remembered when something else goes wrong.
	app.inject("500")
	page = b.anyway(page).wants(http.StatusBadGateway)
	page.contains("#error-summary h2", "It is not known whether the entry was created")
	app.clock.move(doubtLasts)
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "a link can't agree", b.get(entries+"/new?name=x&twins=5").Find("input[name=twins]").Length(), 0)
}

// A create continues when duplicates can't be looked for.
func TestDuplicatesCannotBeLookedFor(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	f, _ := sandbox.Preset("500")
	f.Method, f.Times = http.MethodGet, 2 // a read is tried twice
	app.sandbox.Inject(f)
	app.as("editor").create(jane()).wants(http.StatusSeeOther)
	same(t, "in the log", strings.Contains(app.log.String(), "it is unknown whether the same entry is there already"), true)
}

// A form whose entry is there already is not stopped by it, and one whose outcome is not
// known looks for its own entry first.
func TestAFormIsNotItsOwnDuplicate(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	form := b.get(entries + "/new")
	to := b.submit(form, jane()).wants(http.StatusSeeOther).location()
	same(t, "sent twice", b.submit(form, jane()).wants(http.StatusSeeOther).location(), to)

	john := map[string]string{"name": "John", "email": "john@example.com"}
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Status: 504, Body: "<html>", Effect: sandbox.EffectWrite},
		sandbox.Fault{Method: http.MethodGet, Status: 500, Body: "{}"})
	page := b.create(john).wants(http.StatusGatewayTimeout)
	app.clock.move(time.Second)
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("John")), 1)
}

func TestDuplicatesOfAnEdit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		typed map[string]string
		title string
		calls int // of the API
	}{
		{"another field", map[string]string{"comments": "x"}, "", 2},
		{"its own spelling", map[string]string{"name": "JANE SMITH", "email": "Other@example.com"}, "", 2},
		{"another address", map[string]string{"email": "third@example.com"}, "", 2},
		{"the same address, another name", map[string]string{"email": "jane@example.com"}, "Not sent: this address is in the registry already", 1},
		{"the same entry", map[string]string{"email": "jane@example.com", "name": "jane þórunn smith"}, "Not sent: this entry is in the registry already", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t, withJanes)
			b := app.as("editor")
			form := b.get(entries + "/5/edit")
			before := len(app.sandbox.Calls())
			page := b.submit(form, tt.typed)
			same(t, "calls of the API", len(app.sandbox.Calls())-before, tt.calls)
			if tt.title == "" {
				page.wants(http.StatusSeeOther)
				return
			}
			page.wants(http.StatusUnprocessableEntity).contains("#error-summary h2", tt.title)
			same(t, "changes sent", len(app.sent(http.MethodPatch)), 0)
			b.anyway(page).wants(http.StatusSeeOther)
			same(t, "changes sent", len(app.sent(http.MethodPatch)), 1)
		})
	}
	t.Run("a name, where the address was shared before", func(t *testing.T) {
		app := newApp(t, withJanes)
		app.sandbox.Add(sandbox.Entry{ID: "8", Name: "Desk", Email: "other@example.com"})
		b := app.as("editor")
		b.submit(b.get(entries+"/8/edit"), map[string]string{"name": "Help desk"}).wants(http.StatusSeeOther)
		b.submit(b.get(entries+"/8/edit"), map[string]string{"name": "Jane Smith"}).wants(http.StatusUnprocessableEntity)
	})
}

func TestDuplicatesInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	form := url.Values{"name": {"Jane Smith"}, "email": {"Other@example.com"}}
	stopped := b.send(entries, form, map[string]string{"Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
	for _, want := range []string{`"success":false`, `"code":99902`, `"pointer":"/email"`, "twins=5."} {
		same(t, want, strings.Contains(stopped.body, want), true)
	}
	form.Set("twins", "5")
	b.send(entries, form, map[string]string{"Accept": "application/json"}).wants(http.StatusSeeOther)
}
