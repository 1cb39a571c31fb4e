package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// What the menu of a row has depends on the role and the entry. Risky rows have a badge,
// synced ones a lock.
func TestRowsOfTheList(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(
		sandbox.Entry{ID: "1", Name: "Jane & Co", Email: "jane@x.example", Provenance: sandbox.Manual},
		sandbox.Entry{ID: "2", Name: "Sam", Email: "sam@x.example", Provenance: sandbox.GoogleDirectory},
		sandbox.Entry{ID: "3", Name: "Open", Email: ".*", IsEmailRegex: true, Provenance: sandbox.Manual},
		sandbox.Entry{ID: "4", Name: "", Email: "none@x.example", Provenance: sandbox.Manual},
		sandbox.Entry{ID: "5", Name: "Twice", Email: "twice@x.example", Provenance: sandbox.Manual},
		sandbox.Entry{ID: "6", Name: "Twice", Email: "twice@x.example", Provenance: sandbox.Manual},
	))
	const view = "?direction=asc&order=email"
	const back = "?back=direction%3Dasc%26order%3Demail"
	edit := func(id string) string {
		return "Edit /" + id + "/edit" + back + "|"
	}
	add := func(name string) string {
		return "Add address /new?name=" + name + "&back=direction%3Dasc%26order%3Demail|"
	}
	remove := func(id string) string { return "|Delete /" + id + "/delete" + back }
	tests := []struct {
		id, header, email, source string
		badges                    string
		editor, viewer            string // the menu
	}{
		{"3", "Open", ".*", "Manual", "Pattern, Anyone", edit("3") + add("Open") + "Copy ID" + remove("3"), "Copy ID"},
		{"1", "Jane & Co", "jane@x.example", "Manual", "", edit("1") + add("Jane+%26+Co") + "Copy ID" + remove("1"), "Copy ID"},
		{"4", "No name", "none@x.example", "Manual", "", edit("4") + "Copy ID" + remove("4"), "Copy ID"},
		{"2", "Sam", "sam@x.example", "Synced Google", "", add("Sam") + "Copy ID", "Copy ID"},
		{"5", "Twice", "twice@x.example", "Manual", "Duplicate", edit("5") + add("Twice") + "Copy ID" + remove("5"), "Copy ID"},
		{"6", "Twice", "twice@x.example", "Manual", "Duplicate", edit("6") + add("Twice") + "Copy ID" + remove("6"), "Copy ID"},
	}
	words := func(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }
	for _, user := range []string{"editor", "viewer"} {
		page := app.as(user).get(entries + view).wants(http.StatusOK)
		rows := page.Find("tbody tr")
		same(t, "rows", rows.Length(), len(tests))
		for i, tt := range tests {
			row := rows.Eq(i)
			same(t, "link", strings.TrimPrefix(row.Find("th[scope=row] a[data-row]").AttrOr("href", ""), entries), "/"+tt.id+back)
			same(t, "header", words(row.Find("th[scope=row]")), tt.header)
			same(t, "email", words(row.Find("code")), tt.email)
			same(t, "label", row.Find("input").AttrOr("aria-label", ""), "Select "+tt.header)
			source := row.Find("td").Eq(2)
			same(t, "source", strings.TrimSpace(source.Find("svg").AttrOr("aria-label", "")+" "+words(source)), tt.source)
			same(t, "badges", strings.Join(row.Find(".badge").Map(func(_ int, s *goquery.Selection) string { return words(s) }), ", "), tt.badges)
			want := map[string]string{"editor": tt.editor, "viewer": tt.viewer}[user]
			menu := row.Find("[popover]#" + row.Find("[popovertarget]").AttrOr("popovertarget", "-"))
			same(t, user+": menu of "+tt.header, strings.Join(menu.Find("a, button").Map(func(_ int, s *goquery.Selection) string {
				return strings.TrimSpace(words(s) + " " + strings.TrimPrefix(s.AttrOr("href", ""), entries))
			}), "|"), want)
		}
		grouped := app.as(user).get(entries + "?group=name&search=jane").wants(http.StatusOK)
		adds := grouped.Find("th[scope=rowgroup] a")
		same(t, user+": adds to the group", adds.Length() == 1, user == "editor")
		if user == "editor" {
			same(t, "adds", strings.TrimPrefix(adds.AttrOr("href", ""), entries), "/new?name=Jane+%26+Co&back=group%3Dname%26search%3Djane")
		}
		same(t, "header in a group", words(grouped.Find("th[scope=row]")), "jane@x.example")
		same(t, "label in a group", grouped.Find("tbody input").AttrOr("aria-label", ""), "Select jane@x.example")
	}
}

// The bar offers to select what is on other pages, and to delete to those who may.
func TestSelectionBarOffers(t *testing.T) {
	t.Parallel()
	app := filled(t, 45)
	tests := []struct{ user, query, all, buttons string }{
		{"editor", "", "Select all 45 entries", "Copy IDs|Export…|Edit…|Delete…|Delete all manual entries…|Clear"},
		{"editor", "?page=3", "Select all 45 entries", "Copy IDs|Export…|Edit…|Delete…|Delete all manual entries…|Clear"},
		{"editor", "?per_page=50", "", "Copy IDs|Export…|Edit…|Delete…|Clear"},
		{"editor", "?search=person.04", "", "Copy IDs|Export…|Edit…|Delete…|Delete all that match…|Clear"},
		{"editor", "?search=person.0", "Select all 45 that match", "Copy IDs|Export…|Edit…|Delete…|Delete all that match…|Clear"},
		{"editor", "?search=nothing", "", "Copy IDs|Export…|Edit…|Delete…|Clear"},
		{"viewer", "", "Select all 45 entries", "Copy IDs|Export…|Clear"},
	}
	for _, tt := range tests {
		page := app.as(tt.user).get(entries + tt.query).wants(http.StatusOK)
		same(t, tt.query+": all", page.text("[data-select-matching]"), tt.all)
		buttons := page.Find("#selection a, #selection button").Not("[data-select-matching], [popover] *").Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) })
		same(t, tt.user+" "+tt.query+": buttons", strings.Join(buttons, "|"), tt.buttons)
	}
}
