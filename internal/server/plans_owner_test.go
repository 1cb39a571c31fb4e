package server_test

import (
	"net/http"
	"testing"
	"time"

	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// A running plan continues when its owner leaves, and pauses when they lose their role.
func TestRoleOfAPlansOwner(t *testing.T) {
	t.Parallel()
	groups := func(of ...string) func(*authtest.Answers) {
		return func(a *authtest.Answers) { a.Person["groups"] = of }
	}
	const ended, done = "A session of the owner was ended from the list of sessions", "12 entries deleted"
	for _, tt := range []struct {
		name string
		do   func(owner *browser, p *authtest.Provider)
		want string // on the plan's page
		role string // in the record of the refusal, "" if there is none
	}{
		{"signs out", func(b *browser, _ *authtest.Provider) { b.signOut() }, done, ""},
		{"session is over", func(b *browser, _ *authtest.Provider) {
			b.app.clock.move(13 * time.Hour)
			must(b.app.t, b.app.signIns.Sweep(b.app.t.Context()))
		}, done, ""},
		{"signs in again", func(b *browser, _ *authtest.Provider) { b.signIn("/").wants(http.StatusSeeOther) }, done, ""},
		{"gets a higher role", func(b *browser, p *authtest.Provider) {
			p.Bend(groups("admins"))
			b.signIn("/").wants(http.StatusSeeOther)
		}, done, ""},
		{"signs in elsewhere with a lesser role", func(b *browser, p *authtest.Provider) {
			p.Bend(groups("viewers"))
			b.app.stranger().signIn("/").wants(http.StatusSeeOther)
		}, "the owner has the role viewer, which may not make these changes", "viewer"},
		{"is refused elsewhere", func(b *browser, p *authtest.Provider) {
			p.Bend(groups("staff"))
			b.app.stranger().signIn("/").wants(http.StatusForbidden)
		}, "the owner has no role in Namesake", "none"},
		{"is refused here", func(b *browser, p *authtest.Provider) {
			p.Bend(groups())
			b.signIn("/").wants(http.StatusForbidden)
		}, "the owner has no role in Namesake", "none"},
		{"an admin ends the session", func(b *browser, p *authtest.Provider) {
			p.Bend(func(a *authtest.Answers) { a.Person["sub"], a.Person["groups"] = "the-admin", "admins" })
			admin := b.app.stranger()
			admin.signIn("/").wants(http.StatusSeeOther)
			admin.ends(admin.get("/sessions").wants(http.StatusOK), 1).wants(http.StatusSeeOther)
			p.Bend(func(a *authtest.Answers) { a.Person["sub"] = "248289761001" })
		}, ended, "none"},
		{"ends that session from another one", func(b *browser, _ *authtest.Provider) {
			other := b.app.stranger()
			other.signIn("/").wants(http.StatusSeeOther)
			other.ends(other.get("/sessions/mine").wants(http.StatusOK), 1).wants(http.StatusSeeOther)
		}, ended, "none"},
		{"is forgotten", func(b *browser, p *authtest.Provider) {
			b.signOut()
			b.app.clock.move(3 * 24 * time.Hour)
			p.Bend(func(a *authtest.Answers) { a.Person["sub"] = "another" })
			b.app.stranger().signIn("/").wants(http.StatusSeeOther)
			p.Bend(func(a *authtest.Answers) { a.Person["sub"] = "248289761001" })
		}, "The owner has not signed in for more than a day", "none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := authtest.New(t)
			app := filled(t, 12, atOIDC(t, p))
			owner := app.stranger()
			owner.signIn("/").wants(http.StatusSeeOther)
			app.clock.move(time.Second)
			path, free := owner.held(4, "12")
			tt.do(owner, p)
			free()
			p.Bend(groups("editors"))
			page := app.colleague(p).ended(path)
			page.contains("main", tt.want)
			role := ""
			for _, r := range app.records(rbac.RunPlan) {
				role += r.Actor.Role.String()
			}
			same(t, "recorded", role, tt.role)
			if tt.want == done {
				return
			}
			page.contains("h1", "Paused")
			page.contains("[role=alert]", "its owner may no longer run it")
			if n := len(app.sent(http.MethodDelete)); n > 8 {
				t.Errorf("%d deletions were sent, want 8 at most", n)
			}
			again := app.stranger()
			again.signIn("/").wants(http.StatusSeeOther)
			page = again.press(again.ended(path), "resume", nil)
			page.contains("h1", done)
			same(t, "sent", len(app.sent(http.MethodDelete)), 12)
		})
	}
}

// colleague is another editor's browser.
func (a *app) colleague(p *authtest.Provider) *browser {
	a.t.Helper()
	var owner any
	p.Bend(func(answers *authtest.Answers) {
		owner = answers.Person["sub"]
		answers.Person["sub"] = "a-colleague"
	})
	b := a.stranger()
	b.signIn("/").wants(http.StatusSeeOther)
	p.Bend(func(answers *authtest.Answers) { answers.Person["sub"] = owner })
	return b
}
