package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestFindings finds a hole on the overview, sees its witness, fixes it by a plan and sees it
// gone; and dismisses another finding, with the keyboard where there are scripts.
func TestFindings(t *testing.T) {
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
			p.clickThrough("nav a", http.StatusOK)
			p.shows("h1", "Overview")
			p.clickThrough("[data-rule=not-anchored] a", http.StatusOK)
			p.shows("h1", "Findings")
			p.shows("nav a[aria-current=page]", "Findings")
			if witness := p.text("[data-finding] [data-witness]"); !strings.Contains(witness, "@") {
				t.Errorf("the witness is %q", witness)
			}
			before := p.count("[data-finding]")
			p.clickThrough("[data-finding] form[action$='/fix'] button", http.StatusOK)
			p.shows("h1", "Change 1 entry?")
			p.shows("main", "Fixes findings.")
			p.clickThrough("button[form=apply]", http.StatusOK)
			p.shows("h1", "1 entry changed")
			p.clickThrough("nav a[href$='/findings']", http.StatusOK)
			p.shows("[data-rule=not-anchored] h2", "Not anchored "+strconv.Itoa(before-1))

			p.goTo(p.path()+"?rule=not-anchored", http.StatusOK)
			const first = "[data-finding]:first-child"
			dismissed := p.text(first + " h3")
			if scripts {
				p.click("#search")
				p.tabTo("summary Dismiss…")
				p.press(" ")
				looksGood("dismissing a finding")
			} else {
				p.click(first + " summary")
			}
			p.fill(first+" input[name=reason]", "The suffix is ours.")
			p.clickThrough(first+" form[action$='/dismiss'] button", http.StatusOK)
			p.shows("main", "Dismissed")
			p.shows("[data-rule=not-anchored] h2", "Not anchored "+strconv.Itoa(before-2))
			p.clickThrough("a[href*='dismissed=true']", http.StatusOK)
			p.shows("[data-finding] h3", dismissed)
			p.shows("[data-finding]", "The suffix is ours.")
			looksGood("dismissed findings")
			p.clickThrough("[data-finding] form[action$='/restore'] button", http.StatusOK)
			p.shows("#results h2", "No matching findings")
		})
	}
}
