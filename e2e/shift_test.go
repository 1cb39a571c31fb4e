package e2e

import (
	"fmt"
	"net/http"
	"testing"
)

// TestNothingShifts loads pages narrow and wide and checks that nothing moves what is there.
// Shifts of less than a thousandth are those of fractions of a pixel; Lighthouse shows them as 0.
//
// It runs alone: a browser without time to read a page at once draws the part that it has.
func TestNothingShifts(t *testing.T) { //nolint:paralleltest // see above
	p := openAsEditor(t, serve(t))
	list := p.path()
	for _, width := range []int64{360, 1280} {
		p.resize(width, 800)
		p.waitUntil(fmt.Sprintf("innerWidth === %d", width)) // or the next page is laid out twice
		eval[any](p, painted)
		for _, path := range []string{"/", list, list + "/new"} {
			p.goTo(path, http.StatusOK)
			// Shifts are reported after the frame in which they happen.
			moved := eval[[]string](p, `(async () => {
				let moved = [];
				new PerformanceObserver(list => { for (const shift of list.getEntries()) if (!shift.hadRecentInput && shift.value >= 0.001) moved.push(shift.value + ": " + shift.sources.map(s => s.node?.outerHTML?.slice(0, 80))) }).observe({type: "layout-shift", buffered: true});
				for (let i = 0; i < 3; i++) await `+painted+`;
				return moved;
			})()`)
			if len(moved) > 0 {
				t.Errorf("%s, %d wide: %q", path, width, moved)
			}
		}
	}
}
