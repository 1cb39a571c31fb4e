package server

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/web/templates"
)

func (s *Server) listOwnSessions(c echo.Context) error {
	open, err := s.registry.OwnSessions(requestContext(c), caller(c))
	if err != nil {
		return err
	}
	return s.sessionsPage(c, open, templates.SessionsView{Title: "Your sessions", URL: templates.OwnSessionsURL})
}

func (s *Server) listSessions(c echo.Context) error {
	open, err := s.registry.AllSessions(requestContext(c), caller(c))
	if err != nil {
		return err
	}
	return s.sessionsPage(c, open, templates.SessionsView{Title: "Everybody's sessions", URL: templates.AllSessionsURL, Everybody: true})
}

func (s *Server) sessionsPage(c echo.Context, open []registry.Session, v templates.SessionsView) error {
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, sessionsEnvelope(open, s.sessions.Current(c.Request())))
	}
	v.Sessions, v.Current = open, s.sessions.Current(c.Request())
	v.Idle, v.Absolute = spell(s.limits.Idle), spell(s.limits.Absolute)
	return render(c, http.StatusOK, templates.Sessions(s.page(c, v.Title), v))
}

func (s *Server) endOwnSession(c echo.Context) error {
	return s.endListed(c, s.registry.EndOwnSession, templates.OwnSessionsURL)
}

func (s *Server) endAnySession(c echo.Context) error {
	return s.endListed(c, s.registry.EndAnySession, templates.AllSessionsURL)
}

// endListed ends the session in the path by means of end, and leads back to its list.
// To end the session that one asks in is to sign out.
func (s *Server) endListed(c echo.Context, end func(ctx context.Context, who registry.Caller, hash string) error, list string) error {
	hash := c.Param("session")
	if hash == s.sessions.Current(c.Request()) {
		return s.logout(c)
	}
	if err := end(requestContext(c), caller(c), hash); err != nil {
		return err
	}
	s.flash(c, templates.Flash{Tone: templates.Good, Title: "Session ended", Text: "Whoever is using it is signed out with their next request."})
	return seeOther(c, list)
}

type sessionJSON struct {
	ID      string      `json:"id"`
	Actor   sessionUser `json:"actor"`
	Address string      `json:"address"`
	Browser string      `json:"browser"`
	Started time.Time   `json:"started_at"`
	Seen    time.Time   `json:"seen_at"`
	Current bool        `json:"current"`
}

type sessionUser struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Role    string `json:"role"`
	Auth    string `json:"auth"`
}

func sessionsEnvelope(open []registry.Session, current string) envelope {
	list := make([]sessionJSON, len(open))
	for i, n := range open {
		a := n.Actor
		list[i] = sessionJSON{
			ID: n.Hash, Actor: sessionUser{a.Issuer, a.Subject, a.Email, a.Name, a.Role.String(), a.Auth},
			Address: n.Address, Browser: n.Browser, Started: n.Started, Seen: n.Seen, Current: n.Hash == current,
		}
	}
	return envelope{Success: true, Errors: []problemJSON{}, Messages: []problemJSON{}, Result: list}
}
