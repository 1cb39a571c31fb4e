package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// entriesURL is the path of the list.
func entriesURL(p *page) string {
	p.t.Helper()
	return js[string](p, `() => new URL(document.querySelector('nav a[href$="/entries"]').href).pathname`)
}

// shiftClick counts a click with the shift key.
func (k *task) shiftClick(selector string) {
	k.p.t.Helper()
	k.clicks++
	at := js[[]float64](k.p, `s => { const box = document.querySelector(s).getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }`, selector)
	do(k.p, "shift and click "+selector, chromedp.MouseClickXY(at[0], at[1], chromedp.ButtonModifiers(chromedp.ModifierShift)))
}

// TestListLayout shows the first row of the list without scrolling on a phone, and rows of
// 36 pixels on a desktop, aligned at the top.
func TestListLayout(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo(entriesURL(p)+"?order=name&direction=asc", http.StatusOK)
	p.resize(360, 800)
	if bottom := js[float64](p, `() => document.querySelector("tbody tr").getBoundingClientRect().bottom`); bottom > 400 {
		t.Errorf("the first row ends at %v of 800 pixels, want 400 at most", bottom)
	}
	p.resize(1600, 900)
	for _, row := range js[[]map[string]float64](p, `() => [...document.querySelectorAll("tbody tr")].map(row => {
		const values = [...row.querySelectorAll("a[data-row], code")];
		const ordinary = values.every(e => e.getBoundingClientRect().height < 30) && !row.querySelector(".row-badge");
		const starts = [...row.querySelectorAll("a[data-row], code, time")].filter(e => e.getClientRects().length > 0).map(e => e.getBoundingClientRect().top - row.getBoundingClientRect().top);
		return { height: row.getBoundingClientRect().height, ordinary: Number(ordinary), lowest: Math.max(...starts) };
	})`) {
		if row["ordinary"] == 1 && row["height"] > 36.5 {
			t.Errorf("an ordinary row has %v pixels, want 36", row["height"])
		}
		if row["lowest"] > 14 {
			t.Errorf("a cell starts %v pixels below the edge of its row", row["lowest"])
		}
	}
}

// TestSelectionBar has the bar work without a script, and look good in each of its states.
func TestSelectionBar(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo(entriesURL(p), http.StatusOK)
	p.click("tbody tr:nth-child(1) input")
	p.click("tbody tr:nth-child(4) input")
	p.shows("[data-selected]", "2 selected, 1 synced")
	before := js[float64](p, `() => document.querySelector("[data-count]").getBoundingClientRect().top + scrollY`)
	p.click("[popovertarget^=menu-]")
	p.looksGood("list with a selection and an open menu")
	p.goTo(entriesURL(p)+"?page=2", http.StatusOK)
	p.shows("[data-selected]", "2 selected, 2 not shown, 1 synced")
	p.click("[data-clear]")
	p.goTo(entriesURL(p), http.StatusOK)
	if after := js[float64](p, `() => document.querySelector("[data-count]").getBoundingClientRect().top + scrollY`); after != before {
		t.Errorf("the foot of the list is at %v without the bar, and at %v with it", after, before)
	}

	p.scripts(false)
	p.goTo(entriesURL(p), http.StatusOK)
	if p.visible("#selection") {
		t.Error("the bar shows while nothing is selected")
	}
	for _, row := range []string{"1", "2", "4"} {
		p.click("tbody tr:nth-child(" + row + ") input")
	}
	p.clickThrough("[data-for-selected]", http.StatusOK)
	p.shows("h1", "Delete 2 entries?")
	p.shows("main", "synced")
}

// TestKeysOfTheList edits, deletes and selects by keys, and follows a click on a row.
func TestKeysOfTheList(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo(entriesURL(p), http.StatusOK)
	p.press("j")
	p.through("press e", http.StatusOK, chromedp.KeyEvent("e"))
	p.shows("h1", "Edit")
	p.goTo(entriesURL(p), http.StatusOK)
	p.press("j")
	p.press("j")
	p.through("press d", http.StatusOK, chromedp.KeyEvent("d"))
	p.shows("h1", "Delete")
	p.goTo(entriesURL(p), http.StatusOK)
	for range 2 {
		p.press("j")
		p.press("x")
	}
	p.press("e") // two are selected: there is nothing to edit
	p.through("press d", http.StatusOK, chromedp.KeyEvent("d"))
	p.shows("h1", "Delete 2 entries?")
	p.goTo(entriesURL(p), http.StatusOK)
	p.shows("[data-selected]", "2 selected")
	name := p.text("tbody tr:nth-child(2) a")
	p.clickThrough("tbody tr:nth-child(2) time", http.StatusOK)
	if got := p.text("h1"); !strings.Contains(got, name) {
		t.Errorf("a click on the row of %q leads to %q", name, got)
	}
}
