package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
)

// TestSelect ticks entries with the mouse and by keys, and copies their ids.
func TestSelect(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clipboard(browser.PermissionSettingGranted)
	const chosen = "[data-selected]"
	if p.visible("#selection") {
		t.Error("the bar of the selection shows while nothing is selected")
	}
	p.press("j")
	p.press("x")
	p.shows(chosen, "1 selected")
	p.press("j")
	p.press("x")
	p.shows(chosen, "2 selected")
	ids := eval[string](p, `[...document.querySelectorAll("input[name=id]:checked")].map((box) => box.value + "\n").join("")`)
	p.click("[data-copy-ids]")
	p.waitUntil(`document.querySelector("[data-copy-ids] + [role=status]")?.textContent === "2 copied"`)
	if got := eval[string](p, "navigator.clipboard.readText()"); got != ids || strings.Count(ids, "\n") != 2 {
		t.Errorf("the clipboard holds %q, want %q", got, ids)
	}
	p.click("[popovertarget^=menu-]")
	p.click("[data-copy-id]")
	p.waitUntil(`document.querySelector("[data-copy-id] + [role=status]")?.textContent === "Copied"`)
	if got := eval[string](p, "navigator.clipboard.readText()"); got != strings.SplitN(ids, "\n", 2)[0] {
		t.Errorf("the clipboard holds %q, want the first of %q", got, ids)
	}
	p.click("[data-select-all]")
	p.waitUntil(`document.querySelectorAll("input[name=id]:not(:checked)").length === 0`)
	p.shows(chosen, "20 selected")
	p.click("[data-select-matching]")
	p.waitUntil(`document.querySelector("[data-selected]").textContent.startsWith("42 selected, 22 not shown, ")`)
	p.press("/")
	p.press("grace")
	p.waitUntil(`document.querySelectorAll("tbody tr").length === 2`)
	p.waitUntil(`document.querySelectorAll("input[name=id]:checked").length === 2`)
	p.shows(chosen, "42 selected, 40 not shown")
	p.press("zzz") // no entry matches
	p.waitUntil(`document.querySelector("[data-selected]")?.textContent.includes("42 not shown")`)
	p.click("[data-clear]")
	if p.visible("#selection") {
		t.Error("the bar of the selection shows after everything is cleared")
	}
}

// TestDeleteSelected goes through the deletion of several entries, from the list to its
// undoing.
func TestDeleteSelected(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openAsEditor(t, serve(t))
			p.scripts(scripts)
			looksGood := func(page string) {
				if scripts { // axe needs them
					p.looksGood(page)
				}
			}
			p.goTo(p.path()+"?search=grace", http.StatusOK)
			for i := range 2 {
				p.click([]string{"tbody tr:nth-child(1) input", "tbody tr:nth-child(2) input"}[i])
			}
			p.clickThrough("[data-for-selected]", http.StatusOK)
			p.shows("h1", "Delete 2 entries?")
			looksGood("draft of a deletion")
			p.clickThrough("button[form=apply]", http.StatusOK)
			p.shows("h1", "2 entries deleted")
			looksGood("plan that is done")
			p.clickThrough("form[action$='/undo'] button", http.StatusOK)
			p.shows("h1", "Create 2 entries again?")
			looksGood("draft of an undo")
			p.clickThrough("button[form=apply]", http.StatusOK)
			p.shows("h1", "2 entries created again")
			p.clickThrough("main a", http.StatusOK)
			p.shows("[data-count]", "Entries 1 to 2 of 2 that match")
			p.clickThrough("nav a[href$='/plans']", http.StatusOK)
			p.shows("main", "Undoes another plan")
			looksGood("plans")
		})
	}
}

// TestFollowAPlan watches one that takes long, and stops it.
func TestFollowAPlan(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	p.goTo(p.path()+"?provenance=A1S_INTERNAL", http.StatusOK)
	var waiting []any
	api.control(http.MethodPost, "faults", map[string]any{"method": "DELETE", "delay": "2s", "times": -1}, &waiting)
	p.click("[data-select-all]")
	p.clickThrough("[data-for-selected]", http.StatusOK)
	n := eval[string](p, `document.querySelector("h1").textContent.match(/\d+/)[0]`)
	p.fill("#confirm", n)
	p.clickThrough("button[form=apply]", http.StatusOK)
	p.shows("h1", "Deleting "+n+" entries")
	before := p.text("[data-follow] p")
	p.waitUntil(`document.querySelector("[data-follow] p")?.textContent !== ` + "`" + before + "`")
	p.clickThrough("form[action$='/pause'] button", http.StatusOK)
	p.waitUntil(`document.querySelector("h1").textContent.startsWith("Paused: ")`)
}
