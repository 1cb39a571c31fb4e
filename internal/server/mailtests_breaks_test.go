package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// TestDraftsThatBreakTests stops each change that would break a test once, with its words,
// and sends it when it is confirmed.
func TestDraftsThatBreakTests(t *testing.T) {
	t.Parallel()
	const breaks = "This breaks a test: mail that shows “Jane Doe” from "
	for what, tt := range map[string]struct {
		test    [3]string
		send    func(b *browser) *answer
		confirm func(b *browser, page *answer) *answer
		says    string
		again   func(b *browser, page *answer) *answer // with another change, nil for none
	}{
		"create": {
			[3]string{"Jane Doe", "boss@gmail.com", "flagged"},
			func(b *browser) *answer {
				return b.create(map[string]string{"name": "Jane Doe", "email": "boss@gmail.com"})
			},
			confirmForm, breaks + "boss@gmail.com must be flagged.",
			nil,
		},
		"edit": {
			[3]string{"Jane Doe", "jane@corp.example", "passes"},
			func(b *browser) *answer {
				return b.submit(b.get(entries+"/1/edit").wants(http.StatusOK), map[string]string{"email": "j.doe@corp.example"})
			},
			confirmForm, breaks + "jane@corp.example must pass.",
			func(b *browser, page *answer) *answer {
				form := fields(page)
				form.Set("confirmed", page.Find("button[name=confirmed]").AttrOr("value", ""))
				form.Set("email", "other@corp.example")
				return b.post(entries+"/1", form)
			},
		},
		"delete": {
			[3]string{"Jane Doe", "jane@corp.example", "passes"},
			func(b *browser) *answer { return b.post(entries+"/1/delete", nil) },
			func(b *browser, page *answer) *answer { return b.sendForm(page.Find("form[data-once]"), nil) },
			"Mail that shows “Jane Doe” from jane@corp.example must pass.", nil,
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, aCompany)
			b := app.as("editor")
			b.addTest(tt.test[0], tt.test[1], tt.test[2])
			b.addTest("Kim Lee", "boss@gmail.com", "flagged") // broken before: no reason to stop
			writes := len(app.sandbox.Writes())
			page := tt.send(b).wants(http.StatusUnprocessableEntity)
			page.contains("main", tt.says)
			page.contains("main", "this breaks a test")
			same(t, "others", strings.Contains(page.text("main"), "Kim Lee"), false)
			same(t, "sent", len(app.sandbox.Writes()), writes)
			if tt.again != nil {
				page = tt.again(b, page).wants(http.StatusUnprocessableEntity)
				page.contains("main", tt.says)
				same(t, "sent", len(app.sandbox.Writes()), writes)
			}
			tt.confirm(b, page).wants(http.StatusSeeOther)
			same(t, "sent", len(app.sandbox.Writes()), writes+1)
			same(t, "broken", strings.Contains(b.get(testsURL).testList(), "broken Jane Doe"), true)
			var confirmed []string
			for _, action := range []rbac.Action{rbac.CreateEntry, rbac.EditEntry, rbac.DeleteEntry} {
				for _, r := range app.records(action) {
					for _, c := range r.Confirmed {
						confirmed = append(confirmed, c.Kind+" "+c.Detail)
					}
				}
			}
			same(t, "recorded", strings.Join(confirmed, "; "), "breaks-test "+tt.test[2]+": Jane Doe from "+tt.test[1])
		})
	}
}

// confirmForm presses the button that confirms.
func confirmForm(b *browser, page *answer) *answer {
	b.app.t.Helper()
	form := fields(page)
	form.Set("confirmed", page.Find("button[name=confirmed]").AttrOr("value", ""))
	return b.post(page.Find("form[data-once]").AttrOr("action", ""), form)
}

// TestDraftThatMakesATestDepend stops a change after which it is not certain that a test holds: the
// pattern may be held against a part of the address.
func TestDraftThatMakesATestDepend(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	page := b.create(map[string]string{"name": "Jane Doe", "email": "boss@gmail", "is_email_regex": "true"}).wants(http.StatusUnprocessableEntity)
	page.contains("main", "This breaks a test: mail that shows “Jane Doe” from boss@gmail.com must be flagged.")
	same(t, "sent", len(app.sandbox.Writes()), 0)
	confirmForm(b, page).wants(http.StatusSeeOther)
	list := b.get(testsURL).testList()
	same(t, "depends in "+list, strings.Contains(list, "depends Jane Doe"), true)
	b.create(map[string]string{"name": "Jane Doe", "email": "jdoe@corp.example"}).wants(http.StatusSeeOther) // it depended before
}

// TestDeletePageTellsOfTests says on the page that asks for a deletion what it breaks, so that
// it is asked once.
func TestDeletePageTellsOfTests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.get(entries+"/1/delete").wants(http.StatusOK).contains("form[data-once] button", "Delete entry")
	b.addTest("Jane Doe", "jane@corp.example", "passes")
	page := b.get(entries + "/1/delete").wants(http.StatusOK)
	page.contains("#breaks", "This breaks a test")
	page.contains("form[data-once] button", "Delete it anyway")
	b.sendForm(page.Find("form[data-once]"), nil).wants(http.StatusSeeOther)
}

// TestUndoThatBreaksATest stops the undo of a deletion once.
func TestUndoThatBreaksATest(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	list := b.post(entries+"/1/delete", nil).wants(http.StatusSeeOther).location()
	undo := b.get(list).Find("form[action$='/undo']").First()
	b.addTest("Jane Doe", "jane@corp.example", "flagged")
	page := b.sendForm(undo, nil).wants(http.StatusUnprocessableEntity)
	page.contains("h1", "Not undone: this breaks a test")
	page.contains("#breaks + ul", "Mail that shows “Jane Doe” from jane@corp.example must be flagged.")
	same(t, "times it says that a test breaks", strings.Count(page.text("main"), "breaks a test"), 2) // title and box
	same(t, "entries", len(app.sandbox.Entries()), 2)
	b.sendForm(page.Find("form[data-once]"), nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.sandbox.Entries()), 3)
}

// TestPlansThatBreakTests shows what a plan breaks before it is applied, and asks.
func TestPlansThatBreakTests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "jane@corp.example", "passes")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	draft := b.followed(b.paste("name,email,is_email_regex\nJane Doe,boss@gmail.com,false\nKim Lee,kim@corp.example,false\n"))
	draft.contains("#breaks", "This breaks a test")
	draft.contains("#breaks + ul", "Mail that shows “Jane Doe” from boss@gmail.com must be flagged.")
	same(t, "box", draft.Find("#apply [name=confirm_tests]").Length(), 1)
	key := draft.Find("[name=confirm_tests]").AttrOr("value", "")
	path := plans + "/" + draftID(draft)
	form := url.Values{"confirm": {"2"}, "accept": {"personal-mailbox"}}
	refused := b.post(path+"/apply", form).wants(http.StatusUnprocessableEntity)
	refused.contains("#confirm_tests-error", "Tick this")
	same(t, "created", len(app.sent(http.MethodPost)), 0)
	answer := b.do(http.MethodPost, path+"/apply", strings.NewReader(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
	same(t, "JSON names the field", strings.Contains(answer.body, key+" in the field confirm_tests"), true)
	var got struct {
		Result struct {
			Broken []struct{ ID, Email string } `json:"broken_tests"`
		}
	}
	must(t, json.Unmarshal([]byte(b.json(path).wants(http.StatusOK).body), &got))
	same(t, "JSON of the plan", len(got.Result.Broken) == 1 && got.Result.Broken[0].ID == key && got.Result.Broken[0].Email == "boss@gmail.com", true)
	form.Set("confirm_tests", "other:flagged")
	b.post(path+"/apply", form).wants(http.StatusUnprocessableEntity)
	form.Set("confirm_tests", key)
	b.ended(b.post(path+"/apply", form).wants(http.StatusSeeOther).location())
	same(t, "created", len(app.sent(http.MethodPost)), 2)
	same(t, "broken", strings.Contains(b.get(testsURL).testList(), "broken Jane Doe boss@gmail.com"), true)
	var confirmed []string
	for _, r := range app.records(rbac.CreateEntry) {
		for _, c := range r.Confirmed {
			confirmed = append(confirmed, r.After.Draft().Name+" "+c.Kind+" "+c.Detail)
		}
	}
	same(t, "recorded", strings.Join(confirmed, "; "), "Jane Doe breaks-test flagged: Jane Doe from boss@gmail.com")

	// Its undo repairs the test, so it needs no confirmation.
	undo := b.press(b.get(path), "undo", nil)
	same(t, "undo breaks", undo.Find("#breaks").Length(), 0)
	b.apply(undo)
	same(t, "repaired", strings.Contains(b.get(testsURL).testList(), "passes Jane Doe boss@gmail.com"), true)
}

// TestDeletionsThatBreakTests asks before several entries are deleted at once.
func TestDeletionsThatBreakTests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	page := b.post(entries+"/delete", url.Values{"id": {"1", "2"}}).wants(http.StatusUnprocessableEntity)
	page.contains("#breaks + ul", "from boss@gmail.com must be flagged.")
	same(t, "deleted", len(app.sent(http.MethodDelete)), 0)
	form := url.Values{"confirm_tests": {page.Find("[name=confirm_tests]").AttrOr("value", "")}, "id": {"1", "2"}}
	b.ended(b.post(entries+"/delete", form).wants(http.StatusSeeOther).location())
	same(t, "deleted", len(app.sent(http.MethodDelete)), 2)
	b.post(entries+"/delete", url.Values{"id": {"3"}}).wants(http.StatusSeeOther)
}

// TestDeletionsOfSyncedEntries does not ask about tests that only a deletion would break that
// Cloudflare refuses.
func TestDeletionsOfSyncedEntries(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(sandbox.Entry{ID: "1", Name: "Jane Doe", Email: "jane@corp.example", Provenance: sandbox.Microsoft365}))
	b := app.as("editor")
	b.addTest("Kim Lee", "jane@corp.example", "passes")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	page := b.ended(b.post(entries+"/delete", url.Values{"id": {"1"}}).wants(http.StatusSeeOther).location())
	page.contains("[data-operations]", "synced")
	same(t, "sent", len(app.sent(http.MethodDelete)), 0)
}

// TestRestsThatBreakTests asks about tests when the rest of a plan runs, and not again about those
// that were accepted.
func TestRestsThatBreakTests(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "boss@gmail.com", "flagged")
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Times: -1, Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`})
	page := b.post(entries+"/delete", url.Values{"id": {"1", "2"}}).wants(http.StatusUnprocessableEntity)
	form := url.Values{"confirm_tests": {page.Find("[name=confirm_tests]").AttrOr("value", "")}, "id": {"1", "2"}}
	path := b.post(entries+"/delete", form).wants(http.StatusSeeOther).location()
	b.ended(path)
	app.sandbox.ClearFaults()
	b.addTest("Jane Doe", "other@gmail.com", "flagged")
	tried := len(app.sent(http.MethodDelete))
	stopped := b.press(b.ended(path), "retry", nil)
	same(t, "status", stopped.status, http.StatusUnprocessableEntity)
	stopped.contains("h1", "Not applied: this breaks 2 tests")
	stopped.contains("#breaks + ul", "Mail that shows “Jane Doe” from other@gmail.com must be flagged.")
	b.json(path).wants(http.StatusOK)
	refused := b.do(http.MethodPost, path+"/retry", nil, map[string]string{"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}).wants(http.StatusUnprocessableEntity)
	same(t, "JSON names the field", strings.Contains(refused.body, "in the field confirm_tests"), true)
	same(t, "sent", len(app.sent(http.MethodDelete)), tried)
	b.ended(b.sendForm(stopped.Find("main form[data-once]"), nil).wants(http.StatusSeeOther).location())
	same(t, "deleted", len(app.sandbox.Entries()), 1)
	kinds := map[string]int{}
	for _, r := range app.records(rbac.DeleteEntry) {
		for _, c := range r.Confirmed {
			kinds[c.Detail]++
		}
	}
	same(t, "recorded", kinds["flagged: Jane Doe from other@gmail.com"], 2)
}
