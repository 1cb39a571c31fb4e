package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// What is longer than Namesake sends is refused at its field, for pages and programs, and
// nothing is sent.
func TestLimitsOfTexts(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	existing := app.existing(b)
	tests := []struct {
		field, value string
		tooLong      bool
	}{
		{"comments", strings.Repeat("x", registry.MaxComments), false},
		{"comments", strings.Repeat("é", registry.MaxComments), false},
		{"comments", strings.Repeat("日", registry.MaxComments), false},
		{"comments", strings.Repeat("x\r\n", registry.MaxComments/2), false},
		{"comments", strings.Repeat("x", registry.MaxComments+1), true},
		{"comments", strings.Repeat("é", registry.MaxComments+1), true},
		{"comments", strings.Repeat("x", 50_000), true},
		{"external_directory_node_id", strings.Repeat("x", registry.MaxExternalID), false},
		{"external_directory_node_id", strings.Repeat("x", registry.MaxExternalID+1), true},
	}
	for i, tt := range tests {
		name := fmt.Sprintf("%s of %d bytes", tt.field, len(tt.value))
		typed := with(jane(), "email", fmt.Sprintf("jane.%d@example.com", i), tt.field, tt.value)
		edit := b.get(existing + "/edit").wants(http.StatusOK)
		if !tt.tooLong {
			b.create(typed).wants(http.StatusSeeOther)
			b.submit(edit, with(typed, "email", fmt.Sprintf("jane.edited.%d@example.com", i))).wants(http.StatusSeeOther)
			b.submit(b.get(existing+"/edit"), map[string]string{"name": fmt.Sprint("Jane ", i)}).wants(http.StatusSeeOther)
			continue
		}
		writes := len(app.sandbox.Writes())
		for _, page := range []*answer{b.create(typed), b.submit(edit, typed)} {
			page.wants(http.StatusUnprocessableEntity).contains("#"+tt.field+"-error", "This is too long: at most ")
			form := fields(page)
			same(t, name+": came back", form.Get(tt.field) == strings.ReplaceAll(tt.value, "\r\n", "\n"), true)
		}
		var refused struct {
			Success bool
			Errors  []struct {
				Code   int
				Source struct{ Pointer string }
			}
		}
		inJSON := b.do(http.MethodPost, entries, strings.NewReader(urlValues(typed).Encode()), map[string]string{
			"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
		}).wants(http.StatusUnprocessableEntity)
		must(t, json.Unmarshal([]byte(inJSON.body), &refused))
		if refused.Success || len(refused.Errors) != 1 || refused.Errors[0].Code != 99901 || refused.Errors[0].Source.Pointer != "/"+tt.field {
			t.Errorf("%s: a program reads %.300s", name, inJSON.body)
		}
		same(t, name+": sent", len(app.sandbox.Writes())-writes, 0)
	}
}

func urlValues(typed map[string]string) url.Values {
	values := url.Values{}
	for name, value := range typed {
		values.Set(name, value)
	}
	return values
}

// long are entries with very long texts, as another tool of the account can make them.
func long(n, length int) []sandbox.Entry {
	seed := make([]sandbox.Entry, n)
	comments := strings.Repeat("x", length)
	for i := range seed {
		seed[i] = sandbox.Entry{
			ID: fmt.Sprintf("f174e90a-fafe-4643-bbbc-%012d", i), Name: "Jane Smith", Email: fmt.Sprintf("jane.%02d@example.com", i),
			Comments: &comments, Provenance: sandbox.Manual,
		}
	}
	return seed
}

// 22 entries of which 17 fill the longest answer, as with 900 kB each and 16 MB, are listed,
// looked through, planned and counted as others are.
func TestListOfLongEntries(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(long(22, 45_000)...), func(s *settings) {
		s.client = func(o *cfapi.Options) { o.MaxBody = 800_000 }
	})
	b := app.as("admin")
	for query, want := range map[string]int{"": 20, "?page=2": 2, "?per_page=200": 22, "?per_page=1000&order=email": 22, "?group=name": 20, "?search=jane": 20} {
		page := b.get(entries + query).wants(http.StatusOK)
		same(t, query+": entries", len(page.ids()), want)
		if len(page.body) > 1<<20 {
			t.Errorf("%s: a page of %d bytes", query, len(page.body))
		}
	}
	b.get(entries).contains("[data-count]", "Entries 1 to 20 of 22")
	b.get(entries+"?per_page=200").contains("[data-count]", "Entries 1 to 22 of 22")
	b.covering("jane.21@example.com", "").contains("main", "(22 entries checked).")
	b.submit(b.get(entries+"/new"), with(jane(), "email", "jane.03@example.com")).wants(http.StatusUnprocessableEntity).contains("main", "jane.03@example.com")

	answer := b.do(http.MethodGet, entries, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "it tells of what is cut", strings.Contains(answer.body, "Texts of more than 16 KB are cut here"), true)
}

// An entry that is too long by itself hides no other one, and no list with it is called
// whole.
func TestEntryThatIsTooLong(t *testing.T) {
	t.Parallel()
	seed := long(30, 10)
	seed[7].Comments = long(1, 70_000)[0].Comments
	app := newApp(t, seeded(seed...), func(s *settings) {
		s.client = func(o *cfapi.Options) { o.MaxBody = 64 << 10 }
	})
	b := app.as("admin")
	const told = "1 entry is too long to be read: it could not be shown."
	page := b.get(entries + "?per_page=50").wants(http.StatusOK)
	same(t, "entries", len(page.ids()), 29)
	page.contains("#results", told)
	page.contains("[data-count]", "Entries 1 to 29 of 29")
	for _, query := range []string{"?per_page=1&order=email&direction=asc&page=8", "?search=jane", "?search=missing"} {
		b.get(entries+query).wants(http.StatusOK).contains("#results", told) // it may belong there
	}

	var list struct {
		Messages []struct{ Message string }
		Result   []struct{ ID string }
		Info     struct {
			Total int `json:"total_count"`
		} `json:"result_info"`
	}
	must(t, json.Unmarshal([]byte(b.do(http.MethodGet, entries+"?per_page=50", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK).body), &list))
	if len(list.Result) != 29 || len(list.Messages) != 1 || list.Messages[0].Message != told {
		t.Errorf("a program reads %d entries and %+v", len(list.Result), list.Messages)
	}
	same(t, "total", list.Info.Total, 30)

	look := b.covering("no.one@example.com", "")
	same(t, "the look", look.text("[role=status]"), "No match (29 entries checked).")
	look.contains("main", "1 further entry could not be checked: Cloudflare's answer is longer than Namesake can read.")
	for _, claim := range []string{"30 entries", "that shows a protected name is flagged"} {
		if strings.Contains(look.text("main"), claim) {
			t.Errorf("the look claims %q: %s", claim, look.text("main"))
		}
	}
	same(t, "the entries of the name are not called all", strings.Contains(b.get(entries+"/f174e90a-fafe-4643-bbbc-000000000003").text("section[aria-labelledby=person]"), "There may be more"), true)

	all := b.post(plans, url.Values{"all": {"1"}, "back": {"?search=jane"}}).wants(http.StatusSeeOther)
	planned := b.ended(all.location())
	planned.contains("main", "Some entries cannot be read")
	planned.contains("main", "1 entry is too long to be read")
	same(t, "deleted", len(app.sandbox.Writes()), 0)
}

// An entry with very long texts is shown and edited as others are; what the form can't
// hold stays as it is.
func TestEditOfALongEntry(t *testing.T) {
	t.Parallel()
	seed := long(1, 150_000)
	id := strings.Repeat("7", 5_000)
	seed[0].ExternalDirectoryNodeID = &id
	app := newApp(t, seeded(seed...))
	b := app.as("admin")
	entry := entries + "/" + seed[0].ID
	comments := func() string { return *app.sandbox.Entries()[0].Comments }

	page := b.get(entry).wants(http.StatusOK)
	page.contains("[data-field=comments]", "146000 more characters")
	whole := b.do(http.MethodGet, entry, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "all of it is in JSON", strings.Contains(whole.body, comments()), true)

	edit := b.get(entry + "/edit").wants(http.StatusOK)
	for _, p := range []*answer{page, edit, b.get(entry + "/delete").wants(http.StatusOK)} {
		if len(p.body) > 2*pageSize {
			t.Errorf("a page of %d bytes", len(p.body))
		}
	}
	edit.contains("#comments-hint", "too long for the form")
	edit.contains("#external_directory_node_id-hint", "too long for the form")
	same(t, "in the form", fields(edit).Get("comments"), "")

	refused := b.submit(edit, map[string]string{"name": "Jane Doe", "email": "stranger"}).wants(http.StatusUnprocessableEntity)
	same(t, "one fault", refused.Find("#error-summary li").Length(), 1)
	refused.contains("#comments-hint", "too long for the form")
	b.submit(edit, map[string]string{"name": "Jane Doe"}).wants(http.StatusSeeOther)
	same(t, "the name", app.sandbox.Entries()[0].Name, "Jane Doe")
	same(t, "the comments stay", len(comments()), 150_000)
	same(t, "what is sent", app.sent(http.MethodPatch)[0], `{"name":"Jane Doe"}`)

	// Without the field, as a program may send it; and from an old page.
	form := fields(b.get(entry + "/edit"))
	form.Del("comments")
	form.Set("name", "Jane Roe")
	b.post(entry, form).wants(http.StatusSeeOther)
	same(t, "the comments stay", len(comments()), 150_000)
	conflict := b.submit(edit, map[string]string{"name": "Jane Poe"}).wants(http.StatusConflict)
	same(t, "only the name differs", strings.Contains(conflict.text("main"), "too long to be kept"), false)
	for path, p := range map[string]*answer{"conflict": conflict, "history": b.get(entry), "audit": b.get("/audit"), "record": b.get("/audit/" + fmt.Sprint(app.last(rbac.EditEntry).Seq))} {
		if len(p.body) > 3*pageSize && path != "record" {
			t.Errorf("%s: a page of %d bytes", path, len(p.body))
		}
	}

	b.submit(b.get(entry+"/edit"), map[string]string{"comments": strings.Repeat("y", 4001)}).wants(http.StatusUnprocessableEntity).contains("#comments-error", "too long")
	b.submit(b.get(entry+"/edit"), map[string]string{"comments": "short"}).wants(http.StatusSeeOther)
	same(t, "what is typed replaces them", comments(), "short")
	same(t, "the id stays", len(*app.sandbox.Entries()[0].ExternalDirectoryNodeID), 5_000)
}
