package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// askRegex asks /regex/check in JSON.
func (b *browser) askRegex(body string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodPost, "/regex/check", strings.NewReader(body), map[string]string{"Content-Type": "application/json", "Accept": "application/json"})
}

func TestRegexCheckJSON(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	tests := []struct {
		name, body, want string
	}{
		{
			"valid", `{"pattern":"a+@x","samples":["aa@x","😀aa@xy","b"]}`,
			`{"valid":true,"error":null,"samples":[{"input":"aa@x","matches":true,"find":[0,4],"too_slow":false},{"input":"😀aa@xy","matches":false,"find":[2,6],"too_slow":false},{"input":"b","matches":false,"find":null,"too_slow":false}]`,
		},
		{
			"literal", `{"pattern":" a ","samples":[" a ","a"]}`,
			`{"valid":true,"error":null,"samples":[{"input":" a ","matches":true,"find":[0,3],"too_slow":false},{"input":"a","matches":false,"find":null,"too_slow":false}]`,
		},
		{
			"too slow", `{"pattern":"(a*)*\\1b","samples":["` + strings.Repeat("a", 60) + `","aab"]}`,
			`{"valid":true,"error":null,"samples":[{"input":"` + strings.Repeat("a", 60) + `","matches":false,"find":null,"too_slow":true},{"input":"aab","matches":true,"find":[0,3],"too_slow":false}]`,
		},
		{"no samples", `{"pattern":"a@x\\.example"}`, `{"valid":true,"error":null,"samples":[],`},
		{"refused", `{"pattern":"a(b","samples":["a"]}`, `{"valid":false,"error":{"description":"Unclosed group","index":3,"message":"`},
		{"too long", `{"pattern":"` + strings.Repeat("a", 70_000) + `","samples":["a"]}`, `{"valid":null,"error":{"description":"Not checked","index":0,"message":"the pattern is longer than 65536 bytes"},"samples":[],"findings":[]}`},
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
	refused := b.askRegex(`{"pattern":"a(b","samples":["a"]}`).wants(http.StatusOK).body
	if !strings.HasSuffix(strings.TrimSpace(refused), `"},"samples":[],"findings":[]}`) {
		t.Errorf("of a refused pattern: %s, want no verdict on any sample", refused)
	}
	unasked := map[string]string{"Content-Type": "application/json; charset=utf-8"}
	same(t, "kind of answer to JSON", b.do(http.MethodPost, "/regex/check", strings.NewReader(`{"pattern":"a"}`), unasked).header.Get("Content-Type"), "application/json")
}

func TestRegexCheckTakesSoManySamples(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	many := func(n int) string {
		return `{"pattern":"a","samples":["a"` + strings.Repeat(`,"a"`, n-1) + `]}`
	}
	same(t, "tried", strings.Count(b.askRegex(many(200)).wants(http.StatusOK).body, `"matches":true`), 200)
	said := b.askRegex(many(201)).wants(http.StatusRequestEntityTooLarge).body
	if !strings.Contains(said, "Too many samples for one check. At most 200 are tried at once, and these are 201.") {
		t.Errorf("of 201 samples: %s", said)
	}

	typed := strings.Repeat("a@x.example\n", 200) + "last@x.example"
	page := b.post("/regex/check", url.Values{"pattern": {`a@x\.example`}, "samples": {typed}}).wants(http.StatusOK)
	same(t, "rows", page.Find("[aria-label='Tried addresses'] tbody tr").Length(), 200)
	page.contains("#pattern-result", "Only the first 200 of 201 addresses were checked.")
	same(t, "kept", strings.TrimSpace(page.Find("#samples").Text()), typed)

	e := newApp(t).as("editor")
	form := e.submit(e.get(entries+"/new"), map[string]string{"name": "Jane", "email": `a@x\.example`, "is_email_regex": "true", "samples": typed, "check": "1"}).wants(http.StatusOK)
	form.contains("#pattern-result", "Only the first 200 of 201 addresses were checked.")
}

// What is too long is said, and what was typed is not lost.
func TestTooLongPattern(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	long := strings.Repeat("a", 70_000)
	page := b.post("/regex/check", url.Values{"pattern": {long}, "samples": {"jane@x.example"}}).wants(http.StatusOK)
	page.contains("#pattern-result", "Not checked.The pattern is longer than 65536 bytes")
	same(t, "kept", page.Find("#pattern").AttrOr("value", ""), long)
	same(t, "marked", page.Find("#pattern-result pre").Length(), 0)
	page = b.post("/regex/check", url.Values{"pattern": {long[:1000] + "(" + long[:1000]}}).wants(http.StatusOK)
	same(t, "marked", page.text("#pattern-result pre"), "…"+long[:200]+"here: ("+long[:200]+"…")
	page = b.submit(b.get(entries+"/new"), map[string]string{"name": "Jane", "email": long, "is_email_regex": "true", "check": "1"}).wants(http.StatusRequestEntityTooLarge)
	page.contains("main", "The form is too large")
	if kept := page.Find("#email").AttrOr("value", ""); !strings.HasPrefix(long, kept) || len(kept) < 60_000 {
		t.Errorf("%d characters of the pattern came back", len(kept))
	}

	page = b.post("/regex/check", url.Values{"pattern": {`jane@x\.example`}, "samples": {strings.Repeat("a", 2<<20)}}).wants(http.StatusRequestEntityTooLarge)
	page.contains("main", "The form is too large")
	same(t, "kept", page.Find("#pattern").AttrOr("value", ""), `jane@x\.example`)
}

// Spaces around a pattern or an address mean the same nothing wherever they are typed.
func TestSpacesAroundAPattern(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	page := b.post("/regex/check", url.Values{"pattern": {" jane@x\\.example\t"}, "samples": {" jane@x.example \n\t\n"}}).wants(http.StatusOK)
	same(t, "tester", strings.Join(rows(page), ";"), "jane@x.example | Matches")
	typed := map[string]string{"name": "Jane", "email": ` jane@x\.example `, "is_email_regex": "true", "samples": " jane@x.example ", "check": "1"}
	page = b.submit(b.get(entries+"/new"), typed).wants(http.StatusOK)
	same(t, "form", strings.Join(rows(page), ";"), "jane@x.example | Matches")
	to := b.submit(page, map[string]string{"check": ""}).wants(http.StatusSeeOther).location()
	b.get(to).contains("main", `jane@x\.example`)
	same(t, "sent", strings.Contains(app.sent(http.MethodPost)[0], `"jane@x\\.example"`), true)

	// A space that was there before a person edits the entry is not theirs to lose.
	app.sandbox.Add(sandbox.Entry{ID: "7", Name: "Spaced", Email: `.*@x\.example `, IsEmailRegex: true})
	edit := b.get(entries + "/7/edit").wants(http.StatusOK)
	b.submit(edit, map[string]string{"comments": "new"}).wants(http.StatusSeeOther)
	same(t, "edit", app.sent(http.MethodPatch)[0], `{"comments":"new"}`)
}

// rows are the lines of the table of tried addresses.
func rows(page *answer) []string {
	return page.Find("[aria-label='Tried addresses'] tbody tr").Map(func(_ int, s *goquery.Selection) string {
		return strings.Join(s.Find("td").Map(func(_ int, s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }), " | ")
	})
}

// Without a script, too, the suggestions follow the name and the pattern, until
// a person has typed others.
func TestSuggestionsFollow(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	first := func(page *answer) string {
		line, _, _ := strings.Cut(strings.TrimSpace(page.Find("#samples").Text()), "\n")
		return line
	}
	send := func(page *answer, typed map[string]string) *answer {
		form := url.Values{"samples": {strings.ReplaceAll(strings.TrimSpace(page.Find("#samples").Text()), "\n", "\r\n")}, "suggested": {page.Find("[name=suggested]").AttrOr("value", "")}}
		for name, value := range typed {
			form.Set(name, value)
		}
		return b.post("/regex/check", form).wants(http.StatusOK)
	}
	page := b.get("/regex/check").wants(http.StatusOK)
	same(t, "at once", first(page), "jane.smith@example.com")
	page = send(page, map[string]string{"name": "Bob Ray", "pattern": `.*@x\.example`})
	same(t, "followed", first(page), "bob.ray@x.example")
	same(t, "tried", rows(page)[0], "bob.ray@x.example | Matches")
	page = send(page, map[string]string{"name": "Bob Ray", "pattern": `.*@y\.example`})
	same(t, "followed again", first(page), "bob.ray@y.example")
	mine := send(page, map[string]string{"pattern": `.*@z\.example`, "samples": "me@z.example"})
	same(t, "own", first(mine), "me@z.example")
	none := send(page, map[string]string{"pattern": `.*@z\.example`, "samples": ""})
	same(t, "none", first(none), "")
	same(t, "tried of none", len(rows(none)), 0)

	form := b.submit(b.get(entries+"/new"), map[string]string{"name": "Bob Ray", "email": `.*@x\.example`, "is_email_regex": "true", "check": "1"}).wants(http.StatusOK)
	same(t, "in the form", rows(form)[0], "bob.ray@x.example | Matches")
	form = b.submit(form, map[string]string{"email": `.*@y\.example`, "check": "1"}).wants(http.StatusOK)
	same(t, "in the form again", first(form), "bob.ray@y.example")
	form = b.submit(form, map[string]string{"samples": "me@y.example", "name": "Jane", "check": "1"}).wants(http.StatusOK)
	same(t, "own in the form", first(form), "me@y.example")
}

func TestRegexPage(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	page := b.get("/regex/check").wants(http.StatusOK)
	same(t, "nothing is said yet", page.Find("#pattern-result").Children().Length(), 0)
	page = b.post("/regex/check", url.Values{"pattern": {`jane\.?smith@x\.example`}, "name": {"Jané Smith"}, "samples": {"janesmith@x.example\r\n\r\njane.smith@x.example.attacker.example\r\nbob@x.example"}}).wants(http.StatusOK)
	page.contains("#pattern-result", "Valid pattern.")
	page.contains("#pattern-verdict[role=status]", "Valid pattern. 1 warning.")
	same(t, "what is read out, in what is replaced", page.Find("#pattern-result [role=status]").Length(), 0)
	same(t, "invalid", page.Find("#pattern[aria-invalid]").Length(), 0)
	same(t, "verdicts", strings.Join(rows(page), "; "),
		"janesmith@x.example | Matches; jane.smith@x.example.attacker.example Look-alike: it should not match. | Part only; bob@x.example | No match")
	same(t, "matched part", page.Find("[aria-label='Tried addresses'] mark").Last().Text(), "jane.smith@x.example")
	page.contains("#pattern-result", "Write the pattern as ^(?:…)$ so that it matches whole addresses only.")
	same(t, "pattern", page.Find("#pattern").AttrOr("value", ""), `jane\.?smith@x\.example`)
	same(t, "samples", strings.Count(strings.TrimSpace(page.Find("#samples").Text()), "\n"), 2)
	if got := page.Find("[name=suggested]").AttrOr("value", ""); !strings.HasPrefix(got, "jane.smith@x.example\njanesmith@x.example\n") {
		t.Errorf("suggested: %q", got)
	}

	page = b.post("/regex/check", url.Values{"pattern": {`<b>(`}}).wants(http.StatusOK)
	page.contains("#pattern-result", "Invalid pattern")
	page.contains("#pattern-result", "Java's message: Unclosed group near index 4")
	same(t, "marked", page.Find("#pattern-result pre").Text(), "<b>here: (")
	same(t, "read out", page.text("#pattern-verdict"), "Invalid pattern.")
	same(t, "invalid", page.Find("#pattern").AttrOr("aria-invalid", ""), "true")
	same(t, "why", page.Find("#"+page.Find("#pattern").AttrOr("aria-describedby", "?")).Length(), 1)
	same(t, "place", page.Find("[data-from]").AttrOr("data-from", "")+" "+page.Find("[data-to]").AttrOr("data-to", ""), "3 4")
}

// The form checks the pattern without sending anything, and refuses what Java does.
func TestPatternInTheForm(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	form := b.get(entries + "/new").wants(http.StatusOK)
	good := map[string]string{"name": "Jane Smith", "email": `jane@x\.example`, "is_email_regex": "true", "samples": "jane@x.example\nbob@x.example", "check": "1", "comments": "kept"}
	page := b.submit(form, good).wants(http.StatusOK)
	page.contains("#pattern-result", "Valid pattern.")
	same(t, "described by", page.Find("#email").AttrOr("aria-describedby", ""), "email-hint")
	same(t, "tried", page.Find("[aria-label='Tried addresses'] tbody tr").Length(), 2)
	same(t, "comments", page.Find("#comments").Text(), "kept")
	same(t, "sent", len(app.sandbox.Writes()), 0)

	bad := map[string]string{"email": `jane@(x`, "check": ""}
	page = b.submit(page, bad).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error", "Unclosed group near index 7")
	page.contains("#pattern-result", "Invalid pattern")
	same(t, "described by", page.Find("#email").AttrOr("aria-describedby", ""), "email-error email-hint")
	same(t, "samples", strings.TrimSpace(page.Find("#samples").Text()), "jane@x.example\nbob@x.example")
	same(t, "sent", len(app.sandbox.Writes()), 0)
	to := b.submit(page, map[string]string{"email": `jane@x\.example`}).wants(http.StatusSeeOther).location()

	edit := b.get(to + "/edit").wants(http.StatusOK)
	edit.contains("#pattern-result", "Valid pattern.")
	page = b.submit(edit, map[string]string{"email": `jane@x\.example|a{`, "check": "1"}).wants(http.StatusOK)
	page.contains("#pattern-result", "Invalid pattern")
	b.submit(page, nil).wants(http.StatusUnprocessableEntity).contains("#email-error", "Java's words")
	same(t, "edits sent", len(app.sent(http.MethodPatch)), 0)
}

// A check keeps what the form says of the name's entries.
func TestCheckKeepsTheNamesEntries(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	jane := map[string]string{"name": "Jane Smith", "email": `jane@x\.example`, "is_email_regex": "true"}
	edit := b.get(b.create(jane).wants(http.StatusSeeOther).location() + "/edit").wants(http.StatusOK)
	const only = "This is its only entry"
	edit.contains("#name-entries", only)
	checked := b.submit(edit, map[string]string{"check": "1"}).wants(http.StatusOK)
	checked.contains("#name-entries", only)
	other := b.submit(edit, map[string]string{"check": "1", "name": "Newman Else"}).wants(http.StatusOK)
	other.contains("#name-entries", "this is its first")
}

// Each finding says how grave it is, and a dangerous pattern is not shown in green.
func TestSeverityOfFindings(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	const anyone = "Valid, but anyone can use this name. "
	tests := []struct{ pattern, findings, verdict, labels string }{
		{`.*`, "matches-everything danger", anyone + "1 danger.", "Danger:"},
		{`^.*@gmail\.com$`, "public-domain danger", anyone + "1 danger.", "Danger:"},
		{`^(.*)@gmail\.com$`, "public-domain danger, useless-group tip", anyone + "1 danger, 1 tip.", "Danger: Tip:"},
		{`^jane@example\.com.*$`, "public-domain danger", anyone + "1 danger.", "Danger:"},
		{`^jane@example\.com[a-z.]*$`, "public-domain danger", anyone + "1 danger.", "Danger:"},
		{`^.*@example\.com$`, "whole-domain warning", "Valid pattern. 1 warning.", "Warning:"},
		{`jane\.?smith@example\.com`, "not-anchored warning", "Valid pattern. 1 warning.", "Warning:"},
		{`^j(ane)?@example\.com$`, "useless-group tip", "Valid pattern. 1 tip.", "Tip:"},
		{`^j[a-z]?@example\.com$`, "", "Valid pattern.", ""},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			b := b.in(t)
			asked, err := json.Marshal(map[string]string{"pattern": tt.pattern})
			must(t, err)
			var got struct {
				Findings []struct{ ID, Severity string }
			}
			must(t, json.Unmarshal([]byte(b.askRegex(string(asked)).wants(http.StatusOK).body), &got))
			var findings []string
			for _, f := range got.Findings {
				findings = append(findings, f.ID+" "+f.Severity)
			}
			same(t, "findings", strings.Join(findings, ", "), tt.findings)
			page := b.post("/regex/check", url.Values{"pattern": {tt.pattern}}).wants(http.StatusOK)
			same(t, "verdict", page.text("#pattern-verdict"), tt.verdict)
			same(t, "labels", strings.Join(page.Find("[aria-label=Findings] li .sr-only").Map(func(_ int, s *goquery.Selection) string { return strings.TrimSpace(s.Text()) }), " "), tt.labels)
			dangerous := strings.Contains(tt.findings, "danger")
			same(t, "green", page.Find("#pattern-result > .text-good").Length() == 1, !dangerous)
			same(t, "red", page.Find("[aria-label=Findings] h3.text-destructive:contains('Valid, but anyone can use this name')").Length() == 1, dangerous)
			same(t, "tips are folded", page.Find("[aria-label=Findings] details:not([open]) li").Length(), strings.Count(tt.findings, " tip"))
		})
	}
}

// What is said of patterns that hardly do what was meant, and nothing of those that do.
func TestFindingsAtTheFrontDoor(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	tests := []struct{ pattern, findings, message, suggestion, witness string }{
		{`^ap(?:-[a-z]+)?@example\\\\.com$`, "doubled-backslash", "matches only addresses with one", `Write single backslashes: ^ap(?:-[a-z]+)?@example\.com$`, "ap-a@example.com"},
		{`^ap(?:-[a-z]+)?@example\\.com$`, "doubled-backslash", "matches only addresses with one", `Write single backslashes: ^ap(?:-[a-z]+)?@example\.com$`, "ap-a@example.com"},
		{`^j\\w\\d@example\.com$`, "doubled-backslash", "matches only addresses with one", `Write single backslashes: ^j\w\d@example\.com$`, "ja0@example.com"},
		{`^[A-z]+@example\.com$`, "wide-range", "The range A-z also includes “[” “\\” “]” “^” “_” “`”.", "Write A-Za-z.", "_@example.com"},
		{`^j[+--]@example\.com$`, "wide-range", "The range +-- also includes “,”.", `Write \- for a hyphen, or list the characters that you mean.`, "j,@example.com"},
		{"^j[a-z]@example\\.com$\n", "never-matches, invisible-character", "it needs a space or a line break where addresses have none", "", ""},
		{`^j[a-z]@example\.com$x`, "never-matches", "no character can come before the beginning or after the end", "", ""},
		{`^j[a-z] s@example\.com$`, "never-matches", "it needs a space or a line break where addresses have none", "", ""},
		{`^j[a-z]@x\.com@example\.com$`, "never-matches", "it needs more than one @", "", ""},
		{`^j[a-z]@example\.com|$`, "matches-everything, not-anchored", "", "", "jane.smith@example.com"},
		{"^jane\u200b?@example\\.com$", "invisible-character", "Character 6 of the pattern is invisible: U+200B ZERO WIDTH SPACE.", `Leave it out; if you mean it, write \x{200B}.`, ""},
		{`^o’br?ien@example\.com$`, "typographic-character", "Character 3 of the pattern, “’”, is not the “'” of the keyboard but U+2019 RIGHT SINGLE QUOTATION MARK.", `If you do not mean it (\x{2019} says that you do), write: ^o'br?ien@example\.com$`, ""},
		{`(?i)^(?:josé|JOSÉ)@example\.com$`, "", "", "", ""},
		{`(?iu)^(?:josé|JOSÉ)@example\.com$`, "dead-alternative", "The earlier alternative “josé” matches everything that “JOSÉ” would.", "Leave it out, or put it first.", "JOSÉ@example.com"},
		{`^[a-z.]+@example\.com$`, "whole-domain", "This matches 3 of 5 unrelated names at example.com.", "Name the person, unless everyone there may use the name.", "qzxvw@example.com"},
		{`^.*@example\.com$`, "whole-domain", "This matches everyone at example.com.", "Name the person, unless everyone there may use the name.", "qzxvw@example.com"},
		{`^.*@web\.de$`, "public-domain", "anyone with a web.de address, which anyone can get.", "Name the person.", "qzxvw@web.de"},
		{`^j(?:oe|\Qane\E|ane)@example\.com$`, "dead-alternative", `The earlier alternative “\Qane\E” matches everything that “ane” would.`, "Leave it out, or put it first.", "jane@example.com"},
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			b := b.in(t)
			asked, err := json.Marshal(map[string]string{"pattern": tt.pattern})
			must(t, err)
			var got struct {
				Findings []struct{ ID, Message, Suggestion, Witness string }
			}
			must(t, json.Unmarshal([]byte(b.askRegex(string(asked)).wants(http.StatusOK).body), &got))
			var findings []string
			for _, f := range got.Findings {
				findings = append(findings, f.ID)
			}
			same(t, "findings", strings.Join(findings, ", "), tt.findings)
			if len(got.Findings) == 0 {
				return
			}
			f := got.Findings[0]
			if !strings.Contains(f.Message, tt.message) || tt.suggestion != "" && f.Suggestion != tt.suggestion || !strings.HasPrefix(f.Witness, tt.witness) {
				t.Errorf("%+v, want %q, %q, %q", f, tt.message, tt.suggestion, tt.witness)
			}
			if strings.Contains(tt.pattern, "\n") {
				return // the field of a page holds one line
			}
			page := b.post("/regex/check", url.Values{"pattern": {tt.pattern}}).wants(http.StatusOK)
			page.contains("[aria-label=Findings]", f.Message)
			page.contains("[aria-label=Findings]", f.Suggestion)
		})
	}
}

// What no text can hold is refused, and not read as another character.
func TestHalfACharacterIsRefused(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("viewer")
	const half, bytes = "one half of a surrogate pair, without the other", "bytes that are not UTF-8"
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"high half", `{"pattern":"\ud83d","samples":["a"]}`, http.StatusUnprocessableEntity, half},
		{"low half", `{"pattern":"a\uDE00bc"}`, http.StatusUnprocessableEntity, half},
		{"halves the wrong way round", `{"pattern":"\ude00\ud83d"}`, http.StatusUnprocessableEntity, half},
		{"half before another escape", `{"pattern":"\ud83d\n"}`, http.StatusUnprocessableEntity, half},
		{"two high halves and a low one", `{"pattern":"\ud83d\ud83d\ude00"}`, http.StatusUnprocessableEntity, half},
		{"in a sample", `{"pattern":"a","samples":["b","\ud83d"]}`, http.StatusUnprocessableEntity, half},
		{"at the end", `{"pattern":"a","samples":["\\\ud83d"]}`, http.StatusUnprocessableEntity, half},
		{"bytes", "{\"pattern\":\"a\xff\"}", http.StatusUnprocessableEntity, bytes},
		{"half in bytes", "{\"pattern\":\"\xed\xa0\xbd\"}", http.StatusUnprocessableEntity, bytes},
		{"whole pair", `{"pattern":"\ud83d\ude00","samples":["😀"]}`, http.StatusOK, `"matches":true,"find":[0,2]`},
		{"an escape of the pattern", `{"pattern":"\\ud83d","samples":["a"]}`, http.StatusOK, `"valid":true`},
		{"two backslashes and the letters", `{"pattern":"\\\\ud83d","samples":["\\ud83d"]}`, http.StatusOK, `"matches":true,"find":[0,6]`},
		{"replacement character", `{"pattern":"\ufffd","samples":["\ufffd"]}`, http.StatusOK, `"matches":true,"find":[0,1]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := b.in(t).askRegex(tt.body).wants(tt.status).body
			if !strings.Contains(got, tt.want) {
				t.Errorf("%s, want %q", got, tt.want)
			}
		})
	}
	page := b.post("/regex/check", url.Values{"pattern": {"jane\xff@x"}, "samples": {"jane@x.example"}}).wants(http.StatusUnprocessableEntity)
	page.contains("main", bytes)
	same(t, "kept", page.Find("#pattern").AttrOr("value", ""), "jane\uFFFD@x")
}

func FuzzCheckText(f *testing.F) {
	for _, seed := range []string{`\ud83d\ude00`, `\ud83d`, `\\ud83d`, `\u12`, `\`, `\ud83d\u`} {
		f.Add(seed)
	}
	b := newApp(f).as("viewer")
	f.Fuzz(func(t *testing.T, escaped string) {
		body := `{"pattern":"a","samples":["` + escaped + `"]}`
		answer := b.in(t).askRegex(body)
		if answer.status == http.StatusInternalServerError {
			t.Errorf("%q: %s", body, answer.body)
		}
	})
}
