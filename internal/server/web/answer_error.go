package web

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

// AnswerError answers every error that a handler returns, in the form that the
// client asked for.
func (s *Base) AnswerError(err error, c echo.Context) {
	c.Set(CauseKey, err)
	if c.Response().Committed {
		return
	}
	if errors.Is(err, auth.ErrNoSession) && IsRead(c) && !WantsJSON(c) && s.Gate.Method() != auth.MethodAccess {
		s.mustAnswer(c, SeeOther(c, LoginPath+"?next="+url.QueryEscape(SafeReturn(c.Request().URL.RequestURI()))))
		return
	}
	var moved *mirror.MovedError
	if errors.As(err, &moved) && moved.Now != "" && IsRead(c) {
		s.mustAnswer(c, c.Redirect(http.StatusMovedPermanently, s.movedURL(c, moved)))
		return
	}
	f := s.FailFor(c, err)
	f.SetHeaders(c)
	c.Set(drawingKey, nil) // what went wrong is always told
	if errors.Is(err, errDrawing) && !IsRead(c) {
		f.unsure = true
	}
	if WantsJSON(c) {
		s.mustAnswer(c, c.JSON(f.Status, failureEnvelope(f, err)))
		return
	}
	v := templates.FailureView{Title: f.Title, Text: f.Text, Typed: typed(c), Unsure: f.unsure, RequestID: RequestID(c), Ray: f.Ray, Fault: f.Status >= http.StatusInternalServerError}
	for _, p := range f.Problems {
		v.Problems = append(v.Problems, templates.SummaryItem{Message: templates.Message{Problem: &p}})
	}
	if !s.known(c) {
		next := s.saveForm(c, err)
		if v.Saved = next != ""; !v.Saved {
			next, _ = c.Get(NextKey).(string)
		}
		v.Links = s.signInLinks(err, next)
		s.mustAnswer(c, Render(c, f.Status, templates.PlainFailure(s.Sandbox, v)))
		return
	}
	v.Links = []templates.Link{{Label: "All entries", URL: s.EntriesURL()}}
	if id, parseErr := registry.ParseID(c.Param("id")); parseErr == nil && f.Status == http.StatusNotFound && Actor(c).May(rbac.ViewAudit) {
		v.Links = append(v.Links, templates.Link{Label: "View history", URL: templates.EntryAuditURL(id)})
	}
	if v.Follow = s.followFailed(c, err); v.Follow != "" {
		v.Links = append([]templates.Link{{Label: "Check the result", URL: v.Follow}}, v.Links...)
	}
	s.mustAnswer(c, Render(c, f.Status, templates.Failure(s.Page(c, f.Title), v)))
}

// followFailed returns the page that shows the result of a deletion or an undo that err
// leaves in doubt, "" when it leaves none in doubt.
func (s *Base) followFailed(c echo.Context, err error) string {
	switch c.Path() {
	case EntriesPath + "/:id/delete":
		follow, _ := s.FollowURL(c, s.EntryURL(registry.ID(c.Param("id")))+"/delete", nil, err)
		return follow
	case EntriesPath + "/undo":
		follow, _ := s.FollowURL(c, s.EntriesURL()+"/new", nil, err)
		return follow
	}
	return ""
}

// signInLinks returns the links for a person who is not signed in; next is the page to
// return to.
func (s *Base) signInLinks(err error, next string) []templates.Link {
	query := url.Values{}
	if next != "" && next != "/" {
		query.Set("next", next)
	}
	again := templates.Link{Label: "Sign in"}
	var noRole *auth.NoRoleError
	switch s.Gate.Method() {
	case auth.MethodAccess:
		// Access signs people in before anything gets here; a new sign-in takes signing out there.
		links := []templates.Link{{Label: "Sign out at Cloudflare Access", URL: s.Gate.Access.SignOutURL()}}
		if next != "" {
			links = append(links, templates.Link{Label: "Then continue here", URL: next})
		}
		return links
	case auth.MethodOIDC:
		if errors.As(err, &noRole) {
			again.Label = "Sign in again"
			query.Set("again", "1")
		}
	case auth.MethodDemo:
	}
	to := url.URL{Path: LoginPath, RawQuery: query.Encode()}
	again.URL = to.String()
	return []templates.Link{again}
}

// known reports whether a signed-in person with a role sends the request. It identifies
// them, because a path without a route has no guards.
func (s *Base) known(c echo.Context) bool {
	return s.Identified(c) == nil
}

// SetHeaders sets the headers that tell a program when to try again.
func (f Failure) SetHeaders(c echo.Context) {
	if f.Wait > 0 {
		c.Response().Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Wait.Seconds()))))
	}
}

// lastResort is what is left to say when even the failure page can't be drawn.
const lastResort = "<!DOCTYPE html><html lang=\"en\"><title>Namesake</title><h1>Namesake made a mistake</h1>" +
	"<p>The page that explains it could not be drawn either. The log has the reason."

func (s *Base) mustAnswer(c echo.Context, err error) {
	if err == nil {
		return
	}
	s.Log.ErrorContext(RequestContext(c), "an error page could not be answered", "request_id", RequestID(c), "error", err)
	if !c.Response().Committed {
		_ = c.HTML(http.StatusInternalServerError, lastResort) // the connection may be gone
	}
}
