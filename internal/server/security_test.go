package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
)

// form is a form that a browser sends as such.
func (b *browser) send(path string, form url.Values, header map[string]string) *answer {
	b.app.t.Helper()
	all := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	maps.Copy(all, header)
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()), all)
}

const login = 303 // to the sign-in page

// byRole is what every route answers to every role, and to no one. A route that is
// not in this table fails the test of the routing table in routes_test.go.
var byRole = []struct {
	method, path                    string
	stranger, viewer, editor, admin int
}{
	{"GET", "/", 303, 303, 303, 303},
	{"GET", overview, login, 200, 200, 200},
	{"GET", entries, login, 200, 200, 200},
	{"GET", entries + "/new", login, 403, 200, 200},
	{"POST", entries, 401, 403, 422, 422},
	{"POST", refresh, 401, 303, 303, 303},
	{"GET", entries + ".csv", login, 200, 200, 200},
	{"POST", entries + ".csv", 401, 422, 422, 422},
	{"GET", entries + ".xlsx", login, 200, 200, 200},
	{"POST", entries + ".xlsx", 401, 422, 422, 422},
	{"GET", entries + ".json", 401, 200, 200, 200},
	{"POST", entries + ".json", 401, 422, 422, 422},
	{"GET", entries + ".tf", login, 200, 200, 200},
	{"POST", entries + ".tf", 401, 422, 422, 422},
	{"GET", entries + ".txt", login, 200, 200, 200},
	{"POST", entries + ".txt", 401, 422, 422, 422},
	{"GET", entries + "/12", login, 404, 404, 404},
	{"POST", entries + "/12", 401, 403, 404, 404},
	{"GET", entries + "/12/edit", login, 403, 404, 404},
	{"GET", entries + "/12/delete", login, 403, 404, 404},
	{"POST", entries + "/12/delete", 401, 403, 404, 404},
	{"GET", entries + "/of-name", login, 200, 200, 200},
	{"POST", entries + "/undo", 401, 403, 404, 404},
	{"POST", entries + "/12/restore", 401, 403, 404, 404},
	{"POST", entries + "/delete", 401, 403, 422, 422},
	{"GET", changesURL, login, 200, 200, 200},
	{"GET", changesURL + "/compare", login, 200, 200, 200},
	{"POST", changesURL + "/put-back", 401, 403, 422, 422},
	{"POST", changesURL + "/restore", 401, 403, 400, 400},
	{"GET", findingsURL, login, 200, 200, 200},
	{"POST", findingsURL + "/fix", 401, 403, 422, 422},
	{"POST", findingsURL + "/none/fix", 401, 403, 404, 404},
	{"POST", findingsURL + "/none/dismiss", 401, 403, 404, 404},
	{"POST", findingsURL + "/none/restore", 401, 403, 404, 404},
	{"GET", testsURL, login, 200, 200, 200},
	{"POST", testsURL, 401, 403, 422, 422},
	{"POST", testsURL + "/import", 401, 403, 422, 422},
	{"POST", testsURL + "/suggested", 401, 403, 422, 422},
	{"POST", testsURL + "/none/delete", 401, 403, 404, 404},
	{"POST", testsURL + "/undo", 401, 403, 404, 404},
	{"GET", testsURL + ".csv", login, 200, 200, 200},
	{"GET", testsURL + ".json", 401, 200, 200, 200},
	{"GET", plans, login, 403, 200, 200},
	{"POST", plans, 401, 403, 422, 422},
	{"GET", plans + "/none", login, 403, 404, 404},
	{"POST", plans + "/none/apply", 401, 403, 404, 404},
	{"POST", plans + "/none/pause", 401, 403, 404, 404},
	{"POST", plans + "/none/resume", 401, 403, 404, 404},
	{"POST", plans + "/none/cancel", 401, 403, 404, 404},
	{"POST", plans + "/none/retry", 401, 403, 404, 404},
	{"POST", plans + "/none/undo", 401, 403, 404, 404},
	{"POST", plans + "/none/take-out", 401, 403, 404, 404},
	{"POST", plans + "/none/take-in", 401, 403, 404, 404},
	{"POST", plans + "/none/correct", 401, 403, 400, 400},
	{"GET", plans + "/none/failed.csv", login, 403, 404, 404},
	{"GET", plans + "/none/operations.csv", login, 403, 404, 404},
	{"GET", imports + "/new", login, 403, 200, 200},
	{"GET", imports + "/template.csv", login, 403, 200, 200},
	{"POST", imports, 401, 403, 422, 422},
	{"GET", imports + "/none", login, 403, 410, 410},
	{"POST", imports + "/none", 401, 403, 410, 410},
	{"GET", deletions, login, 403, 308, 308},
	{"GET", deletions + "/none", login, 403, 308, 308},
	{"GET", entries + "/covering", login, 200, 200, 200},
	{"GET", checkURL, login, 200, 200, 200},
	{"GET", "/regex/check", login, 200, 200, 200},
	{"POST", "/regex/check", 401, 200, 200, 200},
	{"GET", "/audit", login, 200, 200, 200},
	{"GET", "/audit/1", login, 200, 200, 200},
	{"GET", "/audit.jsonl", login, 403, 403, 200},
	{"GET", "/audit.csv", login, 403, 403, 200},
	{"GET", "/sessions", login, 403, 403, 200},
	{"POST", "/sessions/nothing/end", 401, 403, 403, 404},
	{"POST", "/sessions/nothing/end-all", 401, 403, 403, 404},
	{"POST", "/sessions/mine/end-others", 401, 303, 303, 303},
	{"GET", "/session", login, 200, 200, 200},
	{"GET", "/sessions/mine", login, 200, 200, 200},
	{"POST", "/sessions/mine/nothing/end", 401, 404, 404, 404},
	{"GET", "/auth/callback", 404, 404, 404, 404},
	{"GET", "/login", 200, 200, 200, 200},
	{"POST", "/login", 422, 422, 422, 422},
	{"POST", "/csp-reports", 403, 403, 403, 403},
	{"GET", "/healthz", 200, 200, 200, 200},
	{"GET", "/readyz", 200, 200, 200, 200},
	{"GET", "/static/app.css", 404, 404, 404, 404},
	{"GET", "/nowhere", 404, 404, 404, 404},
	{"PUT", entries, 405, 405, 405, 405},
	{"GET", "/login/start", 303, 303, 303, 303},
	{"GET", "/signed-out", 200, 303, 303, 303},
	{"GET", "/signed-out/onward", 404, 404, 404, 404},
	{"POST", "/logout", 303, 303, 303, 303},
}

func TestRoutesByRole(t *testing.T) {
	t.Parallel()
	tests := byRole
	app := newApp(t)
	for role, want := range map[string]func(int) int{
		"stranger": func(i int) int { return tests[i].stranger }, "viewer": func(i int) int { return tests[i].viewer },
		"editor": func(i int) int { return tests[i].editor }, "admin": func(i int) int { return tests[i].admin },
	} {
		t.Run(role, func(t *testing.T) {
			b := app.as(role).in(t)
			for i, tt := range tests {
				res := b.do(tt.method, tt.path, nil, nil)
				same(t, tt.method+" "+tt.path, res.status, want(i))
				if res.header.Get("Content-Security-Policy") == "" || res.header.Get("X-Request-Id") == "" {
					t.Errorf("%s %s: headers are missing", tt.method, tt.path)
				}
			}
		})
	}
	same(t, "changes", len(app.sandbox.Writes()), 0)
}

func TestAStrangerIsLedToSignInAndBack(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.stranger()
	to := b.get(entries + "?page=2").wants(http.StatusSeeOther).location()
	page := b.get(to).wants(http.StatusOK)
	next := page.Find("input[name=next]").AttrOr("value", "")
	same(t, "next", next, entries+"?page=2")
	same(t, "after sign-in", b.post("/login", url.Values{"user": {"viewer"}, "next": {next}}).wants(303).location(), entries+"?page=2")
	b.get(entries).wants(http.StatusOK)
	same(t, "after sign-out", b.post("/logout", nil).wants(303).location(), "/login")
	b.get(entries).wants(http.StatusSeeOther)
}

func TestReturnsOnlyToItself(t *testing.T) {
	t.Parallel()
	b := newApp(t).stranger()
	for _, next := range []string{
		"//evil.example", `/\evil.example`, `\\evil.example`, "https://evil.example", "javascript:alert(1)", "evil.example",
		"/\t/evil.example", "/%0d%0aSet-Cookie:x=1\r\n", "http:evil.example", "//user@evil.example", "/\x00", "",
		"/%2f/evil.example", "/%5cevil.example", "/%5c%5cevil.example", "%2f%2fevil.example", "/%09/evil.example", "/.//evil.example/..//",
		"https:/evil.example", "@evil.example", "/@evil.example/../..//evil.example\\", "///evil.example", "/" + strings.Repeat("x", 2000),
	} {
		got := b.post("/login", url.Values{"user": {"viewer"}, "next": {next}}).wants(http.StatusSeeOther).location()
		same(t, next, got, "/")
	}
}

func TestTypedValuesSurviveARefusal(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	form := url.Values{"name": {"Jane <b>Smith</b>"}, "email": {"jane@example.com"}, "comments": {"\nkept"}}
	for user, want := range map[string]int{"stranger": http.StatusUnauthorized, "viewer": http.StatusForbidden} {
		t.Run(user, func(t *testing.T) {
			page := app.as(user).in(t).post(entries, form).wants(want)
			for name := range form {
				got := page.Find("textarea[name=" + name + "]")
				same(t, name, got.Text(), form.Get(name))
			}
		})
	}
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
}

func TestCrossSiteRequestsChangeNothing(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	form := url.Values{"name": {"Jane"}, "email": {"jane@example.com"}}
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {"Origin": "https://evil.example"},
	} {
		page := b.send(entries, form, header).wants(http.StatusForbidden)
		page.contains("h1", "came from another site")
	}
	b.send(entries, form, map[string]string{"Sec-Fetch-Site": "same-origin"}).wants(http.StatusSeeOther)
	same(t, "changes", len(app.sandbox.Writes()), 1)
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	cookie := func(app *app) *http.Cookie {
		res := app.stranger().post("/login", url.Values{"user": {"viewer"}}).wants(http.StatusSeeOther)
		c, err := http.ParseSetCookie(res.header.Get("Set-Cookie"))
		must(t, err)
		return c
	}
	plain := cookie(newApp(t))
	same(t, "name", plain.Name, "namesake")
	same(t, "HttpOnly", plain.HttpOnly, true)
	same(t, "SameSite", plain.SameSite, http.SameSiteLaxMode)
	same(t, "Secure over plain http", plain.Secure, false)
	secure := cookie(newApp(t, func(s *settings) { s.public = "https://namesake.example" }))
	same(t, "name", secure.Name, "__Host-namesake")
	same(t, "Secure", secure.Secure, true)
	same(t, "Path", secure.Path, "/")
	same(t, "Domain", secure.Domain, "")
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	for range 26 { // 12 h 30 min in steps below the idle limit
		if b.get(entries).status != http.StatusOK {
			t.Fatal("ended early")
		}
		app.clock.move(29 * time.Minute)
		if time.Until(app.clock.now()) > 12*time.Hour {
			break
		}
	}
	b.get(entries).wants(http.StatusSeeOther)
	b = app.as("viewer")
	app.clock.move(31 * time.Minute)
	b.get(entries).wants(http.StatusSeeOther)
}

func TestSignInChangesTheID(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.stranger()
	u, _ := url.Parse(app.server.URL)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "namesake", Value: "planted"}})
	b.post("/login", url.Values{"user": {"viewer"}}).wants(http.StatusSeeOther)
	first := b.client.Jar.Cookies(u)[0].Value
	same(t, "planted id kept", first == "planted", false)
	b.post("/login", url.Values{"user": {"editor"}}).wants(http.StatusSeeOther)
	second := b.client.Jar.Cookies(u)[0].Value
	same(t, "id kept", second == first, false)
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "namesake", Value: first}})
	b.get(entries).wants(http.StatusSeeOther) // the earlier session has ended
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	res := newApp(t, func(s *settings) { s.public = "https://namesake.example" }).stranger().get("/login")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	} {
		same(t, name, res.header.Get(name), want)
	}
	csp := res.header.Get("Content-Security-Policy")
	for _, must := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		same(t, must, strings.Contains(csp, must), true)
	}
	same(t, "anything unsafe", strings.Contains(csp, "unsafe"), false)
}

func TestAssetsMayBeKept(t *testing.T) {
	t.Parallel()
	b := newApp(t).stranger()
	href := b.get("/login").Find("link[rel=stylesheet]").AttrOr("href", "")
	res := b.do(http.MethodGet, href, nil, map[string]string{"Accept-Encoding": "gzip"}).wants(http.StatusOK)
	same(t, "Cache-Control", res.header.Get("Cache-Control"), "public, max-age=31536000, immutable")
	same(t, "Content-Encoding", res.header.Get("Content-Encoding"), "gzip")
	same(t, "Content-Type", res.header.Get("Content-Type"), "text/css; charset=utf-8")
}

func TestAMissingPageKnowsWhoAsks(t *testing.T) {
	t.Parallel()
	page := newApp(t).as("editor").get("/nowhere").wants(http.StatusNotFound)
	same(t, "navigation", page.Find("nav[aria-label=Main]").Length(), 1)
	same(t, "links to sign in", page.Find("a[href='/login']").Length(), 0)
}

func TestEveryPageSaysSandbox(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	for _, path := range []string{"/login", entries, entries + "/new", entries + "/12", "/nowhere"} {
		b.get(path).contains("body", "Sandbox")
	}
}

func TestReadyNamesTheParts(t *testing.T) {
	t.Parallel()
	res := newApp(t).stranger().get("/readyz").wants(http.StatusOK)
	same(t, "body", strings.TrimSpace(res.body), `{"parts":{"api":"ok","database":"ok"},"status":"ok"}`)
	down := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Token = "wrong" } })
	res = down.stranger().get("/readyz").wants(http.StatusServiceUnavailable)
	same(t, "the log says why", strings.Contains(down.log.String(), "read entry") || strings.Contains(down.log.String(), "denied"), true)
	same(t, "body", strings.TrimSpace(res.body), `{"parts":{"api":"unavailable","database":"ok"},"status":"unavailable"}`)
}

func TestNothingSecretIsLogged(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Token = "a-secret-token-that-is-unknown" } })
	b := app.as("editor")
	u, _ := url.Parse(app.server.URL)
	cookie := b.client.Jar.Cookies(u)[0].Value
	pages := b.get(entries).body + b.create(jane()).body
	for what, secret := range map[string]string{"token": "a-secret-token-that-is-unknown", "cookie": cookie} {
		same(t, what+" in the log", strings.Contains(app.log.String(), secret), false)
		same(t, what+" on a page", strings.Contains(pages, secret), false)
	}
	id := b.get(entries).Find("main p:contains('Request ID') code").Text()
	if id == "" || !strings.Contains(app.log.String(), id) {
		t.Errorf("the log does not hold the request id %q that the page shows", id)
	}
}
