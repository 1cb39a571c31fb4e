package server_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

// What is offered on the list is what can be done: synced entries are not deleted. While
// the list is an old one, a plan can be made from it.
func TestListOffersWhatCanBeDone(t *testing.T) {
	t.Parallel()
	seed := []sandbox.Entry{
		{ID: "f174e90a-fafe-4643-bbbc-000000000001", Name: "Manual", Email: "manual@example.com", Provenance: sandbox.Manual},
		{ID: "f174e90a-fafe-4643-bbbc-000000000002", Name: "Synced", Email: "synced@example.com", Provenance: sandbox.GoogleDirectory},
		{ID: "f174e90a-fafe-4643-bbbc-000000000003", Name: "Other", Email: "other@example.com", Provenance: sandbox.Manual},
	}
	app := newApp(t, seeded(seed...))
	b := app.as("editor")
	const selected, all = "button[data-for-selected]", "button[name=all]"
	tests := []struct {
		name, query   string
		selected, all string // what the buttons say, "" for none
	}{
		{"one page", "", "Delete…", ""},
		{"the first of two pages", "?per_page=2", "Delete…", "Delete all manual entries…"},
		{"the second", "?per_page=2&page=2", "Delete…", "Delete all manual entries…"},
		{"a search", "?search=example", "Delete…", "Delete all that match…"},
		{"manual ones", "?provenance=A1S_INTERNAL", "Delete…", "Delete all that match…"},
		{"synced ones", "?provenance=SNOOPY-GOOGLE_DIRECTORY", "Delete…", ""},
	}
	for _, tt := range tests {
		page := b.get(entries + tt.query).wants(http.StatusOK)
		same(t, tt.name+": for those that are selected", page.text(selected), tt.selected)
		same(t, tt.name+": for all", page.text(all), tt.all)
	}
	page := b.get(entries).wants(http.StatusOK)
	same(t, "marked as synced", page.Find("input[name=id][data-synced]").Length(), 1)
	same(t, "which", page.Find("input[name=id][data-synced]").AttrOr("aria-label", ""), "Select Synced")

	app.out("500")
	app.clock.move(3 * time.Minute)
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("the registry was read")
	}
	page = b.get(entries + "?per_page=2").wants(http.StatusOK)
	page.contains("main", "This is the registry as it was 3 minutes ago")
	same(t, "for those that are selected, of an old list", page.text(selected), "Delete…")
	same(t, "for all, of an old list", page.text(all), "Delete all manual entries…")
	draft := b.plan(page, []string{seed[0].ID, seed[2].ID})
	draft.contains("h1", "Delete 2 entries?")
	same(t, "entries", len(app.sandbox.Entries()), 3)
}

// The form starts where one types first, and keeps the rare fields closed unless
// a person has typed into them.
func TestFormFocusAndAdvanced(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(migrated()))
	b := app.as("editor")
	edit := entries + "/" + uuidOfToday
	refused := func(path string, typed map[string]string) *answer {
		return b.submit(b.get(path), with(typed, "email", "")).wants(http.StatusUnprocessableEntity)
	}
	tests := []struct {
		name     string
		page     *answer
		focus    string // the id of what has the focus
		advanced bool   // whether that part is open
	}{
		{"new", b.get(entries + "/new"), "name", false},
		{"one more address", b.get(entries + "/new?name=Jane+Smith"), "email", false},
		{"a link with a directory", b.get(entries + "/new?" + url.Values{"name": {"J"}, "directory_id": {"7"}}.Encode()), "email", true},
		{"refused", refused(entries+"/new", jane()), "error-summary", false},
		{"refused, a directory typed", refused(entries+"/new", with(jane(), "directory_id", "7")), "error-summary", true},
		{"edit", b.get(edit + "/edit"), "", false},
		{"edit, refused", refused(edit+"/edit", map[string]string{}), "error-summary", false},
		{"edit, a directory typed", refused(edit+"/edit", map[string]string{"directory_id": "7"}), "error-summary", true},
	}
	for _, tt := range tests {
		_, open := tt.page.Find("details:has(#directory_id)").Attr("open")
		same(t, tt.name+": focus", tt.page.Find("main [autofocus]").AttrOr("id", ""), tt.focus)
		same(t, tt.name+": open", open, tt.advanced)
	}
}
