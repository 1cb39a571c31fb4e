package login

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// Logout answers POST /logout.
func (s *Handlers) Logout(c echo.Context) error {
	if err := s.Identified(c); ourFault(err) {
		return err // a person who may still be signed in is not told otherwise
	} else if err != nil && !hasNoRole(err) {
		web.ClearSite(c)
		return web.SeeOther(c, s.afterLogout(c, auth.Hint{})) // it has ended already
	}
	hint, err := s.Sessions.Hint(c.Request())
	if err != nil {
		s.Log.WarnContext(web.RequestContext(c), "the hint to sign out with could not be read", "error", err)
	}
	if err := s.Sessions.SignOut(c.Response(), c.Request(), web.Caller(c)); err != nil && !errors.Is(err, auth.ErrNoSession) {
		return err
	}
	web.ClearSite(c)
	return web.SeeOther(c, s.afterLogout(c, hint))
}

// afterLogout is where a person is led who has signed out.
func (s *Handlers) afterLogout(c echo.Context, hint auth.Hint) string {
	switch {
	case s.Gate.Method() == auth.MethodDemo:
		return web.LoginPath
	case hint.Empty():
		return web.SignedOutPath
	}
	sealed, err := s.Sessions.SealHint(web.RequestContext(c), hint)
	if err != nil {
		s.Log.WarnContext(web.RequestContext(c), "the hint to sign out with could not be sealed", "error", err)
		return web.SignedOutPath
	}
	return web.SignedOutPath + "?hint=" + sealed
}

// ShowSignedOut tells that the session here has ended, and leads on to where the one at
// the sign-in service ends.
func (s *Handlers) ShowSignedOut(c echo.Context) error {
	if signedIn, err := s.stillSignedIn(c); err != nil {
		return err
	} else if signedIn {
		return web.SeeOther(c, "/")
	}
	switch s.Gate.Method() {
	case auth.MethodAccess:
		return s.signedOutPage(c, templates.SignedOutView{Service: "Cloudflare Access", OnURL: s.Gate.Access.SignOutURL(), GoesOn: true})
	case auth.MethodOIDC:
		hint, err := s.Sessions.OpenHint(web.RequestContext(c), c.QueryParam("hint"))
		if err != nil {
			return err
		}
		return s.signedOutPage(c, s.signOutOfProvider(c, hint))
	case auth.MethodDemo:
	}
	return s.signedOutPage(c, templates.SignedOutView{})
}

// stillSignedIn reports whether a person who comes to a page for those who have signed out
// has a session: any page can link there. It returns an error when that is not known.
func (s *Handlers) stillSignedIn(c echo.Context) (bool, error) {
	err := s.Identified(c)
	if ourFault(err) {
		return false, err
	}
	// Behind Access each person without a role is known, with a session or without.
	return err == nil || hasNoRole(err) && s.Gate.Method() == auth.MethodOIDC, nil
}

// signOutOfProvider says how a person gets out of the OpenID Connect provider.
func (s *Handlers) signOutOfProvider(c echo.Context, hint auth.Hint) templates.SignedOutView {
	v := templates.SignedOutView{Service: s.Gate.OIDC.Host()}
	ctx, cancel := context.WithTimeout(web.RequestContext(c), web.DiscoveryWait)
	defer cancel()
	unknown := s.Gate.OIDC.Discover(ctx)
	to := s.providerSignOutURL(auth.Hint{})
	switch {
	case unknown != nil:
		v.Why = "It can't be reached at the moment, so Namesake can't tell where to sign out there. Load this page again in a moment."
	case to == "":
		v.Why = "It does not offer other applications to sign people out."
	case hint.Empty():
		v.OnURL, v.Why = to, "Namesake can't tell it which session to end: the proof of your sign-in is gone or too long for that."
	default: // with the hint in a redirect only, not in a page
		v.OnURL, v.GoesOn = web.SignedOutPath+web.Onward+"?hint="+url.QueryEscape(c.QueryParam("hint")), true
	}
	return v
}

func (s *Handlers) providerSignOutURL(hint auth.Hint) string {
	return s.Gate.OIDC.SignOutURL(hint, s.Public.String()+web.LoginPath, web.SignedOut)
}

// SignOutElsewhere leads to the OpenID Connect provider, to end the session there.
func (s *Handlers) SignOutElsewhere(c echo.Context) error {
	if s.Gate.Method() != auth.MethodOIDC {
		return echo.ErrNotFound
	}
	hint, err := s.Sessions.OpenHint(web.RequestContext(c), c.QueryParam("hint"))
	if err != nil {
		return err
	}
	if hint.Empty() {
		return web.SeeOther(c, web.SignedOutPath) // which says what is still open
	}
	ctx, cancel := context.WithTimeout(web.RequestContext(c), web.DiscoveryWait)
	defer cancel()
	unknown := s.Gate.OIDC.Discover(ctx) // this copy of the program may have just started
	to := s.providerSignOutURL(hint)
	if unknown != nil || to == "" {
		return web.SeeOther(c, web.SignedOutPath+"?hint="+url.QueryEscape(c.QueryParam("hint"))) // to try again from there
	}
	return web.SeeOther(c, to)
}

func (s *Handlers) signedOutPage(c echo.Context, v templates.SignedOutView) error {
	v.Sandbox, v.LoginURL = s.Sandbox, web.LoginPath
	return web.Render(c, http.StatusOK, templates.SignedOut(v))
}

// StartSignIn leads on to the OpenID Connect provider from a form, with a page in
// between for the same reason as after signing out.
func (s *Handlers) StartSignIn(c echo.Context) error {
	to := web.LoginPath + "?next=" + url.QueryEscape(web.SafeReturn(c.QueryParam("next")))
	if s.Gate.Method() != auth.MethodOIDC {
		return web.SeeOther(c, to)
	}
	return web.Render(c, http.StatusOK, templates.OpenSignIn(s.Sandbox, s.Gate.OIDC.Host(), to))
}
