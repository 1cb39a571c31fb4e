package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const (
	ofForm = "application/x-www-form-urlencoded"
	ofJSON = "application/json"
	ofFile = "multipart/form-data; boundary=x"
)

func formOf(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

func fileOf(name, text string) string {
	return "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\n" + text + "\r\n--x--\r\n"
}

// oddRequests are requests that no page sends. Paths are those below the account; in ID is
// that of a finding. field is the id of an input with what was typed, or empty.
var oddRequests = []struct {
	what, method, path, kind, body string
	status                         int
	says, field, typed             string
}{
	{"the last day there is", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "9999-12-31"), 422, "Choose a day before the year 9999", "until", "9999-12-31"},
	{"a time beyond it", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "9999-12-31T23:59:59-23:00"), 422, "Choose a day before the year 9999", "reason", "r"},
	{"a word as a day", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "soon <b>"), 422, "“soon <b>” is not a day. Write one as 2026-01-31", "until", "soon <b>"},
	{"a day of no month", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "2027-02-31"), 422, "“2027-02-31” is not a day", "until", "2027-02-31"},
	{"another order", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "31.12.2027"), 422, "“31.12.2027” is not a day", "reason", "r"},
	{"year 0", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "r", "until", "0000-01-01"), 422, "Choose a day from today on.", "until", "0000-01-01"},
	{"a null in a reason", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "a\x00b"), 422, "Remove NULL (U+0000), character 2.", "reason", ""},
	{"a reversed reason", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "a\u202eb"), 422, "Remove RIGHT-TO-LEFT OVERRIDE (U+202E), character 2.", "reason", "a\u202eb"},
	{"a reason that can't be seen", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", "\u200b"), 422, "Say why this is all right.", "reason", "\u200b"},
	{"a reason that is cut", http.MethodPost, "findings/ID/dismiss", ofForm, "until=2027-01-01&reason=%zz", 400, "The part that could be read is shown", "", "2027-01-01"},
	{"a very long reason", http.MethodPost, "findings/ID/dismiss", ofForm, formOf("reason", strings.Repeat("x", 20<<10)), 413, "A form may have 16 KB", "", strings.Repeat("x", 1<<10)},
	{"a dismissal in JSON", http.MethodPost, "findings/ID/dismiss", ofJSON, `{"reason":"r","until":5}`, 400, `no bodies of the content type "application/json"`, "", ""},
	{"no form", http.MethodPost, "findings/ID/dismiss", "", "", 422, "Say why this is all right.", "reason", ""},
	{"a dismissal by GET", http.MethodGet, "findings/ID/dismiss", "", "", 405, "It takes POST.", "", ""},
	{"an edit of the form", http.MethodPost, "entries/new", ofForm, "name=a", 405, "It takes GET and HEAD.", "", "a"},
	{"a page of undoing", http.MethodGet, "entries/undo", "", "", 405, "It takes POST.", "", ""},
	{"a dismissal by PUT", http.MethodPut, "findings/ID/dismiss", ofForm, "reason=r", 405, "It takes POST.", "", ""},
	{"no such finding", http.MethodPost, "findings/no-such/dismiss", ofForm, "reason=r", 404, "There is no such finding any more", "", "r"},
	{"bytes as a finding", http.MethodPost, "findings/a%00%ff/restore", ofForm, "", 404, "There is no such finding any more", "", ""},
	{"a fix that there is not", http.MethodPost, "findings/ID/fix", ofForm, "", 422, "This can't be fixed by a plan", "", ""},
	{"fixes of an odd filter", http.MethodPost, "findings/fix", ofForm, "all=1&severity=bad", 400, `Nothing was changed: a filter can't be understood`, "", ""},
	{"an odd filter", http.MethodGet, "findings?search=%00%ff&rule=%00&severity=%ff&entry=%00&page=99999999999999999999&per_page=-1", "", "", 200, "", "", ""},

	{"a name that is no text", http.MethodGet, "check?name=%ff&email=a%40b.example", "", "", 200, "", "name", "\ufffd"},
	{"a null in a name", http.MethodGet, "check?name=a%00b&email=a%40b.example", "", "", 422, "Use one line, without tabs", "email", "a@b.example"},
	{"a pattern for an address", http.MethodGet, "check?name=Jane&email=" + url.QueryEscape(`^jane@corp\.example$`), "", "", 422, "This is not an address.", "email", `^jane@corp\.example$`},
	{"an address that can't be seen", http.MethodGet, "check?name=Jane&email=" + url.QueryEscape("a\u200b@b.example"), "", "", 422, "Remove ZERO WIDTH SPACE (U+200B), character 2.", "name", "Jane"},
	{"bytes in an address", http.MethodGet, "check?name=Jane&email=%ff%40b.example", "", "", 422, "This is not an address.", "name", "Jane"},
	{"a check by POST", http.MethodPost, "check", ofForm, "name=a", 405, "It takes GET and HEAD.", "", "a"},

	{"a null in a test", http.MethodPost, "tests", ofForm, formOf("name", "a\x00b", "email", "a@b.example", "expect", "flagged"), 422, "Use one line, without tabs", "email", "a@b.example"},
	{"a test of a pattern", http.MethodPost, "tests", ofForm, formOf("name", "a", "email", `.*@b\.example`, "expect", "flagged"), 422, "This is not an address.", "email", `.*@b\.example`},
	{"a test that can't be seen", http.MethodPost, "tests", ofForm, formOf("name", "a", "email", "a\u200b@b.example", "expect", "flagged"), 422, "This has a character that can't be seen.", "email", "a\u200b@b.example"},
	{"a test in JSON", http.MethodPost, "tests", ofJSON, `{"name":"x"}`, 400, `no bodies of the content type "application/json"`, "", ""},
	{"a test by PUT", http.MethodPut, "tests", ofJSON, `{}`, 405, "It takes GET, HEAD and POST.", "", ""},
	{"bytes as a test", http.MethodPost, "tests/a%00%ff/delete", ofForm, "", 404, "There is no such test any more", "", ""},
	{"a huge record", http.MethodPost, "tests/undo", ofForm, "record=99999999999999999999", 404, "There is no such record", "", ""},
	{"a record that is none", http.MethodPost, "tests/undo", ofForm, "record=9223372036854775807", 404, "There is no such record", "", ""},
	{"odd suggestions", http.MethodPost, "tests/suggested", ofForm, formOf("suggested", "nonsense"), 422, "Enter the name that the mail shows.", "", ""},

	{"an empty file", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", ""), 422, "Choose a file", "", ""},
	{"no file", http.MethodPost, "tests/import", ofFile, "--x--\r\n", 422, "Choose a file", "", ""},
	{"a file that is cut", http.MethodPost, "tests/import", ofFile, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nname,em", 400, "The form could not be read", "", ""},
	{"a body of CSV", http.MethodPost, "tests/import", "text/csv", "name,email,expect\n", 400, `no bodies of the content type "text/csv"`, "", ""},
	{"columns alone", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect\n"), 422, "below the row of columns", "text", "name,email,expect\n"},
	{"a column twice", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,Name,email,expect\na,b,f@b.example,flagged\n"), 422, "Line 1, name: This is there twice.", "text", "name,Name,email,expect\na,b,f@b.example,flagged\n"},
	{"an unknown column of a wrong file", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect,Owner\na,f@b.example,maybe,Kim\n"), 422, "Line 2, expect: This must be flagged or passes.", "", ""},
	{"two columns of notes", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect,note,NOTE\na,f@b.example,flagged,x,y\n"), 422, "Line 1, note: This is there twice.", "", ""},
	{"too many values", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect,note\na,f@b.example,flagged,Hello, world\n"), 422, "Line 2: There are more values than columns.", "", ""},
	{"too few values", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect\n\na,f@b.example\n"), 422, "Line 3, expect: Choose what must happen", "", ""},
	{"a workbook", http.MethodPost, "tests/import", ofFile, fileOf("a.xlsx", "PK\x03\x04\x14\x00\x06\x00"), 422, "The first row must name the columns", "", ""},
	{"UTF-16", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "\xff\xfen\x00"), 422, "not UTF-8 text", "", ""},
	{"a member twice", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[\n{\"name\":\"a\",\"Name\":\"b\",\"email\":\"f@b.example\",\"expect\":\"flagged\"}]"), 422, "Line 2, name: This is there twice.", "", ""},
	{"the same member twice", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[{\"note\":\"a\",\"note\":null,\"name\":\"b\",\"email\":\"f@b.example\",\"expect\":\"flagged\"}]"), 422, "Line 1, note: This is there twice.", "", ""},
	{"no object", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[[]]"), 422, "Line 1: ", "", ""},
	{"an unknown member", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[\n{\"name\":\"a\",\"email\":\"f@b.example\",\"expect\":\"flagged\",\"notes\":\"lost\"}]"), 422, "Line 2, notes: Tests do not have this.", "", ""},
	{"members of other kinds", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[5,\nnull,\n{\"name\":{},\"email\":[],\"expect\":\"flagged\"}]"), 422, "Line 3, email: This can't be read.", "", ""},
	{"an empty list", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[]"), 422, "No test is given.", "", ""},
	{"two lists", http.MethodPost, "tests/import", ofFile, fileOf("a.json", "[] []"), 422, "Line 1 is not JSON", "", ""},
	{"depth", http.MethodPost, "tests/import", ofFile, fileOf("a.json", strings.Repeat("[", 20000)), 422, "Line 1 is not JSON", "", ""},
	{"a large file", http.MethodPost, "tests/import", ofFile, fileOf("a.csv", "name,email,expect\n"+strings.Repeat("x", 2<<20)), 422, "larger than 2 MB", "", ""},
	{"an export by POST", http.MethodPost, "tests.csv", ofForm, "", 405, "It takes GET and HEAD.", "", ""},
}

// TestOddRequests answers what no page sends with what is wrong, in HTML and in JSON, shows
// what was typed, and changes nothing.
func TestOddRequests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	page := b.get(findingsURL + "?rule=shadowed-name").wants(http.StatusOK)
	id := page.Find("[data-finding]").First().AttrOr("data-finding", "")
	last := app.lastRecord(t).Seq
	for _, tt := range oddRequests {
		t.Run(tt.what, func(t *testing.T) {
			b := b.in(t)
			send := func(accept string) *answer {
				path := overview + "/" + strings.ReplaceAll(tt.path, "/ID/", "/"+url.PathEscape(id)+"/")
				return b.do(tt.method, path, strings.NewReader(tt.body), map[string]string{"Content-Type": tt.kind, "Accept": accept}).wants(tt.status)
			}
			html := send("text/html")
			if tt.status == http.StatusMethodNotAllowed {
				same(t, "allowed", strings.Contains(html.header.Get("Allow"), "OPTIONS"), true)
				html.contains("main", "not for this kind of request")
			}
			if tt.says != "" {
				html.contains("main", tt.says)
			}
			switch {
			case tt.field == "" && tt.typed != "":
				html.contains("main", tt.typed)
			case tt.typed != "":
				field := html.Find("#" + tt.field)
				same(t, "typed", field.AttrOr("value", "")+field.Text(), tt.typed)
			}
			var got struct {
				Errors []struct{ Message string }
			}
			must(t, json.Unmarshal([]byte(send(ofJSON).body), &got))
			same(t, "in JSON", strings.Contains(fmt.Sprint(got.Errors), tt.says) && (len(got.Errors) > 0) == (tt.says != ""), true)
			same(t, "recorded", app.lastRecord(t).Seq, last)
		})
	}
	same(t, "tests", b.get(testsURL).testList(), "passes Jane Doe boss@gmail.com")
	b.json(findingsURL+"?dismissed=true").wants(http.StatusOK).contains("body", `"total_count":0`)
	app.as("viewer").post(findingsURL+"/"+id+"/dismiss", url.Values{"reason": {"r"}, "until": {"soon"}}).wants(http.StatusForbidden)
}

// TestSpreadsheetsOfTests reads files as spreadsheets write them.
func TestSpreadsheetsOfTests(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany).as("editor")
	for _, text := range []string{
		"Name,EMAIL,expect,,\nJane Doe,boss@gmail.com, Flagged ,,\n,,,,\n", `[{"Name":"Jane Doe","email":"boss@gmail.com","expect":"FLAGGED","note":null}]`,
	} {
		b.post(testsURL+"/import", url.Values{"text": {text}}).wants(http.StatusSeeOther)
		same(t, "tests", b.get(testsURL).testList(), "passes Jane Doe boss@gmail.com")
	}
}

// TestColumnsOfTests reads files with more columns than tests have: those are left out, and named.
func TestColumnsOfTests(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ what, text, notes, says string }{
		{"its columns", "name,email,expect,note\nJane Doe,boss@gmail.com,flagged,mine\n", "mine", ""},
		{"notes", "name,email,expect,Notes\nJane Doe,boss@gmail.com,flagged,mine\n", "mine", ""},
		{"comments", "Comment,name,email,expect\nmine,Jane Doe,boss@gmail.com,flagged\n", "mine", ""},
		{"a note and notes", "name,email,expect,Notes,note\nJane Doe,boss@gmail.com,flagged,other,mine\n", "mine", "The column “Notes” was left out: tests have name, email, expect and note only."},
		{"an owner", "name;email;Owner <b>;expect\nJane Doe;boss@gmail.com;\"Kim; Lee\";flagged\n", "", "The column “Owner <b>” was left out"},
		{"many", "a,b,name,email,expect,c,d,e,f\n1,2,Jane Doe,boss@gmail.com,flagged,3,4,5,6\n", "", "The columns “a”, “b”, “c”, “d”, “e” and 1 more were left out"},
		{"one twice", "a,A,name,email,expect\n1,2,Jane Doe,boss@gmail.com,flagged\n", "", "The columns “a” and “A” were left out"},
	} {
		t.Run(tt.what, func(t *testing.T) {
			t.Parallel()
			b := newApp(t, aCompany).as("editor")
			page := b.get(b.post(testsURL+"/import", url.Values{"text": {tt.text}}).wants(http.StatusSeeOther).location())
			page.contains("main [role=status], main [role=alert], .toasts", "1 test was added.")
			if said := page.text("body"); tt.says != "" && !strings.Contains(said, tt.says) || tt.says == "" && (strings.Contains(said, "was left out") || strings.Contains(said, "were left out")) {
				t.Errorf("the page says %q, want %q", said, tt.says)
			}
			same(t, "tests", page.testList(), "passes Jane Doe boss@gmail.com")
			var got struct{ Result []struct{ ID, Note string } }
			must(t, json.Unmarshal([]byte(b.json(testsURL).wants(http.StatusOK).body), &got))
			same(t, "note", got.Result[0].Note, tt.notes)
			b.post(testsURL+"/"+got.Result[0].ID+"/delete", nil).wants(http.StatusSeeOther)
			answer := b.do(http.MethodPost, testsURL+"/import", strings.NewReader(url.Values{"text": {tt.text}}.Encode()), map[string]string{"Content-Type": ofForm, "Accept": ofJSON}).wants(http.StatusSeeOther)
			if strings.Contains(answer.body, "left out") != (tt.says != "") {
				t.Error(answer.body)
			}
		})
	}
}
