package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/web/templates"
)

// Page returns what every page has around its content. It takes the notices that
// wait for this page, so it is called once, for a page that will be sent.
func (s *Base) Page(c echo.Context, title string) templates.Page {
	who := Actor(c)
	p := templates.Page{
		Title:             title,
		Actor:             who,
		Active:            c.Request().URL.Path,
		OverviewURL:       s.OverviewURL(),
		EntriesURL:        s.EntriesURL(),
		PlansURL:          s.PlansURL(),
		ImportsURL:        s.ImportsURL(),
		Sandbox:           s.Sandbox,
		FindingsURL:       s.FindingsURL(),
		CanCreate:         who.May(rbac.CreateEntry),
		CanDelete:         who.May(rbac.DeleteEntry),
		CanViewPlans:      who.May(rbac.ViewPlan),
		CanAudit:          who.May(rbac.ViewAudit),
		ChangesURL:        s.ChangesURL(),
		CheckURL:          s.CheckURL(),
		TestsURL:          s.TestsURL(),
		CanSeeAllSessions: who.May(rbac.ViewAllSessions),
		Session:           s.sessionView(c),
	}
	if who.May(rbac.ViewFindings) {
		p.Dangers = s.dangers()
	}
	p.Flash = s.waitingNotices(c)
	return p
}

// SeeOther redirects to a page of ours.
func SeeOther(c echo.Context, to string) error { return c.Redirect(http.StatusSeeOther, to) }

// sessionView says how long the session of the request lasts.
func (s *Base) sessionView(c echo.Context) templates.SessionView {
	until, ok := s.Sessions.Until(c.Request())
	left := until.Sub(s.Now())
	if !ok || left <= 0 {
		return templates.SessionView{}
	}
	who := Actor(c)
	person := sha256.Sum256([]byte(who.Key()))
	return templates.SessionView{
		Person: base64.RawURLEncoding.EncodeToString(person[:9]),
		Idle:   s.Limits.Idle, Left: left, Ends: s.Now().Add(min(left, s.Limits.Idle)),
		Front: s.Gate.Method() == auth.MethodAccess,
		Typed: c.Request().Method == http.MethodPost,
	}
}
