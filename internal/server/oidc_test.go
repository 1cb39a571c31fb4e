package server_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// newOIDCApp is an app whose people sign in at a provider.
func newOIDCApp(t testing.TB, with ...func(*auth.OIDCOptions)) (*app, *authtest.Provider) {
	t.Helper()
	p := authtest.New(t)
	return newApp(t, atOIDC(t, p, with...)), p
}

// atOIDC makes the people of an app sign in at p.
func atOIDC(t testing.TB, p *authtest.Provider, with ...func(*auth.OIDCOptions)) func(*settings) {
	return func(s *settings) {
		s.gate = func(a *app) {
			p.Register(a.base()+"/auth/callback", "http://127.0.0.1/login")
			p.Bend(func(answers *authtest.Answers) {
				answers.Now = a.clock.now
				answers.Person["groups"] = []string{"staff", "editors"}
			})
			var err error
			options := auth.OIDCOptions{
				Issuer: p.URL, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Scopes: []string{"openid", "profile"},
				GroupsClaim: "groups", RedirectURL: a.base() + "/auth/callback", Now: a.clock.now,
			}
			for _, change := range with {
				change(&options)
			}
			a.gate.OIDC, err = auth.NewOIDC(options)
			must(t, err)
		}
	}
}

// atProvider follows a redirect to the provider, and returns the path and query that
// it sends the browser back to.
func (b *browser) atProvider(to string) string {
	t := b.app.t
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody)
	must(t, err)
	res, err := b.client.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	same(t, "the provider's answer", res.StatusCode/100, 3)
	return strings.TrimPrefix(res.Header.Get("Location"), b.app.base())
}

// signIn signs in at the provider and returns the answer to the callback.
func (b *browser) signIn(next string) *answer {
	b.app.t.Helper()
	to := b.get("/login?next=" + url.QueryEscape(next)).wants(http.StatusSeeOther).location()
	return b.get(b.atProvider(to))
}

func TestSignInWithOpenIDConnect(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	b := app.stranger()
	login := b.get(entries + "?page=2").wants(http.StatusSeeOther).location()
	same(t, "led to", login, "/login?next="+url.QueryEscape(entries+"?page=2"))
	to := b.get(login).wants(http.StatusSeeOther).location()
	same(t, "led to the provider", strings.HasPrefix(to, p.URL+"/authorize?"), true)
	back := b.atProvider(to)
	same(t, "led back to", b.get(back).wants(http.StatusSeeOther).location(), entries+"?page=2")
	b.get(entries).wants(http.StatusOK).contains("header", "Jane Doe")
	b.create(jane()).wants(http.StatusSeeOther)
	started := app.records(rbac.StartSession)
	if len(started) != 1 {
		t.Fatalf("%d records of the sign-in", len(started))
	}
	same(t, "actor", started[0].Actor, rbac.Actor{Issuer: p.URL, Subject: "248289761001", Email: "jane.doe@haldenvoss.example", Role: rbac.Editor, Auth: "oidc"})

	// The same answer again leads nowhere: the sign-in is over in the browser.
	again := app.stranger()
	page := again.get(back).wants(http.StatusUnauthorized)
	page.contains("main", "Sign in again.")
	page.contains("main a", "Sign in")

	csp := b.get(entries).header.Get("Content-Security-Policy")
	same(t, "form-action is this site alone", strings.HasSuffix(csp, "form-action 'self'"), true)
	out, err := url.Parse(b.signOut())
	must(t, err)
	same(t, "signed out at", out.Scheme+"://"+out.Host+out.Path, p.URL+"/logout")
	same(t, "client", out.Query().Get("client_id"), "namesake")
	same(t, "return to", out.Query().Get("post_logout_redirect_uri"), "http://127.0.0.1/login")
	back = strings.TrimPrefix(b.atProvider(out.String()), "http://127.0.0.1")
	b.get(back).wants(http.StatusOK).contains("h1", "You are signed out")
	b.get(entries).wants(http.StatusSeeOther)
}

func TestSignInsThatMustFail(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		bend     func(*authtest.Answers)
		answer   func(url.Values) // changes what the browser brings back
		status   int
		title    string
		says     string
		recorded int
	}{
		{"another state", nil, func(q url.Values) { q.Set("state", "mine") }, 401, "You are not signed in", "was not started in this browser", 1},
		{"no state", nil, func(q url.Values) { q.Del("state") }, 401, "You are not signed in", "was not started in this browser", 1},
		{"no code", nil, func(q url.Values) { q.Del("code") }, 401, "You are not signed in", "no code", 1},
		{"a made-up code", nil, func(q url.Values) { q.Set("code", "guessed") }, 401, "You are not signed in", "sign in again", 1},
		{"turned back at the provider", nil, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, 401, "You are not signed in", "you cancelled there", 1},
		{"another nonce", func(a *authtest.Answers) { a.IDToken = func(c authtest.Claims) { c["nonce"] = "mine" } }, nil, 401, "You are not signed in", "", 1},
		{"signed by another key", func(a *authtest.Answers) { a.Forged = true }, nil, 401, "You are not signed in", "", 1},
		{"an id with a control character", func(a *authtest.Answers) { a.IDToken = func(c authtest.Claims) { c["sub"] = "jane\nadmin" } }, nil, 401, "You are not signed in", "invisible or control characters", 1},
		{"given to another client", func(a *authtest.Answers) { a.IDToken = func(c authtest.Claims) { c["azp"] = "another" } }, nil, 401, "You are not signed in", "is for another application", 1},
		{"the provider is gone", func(a *authtest.Answers) { a.Instead["/token"] = authtest.Gone }, nil, 503, "Sign-in is unavailable at the moment", "Try again in a moment", 0},
		{"no group with a role", func(a *authtest.Answers) { a.Person["groups"] = []string{"staff"} }, nil, 403, "You have no role in Namesake", "Jane Doe (jane.doe@haldenvoss.example)", 1},
		{"no groups at all", func(a *authtest.Answers) { delete(a.Person, "groups") }, nil, 403, "You have no role in Namesake", "The role viewer needs one of these groups: viewers, auditors.", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app, p := newOIDCApp(t)
			b := app.stranger()
			if tt.bend != nil {
				p.Bend(tt.bend)
			}
			back, err := url.Parse(b.atProvider(b.get("/login").wants(http.StatusSeeOther).location()))
			must(t, err)
			q := back.Query()
			if tt.answer != nil {
				tt.answer(q)
			}
			page := b.get(back.Path + "?" + q.Encode()).wants(tt.status)
			page.contains("h1", tt.title)
			page.contains("main", tt.says)
			same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), tt.recorded)
			same(t, "sessions recorded", len(app.records(rbac.StartSession)), 0)
			b.get(entries).wants(http.StatusSeeOther)
		})
	}
}

func TestAProviderThatIsDownAtFirst(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	p.Bend(func(a *authtest.Answers) { a.Instead["/.well-known/openid-configuration"] = authtest.Gone })
	b := app.stranger()
	page := b.get("/login?next=" + url.QueryEscape(entries)).wants(http.StatusServiceUnavailable)
	page.contains("h1", "Sign-in is unavailable at the moment")
	page.contains("main", p.URL)
	same(t, "Retry-After", page.header.Get("Retry-After"), "5")
	same(t, "ready", strings.TrimSpace(b.get("/readyz").wants(503).body), `{"parts":{"api":"ok","database":"ok","sign_in":"unavailable"},"status":"unavailable"}`)
	p.Bend(func(a *authtest.Answers) { delete(a.Instead, "/.well-known/openid-configuration") })
	app.clock.move(time.Minute)
	same(t, "led to", b.signIn(entries).wants(http.StatusSeeOther).location(), entries)
}

func TestFiveThousandGroups(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	groups := make([]string, 5000)
	for i := range groups {
		groups[i] = "a-group-with-a-long-name-" + strings.Repeat("x", i%30)
	}
	groups[4999] = "admins"
	p.Bend(func(a *authtest.Answers) { a.Person["groups"] = groups })
	b := app.stranger()
	b.signIn(entries).wants(http.StatusSeeOther)
	b.get("/sessions").wants(http.StatusOK)
}

func TestAChangedRoleTakesEffectWithTheNextSignIn(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	b := app.stranger()
	b.signIn("/").wants(http.StatusSeeOther)
	p.Bend(func(a *authtest.Answers) { a.Person["groups"] = "viewers" })
	b.get(entries + "/new").wants(http.StatusOK)
	b.signIn("/").wants(http.StatusSeeOther)
	b.get(entries + "/new").wants(http.StatusForbidden)
	p.Bend(func(a *authtest.Answers) { a.Person["groups"] = nil })
	page := b.signIn("/").wants(http.StatusForbidden)
	page.contains("main a", "Sign in again")
}

func TestTwoTabsSignInAtOnce(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	b := app.stranger()
	one := b.get("/login?next=" + url.QueryEscape(entries+"?page=1")).location()
	two := b.get("/login?next=" + url.QueryEscape(entries+"?page=2")).location()
	same(t, "second", b.get(b.atProvider(two)).wants(http.StatusSeeOther).location(), entries+"?page=2")
	same(t, "first", b.get(b.atProvider(one)).wants(http.StatusSeeOther).location(), entries+"?page=1")
	for range 30 { // the cookies of sign-ins that were left alone do not pile up
		b.get("/login").wants(http.StatusSeeOther)
	}
	u, _ := url.Parse(app.base())
	if n := len(b.client.Jar.Cookies(u)); n > 12 {
		t.Errorf("%d cookies", n)
	}
}

// Whatever the program was given or gave out that is secret is in nothing that it
// writes or shows: the log, the pages, the audit trail.
func TestSecretsStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	var pages strings.Builder
	read := func(a *answer) { pages.WriteString(a.body) }
	p.Bend(func(a *authtest.Answers) { a.Person["groups"] = "admins" })
	b := app.stranger()
	u, _ := url.Parse(app.base())
	secrets := map[string]bool{}
	cookies := func() {
		for _, c := range b.client.Jar.Cookies(u) {
			secrets[c.Value] = true
		}
	}
	to := b.get("/login?next=" + entries).location()
	cookies()
	back := b.atProvider(to)
	q, _ := url.Parse(back)
	read(b.get(back).wants(http.StatusSeeOther))
	cookies()
	read(b.get(back).wants(http.StatusUnauthorized)) // used before
	read(b.get("/auth/callback?code=" + q.Query().Get("code") + "&state=x").wants(http.StatusUnauthorized))
	p.Bend(func(a *authtest.Answers) { a.Instead["/token"] = authtest.Say(500, "text/plain", p.ClientSecret) })
	read(app.stranger().signIn("/").wants(http.StatusServiceUnavailable))
	p.Bend(func(a *authtest.Answers) { delete(a.Instead, "/token"); a.Forged = true })
	read(app.stranger().signIn("/").wants(http.StatusUnauthorized))
	for _, path := range []string{entries, entries + "/new", "/sessions", "/sessions/mine", "/audit", "/audit/1", "/audit.jsonl", "/nowhere", "/readyz"} {
		read(b.get(path))
	}
	read(b.create(jane()))
	left := b.post("/logout", nil).wants(http.StatusSeeOther)
	read(left)
	read(b.get(left.location()).wants(http.StatusOK))
	keys, err := app.store.SessionKeys(t.Context())
	must(t, err)
	for _, key := range keys {
		secrets[base64.StdEncoding.EncodeToString(key.Secret)] = true
	}
	for _, secret := range p.Secrets() {
		secrets[secret] = true
	}
	if len(secrets) < 10 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	var trail strings.Builder
	must(t, app.store.Each(context.Background(), audit.Query{}, func(line []byte) error { trail.Write(line); return nil }))
	for secret := range secrets {
		escaped, _ := json.Marshal(secret)
		for where, text := range map[string]string{"log": app.log.String(), "pages": pages.String(), "audit trail": trail.String()} {
			if secret != "" && (strings.Contains(text, secret) || strings.Contains(text, strings.Trim(string(escaped), `"`))) {
				t.Errorf("the %s holds the secret %q", where, secret)
			}
		}
	}
}
