package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/store/pgtest"
)

// visitor is a person with a browser.
type visitor struct {
	t *testing.T
	*http.Client
}

func newVisitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// sends sends a form, or gets a page when form is nil, and checks the status.
func (v visitor) sends(to string, form url.Values, status int) {
	v.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, to, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != status {
		v.t.Errorf("%s %s: status %d, want %d", method, to, res.StatusCode, status)
	}
}

// Two copies of the program on one PostgreSQL know the same sessions, at once. The
// cookies of 127.0.0.1 go to both, for browsers tell no ports apart.
func TestTwoCopiesShareSessions(t *testing.T) {
	const account = "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"
	api := httptest.NewServer(sandbox.New(sandbox.Options{Account: account, RateLimit: -1}))
	t.Cleanup(api.Close)
	environment(
		t, "NAMESAKE_AUTH", "demo", "NAMESAKE_DATABASE_URL", pgtest.NewDatabase(t), "CLOUDFLARE_API_TOKEN", sandbox.DefaultToken,
		"CLOUDFLARE_ACCOUNT_ID", account, "CLOUDFLARE_BASE_URL", api.URL+sandbox.Prefix,
	)
	var bases []string
	for range 2 {
		line, stop, ended := start(t)
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		_, rest, _ := strings.Cut(line, "http://")
		bases = append(bases, "http://"+strings.Fields(rest)[0])
	}
	one, two := bases[0], bases[1]
	const entries = "/accounts/" + account + "/entries"
	editor := url.Values{"user": {"editor"}}

	b := newVisitor(t)
	b.sends(one+"/login", editor, http.StatusSeeOther)
	b.sends(one+entries, nil, http.StatusOK)
	b.sends(two+entries, nil, http.StatusOK)
	b.sends(two+entries, url.Values{"name": {"Jane"}, "email": {"jane@example.com"}, "key": {"once"}}, http.StatusSeeOther)

	// A separate jar, so that requests to the first copy keep the cookie.
	cookies := b.Jar.Cookies(&url.URL{Scheme: "http", Host: "127.0.0.1"})
	b.sends(two+"/logout", url.Values{}, http.StatusSeeOther)
	stolen := newVisitor(t)
	stolen.Jar.SetCookies(&url.URL{Scheme: "http", Host: "127.0.0.1"}, cookies)
	stolen.sends(one+entries, nil, http.StatusSeeOther)
	stolen.sends(two+entries, nil, http.StatusSeeOther)

	// A session that an admin ends on one copy is refused by the other with the next request.
	b.sends(one+"/login", editor, http.StatusSeeOther)
	b.sends(two+entries, nil, http.StatusOK)
	admin := newVisitor(t)
	admin.sends(two+"/login", url.Values{"user": {"admin"}}, http.StatusSeeOther)
	_, page := getWith(t, admin.Client, two+"/sessions")
	_, rest, _ := strings.Cut(page, "Edgar Okafor")
	_, rest, _ = strings.Cut(rest, `action="`)
	action, _, _ := strings.Cut(rest, `"`)
	admin.sends(two+action, url.Values{}, http.StatusSeeOther)
	b.sends(one+entries, nil, http.StatusSeeOther)
}
