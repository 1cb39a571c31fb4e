package server_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// held starts the deletion of all entries of a list, some of which hang until free is
// called.
func (b *browser) held(skip int, typed string) (path string, free func()) {
	b.app.t.Helper()
	hold := make(chan struct{})
	free = sync.OnceFunc(func() { close(hold) })
	b.app.t.Cleanup(free)
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	b.app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Skip: skip, Times: 4, Hold: hold, Effect: sandbox.EffectLate})
	return b.post(draft.Find("form[action$='/apply']").AttrOr("action", ""), url.Values{"confirm": {typed}}).wants(http.StatusSeeOther).location(), free
}

// What is still in progress when a deletion is stopped is waited for before anything else
// is done with it.
func TestAStoppedDeletionIsStillInProgress(t *testing.T) {
	t.Parallel()
	for act, want := range map[string]string{"resume": "30 entries deleted", "undo": " entries created again"} {
		t.Run(act, func(t *testing.T) {
			app := filled(t, 30)
			b := app.as("editor")
			path, free := b.held(5, "30")
			b.post(path+"/pause", nil).wants(http.StatusSeeOther)
			b.post(path+"/"+act, nil).wants(http.StatusConflict).contains("h1", "Some operations are still running")
			free()
			page := b.ended(b.onceFree(path+"/"+act, nil).wants(http.StatusSeeOther).location())
			if act == "undo" {
				page = b.apply(page)
			}
			if got := page.text("h1"); !strings.HasSuffix(got, want) || strings.HasPrefix(got, "Paused") {
				t.Errorf("%q, want %q", got, want)
			}
			left := 0
			if act == "undo" {
				left = 30
			}
			same(t, "left", len(app.sandbox.Entries()), left)
			same(t, "sent", len(app.sent(http.MethodDelete))-len(app.sent(http.MethodPost)), 30-left)
		})
	}
}

// Two copies of the program share a deletion: no entry is deleted by both.
func TestTwoCopiesDelete(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	one := filled(t, 12, func(s *settings) { s.database = file })
	two := newApp(t, func(s *settings) { s.database, s.api = file, one.sandbox })
	b, c := one.as("editor"), two.as("editor")
	path, free := b.held(4, "12")
	c.post(path+"/pause", nil).wants(http.StatusSeeOther)
	c.post(path+"/resume", nil).wants(http.StatusConflict)
	free()
	c.ended(c.onceFree(path+"/resume", nil).wants(http.StatusSeeOther).location()).contains("h1", "12 entries deleted")
	same(t, "sent", len(one.sent(http.MethodDelete))+len(two.sent(http.MethodDelete)), 12)
	same(t, "left", len(one.sandbox.Entries()), 0)
}

var forbidden = sandbox.Fault{Times: -1, Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`}

// Entries that no one has seen and confirmed can't be tried again.
func TestRetryOfWhatWasNotLookedUp(t *testing.T) {
	t.Parallel()
	app := filled(t, 1005)
	b := app.as("editor")
	fault := forbidden
	fault.Method, fault.Skip, fault.Path = http.MethodGet, 1, "impersonation_registry"
	app.sandbox.Inject(fault)
	path := b.post(plans, url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location()
	b.ended(path).contains("h1", "Paused: not all operations are known")
	app.sandbox.ClearFaults()
	b.post(path+"/retry", nil).wants(http.StatusConflict)
	page := b.press(b.get(path), "resume", nil)
	page.contains("h1", "Delete 1005 entries?")
	same(t, "sent unconfirmed", len(app.sent(http.MethodDelete)), 0)
}

// What is undone does not go on.
func TestResumeOfWhatIsUndone(t *testing.T) {
	t.Parallel()
	app := filled(t, 30)
	b := app.as("editor")
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	fault := forbidden
	fault.Method, fault.Skip = http.MethodDelete, 10
	app.sandbox.Inject(fault)
	page := b.press(b.plan(list, list.ids()), "apply", map[string]string{"confirm": "30"})
	app.sandbox.ClearFaults()
	resume := page.Find("form[action$='/resume']").AttrOr("action", "")
	b.undo(page).contains("h1", "10 entries created again")
	sent := len(app.sent(http.MethodDelete))
	b.post(resume, nil).wants(http.StatusConflict) // from another tab
	same(t, "deleted after the undo", len(app.sent(http.MethodDelete)), sent)
}

// An entry that its own person deleted in between counts, and its undo has its values.
func TestUndoOfWhatWasDeletedBefore(t *testing.T) {
	t.Parallel()
	app := filled(t, 12)
	b := app.as("editor")
	ids := b.get(entries + "?per_page=50").ids()
	page := b.post(entries+"/delete", url.Values{"id": ids}).wants(http.StatusUnprocessableEntity)
	b.post(entries+"/"+ids[0]+"/delete", nil).wants(http.StatusSeeOther)
	page = b.press(page, "apply", map[string]string{"confirm": "12"})
	page.contains("h1", "12 entries deleted")
	undone := b.undo(page)
	undone.contains("h1", "12 entries created again")
	for _, body := range app.sent(http.MethodPost) {
		if strings.Contains(body, `"name":""`) {
			t.Error("sent", body)
		}
	}
}

// All that match means nothing else: a search that can't be taken as it is stops it.
func TestDeleteAllOfAnUnclearSearch(t *testing.T) {
	t.Parallel()
	app := filled(t, 5)
	b := app.as("editor")
	for back, want := range map[string]int{
		"?search=" + url.QueryEscape(strings.Repeat("名", 90)): http.StatusSeeOther,
		"?search=%zz":       http.StatusUnprocessableEntity,
		"?provenance=VENUS": http.StatusUnprocessableEntity,
		"?per_page=0":       http.StatusUnprocessableEntity,
		"?search=person":    http.StatusSeeOther,
	} {
		res := b.post(plans, url.Values{"all": {"1"}, "back": {back}}).wants(want)
		if want == http.StatusSeeOther && strings.Contains(back, "%E5") {
			b.ended(res.location()).contains("h1", "Nothing to do")
		}
	}
	same(t, "sent", len(app.sent(http.MethodDelete)), 0)
}

// A deletion whose call may still land is told as such.
func TestADeletionThatMayStillLand(t *testing.T) {
	t.Parallel()
	app := filled(t, 2)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	hold := make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(hold) }))
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Status: 504, Body: "<html>", Effect: sandbox.EffectNone})
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "1 of 2 entries deleted")
	page.contains("li[data-state=unknown]", "Cloudflare may still be working on it until")
	app.clock.move(3 * time.Minute)
	b.press(page, "retry", nil).contains("h1", "2 entries deleted")
}

// Case counts in a pattern.
func TestCaseOfAPattern(t *testing.T) {
	t.Parallel()
	digits := map[string]string{"name": "Jane Smith", "email": `\d+@example\.com`, "is_email_regex": "true"}
	app := newApp(t)
	b, other := app.as("editor"), app.as("admin")
	path := b.create(digits).wants(http.StatusSeeOther).location()
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPatch, Effect: sandbox.EffectNone, Drop: sandbox.DropBefore})
	res := b.submit(b.get(path+"/edit"), map[string]string{"email": `\D+@example\.com`})
	if res.status == http.StatusSeeOther {
		t.Error("told as saved; the registry has", app.find("Jane Smith")[0].Email)
	}
	app.clock.move(3 * time.Minute)
	list := b.get(entries + "?search=jane+smith").wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	other.submit(other.get(path+"/edit"), map[string]string{"email": `\D+@example\.com`}).wants(http.StatusSeeOther)
	b.press(draft, "apply", nil).contains("li[data-state=skipped]", `It is now Jane Smith, \D+@example\.com`)
	same(t, "left", len(app.find("Jane Smith")), 1)
}

// An edit whose outcome was not known is credited with its own change.
func TestCreditOfAnEdit(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	form := b.get(path + "/edit")
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPatch, Effect: sandbox.EffectWrite, Drop: sandbox.DropBefore},
		sandbox.Fault{Method: http.MethodGet, Path: strings.TrimPrefix(path, entries+"/"), Skip: 1, Times: -1, Status: 500})
	b.submit(form, map[string]string{"comments": "brand new"}).wants(http.StatusBadGateway)
	app.sandbox.ClearFaults()
	b.submit(b.get(path+"/edit"), map[string]string{"name": "Jane B. Smith"}).wants(http.StatusSeeOther)
	must(t, app.changes.SettleOpen(t.Context(), true))
	done := 0
	for _, r := range app.records(rbac.EditEntry) {
		if r.Outcome == audit.OutcomeDone {
			done++
		}
	}
	same(t, "edits recorded as done", done, 2)
}

// A script is told when nothing was done, and why.
func TestNothingDeletedInJSON(t *testing.T) {
	t.Parallel()
	app := filled(t, 3)
	b := app.as("editor")
	ids := b.get(entries).ids()
	fault := forbidden
	fault.Method = http.MethodDelete
	app.sandbox.Inject(fault)
	res := b.send(entries+"/delete", url.Values{"id": ids}, map[string]string{"Accept": "application/json"}).wants(http.StatusBadGateway)
	if !strings.HasPrefix(res.body, `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}`) {
		t.Error(res.body)
	}
}

// A person does not wait behind background work that waits for its turn.
func TestAPersonBeforeADeletion(t *testing.T) {
	t.Parallel()
	app := filled(t, 1, func(s *settings) { s.client = func(o *cfapi.Options) { o.Now, o.Pause = nil, nil } })
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	// A sixth of the budget is left: none of it for background work, enough for people.
	app.sandbox.Inject(sandbox.Fault{Times: -1, Header: map[string]string{"Ratelimit": `"default";r=200;t=20`, "Ratelimit-Policy": `"default";q=1200;w=300`}})
	b.get(entries).wants(http.StatusOK)
	b.post(draft.Find("form[action$='/apply']").AttrOr("action", ""), url.Values{"confirm": {"1"}}).wants(http.StatusSeeOther)
	began := time.Now()
	b.post(entries+"/"+list.ids()[0]+"/delete", nil).wants(http.StatusSeeOther)
	if took := time.Since(began); took > 10*time.Second {
		t.Error("a person's deletion waited for", took)
	}
}
