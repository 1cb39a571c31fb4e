package e2e

import (
	"net/http"
	"testing"
)

// TestMailTests makes a test of a check, sees how it stands, and is asked by an entry's form
// that would break it; with scripts and without.
func TestMailTests(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"with scripts": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openAsEditor(t, serve(t))
			p.scripts(scripts)
			p.clickThrough("nav a[href$='/check']", http.StatusOK)
			p.fill("#name", "Johanna Voss")
			p.fill("#email", "boss@gmail.com")
			p.clickThrough("main form button", http.StatusOK)
			p.clickThrough("main a[href*='expect=flagged']", http.StatusOK)
			p.shows("h1", "Tests")
			if scripts {
				p.click("#note")
				p.tabTo("button Add test")
				p.pressEnter(http.StatusOK)
			} else {
				p.clickThrough("form[action$='/tests'] button", http.StatusOK)
			}
			p.shows("main", "Test added: as expected")
			p.shows("[data-test]", "Johanna Voss from boss@gmail.com must be flagged")
			p.clickThrough("main a[href*='suggest=1']", http.StatusOK)
			p.shows("#suggested", "Suggested tests")
			if scripts { // axe needs them
				p.looksGood("tests")
			}
			p.clickThrough("nav a[href$='/entries/new']", http.StatusOK)
			p.fill("#name", "Johanna Voss")
			p.fill("#email", "boss@gmail.com")
			p.clickThrough(create, http.StatusUnprocessableEntity)
			p.shows("main", "Not sent: this breaks a test")
			p.clickThrough("button[name=confirmed]", http.StatusOK)
			p.shows("main", "Created")
			p.clickThrough("nav a[href$='/tests']", http.StatusOK)
			p.shows("[data-state=broken]", "The mail passes.")
		})
	}
}
