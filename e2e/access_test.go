//go:build !openapi

package e2e

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// front behaves like Cloudflare Access in front of Namesake: it adds an assertion to each
// request. When the session has ended, it redirects every request to the team's sign-in,
// which is on another origin.
type front struct {
	t    *testing.T
	base string // the address that people use
	team string // the address of the sign-in

	key      *rsa.PrivateKey
	upstream *url.URL

	mu     sync.Mutex
	person string            // who signs in next
	tokens map[string]string // by session
	posts  int               // that reached Namesake
}

const frontKey = "front-key"

// newFront runs Access and, behind it, a Namesake that works on this API.
func newFront(t *testing.T, api *api) *front {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{t: t, key: key, person: "edgar", tokens: map[string]string{}}
	team := httptest.NewServer(http.HandlerFunc(f.serveTeam))
	t.Cleanup(team.Close)
	f.team = team.URL
	behind := serve(t, "NAMESAKE_AUTH=access", "NAMESAKE_ACCESS_TEAM_DOMAIN="+f.team, "NAMESAKE_ACCESS_AUD=audience", "NAMESAKE_EDITOR_GROUPS=editors",
		"CLOUDFLARE_BASE_URL="+api.base+"/client/v4", "CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID="+account)
	if f.upstream, err = url.Parse(behind); err != nil {
		t.Fatal(err)
	}
	door := httptest.NewServer(http.HandlerFunc(f.serveDoor))
	t.Cleanup(door.Close)
	f.base = door.URL
	return f
}

// end ends all sessions.
func (f *front) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.tokens)
}

// reached counts the POSTs that reached Namesake.
func (f *front) reached() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.posts
}

func (f *front) signsIn(person string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.person = person
}

func (f *front) serveTeam(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/cdn-cgi/access/certs" {
		e := big.NewInt(int64(f.key.E)).Bytes()
		_ = json.NewEncoder(w).Encode(map[string]any{"keys": []map[string]string{{
			"kid": frontKey, "kty": "RSA", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(f.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(e),
		}}})
		return
	}
	on := f.base + "/cdn-cgi/access/authorized?" + url.Values{"to": {r.FormValue("to")}}.Encode()
	w.Header().Set("Content-Type", "text/html")
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html><html lang="en"><title>Team</title><link rel="icon" href="data:,"><h1>Sign in to the team</h1><a href="%s">Sign in</a>`, html.EscapeString(on))
}

func (f *front) serveDoor(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.URL.Path == "/cdn-cgi/access/authorized" {
		session := rand.Text()
		f.tokens[session] = f.token(f.person)
		http.SetCookie(w, &http.Cookie{Name: "CF_Authorization", Value: session, Path: "/", HttpOnly: true})
		http.Redirect(w, r, r.FormValue("to"), http.StatusFound)
		return
	}
	token := ""
	if cookie, err := r.Cookie("CF_Authorization"); err == nil {
		token = f.tokens[cookie.Value]
	}
	if token == "" {
		http.Redirect(w, r, f.team+"/login?"+url.Values{"to": {r.URL.RequestURI()}}.Encode(), http.StatusFound)
		return
	}
	if r.Method == http.MethodPost {
		f.posts++
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
		p.SetURL(f.upstream)
		p.Out.Header.Set("Cf-Access-Jwt-Assertion", token)
	}}
	f.mu.Unlock()
	defer f.mu.Lock()
	proxy.ServeHTTP(w, r)
}

// token signs an assertion.
func (f *front) token(person string) string {
	now := time.Now()
	part := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(b)
	}
	signed := part(map[string]string{"alg": "RS256", "kid": frontKey, "typ": "JWT"}) + "." + part(map[string]any{
		"iss": f.team, "aud": []string{"audience"}, "type": "app", "sub": person, "email": person + "@acme.example", "name": person,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "custom": map[string]any{"groups": []string{"editors"}},
	})
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, f.key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// open opens a tab that may go to the team, too, and signs in.
func (f *front) open(path string) *page {
	f.t.Helper()
	p := openPage(f.t, f.base)
	p.allow(f.team)
	p.goTo(path, http.StatusOK)
	f.signIn(p)
	p.at(path)
	return p
}

func (f *front) signIn(p *page) {
	f.t.Helper()
	p.shows("h1", "Sign in to the team")
	p.clickThrough("a", http.StatusOK)
}

// beside opens another tab in the same browser.
func (f *front) beside(p *page, path string) *page {
	f.t.Helper()
	ctx, _ := chromedp.NewContext(p.ctx)
	other := &page{watch: &watch{origins: []string{f.base, f.team}}, t: p.t, ctx: ctx, base: f.base}
	if err := chromedp.Listen(ctx, other.see); err != nil {
		f.t.Fatal(err)
	}
	other.goTo(path, http.StatusOK)
	return other
}

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
	if n := eval[int](p, "sessionStorage.length"); n != 1 {
		t.Errorf("%d forms are kept, want 1", n)
	}
	p.clickThrough(signOut, http.StatusOK)
	p.reaches(f.team)
	f.end()
	f.signsIn("edgar")
	p.goTo(form, http.StatusOK)
	f.signIn(p)
	if got, n := p.value("#name"), eval[int](p, "sessionStorage.length"); got != "" || n != 0 {
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
	if n := eval[int](p, "sessionStorage.length"); n != 0 {
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
	eval[any](p, `import(document.getElementById("session").dataset.script).then(() => true)`)
}
