package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// existing creates an entry and returns the path of its page.
func (a *app) existing(b *browser) string {
	a.t.Helper()
	return b.create(with(jane(), "comments", "old")).wants(http.StatusSeeOther).location()
}

// sent are the bodies of the calls that changed something with a method.
func (a *app) sent(method string) []string {
	a.t.Helper()
	a.bodies.mu.Lock()
	defer a.bodies.mu.Unlock()
	return slices.Clone(a.bodies.method[method])
}

// Only what changes is sent; what is cleared is sent as null.
func TestEdit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		typed map[string]string
		body  string // of the PATCH, "" for none
		flash string
	}{
		{"one field", map[string]string{"comments": "new"}, `{"comments":"new"}`, "Comments updated."},
		{"a field cleared", map[string]string{"comments": ""}, `{"comments":null}`, "Saved"},
		{"two fields", map[string]string{"name": "Jane B. Smith", "email": "jane.b@example.com"}, `{"email":"jane.b@example.com","name":"Jane B. Smith"}`, "Name and Address or pattern updated."},
		{"an address becomes a pattern", map[string]string{"email": `.*@example\.com`, "is_email_regex": "true"}, `{"email":".*@example\\.com","is_email_regex":true}`, "Saved"},
		{"a number", map[string]string{"directory_id": "12"}, `{"directory_id":12}`, "Saved"},
		{"nothing", nil, "", "Nothing to change"},
		{"spaces around", map[string]string{"name": "  Jane Smith "}, "", "Nothing to change"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			b := app.as("editor")
			path := app.existing(b)
			page := b.get(path + "/edit").wants(http.StatusOK)
			same(t, "name in the form", page.Find("#name").AttrOr("value", ""), "Jane Smith")
			res := b.submit(page, tt.typed).wants(http.StatusSeeOther)
			same(t, "led to", res.location(), path)
			same(t, "sent", strings.Join(app.sent(http.MethodPatch), " "), tt.body)
			b.get(path).wants(http.StatusOK).contains("[role=status]", tt.flash)
			records := app.records(rbac.EditEntry)
			if tt.body == "" {
				same(t, "records", len(records), 0)
				return
			}
			if len(records) != 2 {
				t.Fatalf("%d records, want an intent and its outcome", len(records))
			}
			same(t, "outcome", records[1].Outcome, audit.OutcomeDone)
			same(t, "before", records[1].Before["comments"], any("old"))
			for field, value := range tt.typed {
				if field != "is_email_regex" && field != "directory_id" {
					got, _ := records[1].After[field].(string)
					same(t, "after: "+field, got, value)
				}
			}
		})
	}
}

func TestAnEditThatIsRefused(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	page := b.submit(b.get(path+"/edit"), map[string]string{"email": "no address", "directory_id": "seven", "comments": "kept"}).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error", "not an e-mail address")
	page.contains("#directory_id-error", "whole number")
	same(t, "comments", page.Find("#comments").Text(), "kept")
	same(t, "sent", len(app.sent(http.MethodPatch)), 0)

	app.sandbox.Inject(sandbox.Fault{
		Method: http.MethodPatch, Status: 400,
		Body: `{"success":false,"errors":[{"code":11406,"message":"no such address","source":{"pointer":"/email"}}],"messages":[],"result":null}`,
	})
	page = b.submit(page, map[string]string{"email": "other@example.com", "directory_id": ""}).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error code.pointer", "/email")
	same(t, "email", page.Find("#email").AttrOr("value", ""), "other@example.com")
	last := app.records(rbac.EditEntry)
	same(t, "recorded", last[len(last)-1].Outcome, audit.OutcomeRefused)
	app.sandbox.ClearFaults()
	b.submit(page, nil).wants(http.StatusSeeOther)
}

// What another person's tool has put into an entry is no reason to refuse an edit of
// another field.
func TestOnlyWhatChangesIsChecked(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{{ID: "7", Name: "Jane Smith", Email: "a@example.com, b@example.com"}}
	})
	b := app.as("editor")
	page := b.get(entries + "/7/edit").wants(http.StatusOK)
	b.submit(page, map[string]string{"email": "a@example.com; b@example.com"}).wants(http.StatusUnprocessableEntity)
	b.submit(page, map[string]string{"comments": "two addresses"}).wants(http.StatusSeeOther)
	same(t, "sent", strings.Join(app.sent(http.MethodPatch), " "), `{"comments":"two addresses"}`)
}

func TestTwoPeopleEditOneEntry(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	one, two := app.as("editor"), app.as("admin")
	path := app.existing(one)
	mine, theirs := one.get(path+"/edit"), two.get(path+"/edit")
	two.submit(theirs, map[string]string{"name": "Jane Theirs"}).wants(http.StatusSeeOther)
	page := one.submit(mine, map[string]string{"name": "Jane Mine", "comments": "mine"}).wants(http.StatusConflict)
	page.contains("#error-summary h2", "Not saved: the entry has changed since you opened it")
	page.contains("[aria-labelledby=conflict]", "NameWhen you opened it Jane SmithIn the registry now Jane TheirsYour version, in the form below Jane Mine")
	page.contains("[aria-labelledby=conflict]", "CommentsWhen you opened it oldIn the registry now oldYour version, in the form below mine")
	same(t, "name in the form", page.Find("#name").AttrOr("value", ""), "Jane Mine")
	same(t, "comments in the form", page.Find("#comments").Text(), "mine")
	same(t, "calls", len(app.sent(http.MethodPatch)), 1)
	// Saved all the same, after a warning.
	one.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "sent", app.sent(http.MethodPatch)[1], `{"comments":"mine","name":"Jane Mine"}`)
	// The same form once more is no conflict: all is there already.
	one.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "calls", len(app.sent(http.MethodPatch)), 2)
	page = two.submit(theirs, map[string]string{"version": "nonsense"}).wants(http.StatusConflict)
	page.contains("[aria-labelledby=conflict]", "not known")
}

func TestSyncedEntriesCannotBeChanged(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{{ID: "7", Name: "Jane Smith", Email: "jane@example.com", Provenance: string(registry.GoogleDirectory)}}
	})
	b := app.as("admin")
	page := b.get(entries + "/7").wants(http.StatusOK)
	same(t, "buttons", page.Find("main a[href$='/edit'], main a[href$='/delete']").Length(), 0)
	for _, answer := range []*answer{
		b.get(entries + "/7/edit"), b.get(entries + "/7/delete"), b.post(entries+"/7/delete", nil),
		b.post(entries+"/7", url.Values{"name": {"x"}, "email": {"x@example.com"}}),
	} {
		answer.wants(http.StatusUnprocessableEntity)
		answer.contains("main", "This entry is synced from a directory")
		answer.contains("main", "Change the person in the directory")
	}
	same(t, "changes", len(app.sandbox.Writes()), 0)
}

func TestDeleteAndUndo(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	page := b.get(path + "/delete").wants(http.StatusOK)
	page.contains("main", "Jane Smith")
	page.contains("main", "After this deletion nothing protects the name “Jane Smith”")
	same(t, "not yet", len(app.sent(http.MethodDelete)), 0)
	form := page.Find("form[data-once]").AttrOr("action", "")
	same(t, "led to", b.post(form, nil).wants(http.StatusSeeOther).location(), entries)
	page = b.get(entries).wants(http.StatusOK)
	page.contains("[role=status]", "Deleted: Jane Smith")
	b.get(path).wants(http.StatusNotFound)
	b.post(form, nil).wants(http.StatusSeeOther) // a double click
	b.get(entries).contains("[role=status]", "Already deleted")
	same(t, "deletions", len(app.sent(http.MethodDelete)), 1)

	undo, record := page.Find("form[action$='/undo']"), url.Values{}
	record.Set("record", undo.Find("input").AttrOr("value", ""))
	app.as("admin").post(undo.AttrOr("action", ""), record).wants(http.StatusNotFound) // it was another person's
	to := b.post(undo.AttrOr("action", ""), record).wants(http.StatusSeeOther).location()
	same(t, "a new id", to == path, false)
	page = b.get(to).wants(http.StatusOK)
	page.contains("[role=status]", "Deletion undone")
	page.contains("[data-field=comments]", "old")
	same(t, "once more", b.post(undo.AttrOr("action", ""), record).wants(http.StatusSeeOther).location(), to)
	same(t, "entries", len(app.find("Jane Smith")), 1)

	deleted := app.records(rbac.DeleteEntry)
	same(t, "records", len(deleted), 2)
	same(t, "before", deleted[1].Before["comments"], any("old"))
	same(t, "after", len(deleted[1].After), 0)
}

func TestUndoInTime(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	b.post(path+"/delete", nil).wants(http.StatusSeeOther)
	seq := b.get(entries).Find("form[action$='/undo'] input").AttrOr("value", "")
	app.clock.move(11 * time.Minute)
	page := b.post(entries+"/undo", url.Values{"record": {seq}}).wants(http.StatusConflict)
	page.contains("h1", "too late")
	for _, record := range []string{"", "x", "-1", "0", "1", "999999"} {
		b.post(entries+"/undo", url.Values{"record": {record}}).wants(http.StatusNotFound)
	}
	// From the trail it can be restored at any time, through the ordinary form.
	link := b.get("/audit/"+seq).wants(http.StatusOK).Find("main a:contains('Restore')").AttrOr("href", "")
	page = b.get(link).wants(http.StatusOK)
	kept(t, page, with(jane(), "comments", "old"))
	b.submit(page, nil).wants(http.StatusSeeOther)
}

func TestPutBackAnEdit(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	b.submit(b.get(path+"/edit"), map[string]string{"comments": "", "name": "Jane Changed", "directory_id": "7"}).wants(http.StatusSeeOther)
	records := app.records(rbac.EditEntry)
	page := b.get("/audit/" + strconv.FormatInt(records[1].Seq, 10)).wants(http.StatusOK)
	link := page.Find("main a:contains('Put back')").AttrOr("href", "")
	page = b.get(link).wants(http.StatusOK)
	page.contains("[role=status]", "Not saved yet")
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "sent", app.sent(http.MethodPatch)[1], `{"comments":"old","directory_id":null,"name":"Jane Smith"}`)
	same(t, "for a viewer", app.as("viewer").get("/audit/"+strconv.FormatInt(records[1].Seq, 10)).Find("main a:contains('Put back')").Length(), 0)
}

func TestDeletedWhileAnotherEdits(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	one, two := app.as("editor"), app.as("admin")
	path := app.existing(one)
	page := one.get(path + "/edit")
	two.post(path+"/delete", nil).wants(http.StatusSeeOther)
	page = one.submit(page, map[string]string{"comments": "typed"}).wants(http.StatusNotFound)
	page.contains("#error-summary h2", "There is no such entry")
	same(t, "comments", page.Find("#comments").Text(), "typed")
}

// Edits and deletions of the same entries at the same time: each is made once or not at
// all, and the trail says what was made.
func TestEditAndDeleteAtOnce(t *testing.T) {
	t.Parallel()
	app := filled(t, 20)
	one, two := app.as("editor"), app.as("admin")
	ids := one.get(entries).ids()
	type race struct {
		id   string
		form *answer
	}
	races := make([]race, len(ids))
	for i, id := range ids {
		races[i] = race{id, one.get(entries + "/" + id + "/edit").wants(http.StatusOK)}
	}
	var work sync.WaitGroup
	edits, deletes := make([]int, len(ids)), make([]int, len(ids))
	for i, r := range races {
		work.Go(func() { edits[i] = one.submit(r.form, map[string]string{"comments": "raced"}).status })
		work.Go(func() { deletes[i] = two.post(entries+"/"+r.id+"/delete", nil).status })
	}
	work.Wait()
	same(t, "left", len(app.sandbox.Entries()), 0)
	edited := 0
	for i := range ids {
		same(t, "deletion", deletes[i], http.StatusSeeOther)
		if edits[i] == http.StatusSeeOther {
			edited++
		} else {
			same(t, "edit", edits[i], http.StatusNotFound)
		}
	}
	same(t, "edits sent", len(app.sent(http.MethodPatch)), edited)
	for action, want := range map[rbac.Action]int{rbac.EditEntry: edited, rbac.DeleteEntry: len(ids)} {
		done := 0
		for _, r := range app.records(action) {
			if r.Outcome == audit.OutcomeDone {
				done++
			}
		}
		same(t, string(action)+" recorded", done, want)
	}
}
