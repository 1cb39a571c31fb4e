package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/rbac"
)

// tabs starts a sign-in in each of n tabs, and returns where each comes back from the
// provider, and where it wants to go.
func (b *browser) tabs(n int, next func(i int) string) (backs, nexts []string) {
	b.app.t.Helper()
	for i := range n {
		nexts = append(nexts, next(i))
		to := b.get("/login?next=" + url.QueryEscape(nexts[i])).wants(http.StatusSeeOther).location()
		backs = append(backs, b.atProvider(to))
	}
	return backs, nexts
}

func page(i int) string { return fmt.Sprintf("%s?search=person+%d&page=1", entries, i) }

func longPage(i int) string {
	return fmt.Sprintf("%s?search=%s&page=%d", entries, strings.Repeat("person+", 80), i)
}

// Tabs that a browser restores at once, after the session has ended, all get to where
// they wanted, and nothing is recorded as refused.
func TestRestoredTabs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		tabs       int
		next       func(int) string
		first      int            // the tab that finishes first
		wait       time.Duration  // until the others do
		lost       func(int) bool // tabs whose way back is not kept: they go to the start page
		maxCookies int            // bytes
	}{
		{name: "ten", tabs: 10, next: page, maxCookies: 6 << 10},
		{name: "ten, the last one first", tabs: 10, next: page, first: 9, maxCookies: 6 << 10},
		{name: "twenty-five", tabs: 25, next: page, first: 24, maxCookies: 6 << 10},
		{name: "ten, after a long while", tabs: 10, next: page, wait: 25 * time.Minute, maxCookies: 6 << 10},
		{name: "twelve with long addresses", tabs: 12, next: longPage, first: 11, maxCookies: 7 << 10, lost: func(int) bool { return true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			app, _ := newOIDCApp(t)
			b := app.stranger()
			backs, nexts := b.tabs(test.tabs, test.next)
			u, _ := url.Parse(app.base())
			size := 0
			for _, c := range b.client.Jar.Cookies(u) {
				size += len(c.String())
			}
			if size > test.maxCookies {
				t.Errorf("%d bytes of cookies", size)
			}
			same(t, "the first to finish", b.get(backs[test.first]).wants(http.StatusSeeOther).location(), nexts[test.first])
			app.clock.move(test.wait)
			for i, back := range backs {
				if i == test.first {
					continue
				}
				got := b.get(back).wants(http.StatusSeeOther).location()
				if got != nexts[i] && (test.lost == nil || got != "/") {
					t.Errorf("tab %d came to %s, want %s", i, got, nexts[i])
				}
			}
			same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), 0)
			b.get(entries).wants(http.StatusOK)
		})
	}
}

// A tab whose sign-in was taken back signs in again, to where it wanted, when there is no
// session either.
func TestATabWithoutItsSignInNorASession(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	b := app.stranger()
	backs, nexts := b.tabs(12, page)
	answer := b.get(backs[0]).wants(http.StatusUnauthorized)
	answer.contains("main", "Sign in again.")
	same(t, "way on", answer.Find("main a").AttrOr("href", ""), "/login?"+url.Values{"next": {nexts[0]}}.Encode())
	same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), 1)

	// Nor does a session help with a state of another person's making.
	b.signIn(entries).wants(http.StatusSeeOther)
	for _, state := range []string{"", "x", "x.", ".", "x.y", strings.Repeat("A", 26) + "." + strings.Repeat("A", 200)} {
		b.get("/auth/callback?code=a&state=" + url.QueryEscape(state)).wants(http.StatusUnauthorized)
	}
	u, err := url.Parse(backs[1])
	must(t, err)
	_, sealed, _ := strings.Cut(u.Query().Get("state"), ".")
	b.get("/auth/callback?state=" + url.QueryEscape(strings.Repeat("B", 26)+"."+sealed)).wants(http.StatusUnauthorized)
}

// Some services refuse a second tab, for its person is signed in already.
func TestAServiceThatRefusesTheSecondTab(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code     string
		again    bool
		signedIn bool
		status   int
		recorded int
	}{
		{"temporarily_unavailable", false, true, http.StatusSeeOther, 0},
		{"login_required", false, true, http.StatusSeeOther, 0},
		{"temporarily_unavailable", false, false, http.StatusUnauthorized, 1},
		{"temporarily_unavailable", true, true, http.StatusUnauthorized, 1},
		{"access_denied", false, true, http.StatusUnauthorized, 1},
	} {
		t.Run(fmt.Sprint(test.code, test.again, test.signedIn), func(t *testing.T) {
			app, _ := newOIDCApp(t)
			b := app.stranger()
			if test.signedIn {
				b.signIn(entries).wants(http.StatusSeeOther)
			}
			login := "/login?next=" + url.QueryEscape(page(1))
			if test.again {
				login += "&again=1"
			}
			back, err := url.Parse(b.atProvider(b.get(login).wants(http.StatusSeeOther).location()))
			must(t, err)
			q := back.Query()
			q.Del("code")
			q.Set("error", test.code)
			answer := b.get(back.Path + "?" + q.Encode()).wants(test.status)
			if test.status == http.StatusSeeOther {
				same(t, "led to", answer.location(), page(1))
			}
			same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), test.recorded)
		})
	}
}
