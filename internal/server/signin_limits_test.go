package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// refusals counts the refused sign-ins in the trail: the records, and what they say was
// left out.
func (a *app) refusals() (records, leftOut int) {
	a.t.Helper()
	for _, r := range a.records(rbac.RefuseSession) {
		n, summed := r.After["left_out"].(int64)
		leftOut += int(n)
		if records++; summed {
			same(a.t, "actor", r.Actor, rbac.Actor{})
		}
	}
	return records, leftOut
}

// Sign-ins that fail are held against no one else behind the same address.
func TestFailedSignInsDoNotLockOthersOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		bend func(*authtest.Answers)
		back func(url.Values)
	}{
		{"denied", nil, func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }},
		{"the service wants something first", nil, func(q url.Values) { q.Del("code"); q.Set("error", "login_required") }},
		{"a guessed code", nil, func(q url.Values) { q.Set("code", "guessed") }},
		{"no code", nil, func(q url.Values) { q.Del("code") }},
		{"a forged token", func(a *authtest.Answers) { a.Forged = true }, func(url.Values) {}},
		{"started elsewhere", nil, func(q url.Values) { q.Set("state", "x") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			app, p := newOIDCApp(t)
			if test.bend != nil {
				p.Bend(test.bend)
			}
			const flows = 15
			b := app.stranger()
			for i := range flows {
				if i%2 == 0 {
					b = app.stranger() // one browser, and several
				}
				back, err := url.Parse(b.atProvider(b.get("/login").wants(http.StatusSeeOther).location()))
				must(t, err)
				q := back.Query()
				test.back(q)
				b.get(back.Path + "?" + q.Encode()).wants(http.StatusUnauthorized)
			}
			p.Bend(func(a *authtest.Answers) { a.Forged = false })
			app.stranger().signIn(entries).wants(http.StatusSeeOther)
			records, _ := app.refusals()
			same(t, "recorded at once", records, 10)
			must(t, app.signIns.RecordRefusalsLeftOut(t.Context()))
			must(t, app.signIns.RecordRefusalsLeftOut(t.Context()))
			records, leftOut := app.refusals()
			same(t, "recorded", records, 11)
			same(t, "refused", records-1+leftOut, flows)
		})
	}
}

// What was sealed for one sign-in does not open the way to any number of calls.
func TestOneSignInFailsThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	long := url.QueryEscape(longPage(1)) // which does not travel in the state
	for _, test := range []struct {
		name, next string
		answer     string // of the service
		status     int
		state      func(state string, i int) string
		calls      int
	}{
		{"the same state", "", `{"error":"invalid_grant"}`, http.StatusUnauthorized, func(s string, _ int) string { return s }, 3},
		{"the same in other characters", "", `{"error":"invalid_grant"}`, http.StatusUnauthorized, func(s string, i int) string { return s + strings.Repeat("\n", i) }, 3},
		{"another end", long, `{"error":"invalid_grant"}`, http.StatusUnauthorized, func(s string, i int) string { return s[:27] + strings.Repeat("A", 1000*i) }, 0},
		{"a service in trouble", "", `{"error":"invalid_client"}`, http.StatusServiceUnavailable, func(s string, _ int) string { return s }, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			app, p := newOIDCApp(t)
			asked := 0
			p.Bend(func(a *authtest.Answers) {
				a.Instead["/token"] = func(w http.ResponseWriter, r *http.Request) {
					asked++
					authtest.Say(http.StatusBadRequest, "application/json", test.answer)(w, r)
				}
			})
			b := app.stranger()
			to, err := url.Parse(b.get("/login?next=" + test.next).wants(http.StatusSeeOther).location())
			must(t, err)
			u, _ := url.Parse(app.base())
			cookie := b.client.Jar.Cookies(u)[0].String()
			for i := range 6 {
				state := test.state(to.Query().Get("state"), i)
				want := http.StatusUnauthorized
				if i < test.calls {
					want = test.status
				}
				app.stranger().do(http.MethodGet, "/auth/callback?code=guessed&state="+url.QueryEscape(state), nil, map[string]string{"Cookie": cookie}).wants(want)
			}
			same(t, "calls of the service", asked, test.calls)
		})
	}
}

// Refusals from many networks write a bounded number of records, whose numbers add up.
func TestRefusalsFromManyNetworks(t *testing.T) {
	t.Parallel()
	team := authtest.NewTeam(t)
	app := newApp(t, func(s *settings) {
		s.proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
		s.gate = func(a *app) {
			var err error
			a.gate.Access, err = auth.NewAccess(auth.AccessOptions{TeamURL: team.URL, AUD: audience, GroupsClaim: "groups", Now: a.clock.now})
			must(t, err)
		}
	})
	const networks = 5000
	for i := range networks {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, entries, http.NoBody)
		r.Host, r.RemoteAddr = "127.0.0.1", "127.0.0.1:1"
		r.Header.Set("Accept", "application/json")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("2001:db8:%x:%x::1", i%500, i))
		r.Header.Set(assertion, "x")
		w := httptest.NewRecorder()
		app.server.Config.Handler.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Fatalf("status %d", w.Code)
		}
	}
	must(t, app.signIns.RecordRefusalsLeftOut(t.Context()))
	records, leftOut := app.refusals()
	if records > 100 {
		t.Errorf("%d records", records)
	}
	same(t, "refused", records-1+leftOut, networks)
	last := app.records(rbac.RefuseSession)[records-1]
	same(t, "the last one's cause", strings.Contains(last.Errors[0].Message, fmt.Sprintf("the number of further refused sign-ins is %d", leftOut)), true)
	must(t, verified(app))
}

func verified(a *app) error {
	_, err := a.store.Verify(a.t.Context(), func(int64) {})
	return err
}

// People without a role are refused recorded, within the same bounds, and remembered.
func TestPeopleWithoutARoleDoNotFillTheTrail(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	for i := range 13 {
		b := app.through(team, fmt.Sprintf("nora-%d", i), "staff")
		b.get(entries).wants(http.StatusForbidden)
		b.get(entries).wants(http.StatusForbidden)
	}
	must(t, app.signIns.RecordRefusalsLeftOut(t.Context()))
	records, leftOut := app.refusals()
	same(t, "recorded", records, 11)
	same(t, "left out", leftOut, 3)
}
