package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp/kb"
)

const space = " "

// tabTo presses Tab until the element has the focus. The focus must be visible at each
// stop.
func (p *page) tabTo(want string) {
	p.t.Helper()
	var stops []string
	for range 60 {
		p.press(kb.Tab)
		stop := p.focused()
		// Past the last stop the focus leaves the page.
		if outside := stop == "body"; !outside && !p.focusShows() {
			p.t.Errorf("%s: the focus on %s is invisible", p.path(), stop)
		}
		if stop == want {
			return
		}
		stops = append(stops, stop)
	}
	p.t.Fatalf("%s: Tab never reaches %s, only %q", p.path(), want, stops)
}

// focusShows reports whether the element that has the focus comes into the window
// and gets a visible outline, or a ring around it. Both may take some frames.
func (p *page) focusShows() bool {
	p.t.Helper()
	return eval[bool](p, `(async () => {
		const shows = e => {
			const box = e.getBoundingClientRect(), style = getComputedStyle(e);
			const inside = box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
			const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
			const ring = style.boxShadow.split(/,(?![^(]*\))/).some(s => / 0px 0px 0px [2-9]px/.test(s) && !/, 0\)|\/ 0\)/.test(s));
			return inside && e.matches(":focus-visible") && (outline || ring);
		};
		for (const end = performance.now() + 3000; performance.now() < end; await `+painted+`) {
			if (shows(document.activeElement)) return true;
		}
		return false;
	})()`)
}

// hasFocus checks where the focus is, once autofocus had a frame to move it.
func (p *page) hasFocus(want string) {
	p.t.Helper()
	eval[any](p, painted)
	if got := p.focused(); got != want {
		p.t.Errorf("%s: the focus is on %s, want %s", p.path(), got, want)
	}
}

// TestKeyboard does the main job with the keyboard only.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := openPage(t, serve(t))
	p.clipboard(browser.PermissionSettingGranted)
	p.goTo("/login", http.StatusOK)
	p.tabTo("button Continue as Viewer")
	p.tabTo("button Continue as Editor")
	p.pressEnter(http.StatusOK)

	p.press(kb.Tab)
	p.hasFocus("a Skip to content")
	if !p.focusShows() {
		t.Error("the skip link doesn't show while it has the focus")
	}
	p.press(kb.Enter)
	p.hasFocus("#main")
	p.tabTo("a New entry")
	if !js[bool](p, `() => document.activeElement.matches("main *")`) {
		t.Error("after the skip link, Tab goes through the navigation, want the content")
	}
	p.pressEnter(http.StatusOK)

	p.keyIn("Kay Board", "kay@board.example")
	p.hasFocus("#email")
	p.tabTo("#is_address")
	p.press(kb.ArrowRight)
	p.shows("#meaning", "comes from an address that matches kay@board.example")
	p.press(kb.ArrowLeft)
	p.shows("#meaning", "comes from kay@board.example")
	p.tabTo("#comments")
	p.press("Two\nlines")
	p.tabTo("summary Advanced")
	p.press(space)
	p.tabTo("#directory_id")
	p.tabTo("button Create entry")
	p.pressEnter(http.StatusOK)

	id := p.text("#entry-id")
	for _, key := range []string{kb.Enter, space} {
		eval[any](p, `navigator.clipboard.writeText("something else").then(() => { document.querySelector('`+copied+`').textContent = "" })`)
		p.tabTo("button Copy ID")
		p.press(key)
		p.seesCopied(id)
		p.hasFocus("button Copy ID")
	}

	p.tabTo("a New entry")
	p.pressEnter(http.StatusOK)
	p.keyIn("Kay Board", "kay@board.example")
	p.pressEnter(http.StatusUnprocessableEntity)
	p.hasFocus("#error-summary")
	p.shows("#error-summary-title", "Not sent: this entry is in the registry already")
	p.tabTo("button Create it anyway")
	p.pressEnter(http.StatusUnprocessableEntity)
	p.seesRefusal("Kay Board", "kay@board.example", "")
	p.hasFocus("#error-summary")
	p.tabTo("a Address or pattern")
	p.press(kb.Enter)
	p.hasFocus("#email")
	if !p.focusShows() {
		t.Error("the focus on #email is invisible")
	}
}

// keyIn types into the form's first fields.
func (p *page) keyIn(name, email string) {
	p.t.Helper()
	p.tabTo("#name")
	p.press(name)
	p.tabTo("#email")
	p.press(email)
}

// TestFocusInForcedColors goes through the form as people see it whose system
// forces its colours on every page, which takes shadows away.
func TestFocusInForcedColors(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.media("forced-colors", "active")
	p.clickThrough(newEntry, http.StatusOK)
	p.click(advanced)
	p.tabTo("body")
	p.tabTo("a Cancel")
}
