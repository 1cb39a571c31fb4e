package server

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/web/templates"
)

// sessionView says how long the session of the request lasts.
func (s *Server) sessionView(c echo.Context) templates.SessionView {
	until, ok := s.sessions.Until(c.Request())
	left := until.Sub(s.now())
	if !ok || left <= 0 {
		return templates.SessionView{}
	}
	who := actor(c)
	person := sha256.Sum256([]byte(who.Issuer + "\x00" + who.Subject))
	return templates.SessionView{
		Person: base64.RawURLEncoding.EncodeToString(person[:9]),
		Idle:   s.limits.Idle, Left: left, Ends: s.now().Add(min(left, s.limits.Idle)),
		Front: s.gate.Method() == auth.MethodAccess,
		Typed: c.Request().Method == http.MethodPost,
	}
}

// showSession tells people how long their session lasts, and how to start the next one.
// They come from a form whose session ends soon, or has ended.
func (s *Server) showSession(c echo.Context) error {
	v := templates.SessionPageView{Idle: spell(s.limits.Idle), Again: "Sign in again now", AgainURL: loginPath + "?next=" + url.QueryEscape(templates.SessionURL)}
	switch s.gate.Method() {
	case auth.MethodOIDC:
		v.AgainURL += "&anew=1" // or the service would not be asked
	case auth.MethodAccess:
		v.Again, v.AgainURL = "Sign out at Cloudflare Access", s.gate.Access.SignOutURL()
		v.Note = "Cloudflare Access decides when a session ends. To start a new one now, sign out there and open Namesake again in a new tab; a form that is open stays as it is."
	case auth.MethodDemo:
	}
	return render(c, http.StatusOK, templates.Session(s.page(c, "You are signed in"), v))
}
