package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestShadowedProtection goes from an entry whose protection a policy cancels to the policy,
// checks the mail that shows it, and checks another mail: with the keyboard alone, and without
// scripts.
func TestShadowedProtection(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string]bool{"by keyboard": true, "without scripts": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := openAsEditor(t, serve(t))
			p.scripts(scripts)
			follow := func(link, selector string) {
				t.Helper()
				if !scripts {
					p.clickThrough(selector, http.StatusOK)
					return
				}
				p.press(kb.Tab)
				p.hasFocus("a Skip to content")
				p.press(kb.Enter)
				p.tabTo(link)
				p.pressEnter(http.StatusOK)
			}
			looksGood := func(page string) {
				t.Helper()
				if scripts { // axe needs them
					p.looksGood(page)
				}
			}
			p.clickThrough("tbody a[data-row]", http.StatusOK)
			p.shows("[data-shadowed]", "other mail with this name through, such as from")
			looksGood("entry whose protection is cancelled")
			follow("a Which policies", "[data-shadowed] a")
			p.shows("h1", "Findings")
			p.shows("[data-rule=shadowed-name] [data-finding]", "is let through by the allow policy for the pattern")
			looksGood("cancelled protection")
			witness := p.text("[data-witness]")
			follow("a Check this mail", "[data-finding] a[href*='/check?']")
			p.shows("h1", "Would this mail be flagged?")
			if got := p.value("#email"); got != witness {
				t.Errorf("checks %q, want the witness %q", got, witness)
			}
			p.shows("#verdict", "Not flagged")
			p.shows("main", "but an allow policy lets the mail through.")
			looksGood("check of a mail that a policy lets through")

			write := func(field, text string) {
				t.Helper()
				js[any](p, `field => { const e = document.querySelector(field); e.focus(); e.select() }`, field)
				p.press(text)
			}
			write("#name", "johanna voss")
			write("#email", "boss@gmail")
			send := func(status int) {
				t.Helper()
				if !scripts {
					p.clickThrough("main form button", status)
					return
				}
				p.tabTo("#auth")
				p.tabTo("button Check")
				p.pressEnter(status)
			}
			send(http.StatusUnprocessableEntity)
			p.shows("#email-error", "This is not an address.")
			write("#email", "boss@gmail.com")
			send(http.StatusOK)
			p.shows("#verdict", "It depends")
			p.shows("main", "If Cloudflare compares names character by character.")
			looksGood("check that depends")
		})
	}
}
