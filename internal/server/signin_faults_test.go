package server_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// What the database can't do at the moment is told as such: no one is said to be
// signed out, or in, who is not.
func TestSigningInAndOutWithoutADatabase(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	must(t, app.store.Close())
	for _, page := range []*answer{
		b.post("/logout", nil), b.post("/login", url.Values{"user": {"admin"}}),
		app.stranger().post("/login", url.Values{"user": {"admin"}}), b.get(entries), b.get("/sessions/mine"),
	} {
		page.wants(http.StatusServiceUnavailable)
		same(t, "a navigation", page.Find("nav[aria-label=Main]").Length(), 0)
		same(t, "a cookie", page.header.Get("Set-Cookie"), "")
	}
}

// The start and the end of a session are recorded, or are not.
func TestSessionsThatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	app.rows.broken.Store(true)
	page := app.stranger().post("/login", url.Values{"user": {"admin"}}).wants(http.StatusServiceUnavailable)
	page.contains("h1", "Nothing was done")
	same(t, "a navigation", page.Find("nav[aria-label=Main]").Length(), 0)
	same(t, "a cookie", page.header.Get("Set-Cookie"), "")
	page = b.post("/logout", nil).wants(http.StatusServiceUnavailable)
	same(t, "the cookie", page.header.Get("Set-Cookie"), "")
	b.get(entries).wants(http.StatusOK) // still signed in, and able to try again
}

func TestASessionDoesNotOutliveItsWayIn(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	b.get("/sessions").wants(http.StatusOK)
	provider := authtest.New(t)
	var err error
	app.gate.OIDC, err = auth.NewOIDC(auth.OIDCOptions{
		Issuer: provider.URL, ClientID: "c", ClientSecret: "s", Scopes: []string{"openid"}, GroupsClaim: "groups", RedirectURL: app.base() + "/auth/callback",
	})
	must(t, err)
	b.get("/sessions").wants(http.StatusSeeOther)
}

// Other sites can't use up the attempts of their visitors' network.
func TestOtherSitesUseUpNoAttempts(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	for range 20 {
		app.stranger().do(http.MethodGet, "/auth/callback?state=x", nil, map[string]string{"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"}).wants(http.StatusForbidden)
	}
	same(t, "recorded", len(app.records(rbac.RefuseSession)), 0)
	for range 20 { // a person may be sent there, too
		app.stranger().get("/auth/callback?state=x").wants(http.StatusUnauthorized)
	}
	same(t, "recorded", len(app.records(rbac.RefuseSession)), 10)
	app.stranger().signIn(entries).wants(http.StatusSeeOther)
}

func TestALongWayBackIsNoFault(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	for _, next := range []string{"/?" + strings.Repeat("&", 400), "/" + strings.Repeat("x", 5000), "/?" + strings.Repeat("<", 1000)} {
		same(t, next[:10], app.stranger().signIn(next).wants(http.StatusSeeOther).location(), "/")
	}
	app.stranger().get("/login?next=/" + strings.Repeat("x", 600)).wants(http.StatusSeeOther)
}

// A body that no one wants is not read to its end.
func TestBodiesForOtherHostsAreLimited(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	body := &counter{r: bytes.NewReader(make([]byte, 20<<20))}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, entries, body)
	r.Host, r.RemoteAddr = "evil.example", "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	app.server.Config.Handler.ServeHTTP(w, r)
	same(t, "status", w.Code, http.StatusMisdirectedRequest)
	if body.n > 2<<20 {
		t.Errorf("%d bytes were read", body.n)
	}
}

// Nothing but probes and assets is answered without Access in front.
func TestEveryPathIsBehindAccess(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	for _, path := range []string{"/", "/login", "/login?state=signed-out", "/nowhere", "/auth/callback", entries, "/sessions/mine"} {
		app.stranger().get(path).wants(http.StatusUnauthorized).contains("main", "did not come through Cloudflare Access")
	}
	b := app.through(team, "edgar", "editors")
	b.get("/").wants(http.StatusSeeOther)
	b.get("/nowhere").wants(http.StatusNotFound)
	app.stranger().get("/healthz").wants(http.StatusOK)
}

// A refusal that is remembered is no session, recorded or on the page.
func TestWithoutARoleNothingEnds(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	claims := team.Person("nora", audience, app.clock.now())
	claims["custom"] = map[string]any{"groups": 7}
	b := through{app.stranger(), team.Sign(claims)}
	for range 2 {
		b.get(entries).wants(http.StatusForbidden).contains("main", "groups")
		app.clock.move(31 * time.Minute)
		must(t, app.signIns.Sweep(t.Context()))
	}
	same(t, "ends recorded", len(app.records(rbac.EndSession)), 0)
}
