package e2e

import (
	"fmt"
	"testing"
)

// TestRoom gives the columns of the list, and the name of who is signed in, the room
// they need.
func TestRoom(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	for _, width := range []int64{360, 768, 1024, 1280, 1440} {
		p.resize(width, 800)
		page := fmt.Sprintf("list, %d wide", width)
		p.fits(page, width)
		if broken := js[int](p, `() => [...document.querySelectorAll("tbody time")].filter(e => e.getClientRects().length > 1).length`); broken > 0 {
			t.Errorf("%s: %d times break into two lines", page, broken)
		}
		if name := js[float64](p, `() => document.querySelector("tbody th:has([data-row])").getBoundingClientRect().width`); name < 110 {
			t.Errorf("%s: the names have %v pixels, want 110", page, name)
		}
		if width < 1024 {
			continue // the person's name is in the menu, or beside its icon on demand
		}
		if cut := js[bool](p, `() => (e => e.scrollWidth > e.clientWidth)(document.querySelector("header [title] [translate=no]"))`); cut {
			t.Errorf("%s: the name of who is signed in is cut off", page)
		}
	}
}
