package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

const (
	entries   = "/accounts/" + account + "/entries"
	deep      = entries + "?page=2&per_page=10&search=e"
	signOut   = `form[action="/logout"] button`
	signInBtn = `main a[href^="/login"]`
)

// TestSSO signs in at a provider and out again, and works in between.
func TestSSO(t *testing.T) {
	t.Parallel()
	idp := newProvider(t, "id-token")
	idp.start()
	base := idp.serve(startAPI(t))
	idp.register(base)
	p := idp.open(base)

	p.goTo(deep, http.StatusOK)
	idp.signIn(p, "edgar", http.StatusOK)
	p.at(deep)
	p.shows("main", "Page 2")
	p.shows("header", "Edgar Editor")
	if p.count(`nav a[href="/sessions"]`) > 0 {
		t.Error("an editor is offered all sessions")
	}

	p.clickThrough(newEntry, http.StatusOK)
	p.fill("#name", "Mira Castellan")
	p.fill("#email", "mira@castellan.example")
	p.clickThrough(create, http.StatusOK)
	p.shows("h1", "Mira Castellan")
	p.goTo("/audit?person=edgar@acme.example", http.StatusOK)
	p.shows("tbody tr", "edgar@acme.example")
	p.shows("tbody tr", "Created")
	p.shows("tbody tr", "Mira Castellan")
	p.clickThrough(`a[href="/sessions/mine"]`, http.StatusOK)
	p.shows("main li", "This session")
	if n := p.count("main li"); n != 1 {
		t.Errorf("%d sessions are shown, want 1", n)
	}
	p.looksGood("own sessions")

	p.clickThrough(signOut, http.StatusOK)
	idp.leadsOn(p)
	idp.asks(p, "Sign out of Acme?")
	p.clickThrough("button[name=logout]", http.StatusOK)
	p.shows("h1", "You are signed out")
	p.looksGood("signed out")
	p.goTo(deep, http.StatusOK)
	idp.asks(p, "Sign in to Acme")

	// A person who cancels there is told so, and can still continue to the page they wanted.
	p.clickThrough("button[name=cancel]", http.StatusUnauthorized)
	p.shows("main", "you cancelled there")
	p.clickThrough(signInBtn, http.StatusOK)
	idp.signIn(p, "edgar", http.StatusOK)
	p.at(deep)

	// Who says no there is signed out here all the same.
	p.clickThrough(signOut, http.StatusOK)
	idp.leadsOn(p)
	idp.asks(p, "Sign out of Acme?")
	p.clickThrough("button:not([name])", http.StatusOK)
	p.shows("h1", "You are signed out")
	p.clickThrough(signInBtn, http.StatusOK)
	idp.asks(p, "Let Namesake know who you are?") // it still knows who it is
	p.clickThrough("button[name=consent]", http.StatusOK)
	p.shows("header", "Edgar Editor")
}

// TestSSOChain signs in and out at a provider that redirects through another origin,
// which the Content-Security-Policy knows nothing of. The page was drawn by a program that
// did not know its provider yet.
func TestSSOChain(t *testing.T) {
	t.Parallel()
	idp := newProvider(t, "id-token")
	idp.chain = true
	idp.start()
	base := idp.serve(startAPI(t))
	idp.register(base)
	p := idp.open(base)
	p.goTo(deep, http.StatusOK)
	idp.signIn(p, "edgar", http.StatusOK)
	p.at(deep)
	p.clickThrough(signOut, http.StatusOK)
	idp.leadsOn(p)
	idp.asks(p, "Sign out of Acme?")
	p.clickThrough("button[name=logout]", http.StatusOK)
	p.shows("h1", "You are signed out")
	p.clickThrough(signInBtn, http.StatusOK)
	idp.asks(p, "Sign in to Acme")

	// By a form, too.
	p.goTo("/login?state=signed-out", http.StatusOK)
	p.through("send a form that signs in", http.StatusOK, chromedp.Evaluate[chromedp.Void](`{
		const form = Object.assign(document.createElement("form"), { method: "post", action: "/login" });
		document.body.append(form);
		form.submit();
	}`))
	idp.leadsOn(p)
	idp.asks(p, "Sign in to Acme")
}

// TestSSOWithoutRole tells somebody in no group what would let them in, and lets them
// sign in as somebody else.
func TestSSOWithoutRole(t *testing.T) {
	t.Parallel()
	idp := newProvider(t, "userinfo")
	idp.start()
	base := idp.serve(startAPI(t))
	idp.register(base)
	p := idp.open(base)
	p.goTo(deep, http.StatusOK)
	idp.signIn(p, "nora", http.StatusForbidden)
	p.shows("h1", "You have no role in Namesake")
	for _, want := range []string{"Nora Newman (nora@acme.example)", "The role viewer needs one of these groups: viewers.", "editors, owners", "admins"} {
		p.shows("main", want)
	}
	p.looksGood("no role")

	p.clickThrough(signInBtn, http.StatusOK)
	idp.asks(p, "Sign in to Acme") // although it knows Nora
	call(p, network.DeleteCookies, network.DeleteCookiesParams{Name: "_session", URL: idp.issuer})
	p.goTo(deep, http.StatusOK)
	idp.signIn(p, "vera", http.StatusOK)
	p.at(deep)
	p.shows("header", "Vera Viewer")
	if p.count(newEntry) > 0 {
		t.Error("a viewer is offered a new entry")
	}
}

// TestSSOSessionEnded has an admin end the session of somebody who is at work.
func TestSSOSessionEnded(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	idp := newProvider(t, "userinfo")
	idp.start()
	base := idp.serve(api)
	idp.register(base)
	edgar, ada := idp.open(base), idp.open(base)
	edgar.goTo(entries, http.StatusOK)
	idp.signIn(edgar, "edgar", http.StatusOK)
	ada.goTo(entries, http.StatusOK)
	idp.signIn(ada, "ada", http.StatusOK)
	end := func() {
		t.Helper()
		ada.clickThrough(`nav a[href="/sessions"]`, http.StatusOK)
		edgars := js[string](ada, `name => [...document.querySelectorAll("main li")].find(e => e.innerText.includes(name)).dataset.session`, "edgar@acme.example")
		ada.clickThrough(`form[action="/sessions/`+edgars+`/end"] button`, http.StatusOK)
		ada.shows("main", "Session ended")
		if text := ada.text("main"); strings.Contains(text, "edgar@acme.example") {
			t.Errorf("Edgar's session is still listed: %s", text)
		}
	}
	ada.clickThrough(`nav a[href="/sessions"]`, http.StatusOK)
	ada.looksGood("all sessions")

	// With the provider's session over, too: otherwise one is let in again unasked.
	end()
	call(edgar, network.DeleteCookies, network.DeleteCookiesParams{Name: "_session", URL: idp.issuer})
	edgar.clickThrough(newEntry, http.StatusOK)
	idp.signIn(edgar, "edgar", http.StatusOK)
	edgar.at(entries + "/new")

	typed := map[string]string{"#name": "Ōtani “Ann” <i>", "#email": "ann@otani.example", "#comments": "First line\n\n  third & last"}
	for field, text := range typed {
		edgar.fill(field, text)
	}
	end()
	edgar.clickThrough(create, http.StatusUnauthorized)
	edgar.shows("h1", "Your session has ended")
	edgar.shows("main", "Namesake keeps this for a day")
	edgar.looksGood("session ended while typing")
	edgar.clickThrough(signInBtn, http.StatusOK)
	edgar.shows("main", "This form has not been sent")
	for field, want := range typed {
		if got := edgar.value(field); got != want {
			t.Errorf("%s is %q, want %q", field, got, want)
		}
	}
	if posts, _ := api.posts(); posts != 0 {
		t.Errorf("it was sent %d times, want not yet", posts)
	}
	kept := edgar.path()
	edgar.clickThrough(create, http.StatusOK)
	edgar.shows("h1", typed["#name"])
	if posts, made := api.posts(); posts != 1 || made != 1 {
		t.Errorf("%d POSTs made %d entries, want 1 and 1", posts, made)
	}
	edgar.goTo(kept, http.StatusOK)
	edgar.shows("main", "There is no saved form under this link")
}

// TestSSOProviderDown starts before the provider does.
func TestSSOProviderDown(t *testing.T) {
	t.Parallel()
	idp := newProvider(t, "id-token")
	base := idp.serve(startAPI(t))
	p := idp.open(base)
	p.goTo(deep, http.StatusServiceUnavailable)
	p.shows("h1", "Sign-in is unavailable at the moment")
	p.shows("main", "The sign-in service at "+idp.issuer+" can't be reached.")
	prober := newPerson(t)
	status, body, err := prober.get(t.Context(), base+"/readyz")
	if err != nil || status != http.StatusServiceUnavailable || !strings.Contains(body, `"sign_in":"unavailable"`) || !strings.Contains(body, `"api":"ok"`) {
		t.Errorf("readyz answers %d %s, %v; want it to name sign_in alone", status, body, err)
	}

	idp.start()
	idp.register(base)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		status, _, err := prober.get(t.Context(), base+"/login")
		if err == nil && status == http.StatusSeeOther {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("with the provider up, /login still answers %d, %v", status, err)
		}
	}
	p.clickThrough(signInBtn, http.StatusOK)
	idp.signIn(p, "edgar", http.StatusOK)
	p.at(deep)
}

// TestSignOutIsSentOnce clicks twice on the button.
func TestSignOutIsSentOnce(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	if sent := js[int](p, `button => {
		let sent = 0;
		addEventListener("submit", (event) => {
			if (!event.defaultPrevented) sent++;
			event.preventDefault();
		});
		for (let i = 0; i < 2; i++) document.querySelector(button).click();
		return sent;
	}`, signOut); sent != 1 {
		t.Errorf("two clicks sign out %d times", sent)
	}
}
