package e2e

import (
	"net/http"
	"strings"
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
	p.waitUntil(`document.getElementById("pattern-result").textContent.includes("Invalid pattern")`)
	p.shows("#pattern-result", "Unclosed group near index 32")
	p.click("[data-from]")
	if got := p.focused(); got != "#email" {
		t.Errorf("the place is shown in %s", got)
	}
	p.looksGood("form with a pattern that Java refuses")
	p.click("#is_address") // as an address it is not Java's to refuse
	p.waitUntil(`document.querySelector("#email[aria-invalid]") === null && document.getElementById("pattern-result").childElementCount === 0`)
	p.click("#is_email_regex")
	p.waitUntil(`document.querySelector("#email[aria-invalid]") !== null`)
	p.refill("#email", `jane\.smith@haldenvoss\.example`)
	p.waitUntil(`document.getElementById("pattern-result").textContent.includes("Valid pattern")`)
	p.waitUntil(`document.getElementById("samples").value.startsWith("jane.smith@haldenvoss.example\n")`)
	p.waitUntil(`document.querySelector("[aria-label='Tried addresses'] td")?.textContent.includes("jane.smith@haldenvoss.example")`)
	p.shows("[aria-label='Tried addresses'] td", "jane.smith@haldenvoss.example")
	p.click("details:has(#samples) summary")
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

// saysOf waits until the tester has answered, and returns the verdict that it shows.
func (p *page) saysOf(pattern string) string {
	p.t.Helper()
	eval[any](p, `document.getElementById("pattern-result").append(Object.assign(document.createElement("i"), { id: "before" }))`)
	p.refill("#pattern", pattern)
	p.waitUntil(`document.getElementById("before") === null && document.getElementById("pattern-result").ariaBusy === null`)
	return eval[string](p, `document.getElementById("pattern-verdict").textContent`)
}

// TestTesterKeepsItsState tries patterns one after the other, and sees that what one
// looks at stays open, that only another verdict is read out, and that the field says
// when it is wrong.
func TestTesterKeepsItsState(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo("/regex/check", http.StatusOK)
	const good, bad = `jane\.smith@haldenvoss\.(com|org)`, `jane(\.smith@haldenvoss\.com`
	said := p.saysOf(good)
	if !strings.HasPrefix(said, "Valid pattern.") {
		t.Fatalf("it says %q", said)
	}
	p.click("#pattern-result summary")
	eval[any](p, `{
		globalThis.readOut = [];
		new MutationObserver(() => readOut.push(document.getElementById("pattern-verdict").textContent)).observe(document.getElementById("pattern-verdict"), { childList: true, characterData: true, subtree: true });
	}`)
	p.saysOf(good + "x")
	if !eval[bool](p, `document.querySelector("#pattern-result details").open`) {
		t.Error("the explanation has closed")
	}
	p.saysOf(bad)
	if !eval[bool](p, `document.querySelector("#pattern[aria-invalid=true]") !== null && document.getElementById(document.getElementById("pattern").getAttribute("aria-describedby")) !== null`) {
		t.Error("the field does not say that it is wrong")
	}
	p.saysOf("  " + bad)
	p.click("[data-from]")
	if got := eval[string](p, `(e => e.selectionStart + " " + e.value.slice(e.selectionStart, e.selectionEnd))(document.getElementById("pattern"))`); got != "6 (" {
		t.Errorf("the place is %q, want %q", got, "6 (")
	}
	p.saysOf(good)
	if !eval[bool](p, `document.querySelector("#pattern-result details").open`) {
		t.Error("the explanation has closed after a fault")
	}
	if p.count("#pattern[aria-invalid], #pattern[aria-describedby]") > 0 {
		t.Error("the field still says that it is wrong")
	}
	if got, want := eval[string](p, `readOut.join("; ")`), "Invalid pattern.; "+said; got != want {
		t.Errorf("read out was %q, want %q", got, want)
	}
}

// TestSuggestionsLeaveOneToType empties the addresses, and finds them empty a while later.
func TestSuggestionsLeaveOneToType(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo("/regex/check", http.StatusOK)
	if got := p.value("#samples"); !strings.HasPrefix(got, "jane.smith@example.com\n") {
		t.Errorf("at first %q is suggested", got)
	}
	p.saysOf(`.*@haldenvoss\.example`)
	if got := p.value("#samples"); !strings.HasPrefix(got, "jane.smith@haldenvoss.example\n") {
		t.Errorf("suggested is %q", got)
	}
	p.click("#samples")
	eval[any](p, `document.getElementById("samples").select()`)
	p.press("\b")
	p.waitUntil(`document.querySelector("[aria-label='Tried addresses']") === null`)
	p.saysOf(`.*@voss\.example`)
	if got := p.value("#samples"); got != "" {
		t.Errorf("emptied, the field holds %q", got)
	}
}

// TestTesterDoesNotAnswer sees that no verdict stays beside another pattern than the one
// that it is of.
func TestTesterDoesNotAnswer(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo("/regex/check", http.StatusOK)
	good, other := `jane@haldenvoss\.example`, `jane\.smith@haldenvoss\.example`
	p.saysOf(good)
	p.shows("#pattern-result", "Valid pattern.")
	for _, tt := range []struct{ name, fetch, want string }{
		{"no connection", `() => Promise.reject(new TypeError("oh"))`, "Not checked: Namesake gave no answer. Press “Check pattern” to try again."},
		{"too large", `() => Promise.resolve(new Response("", { status: 413 }))`, "Not checked: this is more than Namesake can check at once."},
		{"fault", `() => Promise.resolve(new Response("", { status: 500 }))`, "Not checked: Namesake answered with an error (500)."},
		{"signed out", `() => Promise.resolve(new Response("", { status: 401 }))`, "Not checked: your session has ended."},
		{"another page", `() => Promise.resolve(new Response("<p>Welcome to the hotel"))`, "Not checked: Namesake gave no answer."},
	} {
		eval[any](p, `{ globalThis.real ??= fetch; globalThis.fetch = `+tt.fetch+`; }`)
		other += "x"
		p.saysOf(other)
		if got := p.text("#pattern-failed"); !strings.HasPrefix(got, tt.want) || p.text("#pattern-result") != "" {
			t.Errorf("%s: it says %q beside %q, want %q alone", tt.name, got, p.text("#pattern-result"), tt.want)
		}
		if tt.name == "no connection" {
			p.looksGood("tester without an answer")
		}
		eval[any](p, `{ fetch = real; }`)
		p.saysOf(other) // the same is asked again
		p.shows("#pattern-result", "Valid pattern.")
		if p.visible("#pattern-failed") {
			t.Errorf("%s: it is still said after an answer", tt.name)
		}
	}

	eval[any](p, `{ globalThis.fetch = (_, { signal }) => new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason))); }`)
	p.refill("#pattern", good)
	p.waitUntil(`getComputedStyle(document.getElementById("pattern-result")).opacity === "0.5"`)
	p.refill("#pattern", other) // as it was when that answer came
	p.waitUntil(`getComputedStyle(document.getElementById("pattern-result")).opacity === "1"`)
	p.shows("#pattern-result", "Valid pattern.")
}

// TestPatternWithoutScript checks a pattern with the form's button alone, and asks which names
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
	p.shows("#pattern-result", "Invalid pattern")
	if p.value("#name") != "Jane Smith" || p.value("#email") != `jane@(x` {
		t.Error("what was typed is gone")
	}
	p.goTo("/regex/check", http.StatusOK)
	p.fill("#pattern", `t.*@haldenvoss\.example`)
	p.fill("#name", "Tobias Brandt")
	p.clickThrough("main form button", http.StatusOK)
	p.shows("#pattern-result", "Valid pattern.")
	p.shows("[aria-label='Tried addresses'] td", "tobias.brandt@haldenvoss.example")
	p.clickThrough(`nav a[href$="/entries"]`, http.StatusOK)
	p.clickThrough(`main a[href$="/covering"]`, http.StatusOK)
	p.fill("#address", "tobias.brandt@haldenvoss.example")
	p.clickThrough("main form button", http.StatusOK)
	p.shows("[aria-label='Entries that match the address']", "matches the whole address")
}
