package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
	"namesake/web/templates"
)

const (
	loginPath = "/login"
	// CallbackPath is where an OpenID Connect provider sends people back.
	CallbackPath = "/auth/callback"
	// startPath leads on to where people sign in, from a form.
	startPath = "/login/start"
	// signedOut is the state with which a person comes back to loginPath after signing
	// out: without it, single sign-on would let them in again at once.
	signedOut = "signed-out"
)

// showLogin leads to where people sign in. It begins nothing that another site
// could gain by.
func (s *Server) showLogin(c echo.Context) error {
	next := safeReturn(c.QueryParam("next"))
	switch {
	case c.QueryParam("state") == signedOut:
		if signedIn, err := s.stillSignedIn(c); err != nil {
			return err
		} else if signedIn {
			return seeOther(c, "/")
		}
		return s.signedOutPage(c, templates.SignedOutView{})
	case s.gate.Method() == auth.MethodOIDC:
		return s.beginSignIn(c, next, c.QueryParam("anew") != "")
	case s.gate.Method() == auth.MethodAccess:
		if err := s.identified(c); err != nil {
			return err
		}
		return seeOther(c, next)
	}
	return s.loginPage(c, http.StatusOK, next, "")
}

func (s *Server) login(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	form := c.Request().PostForm
	next := safeReturn(form.Get("next"))
	switch s.gate.Method() {
	case auth.MethodOIDC:
		return seeOther(c, startPath+"?next="+url.QueryEscape(next))
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
		if err := s.recordRefused(c, rbac.Actor{}, "the demo has no such person"); err != nil {
			return err
		}
		return s.loginPage(c, http.StatusUnprocessableEntity, next, "Choose viewer, editor or admin: the demo knows nobody else.")
	}
	return s.signIn(c, who, nil, auth.Hint{}, next)
}

// beginSignIn sends the person to the OpenID Connect provider.
func (s *Server) beginSignIn(c echo.Context, next string, anew bool) error {
	c.Set(nextKey, next)
	if err := onlyGoneTo(c); err != nil {
		return err
	}
	if err := s.attempts.start(c.RealIP()); err != nil {
		return err
	}
	to, err := s.gate.BeginSignIn(c.Response(), c.Request(), next, anew)
	if err != nil {
		return err
	}
	return seeOther(c, to)
}

// onlyGoneTo refuses what a browser does not ask for because somebody goes there: a
// page elsewhere that has it as an image would use up the attempts of its visitor's
// network.
func onlyGoneTo(c echo.Context) error {
	if !goneTo(c) {
		return fmt.Errorf("%w: asked for as %q", errCrossOrigin, c.Request().Header.Get("Sec-Fetch-Dest"))
	}
	return nil
}

// goneTo reports whether somebody goes there, as far as the browser tells.
func goneTo(c echo.Context) bool {
	dest := c.Request().Header.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

// finishSignIn takes the OpenID Connect provider's answer.
func (s *Server) finishSignIn(c echo.Context) error {
	if s.gate.Method() != auth.MethodOIDC {
		return echo.ErrNotFound
	}
	if err := onlyGoneTo(c); err != nil {
		return err
	}
	answer := c.QueryParams()
	state := answer.Get("state")
	flow, ok, err := s.sessions.TakeFlow(c.Response(), c.Request(), state)
	switch {
	case err != nil:
		return err
	case !ok:
		return s.finishWithoutFlow(c, state)
	}
	next, flowID := safeReturn(flow.Next), auth.FlowID(state)
	c.Set(nextKey, next)
	if !s.attempts.mayFinish(flowID) {
		return s.refuseSignIn(c, &auth.RefusedError{Reason: "This sign-in has failed too often. Sign in again."})
	}
	id, hint, err := s.gate.OIDC.Finish(requestContext(c), flow, answer)
	var refused *auth.RefusedError
	isRefused := errors.As(err, &refused)
	s.attempts.finish(flowID, err != nil && (!isRefused || refused.ByService == ""))
	switch {
	case isRefused && needsNoAnswer(refused, flow) && s.identified(c) == nil:
		return seeOther(c, next)
	case isRefused:
		return s.refuseSignIn(c, refused)
	case err != nil:
		return err
	}
	who, err := s.gate.Admit(id)
	if err != nil {
		return errors.Join(s.endEarlier(c), s.recordRefused(c, who, signin.NoRole), err)
	}
	return s.signIn(c, who, id.Groups, hint, next)
}

// finishWithoutFlow answers a tab whose sign-in this browser no longer has. Beside many
// others it was taken back, or it took too long: with a session from another tab, there
// is nothing to sign in for.
func (s *Server) finishWithoutFlow(c echo.Context, state string) error {
	next, ours, err := s.sessions.WayBack(requestContext(c), state)
	if err != nil {
		return err
	}
	if ours {
		next = safeReturn(next)
		c.Set(nextKey, next)
		if !s.attempts.used(auth.FlowID(state)) && s.identified(c) == nil {
			return seeOther(c, next)
		}
	}
	return s.refuseSignIn(c, &auth.RefusedError{Reason: "This sign-in was not begun in this browser, was begun too long ago, or has been used before. Sign in again."})
}

// needsNoAnswer reports whether somebody who is signed in can go on although the sign-in
// service refused: several of them refuse to sign in once more in a second tab.
func needsNoAnswer(refused *auth.RefusedError, flow auth.Flow) bool {
	return refused.ByService != "" && refused.ByService != "access_denied" && !flow.Anew
}

// refuseSignIn records a refused sign-in and returns why it was.
func (s *Server) refuseSignIn(c echo.Context, refused *auth.RefusedError) error {
	return errors.Join(s.recordRefused(c, rbac.Actor{}, refused.Reason), refused)
}

// endEarlier ends the session that this browser still has, for somebody who has just
// been found to have no role.
func (s *Server) endEarlier(c echo.Context) error {
	switch err := s.identified(c); {
	case ourFault(err):
		return err
	case err != nil && !hasNoRole(err):
		return nil
	}
	err := s.signIns.EndSession(requestContext(c), caller(c), s.sessions.Current(c.Request()), signin.EndedByNewSignIn)
	c.Set(actorKey, rbac.Actor{})
	c.Set(refusedKey, auth.ErrNoSession)
	return err
}

// hasNoRole reports whether somebody is signed in whose groups give no role.
func hasNoRole(err error) bool {
	var noRole *auth.NoRoleError
	return errors.As(err, &noRole)
}

// ourFault reports whether somebody is not known only because the database is out of
// reach.
func ourFault(err error) bool {
	var unrecorded *audit.UnrecordedError
	return errors.Is(err, registry.ErrDatabase) || errors.As(err, &unrecorded)
}

// signIn starts the session of who, in groups, which hint will end at the sign-in service.
func (s *Server) signIn(c echo.Context, who rbac.Actor, groups []string, hint auth.Hint, next string) error {
	asking := caller(c)
	asking.Actor = who
	if err := s.gate.SignIn(c.Response(), c.Request(), asking, groups, hint); err != nil {
		return err
	}
	return seeOther(c, next)
}

// recordRefused records a sign-in that was refused.
func (s *Server) recordRefused(c echo.Context, who rbac.Actor, why string) error {
	asking := caller(c)
	asking.Actor = who
	return s.signIns.RecordSignInRefused(requestContext(c), asking, why)
}

var can = map[rbac.Role]string{
	rbac.Viewer: "looks, and changes nothing",
	rbac.Editor: "creates and looks after entries",
	rbac.Admin:  "does all that editors do, and oversees",
}

func (s *Server) loginPage(c echo.Context, status int, next, fault string) error {
	v := templates.LoginView{Sandbox: s.sandbox, Next: next, Error: fault}
	for _, a := range auth.DemoActors() {
		v.Users = append(v.Users, templates.DemoUser{Role: a.Role, Name: a.Name, Can: can[a.Role]})
	}
	return render(c, status, templates.Login(v))
}

// maxReturn is how long a path may be, in JSON, that one returns to: it travels in a
// cookie.
const maxReturn = 700

// safeReturn returns next when it is a path of this program, and the start page
// when it could lead anywhere else. Browsers read a backslash as a slash and skip
// control characters, so neither is let through, written out or escaped.
func safeReturn(next string) string {
	u, err := url.Parse(next)
	written, jsonErr := json.Marshal(next)
	if err != nil || jsonErr != nil || len(written) > maxReturn || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.Contains(u.Path, "//") || strings.ContainsFunc(next+u.Path, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return "/"
	}
	return next
}
