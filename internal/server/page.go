package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/rbac"
	"namesake/web/templates"
)

// page returns what every page has around its content. It takes the notices that
// wait for this page, so it is called once, for a page that will be sent.
func (s *Server) page(c echo.Context, title string) templates.Page {
	who := actor(c)
	p := templates.Page{
		Title:      title,
		Actor:      who,
		Active:     c.Request().URL.Path,
		EntriesURL: s.entriesURL(),
		Sandbox:    s.sandbox,
		CanCreate:  who.May(rbac.CreateEntry),
		CanDelete:  who.May(rbac.DeleteEntry),
		CanAudit:   who.May(rbac.ViewAudit),
		CanOversee: who.May(rbac.ViewAllSessions),
		Session:    s.sessionView(c),
	}
	p.Flash = s.waitingNotices(c)
	return p
}

func (s *Server) entriesURL() string { return "/accounts/" + string(s.account) + "/entries" }

func seeOther(c echo.Context, to string) error { return c.Redirect(http.StatusSeeOther, to) }
