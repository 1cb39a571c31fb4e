package sessions

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// Show tells people how long their session lasts, and how to start the next one.
// They come from a form whose session ends soon, or has ended.
func (s *Handlers) Show(c echo.Context) error {
	v := templates.SessionPageView{Idle: web.Spell(s.Limits.Idle), Again: "Sign in again now", AgainURL: web.LoginPath + "?next=" + url.QueryEscape(templates.SessionURL)}
	switch s.Gate.Method() {
	case auth.MethodOIDC:
		v.AgainURL += "&again=1" // or the service would not be asked
	case auth.MethodAccess:
		v.Again, v.AgainURL = "Sign out at Cloudflare Access", s.Gate.Access.SignOutURL()
		v.Note = "Cloudflare Access decides when a session ends. To start a new one now, sign out there and open Namesake again in a new tab; a form that is open stays as it is."
	case auth.MethodDemo:
	}
	return web.Render(c, http.StatusOK, templates.Session(s.Page(c, "You are signed in"), v))
}
