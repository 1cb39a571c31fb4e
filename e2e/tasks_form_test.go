package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestTaskCreate creates an entry with two clicks and two keys at most.
func TestTaskCreate(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	k := p.startTask()
	k.clickThrough(newEntry, http.StatusOK)
	k.types("Mira Castellan")
	k.press(kb.Tab)
	k.types("mira@castellan.example")
	k.pressThrough(kb.Enter, http.StatusOK)
	p.shows("h1", "Mira Castellan")
	p.shows("main", "Created")
	k.atMost(effort{clicks: 2, keys: 2, texts: 2})
}

// TestTaskIsThisPatternSafe asks whether a pattern is safe with one click.
func TestTaskIsThisPatternSafe(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	k := p.startTask()
	k.clickThrough(`nav a[href="/regex/check"]`, http.StatusOK)
	k.types(`.*@gmail\.com`)
	p.arrives("#pattern-result", "Valid, but anyone can use this name")
	k.atMost(effort{clicks: 1, texts: 1})
}

// TestCreateAndAddAnother creates two addresses of one name in a row, and is told of one that
// is listed already while it is typed.
func TestCreateAndAddAnother(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	p.hasFocus("#name")
	p.press("Mira Castellan")
	p.fill("#email", "mira@castellan.example")
	p.clickThrough("button[name=another]", http.StatusOK)
	p.shows("h1", "New entry")
	p.shows("main", "Mail from mira@castellan.example may now show “Mira Castellan”")
	p.hasFocus("#email")
	if got := p.value("#name"); got != "Mira Castellan" {
		t.Errorf("the name is %q", got)
	}
	p.shows("#name-entries", "“Mira Castellan” has 1 address already")
	p.press("MIRA@castellan.example")
	p.arrives("#name-entries", "This address is already listed: Mira Castellan")
	p.looksGood("form for an address that is listed")
	p.clickThrough("#name-entries section a", http.StatusOK)
	p.shows("h1", "Mira Castellan")
}

// TestEffectStaysInView scrolls a long form and sees what the entry does beside it; in a narrow
// window it stands between the address and the rest.
func TestEffectStaysInView(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	const boxes = `(() => { const box = s => document.querySelector(s).getBoundingClientRect();
		const [email, effect, comments] = [box("#email"), box("section[aria-labelledby=effect]"), box("#comments")];
		return [effect.left > email.right, effect.top >= email.bottom && effect.bottom <= comments.top, effect.top >= 0 && effect.top < innerHeight]; })()`
	for _, tt := range []struct {
		width, height         int64
		beside, between, seen bool
	}{{1440, 500, true, false, true}, {1100, 500, true, false, true}, {1099, 900, false, true, true}, {360, 900, false, true, true}, {320, 256, false, true, false}} { // the last is 400 % of 1280 by 1024
		p.resize(tt.width, tt.height)
		if tt.beside {
			p.click(advanced)
			eval[any](p, `scrollTo({ top: document.body.scrollHeight, behavior: "instant" })`)
			p.waitUntil(`scrollY > 0`)
		}
		got := eval[[]bool](p, boxes)
		if want := []bool{tt.beside, tt.between, tt.seen}; got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("%d by %d: beside, between and in view are %v, want %v", tt.width, tt.height, got, want)
		}
		p.fits("form", tt.width)
		if tt.beside {
			p.click(advanced)
		}
		eval[any](p, `scrollTo({ top: 0, behavior: "instant" })`)
	}
}
