package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSearchAsOneTypes has the list follow what is typed, without losing the focus.
func TestSearchAsOneTypes(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	before := p.count("tbody tr")
	p.press("/")
	if got := p.focused(); got != "#search" {
		t.Fatalf("after / the focus is on %s", got)
	}
	p.press("gra")
	p.press("ce")
	p.waitUntil(`document.querySelectorAll("tbody tr").length === 2`)
	p.waitUntil(`location.search === "?search=grace"`)
	p.shows("#results", "Grace Tan")
	p.shows("[data-live=count]", "Entries 1 to 2 of 2 that match")
	if got := p.focused(); got != "#search" || p.value("#search") != "grace" {
		t.Errorf("the focus is on %s, the field holds %q", got, p.value("#search"))
	}
	p.press("n") // is typed, and opens nothing
	p.waitUntil(`document.querySelector("#results h2")?.textContent === "No matching entries"`)
	p.goTo(p.path(), http.StatusOK) // as a bookmark
	p.shows("#results", "No matching entries")
	p.clickThrough(`[aria-label="Filters that are set"] a`, http.StatusOK)
	if got := p.count("tbody tr"); got != before {
		t.Errorf("%d rows without the filter, want %d", got, before)
	}
	p.clickThrough(`th a`, http.StatusOK)
	p.shows(`th[aria-sort=ascending]`, "Name")
}

// TestKeys goes through the list by keys.
func TestKeys(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	row := func() string {
		return eval[string](p, `document.activeElement.closest("tr")?.rowIndex.toString() ?? "none"`)
	}
	for _, step := range []struct{ key, want string }{{"j", "1"}, {"j", "2"}, {"k", "1"}, {"k", "1"}, {"j", "2"}} {
		p.press(step.key)
		if got := row(); got != step.want {
			t.Fatalf("after %s row %s has the focus, want %s", step.key, got, step.want)
		}
	}
	name := eval[string](p, `document.activeElement.innerText`)
	p.pressEnter(http.StatusOK)
	p.shows("h1", strings.TrimSpace(name))
	p.press("?")
	p.waitUntil(`document.getElementById("keys")?.open`)
	p.shows("#keys", "Search the list")
	p.press("n") // the list is open
	p.through("close the list and press n", http.StatusOK, chromedp.Click(chromedp.CSS("#keys button")), chromedp.KeyEvent("n"))
	p.shows("h1", "New entry")
	p.click("#name")
	p.press("n?/jk")
	if got := p.value("#name"); got != "n?/jk" {
		t.Errorf("typed is %q", got)
	}
}
