package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// askRegex asks /regex/check in JSON.
func (b *browser) askRegex(body string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodPost, "/regex/check", strings.NewReader(body), map[string]string{"Content-Type": "application/json", "Accept": "application/json"})
}

func TestRegexCheckJSON(t *testing.T) {
	b := newApp(t).as("viewer")
	tests := []struct {
		name, body, want string
	}{
		{
			"valid", `{"pattern":"a+@x","samples":["aa@x","😀aa@xy","b"]}`,
			`{"valid":true,"error":null,"samples":[{"input":"aa@x","matches":true,"find":[0,4],"too_slow":false},{"input":"😀aa@xy","matches":false,"find":[2,6],"too_slow":false},{"input":"b","matches":false,"find":null,"too_slow":false}]`,
		},
		{"no samples", `{"pattern":"a@x\\.example"}`, `{"valid":true,"error":null,"samples":[],`},
		{"refused", `{"pattern":"a(b","samples":["a"]}`, `{"valid":false,"error":{"description":"Unclosed group","index":3,"message":"`},
		{"empty", `{"pattern":"","samples":[""]}`, `{"valid":true,"error":null,"samples":[{"input":"","matches":true,"find":[0,0],"too_slow":false}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := b.in(t).askRegex(tt.body).wants(http.StatusOK).body
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s…", got, tt.want)
			}
			var shape map[string]json.RawMessage
			must(t, json.Unmarshal([]byte(got), &shape))
			same(t, "members", len(shape), 4)
			if !strings.HasPrefix(string(shape["findings"]), "[") {
				t.Errorf("findings: %s, want an array", shape["findings"])
			}
		})
	}
	b.askRegex(`{"pattern":`).wants(http.StatusBadRequest)
	b.askRegex(`{"pattern":"` + strings.Repeat("a", 70_000) + `"}`).wants(http.StatusRequestEntityTooLarge)
}

func TestRegexPage(t *testing.T) {
	b := newApp(t).as("viewer")
	page := b.get("/regex/check").wants(http.StatusOK)
	same(t, "nothing is said yet", page.Find("#pattern-result").Children().Length(), 0)
	page = b.post("/regex/check", url.Values{"pattern": {`jane\.?smith@x\.example`}, "name": {"Jané Smith"}, "samples": {"janesmith@x.example\r\n\r\njane.smith@x.example.attacker.example\r\nbob@x.example"}}).wants(http.StatusOK)
	page.contains("#pattern-result [role=status]", "Java accepts this pattern.")
	rows := page.Find("[aria-label='Tried addresses'] tbody tr").Map(func(_ int, s *goquery.Selection) string {
		return strings.Join(s.Find("td").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }), " | ")
	})
	same(t, "verdicts", strings.Join(rows, "; "),
		"janesmith@x.example | Matches | Matches; jane.smith@x.example.attacker.example A look-alike: it should not match. | No match | Matches; bob@x.example | No match | No match")
	same(t, "matched part", page.Find("[aria-label='Tried addresses'] mark").Last().Text(), "jane.smith@x.example")
	page.contains("#pattern-result", "Cloudflare does not say whether a pattern has to match the whole address")
	same(t, "pattern", page.Find("#pattern").AttrOr("value", ""), `jane\.?smith@x\.example`)
	same(t, "samples", strings.Count(strings.TrimSpace(page.Find("#samples").Text()), "\n"), 2)
	if got := page.Find("#pattern-result").AttrOr("data-suggested", ""); !strings.HasPrefix(got, "jane.smith@x.example\njanesmith@x.example\n") {
		t.Errorf("suggested: %q", got)
	}

	page = b.post("/regex/check", url.Values{"pattern": {`<b>(`}}).wants(http.StatusOK)
	page.contains("#pattern-result", "Java refuses this pattern")
	page.contains("#pattern-result", "In Java's words: Unclosed group near index 4")
	same(t, "marked", page.Find("#pattern-result pre").Text(), "<b>(▸")
	same(t, "place", page.Find("[data-at]").AttrOr("data-at", ""), "4")
}

// The form checks the pattern without sending anything, and refuses what Java does.
func TestPatternInTheForm(t *testing.T) {
	app := newApp(t)
	b := app.as("editor")
	form := b.get(entries + "/new").wants(http.StatusOK)
	good := map[string]string{"name": "Jane Smith", "email": `jane@x\.example`, "is_email_regex": "true", "samples": "jane@x.example\nbob@x.example", "check": "1", "comments": "kept"}
	page := b.submit(form, good).wants(http.StatusOK)
	page.contains("#pattern-result", "Java accepts this pattern.")
	same(t, "tried", page.Find("[aria-label='Tried addresses'] tbody tr").Length(), 2)
	same(t, "comments", page.Find("#comments").Text(), "kept")
	same(t, "sent", len(app.sandbox.Writes()), 0)

	bad := map[string]string{"email": `jane@(x`, "check": ""}
	page = b.submit(page, bad).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error", "Unclosed group near index 7")
	page.contains("#pattern-result", "Java refuses this pattern")
	same(t, "samples", strings.TrimSpace(page.Find("#samples").Text()), "jane@x.example\nbob@x.example")
	same(t, "sent", len(app.sandbox.Writes()), 0)
	to := b.submit(page, map[string]string{"email": `jane@x\.example`}).wants(http.StatusSeeOther).location()

	edit := b.get(to + "/edit").wants(http.StatusOK)
	edit.contains("#pattern-result", "Java accepts this pattern.")
	page = b.submit(edit, map[string]string{"email": `jane@x\.example|a{`, "check": "1"}).wants(http.StatusOK)
	page.contains("#pattern-result", "Java refuses this pattern")
	b.submit(page, nil).wants(http.StatusUnprocessableEntity).contains("#email-error", "Java's words")
	same(t, "edits sent", len(app.sent(http.MethodPatch)), 0)
}

// A check keeps what the form says of the name's entries.
func TestCheckKeepsTheNamesEntries(t *testing.T) {
	b := newApp(t).as("editor")
	jane := map[string]string{"name": "Jane Smith", "email": `jane@x\.example`, "is_email_regex": "true"}
	edit := b.get(b.create(jane).wants(http.StatusSeeOther).location() + "/edit").wants(http.StatusOK)
	const only = "This is its only entry"
	edit.contains("#join", only)
	checked := b.submit(edit, map[string]string{"check": "1"}).wants(http.StatusOK)
	checked.contains("#join", only)
	other := b.submit(edit, map[string]string{"check": "1", "name": "Nobody Else"}).wants(http.StatusOK)
	other.contains("#join", "this one would be its first")
}
