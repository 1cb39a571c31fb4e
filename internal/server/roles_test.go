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

// A role follows from the configuration of now, however people signed in.
func TestARoleDoesNotOutliveItsConfiguration(t *testing.T) {
	t.Parallel()
	ways := map[string]func(t *testing.T) (*app, func() session){
		"OpenID Connect": func(t *testing.T) (*app, func() session) {
			app, _ := newOIDCApp(t) // in staff and editors
			b := app.stranger()
			b.signIn(entries).wants(http.StatusSeeOther)
			return app, func() session { return b }
		},
		"Access": func(t *testing.T) (*app, func() session) {
			app, team := newAccessApp(t)
			b := app.through(team, "edgar", "staff", "editors")
			b.get(entries).wants(http.StatusOK)
			return app, func() session { return b }
		},
	}
	steps := []struct {
		name     string
		roles    auth.Roles
		list     int // the status of each page
		form     int
		sessions int
		role     rbac.Role // in the record of a refusal
	}{
		{"as at sign-in", auth.Roles{Admin: []string{"admins"}, Editor: []string{"editors"}}, 200, 200, 403, rbac.Editor},
		{"lowered", auth.Roles{Admin: []string{"admins"}, Editor: []string{"others"}, Viewer: []string{"editors"}}, 200, 403, 403, rbac.Viewer},
		{"raised", auth.Roles{Admin: []string{"staff"}, Viewer: []string{"editors"}}, 200, 200, 200, 0},
		{"taken away", auth.Roles{Admin: []string{"admins"}, Editor: []string{"security"}}, 403, 403, 403, 0},
		{"given back", auth.Roles{Editor: []string{"editors"}}, 200, 200, 403, rbac.Editor},
	}
	for way, start := range ways {
		t.Run(way, func(t *testing.T) {
			app, now := start(t)
			for _, step := range steps {
				app.gate.Roles = step.roles
				refused := len(app.records(rbac.ViewAllSessions))
				b := now()
				page := b.get(entries)
				same(t, step.name+": list", page.status, step.list)
				if step.list == http.StatusForbidden {
					page.contains("h1", "You have no role in Namesake")
					page.contains("main", "The role editor needs one of these groups: security.")
				}
				same(t, step.name+": form", b.get(entries+"/new").status, step.form)
				same(t, step.name+": sessions", b.get("/sessions").status, step.sessions)
				after := app.records(rbac.ViewAllSessions)
				if step.role != 0 {
					same(t, step.name+": refusals recorded", len(after)-refused, 1)
					same(t, step.name+": role recorded", after[len(after)-1].Actor.Role, step.role)
				}
			}
			same(t, "sign-ins recorded", len(app.records(rbac.StartSession)), 1)
		})
	}
}

// session is a browser, with or without Access in front.
type session interface {
	get(path string) *answer
	post(path string, form url.Values) *answer
}

// What was typed by a person who has no role any more is not lost, and not done.
func TestWithoutARoleNothingIsDoneAndNothingLost(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	b := app.stranger()
	b.signIn(entries).wants(http.StatusSeeOther)
	form := fields(b.get(entries + "/new").wants(http.StatusOK))
	for name, value := range jane() {
		form.Set(name, value)
	}
	app.gate.Roles = auth.Roles{Admin: []string{"admins"}}
	page := b.post(entries, form).wants(http.StatusForbidden)
	same(t, "name", strings.TrimSpace(page.Find("#typed-name").Text()), jane()["name"])
	same(t, "calls that change something", len(app.sandbox.Writes()), 0)
	answer := b.do(http.MethodGet, entries, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusForbidden)
	same(t, "JSON", strings.Contains(answer.body, `"success":false`), true)

	// Signing out ends the session all the same, under the role of then.
	b.post("/logout", nil).wants(http.StatusSeeOther)
	ended := app.records(rbac.EndSession)
	same(t, "ends recorded", len(ended), 1)
	same(t, "role recorded", ended[0].Actor.Role, rbac.RoleNone)
	b.get(entries).wants(http.StatusSeeOther)
}

// The trail tells the role that a session had when it ended.
func TestASweptSessionIsRecordedWithItsRoleOfThen(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	app.stranger().signIn(entries).wants(http.StatusSeeOther)
	app.gate.Roles = auth.Roles{Viewer: []string{"editors"}}
	app.clock.move(31 * time.Minute)
	must(t, app.signIns.Sweep(t.Context()))
	same(t, "role recorded", app.records(rbac.EndSession)[0].Actor.Role, rbac.Viewer)
}

// A refusal that Access's users are remembered by ends when the configuration gives
// them a role: with the same token, recorded, without another question.
func TestARoleThatIsGivenLater(t *testing.T) {
	t.Parallel()
	app, team := newAccessApp(t)
	b := app.through(team, "nora", "newcomers")
	b.get(entries).wants(http.StatusForbidden)
	app.clock.move(31 * time.Minute) // it does not run out
	must(t, app.signIns.Sweep(t.Context()))
	b.get(entries).wants(http.StatusForbidden)
	app.gate.Roles.Editor = append(app.gate.Roles.Editor, "newcomers")
	for range 2 {
		b.get(entries + "/new").wants(http.StatusOK)
	}
	same(t, "sign-ins recorded", len(app.records(rbac.StartSession)), 1)
	same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), 1)
	same(t, "ends recorded", len(app.records(rbac.EndSession)), 0)
	b.get("/sessions/mine").wants(http.StatusOK).contains("main li", "This session")
}

// Sessions of a version that did not keep groups end, and say why.
func TestSessionsFromBeforeGroupsWereKept(t *testing.T) {
	t.Parallel()
	app, _ := newOIDCApp(t)
	b := app.stranger()
	b.signIn(entries).wants(http.StatusSeeOther)
	form := fields(b.get(entries + "/new").wants(http.StatusOK))
	form.Set("name", "Jane Smith")
	app.rows.old.Store(true)
	page := b.post(entries, form).wants(http.StatusUnauthorized)
	page.contains("h1", "Your session has ended")
	page.contains("main", "earlier version of Namesake")
	app.rows.old.Store(false)
	again := page.Find("main a:contains('Sign in')").AttrOr("href", "")
	u, err := url.Parse(again)
	must(t, err)
	kept := u.Query().Get("next")
	same(t, "led to", b.signIn(kept).wants(http.StatusSeeOther).location(), kept)
	same(t, "name", strings.TrimSpace(b.get(kept).wants(http.StatusOK).Find("#name").AttrOr("value", "")), "Jane Smith")
}

// A person whose provider gives no e-mail address is shown, recorded and found by what
// it calls them; what that is gives no role.
func TestPeopleWithoutAnEMailAddress(t *testing.T) {
	t.Parallel()
	app, p := newOIDCApp(t)
	p.Bend(func(a *authtest.Answers) {
		a.Person = authtest.Claims{"sub": "AAAAx7", "name": "Jane Doe", "preferred_username": "jane.doe@haldenvoss.example", "groups": "editors"}
		a.UserInfo = authtest.Claims{"sub": "AAAAx7"}
	})
	b := app.stranger()
	b.signIn(entries).wants(http.StatusSeeOther)
	same(t, "title", b.get(entries).Find("header [title*='Jane Doe']").AttrOr("title", ""), "Jane Doe\njane.doe@haldenvoss.example")
	want := rbac.Actor{
		Issuer: p.URL, Subject: "AAAAx7", Name: "Jane Doe", Username: "jane.doe@haldenvoss.example", Role: rbac.Editor, Auth: "oidc",
	}
	started := app.records(rbac.StartSession)
	same(t, "actor", started[0].Actor, want)
	app.gate.Roles.Admin = append(app.gate.Roles.Admin, "editors")
	same(t, "line", strings.Contains(b.get("/audit.jsonl").wants(http.StatusOK).body,
		`"email":"","role":"editor","auth":"oidc","name":"Jane Doe","username":"jane.doe@haldenvoss.example"}`), true)
	_, err := app.store.Verify(t.Context(), func(int64) {})
	must(t, err)
	list := b.get("/audit?person=jane.doe%40haldenvoss.example&action=session.start").wants(http.StatusOK)
	list.contains("main table", "jane.doe@haldenvoss.example")
	record := b.get("/audit/1").wants(http.StatusOK)
	record.contains("main", "Jane Doe")
	same(t, "link", record.Find("main a[href^='/audit?person=']").AttrOr("href", ""), "/audit?person=AAAAx7")
	page := b.get("/sessions").wants(http.StatusOK)
	page.contains("main li", "jane.doe@haldenvoss.example")
	page = b.do(http.MethodGet, "/sessions", nil, map[string]string{"Accept": "application/json"})
	same(t, "JSON", strings.Contains(page.body, `"email":"","name":"Jane Doe","role":"admin","auth":"oidc","username":"jane.doe@haldenvoss.example"`), true)

	app.gate.Roles = auth.Roles{Admin: []string{"jane.doe@haldenvoss.example", "Jane Doe", "AAAAx7"}}
	b.get(entries).wants(http.StatusForbidden).contains("main", "Jane Doe (jane.doe@haldenvoss.example)")
}
