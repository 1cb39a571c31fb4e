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
