package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/web/templates"
)

// noticeLasts is how long a notice waits for its page. One that was never fetched must not
// turn up when somebody comes there days later.
const noticeLasts = 10 * time.Minute

// notice is a flash as it is kept: with the page that it is for, so that another tab, a
// prefetch or a script's request does not use it up.
type notice struct {
	For  string    `json:"for"` // the page's URI
	Left time.Time `json:"left"`
	templates.Flash
}

// LeadOn leads to the page to, with a notice for it. That the notice can't be kept must not
// turn a change that was made into a failure.
func (s *Base) LeadOn(c echo.Context, to string, f templates.Flash) error {
	if err := s.Sessions.AddFlash(c.Request(), notice{For: to, Left: s.Now(), Flash: f}); err != nil {
		s.Log.ErrorContext(RequestContext(c), "a notice could not be kept", "error", err)
	}
	return SeeOther(c, to)
}

// waitingNotices takes the notices that wait for the page which is asked for.
func (s *Base) waitingNotices(c echo.Context) []templates.Flash {
	if !shownToSomebody(c) {
		return nil
	}
	uri, now := c.Request().URL.RequestURI(), s.Now()
	read := func(raw string) (n notice, current bool) {
		if err := json.Unmarshal([]byte(raw), &n); err != nil {
			return n, false
		}
		return n, n.For == "" || now.Sub(n.Left) <= noticeLasts // without a page it is of an earlier version
	}
	taken, err := s.Sessions.TakeFlash(c.Request(), func(raw string) bool {
		n, current := read(raw)
		return !current || n.For == "" || n.For == uri
	})
	if err != nil && !errors.Is(err, auth.ErrNoSession) {
		s.Log.WarnContext(RequestContext(c), "notices could not be read", "error", err)
	}
	var shown []templates.Flash
	for _, raw := range slices.Backward(taken) { // what was done last is told first
		if n, current := read(raw); current {
			shown = append(shown, n.Flash)
		}
	}
	return shown
}

// shownToSomebody reports whether the answer becomes the page that somebody looks at, as
// far as the browser tells.
func shownToSomebody(c echo.Context) bool {
	r := c.Request()
	for _, header := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if early := r.Header.Get(header); strings.Contains(early, "prefetch") || strings.Contains(early, "preview") {
			return false
		}
	}
	return r.Method == http.MethodGet && goneTo(c)
}
