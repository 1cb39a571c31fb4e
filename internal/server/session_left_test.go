package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// A form says until when it can be sent: the sooner of the idle limit, the absolute limit
// and the end of Access's token.
func TestAFormSaysUntilWhenItCanBeSent(t *testing.T) {
	t.Parallel()
	demo := func(app *app, _ *authtest.Team) func(string) *answer { return app.as("editor").get }
	access := func(lasts time.Duration) func(app *app, team *authtest.Team) func(string) *answer {
		return func(app *app, team *authtest.Team) func(string) *answer {
			now := app.clock.now()
			claims := team.Person("edgar", audience, now)
			claims["exp"], claims["custom"] = now.Add(lasts).Unix(), map[string]any{"groups": []string{"editors"}}
			return through{app.stranger(), team.Sign(claims)}.get
		}
	}
	tests := []struct {
		name   string
		access bool
		in     func(app *app, team *authtest.Team) func(string) *answer
		after  time.Duration // with a request every 20 minutes
		left   time.Duration // until the end in any case
		ends   time.Duration // without a further request
		probe  string
		says   string
	}{
		{"at once", false, demo, 0, 12 * time.Hour, 30 * time.Minute, "", "Your session ends then, unless you use Namesake before"},
		{"near the absolute limit", false, demo, 11*time.Hour + 40*time.Minute, 20 * time.Minute, 20 * time.Minute, "", "when your session ends."},
		{"Access, long", true, access(24 * time.Hour), 0, 12 * time.Hour, 30 * time.Minute, "/session", "Your session ends then, unless you use Namesake before"},
		{"Access, short", true, access(10 * time.Minute), 0, 10 * time.Minute, 10 * time.Minute, "/session", "After that, Cloudflare Access blocks the form"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var app *app
			var team *authtest.Team
			if tt.access {
				app, team = newAccessApp(t)
			} else {
				app = newApp(t)
			}
			get := tt.in(app, team)
			for passed := time.Duration(0); passed < tt.after; passed += 20 * time.Minute {
				app.clock.move(20 * time.Minute)
				get("/session").wants(http.StatusOK)
			}
			for _, path := range []string{entries + "/new", "/regex/check"} {
				page := get(path).wants(http.StatusOK)
				page.contains("form p:contains('Send this before')", tt.says)
				bar := page.Find("form #session")
				same(t, "shown without a script", bar.AttrOr("hidden", "shown"), "")
				same(t, "probe", bar.AttrOr("data-probe", "none"), tt.probe)
				same(t, "idle", bar.AttrOr("data-idle", ""), "1800")
				left, err := strconv.Atoi(bar.AttrOr("data-left", ""))
				must(t, err)
				near(t, "left", time.Duration(left)*time.Second, tt.left)
				at, err := time.Parse(time.RFC3339Nano, page.Find("form p:contains('Send this before') time").AttrOr("datetime", ""))
				must(t, err)
				near(t, "ends", at.Sub(app.clock.now()), tt.ends)
				if person := bar.AttrOr("data-person", ""); len(person) < 10 || strings.Contains(person, "edgar") {
					t.Errorf("the person is called %q", person)
				}
			}
			get("/session").wants(http.StatusOK).contains("h1", "You are signed in")
		})
	}
}

// near compares up to the time that a test takes.
func near(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got > want || got < want-time.Minute {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

// What a script asks before it sends a form is answered by Namesake, by name, whether the
// session goes on or not. It changes nothing.
func TestTheProbeOfASession(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	b := app.through(team, "edgar", "editors")
	head := func() *answer { return b.do(http.MethodHead, "/session", nil, map[string]string{assertion: b.token}) }
	same(t, "numbered", head().wants(http.StatusOK).header.Get("X-Request-Id") != "", true)
	app.clock.move(31 * time.Minute)
	same(t, "numbered", head().wants(http.StatusUnauthorized).header.Get("X-Request-Id") != "", true)
	same(t, "started", len(app.records(rbac.StartSession)), 1)
	app.stranger().get("/session").wants(http.StatusUnauthorized)

	plain := newApp(t)
	same(t, "led to", plain.stranger().get("/session").wants(http.StatusSeeOther).location(), "/login?next=%2Fsession")
	page := plain.as("viewer").get("/session").wants(http.StatusOK)
	same(t, "a new one", page.Find("main a:contains('Sign in again now')").AttrOr("href", ""), "/login?next=%2Fsession")

	sso, p := newOIDCApp(t)
	p.Bend(func(a *authtest.Answers) { a.Person["groups"] = "viewers" })
	person := sso.stranger()
	same(t, "led to", person.signIn("/session").wants(http.StatusSeeOther).location(), "/session")
	page = person.get("/session").wants(http.StatusOK)
	again := page.Find("main a:contains('Sign in again now')").AttrOr("href", "")
	same(t, "signs in", strings.HasPrefix(person.get(again).wants(http.StatusSeeOther).location(), p.URL), true)
}
