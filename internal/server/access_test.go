package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

const (
	audience  = "the-audience-tag"
	assertion = "Cf-Access-Jwt-Assertion"
)

func newAccessApp(t testing.TB) (*app, *authtest.Team) {
	t.Helper()
	team := authtest.NewTeam(t)
	a := newApp(t, func(s *settings) {
		s.gate = func(a *app) {
			var err error
			a.gate.Access, err = auth.NewAccess(auth.AccessOptions{
				TeamURL: team.URL, AUD: audience, GroupsClaim: "groups", ServiceTokens: []string{"robot.access"}, Now: a.clock.now,
			})
			must(t, err)
		}
	})
	return a, team
}

// through is a browser whose requests come through Access with a token.
type through struct {
	*browser
	token string
}

func (a *app) through(team *authtest.Team, sub string, groups ...string) through {
	a.t.Helper()
	claims := team.Person(sub, audience, a.clock.now())
	claims["name"] = "Ms " + sub
	claims["custom"] = map[string]any{"groups": groups}
	return through{a.stranger(), team.Sign(claims)}
}

func (b through) get(path string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodGet, path, nil, map[string]string{assertion: b.token})
}

func (b through) post(path string, form url.Values) *answer {
	b.app.t.Helper()
	return b.send(path, form, map[string]string{assertion: b.token})
}

func TestAccess(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	b := app.through(team, "edgar", "editors")
	b.get(entries).wants(http.StatusOK).contains("header", "Ms edgar")
	b.get("/login?next=" + entries).wants(http.StatusSeeOther)
	form := fields(b.get(entries + "/new").wants(http.StatusOK))
	for name, value := range jane() {
		form.Set(name, value)
	}
	to := b.post(entries, form).wants(http.StatusSeeOther).location()
	b.get(to).wants(http.StatusOK).contains("[role=status]", "Created")
	b.get("/audit.jsonl").wants(http.StatusForbidden)
	started := app.records(rbac.StartSession)
	if len(started) != 1 {
		t.Fatalf("%d sessions recorded, want 1 for one token", len(started))
	}
	same(t, "actor", started[0].Actor, rbac.Actor{Issuer: team.URL, Subject: "edgar", Email: "edgar@haldenvoss.example", Role: rbac.Editor, Auth: "access"})
	b.get("/sessions/mine").wants(http.StatusOK).contains("main li", "This session")

	page := b.get(b.post("/logout", nil).wants(http.StatusSeeOther).location()).wants(http.StatusOK)
	same(t, "led to", page.leadsTo(), team.URL+"/cdn-cgi/access/logout")
	same(t, "form-action is this site alone", strings.HasSuffix(page.header.Get("Content-Security-Policy"), "form-action 'self'"), true)
	page = b.get(entries).wants(http.StatusUnauthorized)
	page.contains("h1", "Your session has ended")
	same(t, "way on", page.Find("main a").AttrOr("href", ""), team.URL+"/cdn-cgi/access/logout")
	app.through(team, "edgar", "editors").get(entries).wants(http.StatusOK) // signed in again
}

func TestWithoutAccess(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	good := app.through(team, "ada", "admins")
	other := team.Person("ada", "another-audience", app.clock.now())
	tests := []struct {
		name   string
		method string
		path   string
		header map[string]string
		says   string
	}{
		{"nothing", "GET", entries, nil, "did not come through Cloudflare Access"},
		{"nothing, to change something", "POST", entries, nil, "did not come through Cloudflare Access"},
		{"the e-mail header alone", "GET", entries, map[string]string{"Cf-Access-Authenticated-User-Email": "ada@haldenvoss.example"}, "did not come through Cloudflare Access"},
		{"in the query", "GET", entries + "?" + assertion + "=" + good.token, nil, "did not come through Cloudflare Access"},
		{"in the cookie", "GET", entries, map[string]string{"Cookie": "CF_Authorization=" + good.token}, "did not come through Cloudflare Access"},
		{"underscores", "GET", entries, map[string]string{"Cf_Access_Jwt_Assertion": good.token}, "in spelling only"},
		{"underscores beside the right one", "GET", entries, map[string]string{assertion: good.token, "CF_ACCESS_JWT_ASSERTION": good.token}, "in spelling only"},
		{"for another application", "GET", entries, map[string]string{assertion: team.Sign(other)}, "for another application"},
		{"garbage", "GET", "/login", map[string]string{assertion: "x"}, "does not hold a Cloudflare Access token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := app.stranger().in(t).do(tt.method, tt.path, nil, tt.header).wants(http.StatusUnauthorized)
			page.contains("main", tt.says)
		})
	}
	same(t, "sessions recorded", len(app.records(rbac.StartSession)), 0)
	good.get(entries).wants(http.StatusOK)
}

// Refusals are recorded, but no one can fill the trail with them, or lock out others
// behind the same address.
func TestBadAssertionsDoNotFillTheTrail(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	bad := through{app.stranger(), "x"}
	for range 10 {
		bad.get(entries).wants(http.StatusUnauthorized)
	}
	bad.get(entries).wants(http.StatusUnauthorized).contains("main", "does not hold a Cloudflare Access token")
	app.stranger().get(entries).wants(http.StatusUnauthorized)
	same(t, "recorded", len(app.records(rbac.RefuseSession)), 10)
	app.through(team, "edgar", "editors").get(entries).wants(http.StatusOK)
}

func TestAccessWithoutARole(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	b := app.through(team, "nora", "staff")
	for range 3 {
		page := b.get(entries).wants(http.StatusForbidden)
		page.contains("h1", "You have no role in Namesake")
		page.contains("main", "Ms nora (nora@haldenvoss.example)")
		page.contains("main", "The role editor needs one of these groups: editors.")
	}
	same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), 1)
	app.through(team, "ada", "admins").get("/sessions").wants(http.StatusOK)
}

func TestAccessAsksForGroupsOnce(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	claims := team.Person("edgar", audience, app.clock.now())
	team.SetIdentity("edgar", map[string]any{"groups": []any{map[string]any{"id": "1", "name": "editors"}}})
	b := through{app.stranger(), team.Sign(claims)}
	for range 3 {
		b.get(entries + "/new").wants(http.StatusOK)
	}
	same(t, "questions", team.Questions(), 1)
	team.SetDown(true)
	b.get(entries + "/new").wants(http.StatusOK)
	other := through{app.stranger(), team.Sign(team.Person("vera", audience, app.clock.now()))}
	other.get(entries).wants(http.StatusServiceUnavailable).contains("h1", "Sign-in is unavailable at the moment")
}

func TestAccessSessionsEnd(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(app *app, team *authtest.Team)
		says string
	}{
		{"by an admin", func(app *app, team *authtest.Team) {
			ada := app.through(team, "ada", "admins")
			page := ada.get("/sessions").wants(http.StatusOK)
			action := page.Find("li:contains('Ms edgar') form").AttrOr("action", "")
			ada.post(action, nil).wants(http.StatusSeeOther)
			ended := app.records(rbac.EndSession)
			same(t, "ended by", ended[0].Actor.Subject, "ada")
			same(t, "ended whose", ended[0].After["subject"], any("edgar"))
		}, "ended in the list of sessions"},
		{"idle", func(app *app, _ *authtest.Team) { app.clock.move(31 * time.Minute) }, "no request for 30 minutes"},
		{"idle and swept", func(app *app, _ *authtest.Team) {
			app.clock.move(31 * time.Minute)
			must(t, app.signIns.Sweep(t.Context()))
			same(t, "reason", app.records(rbac.EndSession)[0].After["reason"], any("idle limit reached"))
		}, "no request for 30 minutes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app, team := newAccessApp(t)
			b := app.through(team, "edgar", "editors")
			b.get(entries).wants(http.StatusOK)
			tt.end(app, team)
			page := b.get(entries).wants(http.StatusUnauthorized)
			page.contains("main", tt.says)
			// What was typed is kept for the same person, until they have signed in again.
			form := url.Values{"name": {"Jane Smith"}, "email": {"jane@example.com"}}
			page = b.post(entries, form).wants(http.StatusUnauthorized)
			kept := page.Find("main a:contains('Then continue here')").AttrOr("href", "")
			same(t, "kept", strings.HasPrefix(kept, entries+"/new?kept="), true)
			again := app.through(team, "edgar", "editors")
			page = again.get(kept).wants(http.StatusOK)
			same(t, "name", page.Find("#name").AttrOr("value", page.Find("#name").Text()), "Jane Smith")
			same(t, "calls that change something", len(app.sandbox.Writes()), 0)
		})
	}
}

func TestServiceTokens(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	robot := through{app.stranger(), team.Sign(team.ServiceToken("robot.access", audience, app.clock.now()))}
	robot.get(entries).wants(http.StatusForbidden).contains("main", "robot.access")
	app.gate.Roles.Viewer = append(app.gate.Roles.Viewer, "robot.access")
	robot = through{app.stranger(), team.Sign(team.ServiceToken("robot.access", audience, app.clock.now()))}
	robot.get(entries).wants(http.StatusOK)
	stranger := through{app.stranger(), team.Sign(team.ServiceToken("stranger.access", audience, app.clock.now()))}
	stranger.get(entries).wants(http.StatusUnauthorized).contains("main", "This service token is not allowed")
}
