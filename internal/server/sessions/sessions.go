package sessions

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
	"namesake/internal/server/web"
	"namesake/internal/signin"
	"namesake/web/templates"
	"namesake/web/words"
)

// ListOwn answers GET /sessions/mine.
func (s *Handlers) ListOwn(c echo.Context) error {
	return s.sessionsPage(c, s.SignIns.Own, templates.SessionsView{Title: "Your sessions", URL: templates.OwnSessionsURL})
}

// List answers GET /sessions: those of all people.
func (s *Handlers) List(c echo.Context) error {
	return s.sessionsPage(c, s.SignIns.All, templates.SessionsView{Title: "All sessions", URL: templates.AllSessionsURL, AllPeople: true})
}

// sessionsPerPage is how many sessions a page lists.
const sessionsPerPage = 50

// sessionsPage shows a page of what list returns.
func (s *Handlers) sessionsPage(c echo.Context, list func(context.Context, rbac.Caller, signin.Cursor, int) ([]signin.Session, error), v templates.SessionsView) error {
	before, ok := parseSessionCursor(c.QueryParam("before"))
	if !ok && web.WantsJSON(c) {
		return &web.FilterError{Notes: []string{"before is not the place of a session in this list."}}
	}
	open, err := list(web.RequestContext(c), web.Caller(c), before, sessionsPerPage+1)
	if err != nil {
		return err
	}
	next := ""
	if len(open) > sessionsPerPage {
		open = open[:sessionsPerPage]
		next = sessionCursor(open[len(open)-1].Cursor())
	}
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, sessionsEnvelope(open, s.Sessions.Current(c.Request()), next))
	}
	if !before.Started.IsZero() {
		v.Newest = v.URL
	}
	if next != "" {
		v.Older = v.URL + "?" + url.Values{"before": {next}}.Encode()
	}
	for _, n := range open {
		if v.Open == nil {
			v.Open = map[string]int{}
		}
		v.Open[n.Actor.Key()]++
	}
	v.More = next != "" || !before.Started.IsZero()
	v.Sessions, v.Current = open, s.Sessions.Current(c.Request())
	v.Idle, v.Absolute = web.Spell(s.Limits.Idle), web.Spell(s.Limits.Absolute)
	return web.Render(c, http.StatusOK, templates.Sessions(s.Page(c, v.Title), v))
}

// EndOwn answers POST /sessions/mine/SESSION/end.
func (s *Handlers) EndOwn(c echo.Context) error {
	return s.endListed(c, s.SignIns.EndOwn, templates.OwnSessionsURL)
}

// EndAny answers POST /sessions/SESSION/end.
func (s *Handlers) EndAny(c echo.Context) error {
	return s.endListed(c, s.SignIns.EndAny, templates.AllSessionsURL)
}

// endListed ends the session in the path by means of end, and leads back to its list.
// To end the session that one asks in is to sign out.
func (s *Handlers) endListed(c echo.Context, end func(ctx context.Context, who rbac.Caller, hash string) error, list string) error {
	hash := c.Param("session")
	if hash == s.Sessions.Current(c.Request()) {
		return s.Logout(c)
	}
	if err := end(web.RequestContext(c), web.Caller(c), hash); err != nil {
		return err
	}
	return s.RedirectWithNotice(c, list, templates.Flash{Tone: templates.Good, Title: "Session ended", Text: "The person who uses it is signed out with their next request."})
}

// EndOthers answers POST /sessions/mine/end-others: it ends the sessions of the person who
// asks, except the one that asks.
func (s *Handlers) EndOthers(c echo.Context) error {
	n, err := s.SignIns.EndOthers(web.RequestContext(c), web.Caller(c), s.Sessions.Current(c.Request()))
	if err != nil {
		return err
	}
	return s.RedirectWithNotice(c, templates.OwnSessionsURL, endedFlash(n, "Your other browsers are signed out with their next request."))
}

// EndAllOf answers POST /sessions/SESSION/end-all: it ends all sessions of that session's
// person, except the one that asks.
func (s *Handlers) EndAllOf(c echo.Context) error {
	of, n, err := s.SignIns.EndAllOf(web.RequestContext(c), web.Caller(c), c.Param("session"), s.Sessions.Current(c.Request()))
	if err != nil {
		return err
	}
	return s.RedirectWithNotice(c, templates.AllSessionsURL, endedFlash(n, web.FullName(of)+" is signed out everywhere with the next request."))
}

func endedFlash(n int, text string) templates.Flash {
	if n == 0 {
		return templates.Flash{Tone: templates.Info, Title: "No other session is open"}
	}
	return templates.Flash{Tone: templates.Good, Title: words.Count(n, "session", "sessions") + " ended", Text: text}
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
	web.Envelope
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
	return sessionList{web.Succeeded(list), sessionInfo{len(list), next}}
}
