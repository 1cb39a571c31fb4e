package e2e

import (
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

const (
	toList   = `nav a[href$="/entries"]`
	newEntry = `main a[href$="/entries/new"]`
	create   = `form[data-once] .actions button`
	advanced = `details:has(#directory_id) summary`
	anyway   = `form[data-once] button[name="twins"]`
	copyID   = `button[data-copy="entry-id"]`
	copied   = `[data-copied="entry-id"]`
)

// TestMainJob creates an entry with the mouse, copies its id, finds it in the
// list, and is stopped, and then refused, when it creates the same again.
func TestMainJob(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clipboard(browser.PermissionSettingGranted)
	p.shows("header", "Sandbox")
	p.clickThrough(newEntry, http.StatusOK)
	p.fill("#name", "Mira Castellan")
	p.fill("#email", "mira@castellan.example")
	p.fill("#comments", "Writes from home\non Fridays")
	p.clickThrough(create, http.StatusOK)

	p.shows("main", "Created The entry is in the registry.")
	p.shows("h1", "Mira Castellan")
	p.shows(`[data-field="email"] dd`, "mira@castellan.example")
	p.shows(`[data-field="comments"] dd`, "Writes from home on Fridays")
	id := p.text("#entry-id")
	if want := "/entries/" + id; !strings.HasSuffix(p.path(), want) {
		t.Errorf("the path is %s, want it to end in %s", p.path(), want)
	}
	p.click(copyID)
	p.seesCopied(id)

	p.clickThrough("main p a", http.StatusOK) // All entries
	entry := `tbody a[href$="/` + id + `"]`
	p.shows(entry, "Mira Castellan")
	p.clickThrough(entry, http.StatusOK)
	if got := p.text("#entry-id"); got != id {
		t.Errorf("the list leads to entry %s, want %s", got, id)
	}
	if p.count("[role=status].border-good") > 0 {
		t.Error("the notice is shown a second time")
	}

	p.clickThrough(`nav a[href$="/entries/new"]`, http.StatusOK)
	p.fill("#name", "Mira Castellan")
	p.fill("#email", "mira@castellan.example")
	p.fill("#comments", "Again")
	p.waitUntil(`document.querySelector("#name-entries li")?.innerText === "mira@castellan.example"`)
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Not sent: this entry is in the registry already")
	p.shows(`#error-summary a[href$="/`+id+`"]`, "Mira Castellan")
	p.clickThrough(anyway, http.StatusUnprocessableEntity)
	p.seesRefusal("Mira Castellan", "mira@castellan.example", "Again")
	if got := p.focused(); got != "#error-summary" {
		t.Errorf("the focus is on %s, want #error-summary", got)
	}
	p.click(`#error-summary a[href="#email"]`)
	if got := p.focused(); got != "#email" {
		t.Errorf("after the link in the summary the focus is on %s, want #email", got)
	}
}

// seesCopied waits until the page says that it has copied, and reads the clipboard.
func (p *page) seesCopied(want string) {
	p.t.Helper()
	p.waitUntil(`document.querySelector('` + copied + `').textContent === "Copied"`)
	if got := eval[string](p, "navigator.clipboard.readText()"); got != want {
		p.t.Errorf("the clipboard holds %q, want %q", got, want)
	}
}

// seesRefusal checks the form after the sandbox refused an exact duplicate.
func (p *page) seesRefusal(name, email, comments string) {
	p.t.Helper()
	p.shows("#error-summary-title", "Cloudflare refused the values")
	for _, pointer := range []string{"#error-summary code.pointer", "#email-error code.pointer"} {
		if got := p.text(pointer); got != "/email" {
			p.t.Errorf("%s is %q, want /email", pointer, got)
		}
	}
	invalid := js[[]string](p, `() => [...document.querySelectorAll("[aria-invalid=true]")].map(e => e.id + " " + e.getAttribute("aria-describedby"))`)
	if len(invalid) != 1 || invalid[0] != "email email-error email-hint" {
		p.t.Errorf("marked as wrong are %q, want the email with its error and hint", invalid)
	}
	for field, want := range map[string]string{"#name": name, "#email": email, "#comments": comments} {
		if got := p.value(field); got != want {
			p.t.Errorf("%s is kept as %q, want %q", field, got, want)
		}
	}
}

// TestTheFormTellsOfTheName says while somebody fills in the form which addresses the
// name has.
func TestTheFormTellsOfTheName(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	p.click("#name")
	p.press("grace  tan\t")
	p.waitUntil(`document.querySelectorAll("#name-entries li").length === 2`)
	p.shows("#name-entries", "“grace tan” has 2 addresses already.")
	p.clickThrough(`nav a[href$="/entries/new"]`, http.StatusOK)
	p.fill("#name", "Somebody New")
	p.click("#email")
	p.waitUntil(`document.querySelector("#name-entries").innerText.startsWith("No entry of “Somebody New” was found")`)
	p.fill("#email", "new@example.com")
	p.clickThrough(create, http.StatusOK)
	p.shows("#holds", "Mail that shows “Somebody New” is flagged unless it comes from new@example.com.")
}

// TestCopyWithoutClipboard selects the id when the browser refuses to copy it.
func TestCopyWithoutClipboard(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clipboard(browser.PermissionSettingDenied)
	p.clickThrough("tbody a", http.StatusOK)
	p.click(copyID)
	p.waitUntil(`document.querySelector('` + copied + `').textContent.startsWith("Selected")`)
	if got, want := eval[string](p, "getSelection().toString()"), p.text("#entry-id"); got != want {
		t.Errorf("selected is %q, want %q", got, want)
	}
}

// TestOurOwnRefusals shows all wrong fields at once, those under Advanced too.
func TestOurOwnRefusals(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	if eval[bool](p, `document.querySelector("details").open`) {
		t.Error("Advanced is open, want it closed at first")
	}
	p.click(advanced)
	p.fill("#email", "not an address")
	p.fill("#directory_id", "seven")
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Fix 3 fields to continue")
	links := js[[]string](p, `() => [...document.querySelectorAll("#error-summary a")].map(a => a.hash)`)
	if got, want := strings.Join(links, " "), "#name #email #directory_id"; got != want {
		t.Errorf("the summary links to %s, want %s", got, want)
	}
	for _, field := range []string{"#name", "#email", "#directory_id"} {
		if p.text(field+"-error") == "" {
			t.Errorf("%s has no error beside it", field)
		}
	}
	if got := p.value("#directory_id"); got != "seven" {
		t.Errorf("the directory id is kept as %q, want %q", got, "seven")
	}
	p.click(`#error-summary a[href="#directory_id"]`)
	if got := p.focused(); got != "#directory_id" {
		t.Errorf("the focus is on %s, want #directory_id", got)
	}
}

// TestMeaning has the sentence on what the entry will do follow every key.
func TestMeaning(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	says := func(name, from string) {
		t.Helper()
		want := "Mail that shows " + name + " is flagged unless it comes from " + from + ", or from another address that has an entry for the same name."
		if got := p.text("#meaning"); got != want {
			t.Errorf("the sentence is %q, want %q", got, want)
		}
	}
	says("this name", "the address you enter")
	p.click("#name")
	p.press("Ann ")
	says("“Ann”", "the address you enter")
	p.press("O'Hara & {from} $&")
	says("“Ann O'Hara & {from} $&”", "the address you enter")
	p.click("#is_email_regex")
	says("“Ann O'Hara & {from} $&”", "an address that matches the pattern you enter")
	p.fill("#email", `.*@b\.example`)
	says("“Ann O'Hara & {from} $&”", `an address that matches .*@b\.example`)
	p.click(`label[for="is_address"]`)
	says("“Ann O'Hara & {from} $&”", `.*@b\.example`)
}

// TestDoubleClick makes one entry, with and without the page's script.
func TestDoubleClick(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		script bool
	}{
		{"with script", true},
		{"without script", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := startAPI(t)
			api.inject(map[string]any{"method": "POST", "effect": "write", "delay": "300ms"})
			p := openAsEditor(t, api.serve())
			p.scripts(tt.script)
			p.clickThrough(newEntry, http.StatusOK)
			p.fill("#name", "Twice Clicked")
			p.fill("#email", "twice@clicked.example")
			p.through("double click", http.StatusOK, chromedp.DoubleClick(chromedp.CSS(create)))
			p.shows("h1", "Twice Clicked")
			if posts, made := api.posts(); posts != 1 || made != 1 {
				t.Errorf("%d POSTs made %d entries, want 1 and 1", posts, made)
			}
		})
	}
}

// TestTheButtonsStayWhereTheyAre has answers arrive while somebody is about to press a
// button of the form, and sees that it is still that button which is pressed.
func TestTheButtonsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	form := p.path()
	for _, size := range [][2]int64{{1920, 1200}, {1440, 900}, {1280, 800}, {768, 1024}, {360, 640}} {
		p.resize(size[0], size[1])
		p.goTo(form, http.StatusOK)
		eval[any](p, `{
			const real = fetch;
			globalThis.held = [];
			globalThis.fetch = (...question) => new Promise((go) => held.push(() => go(real(...question))));
			globalThis.place = () => document.querySelector(".actions button").getBoundingClientRect().top;
		}`)
		stays := func(scroll, answered string) {
			p.t.Helper()
			p.waitUntil(`held.length > 0`)
			eval[any](p, `{ scrollTo(0, `+scroll+`); globalThis.before = place(); held.splice(0).forEach((go) => go()); }`)
			p.waitUntil(`(held.splice(0).forEach((go) => go()), ` + answered + `)`) // what is asked for a little later, too
			if moved := eval[float64](p, `place() - before`); math.Abs(moved) >= 1 {
				t.Errorf("at %d by %d, scrolled to %s, the button moved by %v pixels with %s", size[0], size[1], scroll, moved, answered)
			}
		}
		const top, end = "0", "document.body.scrollHeight"
		p.fill("#name", "Somebody New")
		p.fill("#email", `(g\.tan|grace)@haldenvoss\.example`)
		stays(end, `document.querySelector("#name-entries").innerText.startsWith("No entry of “Somebody New” was found")`)
		p.refill("#name", "Grace Tan")
		p.click("#comments")
		stays(end, `document.querySelectorAll("#name-entries li").length === 2`)
		p.click("#is_email_regex")
		stays(end, `document.querySelector("#pattern-result").innerText.includes("Valid pattern")`)
		p.refill("#email", `(g\.tan@haldenvoss\.example`)
		stays(end, `document.querySelector("#pattern-result").innerText.includes("Invalid pattern")`)
		p.refill("#email", `.*`)
		stays(top, `document.querySelector("#pattern-result").innerText.includes("anyone can use this name")`)
	}
}
