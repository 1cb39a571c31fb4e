package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/web/templates"
)

const (
	// signedOutPath is where a person is led who has signed out. The page leads on to the
	// sign-in service, by way of signedOutPath + onward: a redirect there from a form would
	// be held to form-action, and so would each one that follows elsewhere.
	signedOutPath = "/signed-out"
	onward        = "/onward"

	// discoveryWait is how long a person who has signed out waits until it is known where
	// to sign out of the sign-in service.
	discoveryWait = 3 * time.Second
)

func (s *Server) logout(c echo.Context) error {
	if err := s.identified(c); ourFault(err) {
		return err // nobody is told that they are signed out who may not be
	} else if err != nil && !hasNoRole(err) {
		clearSite(c)
		return seeOther(c, s.afterLogout(c, auth.Hint{})) // it has ended already
	}
	hint, err := s.sessions.Hint(c.Request())
	if err != nil {
		s.log.WarnContext(requestContext(c), "the hint to sign out with could not be read", "error", err)
	}
	if err := s.sessions.SignOut(c.Response(), c.Request(), caller(c)); err != nil && !errors.Is(err, auth.ErrNoSession) {
		return err
	}
	clearSite(c)
	return seeOther(c, s.afterLogout(c, hint))
}

// afterLogout is where a person is led who has signed out.
func (s *Server) afterLogout(c echo.Context, hint auth.Hint) string {
	switch {
	case s.gate.Method() == auth.MethodDemo:
		return loginPath
	case hint.Empty():
		return signedOutPath
	}
	sealed, err := s.sessions.SealHint(requestContext(c), hint)
	if err != nil {
		s.log.WarnContext(requestContext(c), "the hint to sign out with could not be sealed", "error", err)
		return signedOutPath
	}
	return signedOutPath + "?hint=" + sealed
}

// showSignedOut tells that the session here has ended, and leads on to where the one at
// the sign-in service ends.
func (s *Server) showSignedOut(c echo.Context) error {
	if signedIn, err := s.stillSignedIn(c); err != nil {
		return err
	} else if signedIn {
		return seeOther(c, "/")
	}
	switch s.gate.Method() {
	case auth.MethodAccess:
		return s.signedOutPage(c, templates.SignedOutView{Service: "Cloudflare Access", OnURL: s.gate.Access.SignOutURL(), GoesOn: true})
	case auth.MethodOIDC:
		hint, err := s.sessions.OpenHint(requestContext(c), c.QueryParam("hint"))
		if err != nil {
			return err
		}
		return s.signedOutPage(c, s.signOutOfProvider(c, hint))
	case auth.MethodDemo:
	}
	return s.signedOutPage(c, templates.SignedOutView{})
}

// stillSignedIn reports whether somebody who comes to a page for those who have signed out
// has a session: any page can link there. It returns an error when that is not known.
func (s *Server) stillSignedIn(c echo.Context) (bool, error) {
	err := s.identified(c)
	if ourFault(err) {
		return false, err
	}
	// Behind Access everybody without a role is known, with a session or without.
	return err == nil || hasNoRole(err) && s.gate.Method() == auth.MethodOIDC, nil
}

// signOutOfProvider says how a person gets out of the OpenID Connect provider.
func (s *Server) signOutOfProvider(c echo.Context, hint auth.Hint) templates.SignedOutView {
	v := templates.SignedOutView{Service: s.gate.OIDC.Host()}
	ctx, cancel := context.WithTimeout(requestContext(c), discoveryWait)
	defer cancel()
	unknown := s.gate.OIDC.Discover(ctx)
	to := s.providerSignOutURL(auth.Hint{})
	switch {
	case unknown != nil:
		v.Why = "It can't be reached at the moment, so Namesake can't tell where to sign out there. Load this page again in a moment."
	case to == "":
		v.Why = "It does not offer other applications to sign people out."
	case hint.Empty():
		v.OnURL, v.Why = to, "Namesake can't tell it which session to end: the proof of your sign-in is gone or too long for that."
	default: // with the hint in a redirect only, not in a page
		v.OnURL, v.GoesOn = signedOutPath+onward+"?hint="+url.QueryEscape(c.QueryParam("hint")), true
	}
	return v
}

func (s *Server) providerSignOutURL(hint auth.Hint) string {
	return s.gate.OIDC.SignOutURL(hint, s.public.String()+loginPath, signedOut)
}

// signOutElsewhere leads to the OpenID Connect provider, to end the session there.
func (s *Server) signOutElsewhere(c echo.Context) error {
	if s.gate.Method() != auth.MethodOIDC {
		return echo.ErrNotFound
	}
	hint, err := s.sessions.OpenHint(requestContext(c), c.QueryParam("hint"))
	if err != nil {
		return err
	}
	if hint.Empty() {
		return seeOther(c, signedOutPath) // which says what is still open
	}
	ctx, cancel := context.WithTimeout(requestContext(c), discoveryWait)
	defer cancel()
	unknown := s.gate.OIDC.Discover(ctx) // this copy of the program may have just started
	to := s.providerSignOutURL(hint)
	if unknown != nil || to == "" {
		return seeOther(c, signedOutPath+"?hint="+url.QueryEscape(c.QueryParam("hint"))) // to try again from there
	}
	return seeOther(c, to)
}

func (s *Server) signedOutPage(c echo.Context, v templates.SignedOutView) error {
	v.Sandbox, v.LoginURL = s.sandbox, loginPath
	return render(c, http.StatusOK, templates.SignedOut(v))
}

// startSignIn leads on to the OpenID Connect provider from a form, with a page in
// between for the same reason as after signing out.
func (s *Server) startSignIn(c echo.Context) error {
	to := loginPath + "?next=" + url.QueryEscape(safeReturn(c.QueryParam("next")))
	if s.gate.Method() != auth.MethodOIDC {
		return seeOther(c, to)
	}
	return render(c, http.StatusOK, templates.GoingOn(s.sandbox, s.gate.OIDC.Host(), to))
}
