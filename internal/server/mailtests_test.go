package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/rbac"
)

const testsURL = "/accounts/" + account + "/tests"

// testList tells each test on the page: how it stands and what it expects.
func (a *answer) testList() string {
	var all []string
	for _, s := range a.Find("[data-test]").EachIter() {
		all = append(all, s.AttrOr("data-state", "")+" "+strings.Join(strings.Fields(s.Find("bdi").First().Text()+" "+s.Find("code").First().Text()), " "))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func testOf(name, email, expect, note string) url.Values {
	return url.Values{"name": {name}, "email": {email}, "expect": {expect}, "note": {note}}
}

// addTest adds a test by the form on its page.
func (b *browser) addTest(name, email, expect string) {
	b.app.t.Helper()
	b.sendForm(b.get(testsURL).wants(http.StatusOK).Find("form[action='"+testsURL+"']"), testOf(name, email, expect, "")).wants(http.StatusSeeOther)
}

// TestWriteTests adds tests by the form, and shows how each stands.
func TestWriteTests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.get(testsURL).wants(http.StatusOK).contains("main", "No tests yet")
	for _, tt := range []struct {
		name, email, expect, note string
		state, label, because     string
		flash                     string
	}{
		{"Jane Doe", " boss@gmail.com ", "flagged", "a <b>note", "passes", "As expected", "The mail is flagged.", "Test added: as expected"},
		{"Jane Doe", "jane@corp.example", "passes", "", "passes", "As expected", "The mail passes. An entry allows", "Test added: as expected"},
		{"Jane Doe", "x@notmailchimp.com", "flagged", "", "broken", "Broken", "but an allow policy lets the mail through.", "Test added: broken"},
		{"Kim Lee", "kim@gmail.com", "flagged", "", "broken", "Broken", "No entry protects the name “Kim Lee”.", "Test added: broken"},
		{"jane doe", "boss@gmail.com", "flagged", "", "depends", "Undecided", "If Cloudflare ignores case and spaces in names.", "Test added: undecided"},
	} {
		page := b.get(testsURL).wants(http.StatusOK)
		to := b.sendForm(page.Find("form[action='"+testsURL+"']"), testOf(tt.name, tt.email, tt.expect, tt.note)).wants(http.StatusSeeOther).location()
		record := app.lastRecord(t)
		same(t, "recorded", record.Action, rbac.CreateTest)
		same(t, "record", record.After["name"] == any(tt.name) && record.After["expect"] == any(tt.expect), true)
		page = b.get(to).wants(http.StatusOK)
		page.contains("main", tt.flash)
		item := page.Find("[data-test='" + record.After["test"].(string) + "']")
		same(t, tt.email, item.AttrOr("data-state", "")+" "+strings.TrimSpace(item.Find(".badge").Text()), tt.state+" "+tt.label)
		same(t, "because "+tt.because, strings.Contains(strings.Join(strings.Fields(item.Text()), " "), tt.because), true)
		same(t, "note", strings.Contains(item.Text(), tt.note), true)
	}
	page := b.get(testsURL)
	page.contains("nav a[aria-current=page]", "Tests")
	page.contains("#list", "5 tests: 2 broken, 1 undecided and 2 as expected")
	same(t, "broken first", page.Find("[data-test]").First().AttrOr("data-state", ""), "broken")

	viewer := app.as("viewer").get(testsURL).wants(http.StatusOK)
	same(t, "viewers see", viewer.testList(), page.testList())
	same(t, "viewers change", viewer.Find("main form").Length(), 0)

	var got struct {
		Result []struct {
			ID, Name, Email, Expect, Note, Result, Because string
			Flagged                                        any
			Cases                                          []struct{ Flagged bool }
		}
	}
	must(t, json.Unmarshal([]byte(b.json(testsURL).wants(http.StatusOK).body), &got))
	var said []string
	for _, r := range got.Result {
		flagged, _ := json.Marshal(r.Flagged)
		said = append(said, r.Email+" "+r.Expect+" "+r.Result+" "+string(flagged))
		same(t, "because", r.Because != "" && len(r.Cases) > 0 == (r.Result == "depends"), true)
	}
	slices.Sort(said)
	same(t, "as JSON", strings.Join(said, "; "), `boss@gmail.com flagged depends "depends"; boss@gmail.com flagged passes true; jane@corp.example passes passes false; kim@gmail.com flagged broken false; x@notmailchimp.com flagged broken false`)

	// The registry changes, and the tests with it.
	b.create(map[string]string{"name": "Kim Lee", "email": "kim@corp.example"}).wants(http.StatusSeeOther)
	same(t, "after a change", strings.Contains(b.get(testsURL).testList(), "passes Kim Lee kim@gmail.com"), true)

	id := page.Find("[data-test]").First().AttrOr("data-test", "")
	before := b.get(testsURL).testList()
	to := b.sendForm(page.Find("form[action$='/"+id+"/delete']"), nil).wants(http.StatusSeeOther).location()
	deleted := app.lastRecord(t)
	same(t, "recorded", deleted.Action, rbac.DeleteTest)
	undo := b.get(to).wants(http.StatusOK).Find("form[action='" + testsURL + "/undo']")
	same(t, "left", b.get(testsURL).Find("[data-test]").Length(), 4)
	app.as("admin").post(testsURL+"/undo", url.Values{"record": {strconv.FormatInt(deleted.Seq, 10)}}).wants(http.StatusNotFound) // not theirs
	to = b.sendForm(undo.First(), nil).wants(http.StatusSeeOther).location()
	same(t, "undone", app.lastRecord(t).Action, rbac.CreateTest)
	again := b.get(to).wants(http.StatusOK)
	again.contains("main [role=status]", "Deletion undone")
	same(t, "offered again", again.Find("form[action='"+testsURL+"/undo']").Length(), 0)
	same(t, "restored", again.testList(), before)
	b.post(testsURL+"/undo", url.Values{"record": {strconv.FormatInt(deleted.Seq, 10)}}).wants(http.StatusSeeOther) // there already
	same(t, "restored once", b.get(testsURL).testList(), before)
	for _, record := range []string{"", "0", "-1", "x", "999999", "1"} {
		b.post(testsURL+"/undo", url.Values{"record": {record}}).wants(http.StatusNotFound)
	}
	b.sendForm(page.Find("form[action$='/"+id+"/delete']"), nil).wants(http.StatusSeeOther)
	b.post(testsURL+"/"+id+"/delete", nil).wants(http.StatusNotFound)
	app.as("admin").get("/audit").wants(http.StatusOK).contains("table", "Deleted a test")
}

// TestATestOutlivesItsSession keeps the form of a test that was sent after the session ended.
func TestATestOutlivesItsSession(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	page := b.get(testsURL).wants(http.StatusOK)
	app.clock.move(31 * time.Minute)
	form := testOf("Jane Doe", "boss@gmail.com", "passes", "a note")
	over := b.sendForm(page.Find("form[action='"+testsURL+"']"), form).wants(http.StatusUnauthorized)
	_, next := afterwards(over)
	page = app.as("editor").get(next).wants(http.StatusOK)
	page.contains("main", "This form has not been sent")
	same(t, "typed", page.Find("#name").AttrOr("value", "")+page.Find("#email").AttrOr("value", "")+page.Find("#expect option[selected]").AttrOr("value", "")+page.Find("#note").AttrOr("value", ""), "Jane Doeboss@gmail.compassesa note")
	app.as("editor").sendForm(page.Find("form[action='"+testsURL+"']"), form).wants(http.StatusSeeOther)
	app.as("editor").get(next).wants(http.StatusOK).contains("main", "There is no saved form")
}

// TestRefusedTests shows what is wrong with a test at its field, and what was typed.
func TestRefusedTests(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany).as("editor")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	for what, tt := range map[string]struct {
		form        url.Values
		field, says string
	}{
		"no name":      {testOf(" ", "a@example.com", "flagged", "n"), "name", "Enter the name"},
		"a long name":  {testOf(strings.Repeat("x", 1025), "a@example.com", "flagged", ""), "name", "at most 1024"},
		"two lines":    {testOf("a\tb", "a@example.com", "flagged", ""), "name", "one line"},
		"no address":   {testOf("Jane", "", "flagged", ""), "email", "Enter the address"},
		"not one":      {testOf("Jane", "<b>jane", "passes", ""), "email", "not an address"},
		"a long note":  {testOf("Jane", "a@example.com", "passes", strings.Repeat("x", 501)), "note", "at most 500"},
		"what must be": {testOf("Jane", "a@example.com", "blocked", ""), "expect", "flagged or passes"},
		"the same":     {testOf("Jane Doe", "BOSS@gmail.com", "flagged", ""), "email", "a test of this mail already"},
		"the opposite": {testOf("Jane Doe", "boss@gmail.com", "passes", ""), "expect", "expects the opposite"},
	} {
		t.Run(what, func(t *testing.T) {
			b := b.in(t)
			page := b.post(testsURL, tt.form).wants(http.StatusUnprocessableEntity)
			page.contains("#"+tt.field+"-error", tt.says)
			same(t, "described", page.Find("#"+tt.field).AttrOr("aria-describedby", ""), tt.field+"-error")
			for _, field := range []string{"name", "email", "note"} {
				same(t, field, page.Find("#"+field).AttrOr("value", ""), tt.form.Get(field))
			}
			same(t, "tests", b.get(testsURL).testList(), "passes Jane Doe boss@gmail.com")
		})
	}
}

// TestTestFiles brings tests in as files, all or none, and takes them out.
func TestTestFiles(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	const good = "name;email;expect;note\n'=Jane;boss@gmail.com;flagged;\n\nJane Doe;jane@corp.example;PASSES;\"a; note\"\n"
	for what, tt := range map[string]struct{ text, says string }{
		"nothing":        {" ", "Choose a file"},
		"no columns":     {"Jane,boss@gmail.com\n", "must name the columns"},
		"bytes":          {"name,email,expect\n\xff,a@example.com,flagged\n", "not UTF-8"},
		"lines":          {"name,email,expect\nJane,a@example.com,flagged\n,b,maybe\nJane,A@example.com,passes\n", "Line 3, name: Enter the name that the mail shows.Line 3, email: This is not an address. Enter one such as jane.smith@example.com.Line 3, expect: This must be flagged or passes.Line 4, email: An earlier test"},
		"quotation":      {"name,email,expect\n\"Jane,a@example.com,flagged\n", "This can't be read"},
		"not JSON":       {"[{\"name\":\n", "is not JSON"},
		"a JSON object":  {"{}", "is not JSON"},
		"types of JSON":  {"[\n{\"name\":\"Jane\",\"email\":\"a@example.com\",\"expect\":\"flagged\"},\n{\"name\":5}]", "Line 3, name: This can't be read"},
		"fields of JSON": {"[\n\n{\"name\":\"Jane\",\"email\":\"x\",\"expect\":\"flagged\"}]", "Line 3, email"},
	} {
		t.Run(what, func(t *testing.T) {
			b := b.in(t)
			page := b.post(testsURL+"/import", url.Values{"text": {tt.text}}).wants(http.StatusUnprocessableEntity)
			page.contains("main [role=alert]", tt.says)
			if what != "bytes" {
				same(t, "typed", strings.TrimSpace(page.Find("#text").Text()), strings.TrimSpace(tt.text))
			}
			same(t, "tests", b.get(testsURL).testList(), "")
		})
	}
	to := b.post(testsURL+"/import", url.Values{"text": {good}}).wants(http.StatusSeeOther).location()
	b.get(to).contains("main [role=status]", "2 tests were added.")
	const stored = "broken =Jane boss@gmail.com; passes Jane Doe jane@corp.example"
	same(t, "stored", b.get(testsURL).testList(), stored)
	csv := app.as("viewer").get(testsURL + ".csv").wants(http.StatusOK)
	same(t, "CSV", csv.body, "\ufeffname,email,expect,note\n'=Jane,boss@gmail.com,flagged,\nJane Doe,jane@corp.example,passes,a; note\n")
	file := b.get(testsURL + ".json").wants(http.StatusOK)
	same(t, "a file", strings.Contains(file.header.Get("Content-Disposition"), "attachment"), true)
	for _, text := range []string{csv.body, file.body} {
		to := b.post(testsURL+"/import", url.Values{"text": {text}}).wants(http.StatusSeeOther).location()
		b.get(to).contains("main [role=status]", "0 tests were added. 2 were there already.")
	}
	for _, id := range b.get(testsURL).Find("[data-test]").EachIter() {
		b.post(testsURL+"/"+id.AttrOr("data-test", "")+"/delete", nil).wants(http.StatusSeeOther)
	}
	b.post(testsURL+"/import", url.Values{"text": {file.body}}).wants(http.StatusSeeOther)
	same(t, "round trip", b.get(testsURL).testList(), stored)
}

// TestSuggestedTests suggests tests that pass, and adds those that are ticked.
func TestSuggestedTests(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany).as("editor")
	page := b.get(testsURL + "?suggest=1").wants(http.StatusOK)
	boxes := page.Find("[name=suggested]")
	var values []string
	for _, box := range boxes.EachIter() {
		values = append(values, box.AttrOr("value", ""))
	}
	same(t, "suggested", strings.Join(values, "; "), "flagged: Jane Doe from jane.doe@gmail.com; passes: Jane Doe from jane@corp.example; flagged: Jane Doe from jane@c0rp.example; flagged: <b>Bob from b.bob@gmail.com; passes: <b>Bob from bob@corp.example; flagged: <b>Bob from bob@c0rp.example")
	b.post(testsURL+"/suggested", nil).wants(http.StatusUnprocessableEntity).contains("main [role=alert]", "Tick suggestions")
	b.post(testsURL+"/suggested", url.Values{"suggested": values[:2]}).wants(http.StatusSeeOther)
	same(t, "added", b.get(testsURL).testList(), "passes Jane Doe jane.doe@gmail.com; passes Jane Doe jane@corp.example")
	same(t, "left", b.get(testsURL+"?suggest=1").Find("[name=suggested]").Length(), 4)
}

// TestAddCheckAsATest leads from the check of a mail to the form of a test with its verdict.
func TestAddCheckAsATest(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	for _, tt := range []struct{ name, email, expect string }{
		{"Jane Doe", "boss@gmail.com", "flagged"}, {"Jane Doe", "jane@corp.example", "passes"}, {"jane doe", "boss@gmail.com", ""},
	} {
		to := b.get(checkOf(tt.name, tt.email, "")).wants(http.StatusOK).Find("main a[href^='"+testsURL+"']").AttrOr("href", "")
		page := b.get(strings.TrimSuffix(to, "#add")).wants(http.StatusOK)
		same(t, tt.name+" "+tt.email, page.Find("#name").AttrOr("value", "")+" "+page.Find("#email").AttrOr("value", "")+" "+page.Find("#expect option[selected]").AttrOr("value", ""), tt.name+" "+tt.email+" "+tt.expect)
	}
	same(t, "for viewers", app.as("viewer").get(checkOf("Jane Doe", "boss@gmail.com", "")).Find("main a[href^='"+testsURL+"']").Length(), 0)
}
