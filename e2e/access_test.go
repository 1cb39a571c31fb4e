package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

const frontKey = "front-key"

// TestAccessSessionEnded sends forms after Access's session has ended: the input is kept,
// and is sent only by the person.
func TestAccessSessionEnded(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	f := newFront(t, api)
	const form = entries + "/new"
	p := f.open(form)
	typed := map[string]string{"#name": "Ōtani “Ann” O’Hara", "#email": "ann@otani.example", "#comments": "First line\n\n  third & <i>last"}
	fill := func() {
		t.Helper()
		for field, text := range typed {
			p.fill(field, text)
		}
	}
	expect := func(what string) {
		t.Helper()
		for field, want := range typed {
			if got := p.value(field); got != want {
				t.Errorf("%s: %s is %q, want %q", what, field, got, want)
			}
		}
	}
	held := func() {
		t.Helper()
		p.click(create)
		p.waitUntil(`document.querySelector("#session [data-part=ended]")?.checkVisibility()`)
		p.at(form)
		expect("held")
	}
	fill()
	f.end()
	held()
	p.shows("#session", "Your session has ended. The form was not sent. What you typed is kept in this tab: sign in")
	if got := p.focused(); !strings.HasPrefix(got, "a sign in") {
		t.Errorf("the focus is on %s, want the link to sign in", got)
	}
	if n := f.reached(); n != 0 {
		t.Errorf("%d forms were sent", n)
	}

	// In another tab people sign in, and the form goes on.
	other := f.beside(p, "/session")
	f.signIn(other)
	other.shows("h1", "You are signed in")
	other.looksGood("signed in again")
	other.close()
	p.waitUntil(`document.querySelector("#session [data-part=again]").checkVisibility()`)
	p.looksGood("form of a session that goes on")
	p.clickThrough(create, http.StatusOK)
	p.shows("h1", typed["#name"])
	if calls, made := api.posts(); f.reached() != 1 || calls != 1 || made != 1 {
		t.Errorf("%d forms were sent, %d calls made %d entries, want 1 of each", f.reached(), calls, made)
	}
	p.goTo(form, http.StatusOK)
	if got := p.value("#name"); got != "" {
		t.Errorf("a form that was sent is there again: %q", got)
	}

	// In the same tab the form comes back as it was typed, unsent.
	typed["#email"] = "ann@second.example"
	fill()
	f.end()
	held()
	p.goTo(form, http.StatusOK)
	f.signIn(p)
	p.shows("#session", "The form was not sent.")
	expect("restored")
	p.looksGood("restored form")
	if f.reached() != 1 {
		t.Error("a restored form was sent by itself")
	}
	p.through("start over", http.StatusOK, chromedp.Click(chromedp.CSS("[data-discard]"), chromedp.NodeVisible))
	if got := p.value("#name"); got != "" {
		t.Errorf("after starting over the name is %q", got)
	}

	// It is for its person alone, and gone once they sign out.
	fill()
	f.end()
	held()
	f.signsIn("vera")
	p.goTo(form, http.StatusOK)
	f.signIn(p)
	if got := p.value("#name"); got != "" {
		t.Errorf("somebody else sees %q", got)
	}
	if n := eval[int](p, `Object.keys(sessionStorage).filter(key => key.startsWith("form of ")).length`); n != 1 {
		t.Errorf("%d forms are kept, want 1", n)
	}
	p.clickThrough(signOut, http.StatusOK)
	p.reaches(f.team)
	f.end()
	f.signsIn("edgar")
	p.goTo(form, http.StatusOK)
	f.signIn(p)
	if got, n := p.value("#name"), eval[int](p, `Object.keys(sessionStorage).filter(key => key.startsWith("form of ")).length`); got != "" || n != 0 {
		t.Errorf("after signing out %q is there, and %d forms are kept", got, n)
	}
}

// TestSessionEndsSoon lets the time pass until a session ends.
func TestSessionEndsSoon(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	p.watchesSession()
	if p.visible("#session") {
		t.Error("the session is said to end soon")
	}
	p.fill("#name", "Ann Otani")
	later := func(minutes int) {
		t.Helper()
		js[any](p, `minutes => {
			const now = Date.now();
			Date.now = () => now + minutes * 60_000;
			dispatchEvent(new Event("visibilitychange"));
		}`, minutes)
	}
	later(26)
	p.shows("#session", "Your session ends at")
	p.shows("#session", "What you typed stays here.")
	p.looksGood("session that ends soon")
	if got := p.value("#name"); got != "Ann Otani" {
		t.Errorf("the name is %q", got)
	}
	later(5)
	p.shows("#session", "Your session has ended")
	p.looksGood("session that has ended")
}

// TestSessionNoticeCoversNothing shows the notice that the session ends soon: neither what
// has the focus nor the buttons are under it.
func TestSessionNoticeCoversNothing(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	for _, path := range []string{p.path(), "/regex/check"} {
		const covered = `field => {
			const box = field.getBoundingClientRect();
			const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
			return !field.contains(top) && (field.id || field.innerText);
		}`
		for _, width := range []int64{360, 768, 1440} {
			p.resize(width, 640)
			p.goTo(path, http.StatusOK)
			// A field at the lower edge has the focus as the notice appears.
			field := js[string](p, `() => {
				const fields = [...document.querySelectorAll("main :is(input, textarea):not([type=hidden])")].filter(f => f.checkVisibility());
				const field = fields.find(f => f.getBoundingClientRect().bottom > innerHeight - 40) ?? fields.at(-1);
				field.focus();
				scrollTo(0, scrollY + field.getBoundingClientRect().bottom - innerHeight + 6);
				return field.id;
			}`)
			sessionEndsSoon(p)
			eval[any](p, painted)
			eval[any](p, painted)
			if name := js[any](p, `id => (`+covered+`)(document.getElementById(id))`, field); name != false {
				t.Errorf("%s, %d wide: %v is covered as the notice appears", path, width, name)
			}
			if path == "/regex/check" {
				continue // its button is no part of what stays in view
			}
			eval[any](p, "scrollTo(0, 0)")
			if names := eval[[]any](p, `[...document.querySelectorAll(".actions > :is(button, a)")].filter(b => b.checkVisibility()).map(`+covered+`).filter(Boolean)`); len(names) > 0 {
				t.Errorf("%s, %d wide: %v are under the notice", path, width, names)
			}
		}
	}
}

// TestAFormWithoutAWordIsNotKept opens forms near the end of a session and types nothing.
func TestAFormWithoutAWordIsNotKept(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.clickThrough(newEntry, http.StatusOK)
	form := p.path()
	sessionEndsSoon(p)
	p.goTo(form, http.StatusOK)
	p.watchesSession()
	if p.visible("#session") {
		t.Errorf("an empty form came back: %s", p.text("#session"))
	}
	p.fill("#name", "Ann Otani")
	sessionEndsSoon(p)
	p.goTo(form, http.StatusOK)
	p.watchesSession()
	p.shows("#session", "This is what you typed before")
	if got := p.value("#name"); got != "Ann Otani" {
		t.Errorf("the name is %q", got)
	}

	// What a refused form shows was typed, too.
	p.clickThrough(create, http.StatusUnprocessableEntity)
	sessionEndsSoon(p)
	p.goTo(form, http.StatusOK)
	p.watchesSession()
	p.shows("#session", "This is what you typed before")

	// A session that was renewed keeps nothing behind the form.
	p.fill("#comments", "x")
	sessionEndsSoon(p)
	js[any](p, `() => {
		Date.now = () => performance.timeOrigin + performance.now();
		dispatchEvent(new Event("visibilitychange"));
	}`)
	if n := eval[int](p, `Object.keys(sessionStorage).filter(key => key.startsWith("form of ")).length`); n != 0 {
		t.Errorf("%d forms are kept", n)
	}
}

// sessionEndsSoon lets 26 minutes of a session of 30 pass.
func sessionEndsSoon(p *page) {
	p.t.Helper()
	p.watchesSession()
	js[any](p, `() => {
		const now = Date.now() + 26 * 60_000;
		Date.now = () => now;
		dispatchEvent(new Event("visibilitychange"));
	}`)
	p.shows("#session", "Your session ends at")
}

// watchesSession waits for the script about the session, which comes after the page.
func (p *page) watchesSession() {
	p.t.Helper()
	eval[any](p, `(async () => {
		for (;;) {
			const loaded = performance.getEntriesByType("resource").find(r => r.name.includes("/session"));
			if (loaded) return import(loaded.name).then(() => true);
			await new Promise(requestAnimationFrame);
		}
	})()`)
}

// TestKeptFormRestoresChoices brings back which of several choices a form had, and ticks.
func TestKeptFormRestoresChoices(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	for _, tt := range []struct{ name, id, chosen, at string }{
		{"the second choice", "is_email_regex", "Pattern", "?name=Ann+Otani"},
		{"the first one, where the form has the second", "is_address", "Address", "?name=Ann+Otani&is_email_regex=true"},
	} {
		path := strings.Split(p.path(), "/entries")[0] + "/entries/new"
		p.goTo(path+tt.at, http.StatusOK)
		p.click("#" + tt.id)
		p.fill("#email", `.*@otani\.example`)
		sessionEndsSoon(p)
		p.goTo(path+tt.at, http.StatusOK)
		p.watchesSession()
		p.shows("#session", "This is what you typed before")
		const chosen = `[...document.querySelectorAll("input[name=is_email_regex]")].filter(i => i.checked).map(i => i.closest("label").innerText.trim())`
		if got := eval[[]string](p, chosen); len(got) != 1 || got[0] != tt.chosen {
			t.Errorf("%s: chosen is %q, want %s", tt.name, got, tt.chosen)
		}
		if got := p.value("#email"); got != `.*@otani\.example` {
			t.Errorf("%s: the address is %q", tt.name, got)
		}
		p.click("[data-discard]")
		p.watchesSession()
	}
}
