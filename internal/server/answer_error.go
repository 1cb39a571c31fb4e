package server

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// answerError answers every error that a handler returns, in the form that the
// client asked for.
func (s *Server) answerError(err error, c echo.Context) {
	c.Set(causeKey, err)
	if c.Response().Committed {
		return
	}
	if errors.Is(err, auth.ErrNoSession) && isRead(c) && !wantsJSON(c) && s.gate.Method() != auth.MethodAccess {
		s.mustAnswer(c, seeOther(c, loginPath+"?next="+url.QueryEscape(safeReturn(c.Request().URL.RequestURI()))))
		return
	}
	var moved *mirror.MovedError
	if errors.As(err, &moved) && moved.Now != "" && isRead(c) {
		s.mustAnswer(c, c.Redirect(http.StatusMovedPermanently, s.movedURL(c, moved)))
		return
	}
	f := s.failFor(c, err)
	f.setHeaders(c)
	c.Set(drawingKey, nil) // what went wrong is always told
	if errors.Is(err, errDrawing) && !isRead(c) {
		f.unsure = true
	}
	if wantsJSON(c) {
		s.mustAnswer(c, c.JSON(f.status, failureEnvelope(f, err)))
		return
	}
	v := templates.FailureView{Title: f.title, Text: f.text, Typed: typed(c), Unsure: f.unsure, RequestID: requestID(c), Ray: f.ray}
	for _, p := range f.problems {
		v.Problems = append(v.Problems, templates.SummaryItem{Message: templates.Message{Problem: &p}})
	}
	if !s.known(c) {
		next := s.keepTyped(c, err)
		if v.Kept = next != ""; !v.Kept {
			next, _ = c.Get(nextKey).(string)
		}
		v.Links = s.signInLinks(err, next)
		s.mustAnswer(c, render(c, f.status, templates.PlainFailure(s.sandbox, v)))
		return
	}
	v.Links = []templates.Link{{Label: "All entries", URL: s.entriesURL()}}
	if id, parseErr := registry.ParseID(c.Param("id")); parseErr == nil && f.status == http.StatusNotFound && actor(c).May(rbac.ViewAudit) {
		v.Links = append(v.Links, templates.Link{Label: "What was done to it", URL: templates.EntryAuditURL(id)})
	}
	if v.Follow = s.followFailed(c, err); v.Follow != "" {
		v.Links = append([]templates.Link{{Label: "Follow what becomes of it", URL: v.Follow}}, v.Links...)
	}
	s.mustAnswer(c, render(c, f.status, templates.Failure(s.page(c, f.title), v)))
}

// followFailed returns where one sees what becomes of a deletion, or of the undoing of
// one, that err leaves in doubt; "" when it leaves none.
func (s *Server) followFailed(c echo.Context, err error) string {
	switch c.Path() {
	case entriesPath + "/:id/delete":
		follow, _ := s.followURL(c, s.entryURL(registry.ID(c.Param("id")))+"/delete", nil, err)
		return follow
	case entriesPath + "/undo":
		follow, _ := s.followURL(c, s.entriesURL()+"/new", nil, err)
		return follow
	}
	return ""
}

// signInLinks are the ways on for somebody who is not signed in; next is where to
// return to.
func (s *Server) signInLinks(err error, next string) []templates.Link {
	query := url.Values{}
	if next != "" && next != "/" {
		query.Set("next", next)
	}
	again := templates.Link{Label: "Sign in"}
	var noRole *auth.NoRoleError
	switch s.gate.Method() {
	case auth.MethodAccess:
		// Access signs people in before anything gets here; a new sign-in takes signing out there.
		links := []templates.Link{{Label: "Sign out at Cloudflare Access", URL: s.gate.Access.SignOutURL()}}
		if next != "" {
			links = append(links, templates.Link{Label: "Then go on here", URL: next})
		}
		return links
	case auth.MethodOIDC:
		if errors.As(err, &noRole) {
			again.Label = "Sign in anew"
			query.Set("anew", "1")
		}
	case auth.MethodDemo:
	}
	to := url.URL{Path: loginPath, RawQuery: query.Encode()}
	again.URL = to.String()
	return []templates.Link{again}
}

// known reports whether a signed-in person with a role is asking. A path that has no
// route has not been through identify.
func (s *Server) known(c echo.Context) bool {
	return s.identified(c) == nil
}

func isRead(c echo.Context) bool {
	return c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead
}

// setHeaders says in the headers what a program needs to know.
func (f failure) setHeaders(c echo.Context) {
	if f.wait > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.wait.Seconds()))))
	}
}

// lastResort is what is left to say when even the failure page can't be drawn.
const lastResort = "<!DOCTYPE html><html lang=\"en\"><title>Namesake</title><h1>Namesake made a mistake</h1>" +
	"<p>The page that explains it could not be drawn either. The log has the reason."

func (s *Server) mustAnswer(c echo.Context, err error) {
	if err == nil {
		return
	}
	s.log.ErrorContext(requestContext(c), "an error page could not be answered", "request_id", requestID(c), "error", err)
	if !c.Response().Committed {
		_ = c.HTML(http.StatusInternalServerError, lastResort) // nobody is left to tell
	}
}
