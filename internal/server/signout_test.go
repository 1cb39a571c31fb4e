package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/signin"
)

// leadsTo is where a page leads by itself, which its first link does as well.
func (a *answer) leadsTo() string {
	a.t.Helper()
	_, to, _ := strings.Cut(a.Find("head meta[http-equiv=refresh]").AttrOr("content", ""), "url=")
	if to != "" {
		same(a.t, "the link", a.Find("main a").First().AttrOr("href", ""), to)
	}
	same(a.t, "forms", a.Find("form").Length(), 0)
	return to
}

// signOut signs out and follows to where the browser leaves for the provider.
func (b *browser) signOut() string {
	b.app.t.Helper()
	page := b.get(b.post("/logout", nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
	page.contains("h1", "You are signed out")
	return b.get(page.leadsTo()).wants(http.StatusSeeOther).location()
}

// At a provider such as Okta no one gets signed out without a hint.
func TestSignOutWithAHint(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	p.Bend(func(a *authtest.Answers) { a.NeedsHint = true })
	b := app.stranger()
	b.signIn("/").wants(http.StatusSeeOther)
	page := b.get(b.post("/logout", nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
	on := page.leadsTo()
	for range 2 { // by itself and by a click
		to := b.get(on).wants(http.StatusSeeOther).location()
		q, err := url.Parse(to)
		must(t, err)
		same(t, "client_id", q.Query().Get("client_id"), p.ClientID)
		same(t, "post_logout_redirect_uri", q.Query().Get("post_logout_redirect_uri"), "http://127.0.0.1/login")
		back := strings.TrimPrefix(b.atProvider(to), "http://127.0.0.1")
		b.get(back).wants(http.StatusOK).contains("h1", "You are signed out")
	}
	for _, other := range []string{on + "x", strings.Replace(on, "hint=", "hint=AAAA", 1), "/signed-out/onward", "/signed-out/onward?hint=" + strings.Repeat("A", 20000)} {
		same(t, "with something else", b.get(other).wants(http.StatusSeeOther).location(), "/signed-out")
	}
	app.clock.move(6 * time.Minute)
	same(t, "too late", b.get(on).wants(http.StatusSeeOther).location(), "/signed-out")
	b.signIn("/").wants(http.StatusSeeOther)
	same(t, "signed in again", b.get("/signed-out").wants(http.StatusSeeOther).location(), "/")
}

// What can't be ended at the provider is said to be open.
func TestSignOutThatLeavesTheProvidersSessionOpen(t *testing.T) {
	t.Parallel()
	const open = "stays open"
	tests := []struct {
		name  string
		bend  func(*authtest.Answers)
		after func(*app, *authtest.Provider) // once signed in
		says  string
		link  bool // to sign out there
	}{
		{"no place to sign out at", func(a *authtest.Answers) {
			a.Discovery = func(c authtest.Claims) { delete(c, "end_session_endpoint") }
		}, nil, "does not offer other applications to sign people out", false},
		{"a token too long for a URL", func(a *authtest.Answers) {
			a.Person["groups"] = []string{"editors", strings.Repeat("x", 5000)}
		}, nil, "can't tell it which session to end", true},
		{"the session has run out", nil, func(a *app, _ *authtest.Provider) { a.clock.move(time.Hour) }, "can't tell it which session to end", true},
		{"ended by an admin", nil, func(a *app, _ *authtest.Provider) {
			all, err := a.store.OpenSessions(a.t.Context(), signin.Query{})
			must(a.t, err)
			_, err = a.store.EndSession(a.t.Context(), all[0].Hash, signin.EndedByPerson, a.clock.now(), audit.Record{})
			must(a.t, err)
		}, "can't tell it which session to end", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app, p := newOIDCApp(t)
			if tt.bend != nil {
				p.Bend(tt.bend)
			}
			b := app.stranger()
			b.signIn("/").wants(http.StatusSeeOther)
			if tt.after != nil {
				tt.after(app, p)
			}
			page := b.get(b.post("/logout", nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
			page.contains("[role=alert]", "Your session at "+strings.TrimPrefix(p.URL, "http://")+" "+open)
			page.contains("[role=alert]", tt.says)
			same(t, "leads on by itself to", page.leadsTo(), "")
			same(t, "a link to sign out there", page.Find(`main a[href^="`+p.URL+`/logout?"]`).Length() == 1, tt.link)
			page.contains("main a:contains('Sign in again')", "Sign in again")
			b.get(entries).wants(http.StatusSeeOther)
		})
	}
}

// The hint is sealed in the database, and gone from it with the session.
func TestTheHintGoesWithTheSession(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	b := app.stranger()
	b.signIn("/").wants(http.StatusSeeOther)
	open, err := app.store.OpenSessions(t.Context(), signin.Query{})
	must(t, err)
	hash := open[0].Hash
	sealed, err := app.store.SessionHint(t.Context(), hash)
	must(t, err)
	if sealed == "" {
		t.Error("no hint is kept")
	}
	for _, secret := range p.Secrets() {
		if strings.Contains(sealed, secret) {
			t.Error("the hint is not sealed")
		}
	}
	b.post("/logout", nil).wants(http.StatusSeeOther)
	sealed, err = app.store.SessionHint(t.Context(), hash)
	must(t, err)
	same(t, "after the end", sealed, "")
}

// A form that is sent while people sign in elsewhere is not redirected out of this site:
// browsers hold that to form-action.
func TestAFormLeadsToTheProviderByAPage(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	p.Bend(func(a *authtest.Answers) { a.Instead["/.well-known/openid-configuration"] = authtest.Gone })
	b := app.stranger()
	to := b.post("/login", url.Values{"next": {entries + "?page=2"}}).wants(http.StatusSeeOther).location()
	page := b.get(to).wants(http.StatusOK) // the provider doesn't have to be known for it
	p.Bend(func(a *authtest.Answers) { delete(a.Instead, "/.well-known/openid-configuration") })
	on := page.leadsTo()
	away := b.get(on).wants(http.StatusSeeOther).location()
	same(t, "led to the provider", strings.HasPrefix(away, p.URL+"/authorize?"), true)
	same(t, "and back to", b.get(b.atProvider(away)).wants(http.StatusSeeOther).location(), entries+"?page=2")
	same(t, "a foreign address", b.get(b.get("/login/start?next=//evil.example").wants(http.StatusOK).leadsTo()).wants(http.StatusSeeOther).header.Get("Location") != "", true)
}

// A link can lead anyone to the pages for those who have signed out.
func TestOnlyThoseWhoAreSignedOutAreToldSo(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	sso := app.stranger()
	sso.signIn("/").wants(http.StatusSeeOther)
	paths := []string{"/signed-out", "/login?state=signed-out"}
	for _, path := range paths {
		same(t, path, sso.get(path).wants(http.StatusSeeOther).location(), "/")
		same(t, path+" in the demo", newApp(t).as("viewer").get(path).wants(http.StatusSeeOther).location(), "/")
	}
	app.gate.Roles = auth.Roles{Admin: []string{"admins"}}
	for _, path := range paths {
		same(t, path+" without a role", sso.get(path).wants(http.StatusSeeOther).location(), "/")
	}
	sso.get("/").wants(http.StatusForbidden).contains("h1", "You have no role in Namesake")
	sso.post("/logout", nil).wants(http.StatusSeeOther)
	for _, path := range paths {
		sso.get(path).wants(http.StatusOK).contains("h1", "You are signed out")
	}
}

// The copy of the program that leads on may not know the provider yet.
func TestSignOutByACopyThatHasJustStarted(t *testing.T) {
	t.Parallel()
	var options auth.OIDCOptions
	app, p := newOIDCApp(t, func(o *auth.OIDCOptions) { options = *o })
	b := app.stranger()
	b.signIn("/").wants(http.StatusSeeOther)
	on := b.get(b.post("/logout", nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK).leadsTo()
	start := func() {
		var err error
		app.gate.OIDC, err = auth.NewOIDC(options)
		must(t, err)
	}
	start()
	same(t, "leads to the provider", strings.HasPrefix(b.get(on).wants(http.StatusSeeOther).location(), p.URL+"/logout?"), true)

	// While that can't be reached, the page says so, and the link still works later.
	p.Bend(func(a *authtest.Answers) { a.Instead["/.well-known/openid-configuration"] = authtest.Gone })
	start()
	back := b.get(on).wants(http.StatusSeeOther).location()
	b.get(back).wants(http.StatusOK).contains("[role=alert]", "can't be reached at the moment")
	p.Bend(func(a *authtest.Answers) { delete(a.Instead, "/.well-known/openid-configuration") })
	app.clock.move(time.Minute)
	same(t, "leads on later", b.get(back).wants(http.StatusOK).leadsTo(), on)
}
