//go:build !openapi

package e2e

import (
	"net/http"
	"testing"
)

// refill replaces what a field holds.
func (p *page) refill(selector, text string) {
	p.t.Helper()
	js[any](p, `selector => { document.querySelector(selector).value = ""; }`, selector)
	p.fill(selector, text)
}

// TestPatternAsOneTypes has the form say what Java makes of a pattern while it is typed.
func TestPatternAsOneTypes(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	if p.visible("#samples") {
		t.Error("addresses can be tried before there is a pattern")
	}
	p.fill("#name", "Jane Smith")
	p.fill("#email", `jane(\.smith@haldenvoss\.example`)
	p.click("#is_email_regex")
	p.waitUntil(`document.getElementById("pattern-result").textContent.includes("Java refuses this pattern")`)
	p.shows("#pattern-result", "Unclosed group near index 32")
	p.click("[data-at]")
	if got := p.focused(); got != "#email" {
		t.Errorf("the place is shown in %s", got)
	}
	p.looksGood("form with a pattern that Java refuses")
	p.refill("#email", `jane\.smith@haldenvoss\.example`)
	p.waitUntil(`document.getElementById("pattern-result").textContent.includes("Java accepts this pattern")`)
	p.waitUntil(`document.getElementById("samples").value.startsWith("jane.smith@haldenvoss.example\n")`)
	p.waitUntil(`document.querySelector("[aria-label='Tried addresses'] td")?.textContent.includes("jane.smith@haldenvoss.example")`)
	p.shows("[aria-label='Tried addresses'] td", "jane.smith@haldenvoss.example")
	p.looksGood("form with a pattern")
	p.refill("#samples", "somebody@else.example")
	p.waitUntil(`document.querySelectorAll("[aria-label='Tried addresses'] tbody tr").length === 1`)
	p.refill("#email", `.*@else\.example`)
	p.waitUntil(`document.querySelector("[aria-label='Tried addresses'] mark")?.textContent === "somebody@else.example"`)
	if got := p.value("#samples"); got != "somebody@else.example" {
		t.Errorf("what was typed is now %q", got)
	}
	p.clickThrough(create, http.StatusOK)
	p.shows("main", "Created")
}

// TestPatternWithoutScript checks a pattern with the form's button alone, and asks whom
// an address matches.
func TestPatternWithoutScript(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.scripts(false)
	p.clickThrough(newEntry, http.StatusOK)
	p.fill("#name", "Jane Smith")
	p.fill("#email", `jane@(x`)
	p.click("#is_email_regex")
	p.clickThrough("button[name=check]", http.StatusOK)
	p.shows("#pattern-result", "Java refuses this pattern")
	if p.value("#name") != "Jane Smith" || p.value("#email") != `jane@(x` {
		t.Error("what was typed is gone")
	}
	p.goTo("/regex/check", http.StatusOK)
	p.fill("#pattern", `t.*@haldenvoss\.example`)
	p.clickThrough("main form button", http.StatusOK)
	p.shows("#pattern-result", "Java accepts this pattern.")
	p.clickThrough(`nav a[href$="/entries"]`, http.StatusOK)
	p.clickThrough(`main a[href$="/covering"]`, http.StatusOK)
	p.fill("#address", "tobias.brandt@haldenvoss.example")
	p.clickThrough("main form button", http.StatusOK)
	p.shows("[aria-label='Entries that cover the address']", "matches the whole address")
}
