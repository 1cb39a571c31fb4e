package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp/kb"
)

// TestTasksOfTheList counts what daily jobs take, from the list.
func TestTasksOfTheList(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clipboard(browser.PermissionSettingGranted)
	p.goTo(entriesURL(p), http.StatusOK)

	t.Log("is an address covered")
	k := p.startTask()
	k.press("/")
	k.types("ceo+x@haldenvoss.example")
	p.arrives("#results [role=status]", "1 pattern matches “ceo+x@haldenvoss.example”")
	k.atMost(effort{keys: 1, texts: 1})

	t.Log("from the field to the first result")
	k = p.startTask()
	p.goTo(entriesURL(p), http.StatusOK)
	k.press("/", kb.ArrowDown)
	k.pressThrough(kb.Enter, http.StatusOK)
	p.shows("main", "Edit")
	k.atMost(effort{keys: 3})

	t.Log("copy five ids")
	p.goTo(entriesURL(p), http.StatusOK)
	k = p.startTask()
	for _, row := range []string{"1", "3", "4", "6", "8"} {
		k.click("tbody tr:nth-child(" + row + ") input")
	}
	k.click("[data-copy-ids]")
	p.arrives("[data-copy-ids] + [role=status]", "5 copied")
	k.atMost(effort{clicks: 6})
	if got := eval[string](p, "navigator.clipboard.readText()"); len(strings.Fields(got)) != 5 {
		t.Errorf("the clipboard holds %q, want 5 ids", got)
	}
	p.click("[data-clear]")

	t.Log("a second address for a name")
	k = p.startTask()
	k.click("tbody tr:nth-child(2) [popovertarget]")
	k.clickThrough("[popover]:popover-open a[href*='/new?']", http.StatusOK)
	k.types("grace@second.example")
	k.pressThrough(kb.Enter, http.StatusOK)
	p.shows("main", "grace@second.example")
	k.atMost(effort{clicks: 2, keys: 1, texts: 1})

	t.Log("delete three")
	p.goTo(entriesURL(p), http.StatusOK)
	k = p.startTask()
	k.click("tbody tr:nth-child(1) input")
	k.shiftClick("tbody tr:nth-child(3) input")
	k.clickThrough("[data-for-selected]", http.StatusOK)
	p.shows("h1", "Delete 3 entries?")
	k.clickThrough("button[form=apply]", http.StatusOK)
	p.arrives("h1", "3 entries deleted")
	k.atMost(effort{clicks: 4})
	p.goTo(entriesURL(p), http.StatusOK)
	if p.visible("#selection") {
		t.Error("deleted entries are selected")
	}
}
