package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// scripts switches the scripts of the pages on or off. What a test evaluates
// runs in any case, but a page whose scripts are off answers no event.
func (p *page) scripts(on bool) {
	p.t.Helper()
	call(p, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// TestWithoutScript does the main job in a browser that runs no JavaScript.
func TestWithoutScript(t *testing.T) {
	t.Parallel()
	p := openPage(t, serve(t))
	p.scripts(false)
	p.signIn("editor")
	p.shows("tbody time", " UTC") // which a script would turn into the viewer's zone
	p.clickThrough(newEntry, http.StatusOK)
	p.fill("#name", "Nora Script")
	p.fill("#email", "nora@script.example")
	p.shows("#meaning", "Mail that shows this name is flagged unless it comes from the address you enter")
	p.clickThrough(create, http.StatusOK)

	p.shows("main", "Created The entry is in the registry.")
	p.shows("main", "Mail that shows “Nora Script” is flagged unless it comes from nora@script.example")
	if p.visible(copyID) {
		t.Error("the copy button shows, though it can do nothing")
	}
	id := p.text("#entry-id")
	if !strings.HasSuffix(p.path(), "/entries/"+id) || id == "" {
		t.Errorf("the id is %q, want that of %s", id, p.path())
	}
	p.click("#entry-id")
	if got := eval[string](p, "getSelection().toString()"); got != id {
		t.Errorf("a click on the id selects %q, want %q", got, id)
	}

	p.clickThrough(`nav a[href$="/entries/new"]`, http.StatusOK)
	p.fill("#name", "Nora Script")
	p.fill("#email", "nora@script.example")
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Not sent: this entry is in the registry already")
	p.clickThrough(anyway, http.StatusUnprocessableEntity)
	p.seesRefusal("Nora Script", "nora@script.example", "")
	p.clickThrough("form button", http.StatusOK)
	p.shows("h1", "Sign in")
}

// TestListWithoutScript opens the menus of the list and selects entries in a browser that runs no
// JavaScript.
func TestListWithoutScript(t *testing.T) {
	t.Parallel()
	p := openPage(t, serve(t))
	p.scripts(false)
	p.signIn("editor")

	p.click("[popovertarget=filters]")
	p.click("#group")
	p.clickThrough("#filters button", http.StatusOK)
	p.shows("#results", "Grouped by: Name")
	p.clickThrough(toList, http.StatusOK)
	p.fill("#search", "Oliver Whitcombe")
	p.clickThrough("#find > button", http.StatusOK)
	p.click("[popovertarget^=menu-]")
	p.clickThrough("[popover]:popover-open [href*='/delete']", http.StatusOK)
	p.shows("h1", "Delete this entry?")

	p.clickThrough(toList, http.StatusOK)
	if p.visible("#selection") {
		t.Error("the bar shows, though nothing is selected")
	}
	p.click("tbody [name=id]:not([data-synced])")
	p.click("tbody [name=id]:not([data-synced], :checked)")
	p.clickThrough("[data-for-selected]", http.StatusOK)
	p.shows("h1", "Delete 2 entries?")
}
