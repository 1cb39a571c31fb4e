package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// typed is a name and an address as people type or paste them, and the answer: what is
// said at which field, and what is offered instead. A text that begins with "stop " may
// be sent all the same.
var typed = []struct {
	what        string
	name, email string
	pattern     bool
	answer      string // "" when it is sent at once, "stop CODE" or "refuse"
	field, says string
	offers      string // as a query
}{
	// C1: what can't be seen.
	{"a name that is a filler", "\u3164", "j@example.com", false, "refuse", "name", "HANGUL FILLER (U+3164), character 1", ""},
	{"a blank Braille cell", "\u2800", "j@example.com", false, "refuse", "name", "BRAILLE PATTERN BLANK (U+2800), character 1", ""},
	{"a name of marks", "\u0301", "j@example.com", false, "refuse", "name", "no visible character", ""},
	{"a joiner in an address", "Jane Doe", "jane\u200d@example.com", false, "refuse", "email", "ZERO WIDTH JOINER (U+200D), character 5", "email=jane%40example.com"},
	{"a joiner between Latin letters", "Ja\u200dne", "j@example.com", false, "refuse", "name", "ZERO WIDTH JOINER (U+200D), character 3", "name=Jane"},
	{"a joiner that Persian needs", "می\u200cخواهم", "j@example.com", false, "", "", "", ""},
	{"a joiner that an emoji needs", "Jane 👩\u200d💻", "j@example.com", false, "", "", "", ""},
	{"tags", "Jane\U000E0041", "j@example.com", false, "refuse", "name", "TAG LATIN CAPITAL LETTER A (U+E0041), character 5", "name=Jane"},
	{"private use", "Jane \uf8ff", "j@example.com", false, "refuse", "name", "a private-use character (U+F8FF), character 6", "name=Jane"},
	{"a line separator at the end", "Jane Doe\u2028", "j@example.com", false, "refuse", "name", "LINE SEPARATOR (U+2028), character 9", "name=Jane+Doe"},
	{"a next line at the end", "Jane", "j@example.com\u0085", false, "refuse", "email", "NEXT LINE (U+0085), character 14", "email=j%40example.com"},
	{"a variation selector", "Jane\ufe0f", "j@example.com", false, "refuse", "name", "VARIATION SELECTOR-16 (U+FE0F), character 5", "name=Jane"},
	{"a grapheme joiner in a pattern", "Jane Doe", "^jane\u034f@example\\.com$", true, "refuse", "email", "COMBINING GRAPHEME JOINER (U+034F), character 6", "email=%5Ejane%40example%5C.com%24"},

	// C2: typographic characters.
	{"an apostrophe", "Conan O’Brien", "o’brien@example.com", false, "stop 99910", "email", "RIGHT SINGLE QUOTATION MARK (U+2019)", "email=o%27brien%40example.com"},
	{"a dash", "Jane Doe", "jane–doe@example.com", false, "stop 99910", "email", "EN DASH (U+2013)", "email=jane-doe%40example.com"},
	{"a wide at sign", "Jane Doe", "jane＠example.com", false, "refuse", "email", "FULLWIDTH COMMERCIAL AT (U+FF20)", "email=jane%40example.com"},
	{"a dash in a pattern", "Jane Doe", `^jane–doe@example\.com$`, true, "stop 99910", "email", "EN DASH (U+2013)", "email=%5Ejane-doe%40example%5C.com%24"},
	{"an ellipsis", "Jane Doe", "jane…@example.com", false, "stop 99910", "email", "HORIZONTAL ELLIPSIS (U+2026)", ""},
	{"a fraction's slash", "Jane Doe", "jane@examp⁄le.com", false, "stop 99910", "email", "FRACTION SLASH (U+2044)", ""},
	{"a tabulation in an address", "Jane Doe", "ja\tne@example.com", false, "refuse", "email", "TABULATION (U+0009), character 3", ""},
	{"two addresses, one a line", "Jane Doe", "jane@example.com\njohn@example.com", false, "refuse", "email", "LINE FEED (U+000A)", ""},
	{"what can't be seen, and a name", "", "Jane Doe <jane\u200b@example.com>", false, "refuse", "email", "ZERO WIDTH SPACE", "email=jane%40example.com&name=Jane+Doe"},
	{"a garbled address", "Jane Doe", "jÃ¶rg@example.com", false, "stop 99923", "email", "wrong encoding", "email=j%C3%B6rg%40example.com"},
	{"an international address", "Jörg", "jörg@exämple.de", false, "", "", "", ""},

	// C3: not an address.
	{"a wildcard", "Jane Doe", "*@example.com", false, "stop 99913", "email", "“*” has no special meaning", `email=%5E%5B%5E%40%5D%2B%40example%5C.com%24&is_email_regex=true`},
	{"a wildcard of SQL", "Jane Doe", "%@example.com", false, "stop 99913", "email", "“%” has no special meaning", `email=%5E%5B%5E%40%5D%2B%40example%5C.com%24&is_email_regex=true`},
	{"a wildcard for all of a public domain", "Jane Doe", "*@gmail.com", false, "stop 99913", "email", "“*” has no special meaning", ""},
	{"a wildcard for all of a public domain, in capitals", "Jane Doe", "*@Hotmail.COM", false, "stop 99913", "email", "“*” has no special meaning", ""},
	{"a wildcard alone as the domain", "Jane Doe", "jane@*", false, "refuse", "email", "“*” has no special meaning", ""},
	{"a wildcard behind an at sign", "Jane Doe", "@*", false, "refuse", "email", "“*” has no special meaning", ""},
	{"a pattern that lets strangers in, without the tick", "Jane Doe", "jane@example.com|Jane", false, "refuse", "email", "choose “Pattern”", ""},
	{"an apostrophe of a spreadsheet", "Jane Doe", "'jane@example.com", false, "stop 99911", "email", "without the text around it: '", "email=jane%40example.com"},
	{"an address among words", "Jane Doe", "jane@example.com Jane Doe", false, "refuse", "email", "without the text around it", "email=jane%40example.com"},
	{"a wildcard in the domain", "Jane Doe", "*@*.example.com", false, "refuse", "email", "“*” has no special meaning", `email=%5E%5B%5E%40%5D%2B%40%5B%5E%40%5D%2A%5C.example%5C.com%24&is_email_regex=true`},
	{"a wildcard in the pattern box", "Jane Doe", "*@example.com", true, "refuse", "email", "", `email=%5E%5B%5E%40%5D%2B%40example%5C.com%24`},
	{"a lone domain", "Jane Doe", "example.com", false, "refuse", "email", "example.com is a domain", `email=%5E%5B%5E%40%5D%2B%40example%5C.com%24&is_email_regex=true`},
	{"a domain behind an at sign", "Jane Doe", "@example.com", false, "refuse", "email", "is a domain", `email=%5E%5B%5E%40%5D%2B%40example%5C.com%24&is_email_regex=true`},
	{"a dot at the end", "Jane Doe", "jane@example.com.", false, "refuse", "email", "never ends with “.”", "email=jane%40example.com"},
	{"a comma at the end", "Jane Doe", "jane@example.com,", false, "refuse", "email", "never ends with “,”", "email=jane%40example.com"},
	{"mailto", "Jane Doe", "mailto:jane@example.com", false, "refuse", "email", "without the text around it: mailto:", "email=jane%40example.com"},
	{"SMTP", "Jane Doe", "SMTP:jane@example.com", false, "refuse", "email", "without the text around it: SMTP:", "email=jane%40example.com"},
	{"a name before it", "Jane Doe", "Jane Doe <jane@example.com>", false, "refuse", "email", "without the text around it", "email=jane%40example.com"},
	{"angle brackets", "Jane Doe", "<jane@example.com>", false, "refuse", "email", "without the text around it", "email=jane%40example.com"},
	{"all in the address", "", "Jane Doe <jane@example.com>", false, "refuse", "email", "without the text around it", "email=jane%40example.com&name=Jane+Doe"},
	{"a pattern without the tick", "Jane Doe", `.*@example\.com`, false, "refuse", "email", "choose “Pattern”", `email=.%2A%40example%5C.com&is_email_regex=true`},

	// C4: not a name.
	{"an address in the name", "Jane Doe <jane@example.com>", "j@example.com", false, "stop 99920", "name", "address in it (jane@example.com)", "name=Jane+Doe"},
	{"all in the name", "Jane Doe <jane@example.com>", "", false, "refuse", "email", "Enter an address", ""},
	{"an encoded name", "=?UTF-8?B?SmFuZSBEb2U=?=", "j@example.com", false, "stop 99922", "name", "encoded", "name=Jane+Doe"},
	{"a garbled name", "JosÃ©", "j@example.com", false, "stop 99923", "name", "garbled", "name=Jos%C3%A9"},
	{"a garbled name with a soft hyphen", "JosÃ© GarcÃ\u00ada", "j@example.com", false, "refuse", "name", "SOFT HYPHEN", "name=Jos%C3%A9+Garc%C3%ADa"},
	{"a wrong charset", "=?utf-8?Q?J=FCrgen?=", "j@example.com", false, "stop 99922", "name", "encoded", "name=J%C3%BCrgen"},
	{"two addresses as name", "a@example.com; b@example.com", "j@example.com", false, "stop 99921", "name", "an address, not a name", ""},
	{"quotation marks", `"Jane Doe"`, "j@example.com", false, "stop 99924", "name", "quotation marks", "name=Jane+Doe"},
	{"HTML", "O&#39;Brien &amp; Co", "j@example.com", false, "stop 99922", "name", "encoded", "name=O%27Brien+%26+Co"},
	{"percent escapes", "Jane%20Doe", "j@example.com", false, "stop 99922", "name", "encoded", "name=Jane+Doe"},
	{"a placeholder", "First Last", "j@example.com", false, "stop 99925", "name", "placeholder", ""},
	{"a template's field", "{name}", "j@example.com", false, "stop 99925", "name", "placeholder", ""},
	{"an address as name", "jane@example.com", "j@example.com", false, "stop 99921", "name", "an address, not a name", ""},

	// C5: shared senders.
	{"Google Drive", "Jane Doe", "drive-shares-dm-noreply@google.com", false, "stop 99916", "email", "Anyone can use Google Drive to send mail", ""},
	{"Google Drive, with a tag", "Jane Doe", "drive-shares-dm-noreply+x@google.com", false, "stop 99916", "email", "Anyone can use Google Drive to send mail", ""},
	{"Google Docs", "Jane Doe", "comments-noreply@docs.google.com", false, "stop 99916", "email", "Anyone can use Google Docs to send mail", ""},
	{"QuickBooks", "Jane Doe", "quickbooks@notification.intuit.com", false, "stop 99916", "email", "Anyone can use QuickBooks to send mail", ""},
	{"Zoom", "Jane Doe", "noreply-zoomevents@zoom.us", false, "stop 99916", "email", "Anyone can use Zoom Events to send mail", ""},
	{"DocuSign, by its domain", "Jane Doe", "dse_eu1@DocuSign.net", false, "stop 99916", "email", "allow policy", ""},
	{"a pattern that matches one", "Jane Doe", `^.*@docusign\.net$`, true, "stop 99916", "email", "Anyone can use DocuSign", ""},

	// C6: look-alikes.
	{"mixed scripts", "Jоhn Smith", "j@example.com", false, "stop 99927", "name", "Cyrillic and Latin", "name=John+Smith"},
	{"another script", "Анна Каренина", "j@example.com", false, "", "", "", ""},
	{"Japanese", "山田さくら Sony社", "j@example.com", false, "", "", "", ""},
	{"a mixed domain", "Jane Doe", "jane@exаmple.com", false, "stop 99927", "email", "Cyrillic and Latin", ""},

	{"a mixed pattern", "Jane Doe", `^jаne@example\.com$`, true, "stop 99927", "email", "Cyrillic and Latin", ""},
	{"a pattern of classes in another script", "Jane Doe", `(?i)^[а-яa-z]\wанна\p{L}?@example\.com$`, true, "", "", "", ""},

	// C7: dangerous patterns.
	{"an arm with any ending", "Jane Doe", `@example\.(com|.*)`, true, "stop 99941", "email", "Anyone can register", ""},
	{"every address", "Jane Doe", ".*", true, "stop 99940", "email", "matches any address", ""},
	{"a public domain", "Jane Doe", `^.*@gmail\.com$`, true, "stop 99941", "email", "gmail.com", ""},
	{"any ending of a domain", "Jane Doe", `^.*@example\.[a-z]+$`, true, "stop 99941", "email", "example.xyz", ""},
	{"an open end", "Jane Doe", `jane@example.*`, true, "stop 99941", "email", "Anyone can register", ""},
	{"an open part of a domain's name", "Jane Doe", `^jane@example\w*\.com$`, true, "stop 99941", "email", "Anyone can register", ""},
	{"an open part of a mailbox", "Jane Doe", `^jane.*@gmail\.com$`, true, "stop 99941", "email", "at gmail.com", ""},
	{"a pattern too slow to judge", "Jane Doe", `^.*.*.*.*x$`, true, "stop 99942", "email", "too slow to check", ""},
	{"a whole domain", "Jane Doe", `^.*@(?:[a-z]+\.)?example\.com$`, true, "", "", "", ""},
	{"a pattern that is all right", "Jane Doe", `^jane\.[a-z]+@example\.com$`, true, "", "", "", ""},
}

func (a *answer) offers() string {
	return a.Find("form[data-once] button[name=fix]").First().AttrOr("value", "")
}

func TestWhatPeopleType(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	for i, tt := range typed {
		if tt.answer != "refuse" {
			tt.email = strings.Replace(tt.email, "j@", fmt.Sprintf("j%d@", i), 1) // an address of its own
		}
		t.Run(tt.what, func(t *testing.T) {
			app, b := app.in(t), b.in(t)
			form := map[string]string{"name": tt.name, "email": tt.email}
			if tt.pattern {
				form["is_email_regex"] = "true"
			}
			before := creates(app)
			page := b.create(form)
			if tt.answer == "" {
				page.wants(http.StatusSeeOther)
				return
			}
			page.wants(http.StatusUnprocessableEntity)
			same(t, "creates sent", creates(app), before)
			kept(t, page, form)
			page.contains("#"+tt.field+"-error", tt.says)
			same(t, "the field", page.Find("#"+tt.field+"[aria-invalid=true]").Length(), 1)
			same(t, "offered", page.offers(), tt.offers)
			first := page.Find("form[data-once] button").First()
			same(t, "button of the Enter key", first.AttrOr("name", ""), "")
			code, stops := strings.CutPrefix(tt.answer, "stop ")
			same(t, "a way on", page.Find("form[data-once] button[name=confirmed]").Length() == 1, stops)
			b.submit(page, nil).wants(http.StatusUnprocessableEntity)

			values := url.Values{"name": {tt.name}, "email": {tt.email}, "is_email_regex": {form["is_email_regex"]}}
			res := b.send(entries, values, map[string]string{"Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
			confirm, suggestion := "", ""
			for _, e := range res.problems(t) {
				if e.Source.Pointer == "/"+tt.field && suggestion == "" {
					suggestion = query(e.Suggestion)
				}
				if stops && fmt.Sprint(e.Code) == code {
					confirm = e.Confirm
				}
			}
			same(t, "suggested in JSON", suggestion, tt.offers)
			same(t, "to be confirmed in JSON", confirm != "", stops)
			if !stops {
				return
			}
			same(t, "creates sent", creates(app), before)
			b.confirm(page).wants(http.StatusSeeOther)
			same(t, "creates sent", creates(app), before+1)
			records := app.records(rbac.CreateEntry)
			intent := records[len(records)-2]
			same(t, "confirmed recorded", len(intent.Confirmed) > 0 && intent.Confirmed[0].Field == tt.field, true)
		})
	}
	_, err := app.store.Verify(t.Context(), nil)
	must(t, err)
}

// An edit is answered as a create is.
func TestWhatPeopleTypeIntoAnEdit(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.AllowDuplicates = true
		for i := range typed {
			s.sandbox.Seed = append(s.sandbox.Seed, sandbox.Entry{ID: fmt.Sprint(i), Name: "Old Name", Email: fmt.Sprintf("old%d@example.com", i), CreatedAt: time.Now().Add(-time.Hour)})
		}
	})
	b := app.as("editor")
	for i, tt := range typed {
		if tt.answer == "" {
			continue
		}
		if tt.answer != "refuse" {
			tt.email = strings.Replace(tt.email, "j@", fmt.Sprintf("j%d@", i), 1)
		}
		t.Run(tt.what, func(t *testing.T) {
			app, b := app.in(t), b.in(t)
			form := map[string]string{"name": tt.name, "email": tt.email}
			if tt.pattern {
				form["is_email_regex"] = "true"
			}
			before := len(app.sent(http.MethodPatch))
			page := b.submit(b.get(fmt.Sprintf("%s/%d/edit", entries, i)), form).wants(http.StatusUnprocessableEntity)
			same(t, "changes sent", len(app.sent(http.MethodPatch)), before)
			kept(t, page, form)
			page.contains("#"+tt.field+"-error", tt.says)
			same(t, "offered", page.offers(), tt.offers)
			_, stops := strings.CutPrefix(tt.answer, "stop ")
			same(t, "a way on", page.Find("form[data-once] button[name=confirmed]").Length() == 1, stops)
			if stops {
				b.confirm(page).wants(http.StatusSeeOther)
			}
		})
	}
}

// An offer fills the form in and sends nothing.
func TestAnOfferFillsTheFormIn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	page := b.create(map[string]string{"name": "", "email": "Jane Doe <jane@example.com>", "comments": "kept"}).wants(http.StatusUnprocessableEntity)
	filled := b.submit(page, map[string]string{"fix": page.offers()}).wants(http.StatusOK)
	kept(t, filled, map[string]string{"name": "Jane Doe", "email": "jane@example.com", "comments": "kept"})
	filled.contains("main", "Filled in, and not sent yet")
	same(t, "creates sent", creates(app), 0)
	b.submit(filled, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Doe")), 1)

	page = b.create(map[string]string{"name": "Ann", "email": "*@example.com"}).wants(http.StatusUnprocessableEntity)
	filled = b.submit(page, map[string]string{"fix": page.offers()}).wants(http.StatusOK)
	kept(t, filled, map[string]string{"email": `^[^@]+@example\.com$`, "is_email_regex": "true"})
	b.submit(filled, nil).wants(http.StatusSeeOther)
}

// What was confirmed counts for what was shown, and for nothing else.
func TestConfirmingIsForWhatWasShown(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	page := b.create(map[string]string{"name": "test", "email": "o’brien@example.com"}).wants(http.StatusUnprocessableEntity)
	confirmed := page.Find("button[name=confirmed]").AttrOr("value", "")
	same(t, "asked about", strings.Count(confirmed, ":"), 2)
	one, _, _ := strings.Cut(confirmed, ",")
	for what, change := range map[string]map[string]string{
		"one of two":      {"confirmed": one},
		"another name":    {"confirmed": confirmed, "name": "test 2"},
		"another address": {"confirmed": confirmed, "email": "o’hara@example.com"},
		"made up":         {"confirmed": "placeholder:0000000000000000,typographic:1"},
	} {
		again := b.submit(page, change).wants(http.StatusUnprocessableEntity)
		same(t, what+": creates sent", creates(app), 0)
		same(t, what+": all is asked again", strings.Count(again.Find("button[name=confirmed]").AttrOr("value", ""), ":"), 2)
	}
	// What was agreed to is remembered when something else goes wrong.
	app.inject("500")
	page = b.confirm(page).wants(http.StatusBadGateway)
	app.clock.move(doubtLasts)
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "a link can't confirm", b.get(entries+"/new?name=test&confirmed="+url.QueryEscape(confirmed)).Find("input[name=confirmed]").Length(), 0)
}

// A duplicate and a warning are asked about at once.
func TestADuplicateAndAWarningAtOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	page := b.create(map[string]string{"name": `"Jane Smith"`, "email": "other@example.com"}).wants(http.StatusUnprocessableEntity)
	page.contains("#error-summary h2", "Not sent: this address is in the registry already")
	page.contains("#email-error", "under another name")
	page.contains("#name-error", "quotation marks")
	b.anyway(page).wants(http.StatusSeeOther)
	intent := app.records(rbac.CreateEntry)[0]
	same(t, "confirmed", fmt.Sprint(intent.Confirmed), "[{quoted name quotation marks } {twin email  5}]")
	record := b.get(fmt.Sprintf("/audit/%d", intent.Seq)).wants(http.StatusOK)
	record.contains("[aria-labelledby=confirmed]", "name, quoted: quotation marks")
}

// A name that looks like another one of the registry, whatever it is made of.
func TestLookAlikeNames(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{
			{ID: "1", Name: "Johanna Voss", Email: "jo@example.com", CreatedAt: time.Now().Add(-time.Hour)},
			{ID: "2", Name: "Ian Gray", Email: "ian@example.com", CreatedAt: time.Now().Add(-time.Hour)},
			{ID: "3", Name: "Coco", Email: "coco@example.com", CreatedAt: time.Now().Add(-time.Hour)},
			{ID: "4", Name: "Conan O'Brien", Email: "conan@example.com", CreatedAt: time.Now().Add(-time.Hour)},
		}
	})
	b := app.as("editor")
	for name, like := range map[string]string{
		"Jоhanna Voss":  "1", // a Cyrillic о
		"J0hanna Voss":  "1",
		"Jоhаnnа Vоss":  "1", // no word is the same
		"lan Gray":      "2",
		"Сосо":          "3", // all of it Cyrillic
		"johanna  vоss": "1",
	} {
		page := b.create(map[string]string{"name": name, "email": "new@example.com"}).wants(http.StatusUnprocessableEntity)
		page.contains("#name-error", "which the registry protects")
		same(t, name+": the look-alike", page.Find("#error-summary a[href$='/entries/"+like+"']").Length(), 1)
		b.get(entries+"/of-name?"+url.Values{"name": {name}}.Encode()).contains("body", "which the registry protects")
	}
	for _, name := range []string{"Johanna Foss", "Йоханна Восс", "Johannä Voss", "Jo Anna Voss"} {
		app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Status: 400, Body: `{"success":false,"errors":[{"code":1000,"message":"no"}],"messages":[],"result":null}`})
		page := b.create(map[string]string{"name": name, "email": "new@example.com"})
		same(t, name+": asked about", page.Find("button[name=confirmed]").Length(), 0)
	}
	// Both apostrophes are right, and the name is the same.
	b.create(map[string]string{"name": "Conan O’Brien", "email": "Conan@example.com"}).contains("#error-summary h2", "this entry is in the registry already")
	b.get(entries+"/of-name?"+url.Values{"name": {"Conan O’Brien"}}.Encode()).contains("body", "has 1 address already")
	// An edit is asked about what it changes.
	edit := b.submit(b.get(entries+"/2/edit"), map[string]string{"name": "Jоhanna Voss"}).wants(http.StatusUnprocessableEntity)
	edit.contains("#name-error", "which the registry protects")
}

// An edit is judged by what it changes.
func TestAnEditIsJudgedByWhatItChanges(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		what   string
		change map[string]string
		status int
		says   string
	}{
		{"comments", map[string]string{"comments": "x"}, http.StatusSeeOther, ""},
		{"the name", map[string]string{"name": "N/A"}, http.StatusUnprocessableEntity, "placeholder"},
		{"the name, refused", map[string]string{"name": "\u3164"}, http.StatusUnprocessableEntity, "HANGUL FILLER"},
		{"the address", map[string]string{"email": "no-reply@dropbox.com"}, http.StatusUnprocessableEntity, "Anyone can use Dropbox"},
		{"to a pattern", map[string]string{"email": ".*", "is_email_regex": "true"}, http.StatusUnprocessableEntity, "matches any address"},
		{"the name alone", map[string]string{"name": "Jane Roe"}, http.StatusSeeOther, ""},
	} {
		t.Run(tt.what, func(t *testing.T) {
			app := newApp(t, func(s *settings) {
				s.sandbox.Seed = []sandbox.Entry{{ID: "1", Name: "Jane\u3164", Email: "o’brien\u200d@example.com", CreatedAt: time.Now().Add(-time.Hour)}}
			})
			b := app.as("editor")
			page := b.submit(b.get(entries+"/1/edit"), tt.change).wants(tt.status)
			if tt.status == http.StatusSeeOther {
				return
			}
			page.contains("main form", tt.says)
			same(t, "changes sent", len(app.sent(http.MethodPatch)), 0)
			if page.Find("button[name=confirmed]").Length() == 1 {
				b.confirm(page).wants(http.StatusSeeOther)
				same(t, "confirmed recorded", len(app.records(rbac.EditEntry)[0].Confirmed), 1)
			}
		})
	}
}

// The hint for an address that the name has already says so.
func TestTheHintForAnAddressThatIsListed(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	for query, says := range map[string]string{
		"name=jane+smith&email=Other@example.com":                                    "“jane smith” has other@example.com already: a second entry has no effect.",
		"name=Jane+%C3%9E%C3%B3runn+Smith&email=jane@example.com":                    "has jane@example.com already: a second entry has no effect. In all it has 2 addresses and 1 pattern.",
		"name=Jane+%C3%9E%C3%B3runn+Smith&email=.*@gmail%5C.com":                     "This entry adds one more.",
		"name=Jane+%C3%9E%C3%B3runn+Smith&email=.*@gmail%5C.com&is_email_regex=true": `has .*@gmail\.com already`,
		"name=jane+smith&email=new@example.com":                                      "This entry adds one more.",
		"name=jane+smith&email=a*b@example.com":                                      "“*” has no special meaning in an address.",
		"email=*@example.com":                                                        "“*” has no special meaning",
	} {
		b.get(entries+"/of-name?"+query).contains("body", says)
	}
	form := b.get(entries + "/new?name=jane+smith&email=Other@example.com")
	form.contains("#name-entries", "a second entry has no effect")
	same(t, "says that it adds one", strings.Contains(form.text("#name-entries"), "adds one more"), false)
}
