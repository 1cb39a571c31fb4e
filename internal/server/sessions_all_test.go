package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"namesake/internal/rbac"
)

// ended are the people whose sessions were ended from the list, in the order of the trail.
func (a *app) ended() string {
	a.t.Helper()
	var list []string
	for _, r := range a.records(rbac.EndSession) {
		list = append(list, r.Actor.Subject+" ends "+r.After["subject"].(string)+": "+r.After["reason"].(string))
	}
	return strings.Join(list, ", ")
}

// A person signs out everywhere but here, and only themselves.
func TestSignOutEverywhereElse(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	others := []*browser{app.as("editor"), app.as("editor")}
	viewer := app.as("viewer")
	app.clock.move(time.Minute)
	b := app.as("editor")
	page := b.get("/sessions/mine").wants(http.StatusOK)
	form := page.Find("main form:contains('Sign out everywhere else')")
	same(t, "leads to", b.post(form.AttrOr("action", ""), nil).wants(http.StatusSeeOther).location(), "/sessions/mine")
	left := b.get("/sessions/mine").wants(http.StatusOK)
	left.contains("[role=status]", "2 sessions ended")
	same(t, "sessions left", left.Find("main li[data-session]").Length(), 1)
	same(t, "offered for one session", left.Find("main form:contains('everywhere else')").Length(), 0)
	for _, other := range others {
		other.get(entries).wants(http.StatusSeeOther)
	}
	viewer.get(entries).wants(http.StatusOK)
	same(t, "recorded", app.ended(), "editor ends editor: ended from the list of sessions, editor ends editor: ended from the list of sessions")
	b.post("/sessions/mine/end-others", nil).wants(http.StatusSeeOther)
	b.get("/sessions/mine").contains("[role=status]", "No other session is open")
}

// An admin ends all sessions of one person.
func TestEndAllSessionsOfAPerson(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	victims := []*browser{app.as("editor"), app.as("editor")}
	viewer := app.as("viewer")
	app.clock.move(time.Minute)
	b := app.as("admin")
	page := b.get("/sessions").wants(http.StatusOK)
	same(t, "offered once, and not for people with one session", page.Find("main li form[action$='/end-all']").Length(), 1)
	action := page.Find("main li form:contains('End all sessions of Edgar Okafor')").First().AttrOr("action", "")
	viewer.post(action, nil).wants(http.StatusForbidden)
	same(t, "leads to", b.post(action, nil).wants(http.StatusSeeOther).location(), "/sessions")
	b.get("/sessions").wants(http.StatusOK).contains("[role=status]", "Edgar Okafor (edgar.okafor@haldenvoss.example) is signed out")
	for _, victim := range victims {
		victim.get(entries).wants(http.StatusSeeOther)
	}
	viewer.get(entries).wants(http.StatusOK)
	same(t, "recorded", app.ended(), "admin ends editor: ended from the list of sessions, admin ends editor: ended from the list of sessions")

	second := app.as("admin")
	own := b.get("/sessions").wants(http.StatusOK).Find("main li form:contains('Sign out everywhere else')")
	same(t, "offered once to the person themselves", own.Length(), 1)
	b.post(own.AttrOr("action", ""), nil).wants(http.StatusSeeOther)
	second.get(entries).wants(http.StatusSeeOther)
	b.get(entries).wants(http.StatusOK) // the session that asks stays
}
