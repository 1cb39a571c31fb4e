package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/registry"
	"namesake/web/templates"
)

func (s *Server) showLogin(c echo.Context) error {
	return s.loginPage(c, http.StatusOK, safeReturn(c.QueryParam("next")), "")
}

func (s *Server) login(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	form := c.Request().PostForm
	next := safeReturn(form.Get("next"))
	who, ok := auth.DemoActor(form.Get("user"))
	if !ok {
		if err := s.registry.RecordSignInRefused(requestContext(c), caller(c), "the demo has no such person"); err != nil {
			return err
		}
		return s.loginPage(c, http.StatusUnprocessableEntity, next, "Choose viewer, editor or admin: the demo knows nobody else.")
	}
	if s.known(c) { // the earlier session ends with the new one
		if err := s.registry.RecordSignOut(requestContext(c), caller(c)); err != nil {
			return err
		}
	}
	asking := caller(c)
	asking.Actor = who
	if err := s.registry.RecordSignIn(requestContext(c), asking); err != nil {
		return err
	}
	if err := s.sessions.SignIn(c.Response(), c.Request(), asking); err != nil {
		return err
	}
	return seeOther(c, next)
}

func (s *Server) logout(c echo.Context) error {
	if !s.known(c) {
		return seeOther(c, "/login") // it has ended already
	}
	who := caller(c)
	if err := s.registry.RecordSignOut(requestContext(c), who); err != nil {
		return err
	}
	if err := s.sessions.SignOut(c.Response(), c.Request()); err != nil && !errors.Is(err, auth.ErrNoSession) {
		return err
	}
	return seeOther(c, "/login")
}

var can = map[registry.Role]string{
	registry.Viewer: "looks, and changes nothing",
	registry.Editor: "creates and looks after entries",
	registry.Admin:  "does all that editors do, and oversees",
}

func (s *Server) loginPage(c echo.Context, status int, next, fault string) error {
	v := templates.LoginView{Sandbox: s.sandbox, Next: next, Error: fault}
	for _, a := range auth.DemoActors() {
		v.Users = append(v.Users, templates.DemoUser{Role: a.Role, Name: a.Name, Can: can[a.Role]})
	}
	return render(c, status, templates.Login(v))
}

// safeReturn returns next when it is a path of this program, and the start page
// when it could lead anywhere else. Browsers read a backslash as a slash and skip
// control characters, so neither is let through.
func safeReturn(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsFunc(next, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return "/"
	}
	return next
}
