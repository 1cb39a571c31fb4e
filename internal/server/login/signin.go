package login

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/internal/signin"
	"namesake/web/templates"
)

// Show leads to where people sign in. It begins nothing that another site
// could gain by.
func (s *Handlers) Show(c echo.Context) error {
	next := web.SafeReturn(c.QueryParam("next"))
	switch {
	case c.QueryParam("state") == web.SignedOut:
		if signedIn, err := s.stillSignedIn(c); err != nil {
			return err
		} else if signedIn {
			return web.SeeOther(c, "/")
		}
		return s.signedOutPage(c, templates.SignedOutView{})
	case s.Gate.Method() == auth.MethodOIDC:
		return s.beginSignIn(c, next, c.QueryParam("again") != "")
	case s.Gate.Method() == auth.MethodAccess:
		if err := s.Identified(c); err != nil {
			return err
		}
		return web.SeeOther(c, next)
	}
	return s.loginPage(c, http.StatusOK, next, "")
}

// Login answers POST /login.
func (s *Handlers) Login(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	form := c.Request().PostForm
	next := web.SafeReturn(form.Get("next"))
	switch s.Gate.Method() {
	case auth.MethodOIDC:
		return web.SeeOther(c, web.StartPath+"?next="+url.QueryEscape(next))
	case auth.MethodAccess:
		return echo.ErrMethodNotAllowed
	case auth.MethodDemo:
	}
	if err := s.attempts.start(c.RealIP()); err != nil {
		return err
	}
	who, ok := auth.DemoActor(form.Get("user"))
	if !ok {
		s.attempts.failDemo(c.RealIP())
		if err := s.RecordRefused(c, rbac.Actor{}, "the demo has no such person"); err != nil {
			return err
		}
		return s.loginPage(c, http.StatusUnprocessableEntity, next, "Choose viewer, editor or admin.")
	}
	return s.signIn(c, who, nil, auth.Hint{}, next)
}

// beginSignIn sends the person to the OpenID Connect provider.
func (s *Handlers) beginSignIn(c echo.Context, next string, again bool) error {
	c.Set(web.NextKey, next)
	if err := web.RequireNavigation(c); err != nil {
		return err
	}
	if err := s.attempts.start(c.RealIP()); err != nil {
		return err
	}
	to, err := s.Gate.BeginSignIn(c.Response(), c.Request(), next, again)
	if err != nil {
		return err
	}
	return web.SeeOther(c, to)
}

// FinishSignIn takes the OpenID Connect provider's answer.
func (s *Handlers) FinishSignIn(c echo.Context) error {
	if s.Gate.Method() != auth.MethodOIDC {
		return echo.ErrNotFound
	}
	if err := web.RequireNavigation(c); err != nil {
		return err
	}
	answer := c.QueryParams()
	state := answer.Get("state")
	flow, ok, err := s.Sessions.TakeFlow(c.Response(), c.Request(), state)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.finishWithoutFlow(c, state)
	}
	next, flowID := web.SafeReturn(flow.Next), auth.FlowID(state)
	c.Set(web.NextKey, next)
	if !s.attempts.mayFinish(flowID) {
		return s.refuseSignIn(c, &auth.RefusedError{Reason: "This sign-in has failed too often. Sign in again."})
	}
	id, hint, err := s.Gate.OIDC.Finish(web.RequestContext(c), flow, answer)
	var refused *auth.RefusedError
	isRefused := errors.As(err, &refused)
	s.attempts.finish(flowID, err != nil && (!isRefused || refused.ByService == ""))
	switch {
	case isRefused && needsNoAnswer(refused, flow) && s.Identified(c) == nil:
		return web.SeeOther(c, next)
	case isRefused:
		return s.refuseSignIn(c, refused)
	case err != nil:
		return err
	}
	who, err := s.Gate.Admit(id)
	if err != nil {
		refused := web.Caller(c)
		refused.Actor = who
		return errors.Join(s.endEarlier(c), s.Gate.Refuse(c.Request(), refused, id.Groups), err)
	}
	return s.signIn(c, who, id.Groups, hint, next)
}

// finishWithoutFlow answers a tab whose sign-in this browser no longer has. Beside many
// others it was taken back, or it took too long: with a session from another tab, there
// is nothing to sign in for.
func (s *Handlers) finishWithoutFlow(c echo.Context, state string) error {
	next, ours, err := s.Sessions.WayBack(web.RequestContext(c), state)
	if err != nil {
		return err
	}
	if ours {
		next = web.SafeReturn(next)
		c.Set(web.NextKey, next)
		if !s.attempts.used(auth.FlowID(state)) && s.Identified(c) == nil {
			return web.SeeOther(c, next)
		}
	}
	return s.refuseSignIn(c, &auth.RefusedError{Reason: "This sign-in was not started in this browser, was started too long ago, or has been used before. Sign in again."})
}

// needsNoAnswer reports whether a person who is signed in can go on although the sign-in
// service refused: several of them refuse to sign in once more in a second tab.
func needsNoAnswer(refused *auth.RefusedError, flow auth.Flow) bool {
	return refused.ByService != "" && refused.ByService != "access_denied" && !flow.Reauthenticate
}

// refuseSignIn records a refused sign-in and returns why it was.
func (s *Handlers) refuseSignIn(c echo.Context, refused *auth.RefusedError) error {
	return errors.Join(s.RecordRefused(c, rbac.Actor{}, refused.Reason), refused)
}

// endEarlier ends the session that this browser still has, for a person who has just
// been found to have no role.
func (s *Handlers) endEarlier(c echo.Context) error {
	switch err := s.Identified(c); {
	case ourFault(err):
		return err
	case err != nil && !hasNoRole(err):
		return nil
	}
	err := s.SignIns.EndSession(web.RequestContext(c), web.Caller(c), s.Sessions.Current(c.Request()), signin.EndedByNewSignIn)
	c.Set(web.ActorKey, rbac.Actor{})
	c.Set(web.RefusedKey, auth.ErrNoSession)
	return err
}

// hasNoRole reports whether a person is signed in whose groups give no role.
func hasNoRole(err error) bool {
	var noRole *auth.NoRoleError
	return errors.As(err, &noRole)
}

// ourFault reports whether a person is not known only because the database is out of
// reach.
func ourFault(err error) bool {
	var unrecorded *audit.UnrecordedError
	return errors.Is(err, registry.ErrDatabase) || errors.As(err, &unrecorded)
}

// signIn starts the session of who, in groups, which hint will end at the sign-in service.
func (s *Handlers) signIn(c echo.Context, who rbac.Actor, groups []string, hint auth.Hint, next string) error {
	asking := web.Caller(c)
	asking.Actor = who
	if err := s.Gate.SignIn(c.Response(), c.Request(), asking, groups, hint); err != nil {
		return err
	}
	return web.SeeOther(c, next)
}

var can = map[rbac.Role]string{
	rbac.Viewer: "view only",
	rbac.Editor: "create, edit and delete entries",
	rbac.Admin:  "full access, sessions and audit export",
}

func (s *Handlers) loginPage(c echo.Context, status int, next, fault string) error {
	v := templates.LoginView{Sandbox: s.Sandbox, Next: next, Error: fault}
	for _, a := range auth.DemoActors() {
		v.Users = append(v.Users, templates.DemoUser{Role: a.Role, Name: a.Name, Can: can[a.Role]})
	}
	return web.Render(c, status, templates.Login(v))
}
