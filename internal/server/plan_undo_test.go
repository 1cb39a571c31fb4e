package server_test

import (
	"net/http"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// An operation that is found to be done after the plan was undone can be undone too.
func TestUndoOfWhatSettlesLater(t *testing.T) {
	t.Parallel()
	app := filled(t, 3)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	late := "/" + list.ids()[0]
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Path: late, Effect: sandbox.EffectWrite, Drop: sandbox.DropBefore},
		sandbox.Fault{Method: http.MethodGet, Path: late, Skip: 1, Times: -1, Status: http.StatusInternalServerError})
	page := b.apply(draft)
	page.contains("h1", "2 of 3 entries deleted")
	path := plans + "/" + draftID(draft)
	first := b.press(page, "undo", nil)
	same(t, "the same draft again", b.post(path+"/undo", nil).wants(http.StatusSeeOther).location(), plans+"/"+draftID(first)) // from another tab
	b.apply(first).contains("h1", "2 entries created again")
	app.sandbox.ClearFaults()
	must(t, app.changes.SettleOpen(t.Context(), true))
	page = b.get(path).wants(http.StatusOK)
	page.contains("h1", "3 entries deleted")
	page.contains("form[action$='/undo']", "Undo 1 change…")
	b.undo(page).contains("h1", "1 entry created again")
	same(t, "entries", len(app.sandbox.Entries()), 3)
	same(t, "created", len(app.sent(http.MethodPost)), 3)
	if b.get(path).Find("form[action$='/undo'], form[action$='/resume']").Length() > 0 {
		t.Error("what is undone can be undone or resumed")
	}
}

// What a cancelled undo has not undone can be undone.
func TestUndoAfterACancelledUndo(t *testing.T) {
	t.Parallel()
	app := filled(t, 30)
	b := app.as("editor")
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	path := plans + "/" + draftID(draft)
	page := b.apply(draft)
	fault := forbidden
	fault.Method, fault.Skip = http.MethodPost, 10
	app.sandbox.Inject(fault)
	undo := b.undo(page)
	undo.contains("h1", "Paused")
	app.sandbox.ClearFaults()
	if b.get(path).Find("form[action$='/undo']").Length() > 0 {
		t.Error("a second undo while the first one can continue")
	}
	b.press(undo, "cancel", nil).contains("h1", "Cancelled")
	page = b.get(path).wants(http.StatusOK)
	if got := page.text("form[action$='/undo']"); !strings.HasPrefix(got, "Undo 20 changes") {
		t.Errorf("the page offers %q", got)
	}
	if page.Find("form[action$='/resume']").Length() > 0 {
		t.Error("what is undone in part can be resumed")
	}
	b.undo(page).contains("h1", "20 entries created again")
	same(t, "entries", len(app.sandbox.Entries()), 30)
}
