package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// openCommands presses Ctrl+K.
func (p *page) openCommands() {
	p.t.Helper()
	do(p, "press Ctrl+K", chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	p.waitUntil(`document.querySelector("#commands[open]") !== null`)
}

// active is the line of the box that the arrows are at.
func (p *page) active() string {
	p.t.Helper()
	return strings.Join(strings.Fields(eval[string](p, `document.getElementById(document.querySelector("#commands input").getAttribute("aria-activedescendant"))?.innerText ?? ""`)), " ")
}

// TestCommands goes to pages and entries with the box that Ctrl+K opens.
func TestCommands(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.openCommands()
	if got := p.active(); got != "Overview Page" {
		t.Errorf("the box starts at %q", got)
	}
	p.loadAxe()
	p.passesAxe("the box", "aria-required-children", "aria-valid-attr-value", "color-contrast")
	p.press("grace")
	p.waitUntil(`document.querySelectorAll("#commands [role=option]").length === 2`)
	p.shows("#commands [role=status]", "2 results")
	first := p.active()
	p.press(kb.ArrowDown)
	if second := p.active(); !strings.HasPrefix(first, "Grace Tan grace.tan@") || !strings.HasPrefix(second, "Grace Tan grace.tan@") || first == second {
		t.Errorf("the arrow goes from %q to %q", first, second)
	}
	p.press(kb.ArrowDown)
	if got := p.active(); got != first {
		t.Errorf("after the last line comes %q, want %q", got, first)
	}
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Grace Tan")
	id := p.text("#entry-id")

	p.click("[data-commands]")
	p.waitUntil(`document.querySelector("#commands[open]") !== null`)
	p.press(id[:13])
	p.waitUntil(`document.querySelectorAll("#commands [role=option]").length === 1`)
	p.press(kb.Escape)
	p.waitUntil(`document.querySelector("#commands[open]") === null`)
	p.hasFocus("button Find")
	p.openCommands()
	p.press("pattern")
	p.waitUntil(`document.querySelector("#commands [role=option]")?.innerText.startsWith("Pattern tester")`)
	p.pressEnter(http.StatusOK)
	p.at("/regex/check")
	p.openCommands()
	p.press("grace.tan@alumni.example")
	p.waitUntil(`document.querySelector("#commands [role=option]:last-child")?.innerText.startsWith("Whose name can grace.tan@alumni.example use?")`)
	p.press(kb.ArrowUp) // from the first line to the last
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Whose name can this address use?")
}
