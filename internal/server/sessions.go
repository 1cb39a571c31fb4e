package server

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"namesake/internal/rbac"
	"namesake/internal/signin"
	"namesake/web/templates"
)

func (s *Server) listOwnSessions(c echo.Context) error {
	return s.sessionsPage(c, s.signIns.Own, templates.SessionsView{Title: "Your sessions", URL: templates.OwnSessionsURL})
}

func (s *Server) listSessions(c echo.Context) error {
	return s.sessionsPage(c, s.signIns.All, templates.SessionsView{Title: "Everybody's sessions", URL: templates.AllSessionsURL, Everybody: true})
}

// sessionsPerPage is how many sessions a page lists.
const sessionsPerPage = 50

// sessionsPage shows a page of what list returns.
func (s *Server) sessionsPage(c echo.Context, list func(context.Context, rbac.Caller, signin.Cursor, int) ([]signin.Session, error), v templates.SessionsView) error {
	before, ok := parseSessionCursor(c.QueryParam("before"))
	if !ok && wantsJSON(c) {
		return &filterError{[]string{"before is not the place of a session in this list."}}
	}
	open, err := list(requestContext(c), caller(c), before, sessionsPerPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(open) > sessionsPerPage {
		open = open[:sessionsPerPage]
		next = sessionCursor(open[len(open)-1].Cursor())
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, sessionsEnvelope(open, s.sessions.Current(c.Request()), next))
	}
	if !before.Started.IsZero() {
		v.Newest = v.URL
	}
	if next != "" {
		v.Older = v.URL + "?" + url.Values{"before": {next}}.Encode()
	}
	v.Sessions, v.Current = open, s.sessions.Current(c.Request())
	v.Idle, v.Absolute = spell(s.limits.Idle), spell(s.limits.Absolute)
	return render(c, http.StatusOK, templates.Sessions(s.page(c, v.Title), v))
}

func (s *Server) endOwnSession(c echo.Context) error {
	return s.endListed(c, s.signIns.EndOwn, templates.OwnSessionsURL)
}

func (s *Server) endAnySession(c echo.Context) error {
	return s.endListed(c, s.signIns.EndAny, templates.AllSessionsURL)
}

// endListed ends the session in the path by means of end, and leads back to its list.
// To end the session that one asks in is to sign out.
func (s *Server) endListed(c echo.Context, end func(ctx context.Context, who rbac.Caller, hash string) error, list string) error {
	hash := c.Param("session")
	if hash == s.sessions.Current(c.Request()) {
		return s.logout(c)
	}
	if err := end(requestContext(c), caller(c), hash); err != nil {
		return err
	}
	return s.leadOn(c, list, templates.Flash{Tone: templates.Good, Title: "Session ended", Text: "Whoever is using it is signed out with their next request."})
}

// sessionCursor writes a place in the list for a URL.
func sessionCursor(at signin.Cursor) string {
	return strconv.FormatInt(at.Started.UnixMicro(), 10) + "." + at.Hash
}

// parseSessionCursor reads what sessionCursor writes, and "" as the start of the list.
// ok is false for anything else, which is the start of the list, too.
func parseSessionCursor(raw string) (at signin.Cursor, ok bool) {
	if raw == "" {
		return at, true
	}
	started, hash, found := strings.Cut(raw, ".")
	micros, err := strconv.ParseInt(started, 10, 64)
	if !found || err != nil || micros <= 0 || len(hash) > maxHash || !utf8.ValidString(hash) || strings.ContainsRune(hash, 0) {
		return at, false
	}
	return signin.Cursor{Started: time.UnixMicro(micros), Hash: hash}, true
}

// maxHash is longer than any hash of a session is written.
const maxHash = 100

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
	// Username is only there where there is no e-mail address.
	Username string `json:"username,omitempty"`
}

// sessionList is an envelope with the place of the next page of sessions.
type sessionList struct {
	envelope
	ResultInfo sessionInfo `json:"result_info"`
}

type sessionInfo struct {
	Count  int    `json:"count"`
	Before string `json:"before,omitempty"` // ask with before=… for the next older page
}

func sessionsEnvelope(open []signin.Session, current, next string) sessionList {
	list := make([]sessionJSON, len(open))
	for i, n := range open {
		a := n.Actor
		list[i] = sessionJSON{
			ID: n.Hash, Actor: sessionUser{a.Issuer, a.Subject, a.Email, a.Name, a.Role.String(), a.Auth, a.Username},
			Address: n.Address, Browser: n.Browser, Started: n.Started, Seen: n.Seen, Current: n.Hash == current,
		}
	}
	return sessionList{succeeded(list), sessionInfo{len(list), next}}
}
