package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp/kb"
)

const openCopies = "details[data-copies] summary"

// TestCopies copies an entry as each of the texts, and looks at the open section.
func TestCopies(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clipboard(browser.PermissionSettingGranted)
	p.clickThrough("tbody tr:has(.border-primary) a", http.StatusOK) // a pattern
	if js[bool](p, `() => document.getElementById("entry-json").checkVisibility({ contentVisibilityAuto: true })`) {
		t.Error("the texts show before anybody asks for them")
	}
	id := p.text("#entry-id")
	p.click(openCopies)
	tests := []struct{ element, begins, holds string }{
		{"entry-json", "{\n  \"id\": ", `"id": "` + id + `"`},
		{"entry-curl", "curl -X POST 'https://api.cloudflare.com/client/v4/accounts/", "-H \"Authorization: Bearer $CLOUDFLARE_API_TOKEN\" \\\n"},
		{"entry-terraform", "resource \"cloudflare_email_security_impersonation_registry\" \"", `/` + id + "\"\n}\n"},
	}
	for _, tt := range tests {
		text := js[string](p, `id => document.getElementById(id).textContent`, tt.element)
		if !strings.HasPrefix(text, tt.begins) || !strings.Contains(text, tt.holds) {
			t.Errorf("%s is\n%s\nwant it to begin with %q and to hold %q", tt.element, text, tt.begins, tt.holds)
		}
		p.click(`button[data-copy="` + tt.element + `"]`)
		p.waitUntil(`document.querySelector('[data-copied="` + tt.element + `"]').textContent === "Copied"`)
		if got := eval[string](p, "navigator.clipboard.readText()"); got != text {
			t.Errorf("the clipboard holds %q, want %q", got, text)
		}
	}
	p.looksGood("entry with its copies")
}

// TestCopiesByKeyboard opens the section and scrolls in it with the keyboard only.
func TestCopiesByKeyboard(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.resize(360, 800)
	p.clickThrough("tbody a", http.StatusOK)
	p.tabTo("summary Copy as JSON, API call or Terraform")
	p.press(space)
	p.tabTo("button Copy call")
	p.tabTo("pre curl -X POST 'https://api.cloudflare.com/client/v4/accounts/0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c/email-security/settings/impersonation_registry' \\")
	p.press(kb.ArrowRight)
	p.waitUntil(`document.activeElement.scrollLeft > 0`)
}

// TestCopiesWithoutScript selects a whole text with one click.
func TestCopiesWithoutScript(t *testing.T) {
	t.Parallel()
	p := openPage(t, serve(t))
	p.scripts(false)
	p.signIn("viewer")
	p.clickThrough("tbody a", http.StatusOK)
	p.click(openCopies)
	if p.visible(`button[data-copy="entry-curl"]`) {
		t.Error("a copy button shows, though it can do nothing")
	}
	p.click("#entry-terraform")
	if got, want := eval[string](p, "getSelection().toString()"), eval[string](p, `document.getElementById("entry-terraform").textContent`); strings.TrimSpace(got) != strings.TrimSpace(want) {
		t.Errorf("a click selects %q, want %q", got, want)
	}
}
