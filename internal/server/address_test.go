package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
)

// lastAddress is the network address on the newest record.
func (a *app) lastAddress() string {
	a.t.Helper()
	list, err := a.store.Records(a.t.Context(), audit.Query{Limit: 1})
	must(a.t, err)
	return list[0].Address
}

// Whose word is taken for where a request comes from.
func TestForwardedAddresses(t *testing.T) {
	t.Parallel()
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	proxy := netip.MustParsePrefix("10.0.0.0/8")
	tests := []struct {
		name    string
		trusted []netip.Prefix
		header  map[string]string
		want    string
	}{
		{"no proxy is trusted", nil, map[string]string{"X-Forwarded-For": "203.0.113.9", "X-Real-Ip": "203.0.113.9"}, "127.0.0.1"},
		{"an untrusted peer", []netip.Prefix{proxy}, map[string]string{"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"},
		{"a trusted peer", []netip.Prefix{loopback}, map[string]string{"X-Forwarded-For": "203.0.113.9"}, "203.0.113.9"},
		{"a trusted peer, IPv6", []netip.Prefix{loopback}, map[string]string{"X-Forwarded-For": "2001:db8::1"}, "2001:db8::1"},
		{"a client that claims another address", []netip.Prefix{loopback}, map[string]string{"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}, "203.0.113.9"},
		{"through two proxies", []netip.Prefix{loopback, proxy}, map[string]string{"X-Forwarded-For": "198.51.100.7, 203.0.113.9, 10.1.1.1"}, "203.0.113.9"},
		{"a private address is no proxy by itself", []netip.Prefix{loopback}, map[string]string{"X-Forwarded-For": "203.0.113.9, 192.168.1.1"}, "192.168.1.1"},
		{"garbage", []netip.Prefix{loopback}, map[string]string{"X-Forwarded-For": "<script>"}, "127.0.0.1"},
		{"another header", []netip.Prefix{loopback}, map[string]string{"X-Real-Ip": "203.0.113.9", "Forwarded": "for=203.0.113.9"}, "127.0.0.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t, func(s *settings) { s.proxies = tt.trusted })
			app.stranger().send("/login", url.Values{"user": {"viewer"}}, tt.header).wants(http.StatusSeeOther)
			same(t, "address", app.lastAddress(), tt.want)
		})
	}
}

// ask sends a request with a Host header, as no browser would.
func (a *app) ask(method, target, host string, header map[string]string) *answer {
	a.t.Helper()
	r := httptest.NewRequestWithContext(a.t.Context(), method, target, http.NoBody)
	r.Host, r.RemoteAddr = host, "127.0.0.1:1"
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	a.server.Config.Handler.ServeHTTP(w, r)
	return a.answered(w.Result(), w.Body.Bytes())
}

func TestOnlyItsOwnAddressIsAnswered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path, host string
		header     map[string]string
		status     int
		location   string
	}{
		{"/login", "namesake.example", nil, 200, ""},
		{"/login", "NAMESAKE.example:443", nil, 200, ""},
		{"/login", "127.0.0.1:8080", nil, 200, ""},
		{"/login", "[::1]:8080", nil, 200, ""},
		{"/login", "localhost", nil, 200, ""},
		{"/login", "evil.example", nil, 421, ""},
		{"/login", "namesake.example.evil.example", nil, 421, ""},
		{"/login", "namesake.example:8443", nil, 421, ""},
		{"/login", "127.0.0.1.evil.example", nil, 421, ""},
		{"/login", "", nil, 421, ""},
		{"/login", "evil.example", map[string]string{"X-Forwarded-Host": "namesake.example"}, 421, ""},
		{"/healthz", "10.0.0.5:8080", nil, 200, ""},
		{"/readyz", "10.0.0.5:8080", nil, 200, ""},
		// A host that is told in other ways leads nowhere.
		{"/", "namesake.example", map[string]string{"X-Forwarded-Host": "evil.example", "X-Original-Host": "evil.example"}, 303, "/login"},
		{entries, "namesake.example", map[string]string{"X-Forwarded-Host": "evil.example"}, 303, "/login?next=" + url.QueryEscape(entries)},
		// The scheme, from a proxy that is trusted.
		{"/login?x=1", "namesake.example", map[string]string{"X-Forwarded-Proto": "https"}, 200, ""},
		{"/login?x=1", "namesake.example", map[string]string{"X-Forwarded-Proto": "http"}, 308, "https://namesake.example/login?x=1"},
		{"/healthz", "namesake.example", map[string]string{"X-Forwarded-Proto": "http"}, 200, ""},
	}
	app := newApp(t, func(s *settings) {
		s.public, s.proxies = "https://namesake.example", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
	for _, tt := range tests {
		t.Run(tt.host+tt.path, func(t *testing.T) {
			res := app.ask(http.MethodGet, tt.path, tt.host, tt.header)
			same(t, "status", res.status, tt.status)
			same(t, "location", res.location(), tt.location)
			if tt.status == http.StatusMisdirectedRequest {
				res.contains("main", "It is at https://namesake.example")
			}
		})
	}
	app.ask(http.MethodPost, entries, "namesake.example", map[string]string{"X-Forwarded-Proto": "http"}).wants(http.StatusForbidden).
		contains("h1", "without encryption")
	untrusted := newApp(t, func(s *settings) { s.public = "https://namesake.example" })
	untrusted.ask(http.MethodGet, "/login", "namesake.example", map[string]string{"X-Forwarded-Proto": "http"}).wants(http.StatusOK)
}

// Ids that are none do not reach the API, however they are written.
func TestPathsThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	calls := len(app.sandbox.Calls())
	for _, path := range []string{
		entries + "/..", entries + "/../x", entries + "/%2e%2e", entries + "/%2e%2e%2f%2e%2e", entries + "/..%2f..%2fuser%2ftokens",
		entries + "/12%2f..", entries + "/12;x", entries + "/12%00", entries + "/-1", entries + "/1e3", entries + "/%20", entries + "/12%3fx=1",
		"/accounts/..%2f" + account + "/entries", "/accounts/%2e%2e/entries", "/accounts/ffffffffffffffffffffffffffffffff/entries",
		"/accounts/" + strings.ToUpper(account) + "/entries", "/accounts/" + account + "%2f/entries", "/accounts//entries",
	} {
		res := b.get(path)
		same(t, path, res.status, http.StatusNotFound)
	}
	same(t, "calls of the API", len(app.sandbox.Calls())-calls, 0)
}

// A planted session does not become anyone's by their signing in.
func TestSessionFixation(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	attacker, victim := app.as("viewer"), app.stranger()
	u, _ := url.Parse(app.base())
	planted := attacker.client.Jar.Cookies(u)
	victim.client.Jar.SetCookies(u, planted)
	victim.post("/login", url.Values{"user": {"admin"}}).wants(http.StatusSeeOther)
	same(t, "the id changes", victim.client.Jar.Cookies(u)[0].Value == planted[0].Value, false)
	victim.get("/sessions").wants(http.StatusOK)
	attacker.get("/sessions").wants(http.StatusSeeOther) // its session ended with the sign-in
}

func TestCrossSitePostsDoNotSignInOrOut(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {"Origin": "https://evil.example"},
	} {
		for _, path := range []string{"/login", "/logout", "/sessions/mine/x/end", "/sessions/x/end", entries} {
			b.send(path, url.Values{"user": {"admin"}}, header).wants(http.StatusForbidden).contains("h1", "came from another site")
		}
	}
	b.get(entries).wants(http.StatusOK).contains("header", "editor")
}

func TestAttemptsAreCountedByNetwork(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	from := func(address, user string) int {
		return app.stranger().send("/login", url.Values{"user": {user}}, map[string]string{"X-Forwarded-For": address}).status
	}
	for i := range 10 {
		same(t, "failure", from("2001:db8::"+string(rune('1'+i%9)), "root"), http.StatusUnprocessableEntity)
	}
	same(t, "from the same /64", from("2001:db8::ffff", "editor"), http.StatusTooManyRequests)
	same(t, "from another", from("2001:db8:0:1::1", "editor"), http.StatusSeeOther)
	same(t, "from IPv4", from("203.0.113.1", "editor"), http.StatusSeeOther)
	app.clock.move(time.Hour)
	same(t, "an hour later", from("2001:db8::ffff", "editor"), http.StatusSeeOther)
}
