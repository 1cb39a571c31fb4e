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

// noticeLifetime is how long a notice waits for its page. One that was never fetched must
// not show when the person opens the page days later.
const noticeLifetime = 10 * time.Minute

// notice is the stored form of a flash. It names its page, so that another tab, a prefetch or
// a script's request does not use it up.
type notice struct {
	For  string    `json:"for"` // the page's URI
	Left time.Time `json:"left"`
	templates.Flash
}

// RedirectWithNotice redirects to the page to, with a notice for it. A notice that can't be
// stored is only logged: the change was made.
func (s *Base) RedirectWithNotice(c echo.Context, to string, f templates.Flash) error {
	if err := s.Sessions.AddFlash(c.Request(), notice{For: to, Left: s.Now(), Flash: f}); err != nil {
		s.Log.ErrorContext(RequestContext(c), "a notice could not be stored", "error", err)
	}
	return SeeOther(c, to)
}

// waitingNotices takes the notices that wait for the requested page.
func (s *Base) waitingNotices(c echo.Context) []templates.Flash {
	if !isShown(c) {
		return nil
	}
	uri, now := c.Request().URL.RequestURI(), s.Now()
	read := func(raw string) (n notice, current bool) {
		if err := json.Unmarshal([]byte(raw), &n); err != nil {
			return n, false
		}
		return n, n.For == "" || now.Sub(n.Left) <= noticeLifetime // without a page it is of an earlier version
	}
	taken, err := s.Sessions.TakeFlash(c.Request(), func(raw string) bool {
		n, current := read(raw)
		return !current || n.For == "" || n.For == uri
	})
	if err != nil && !errors.Is(err, auth.ErrNoSession) {
		s.Log.WarnContext(RequestContext(c), "notices could not be read", "error", err)
	}
	var shown []templates.Flash
	for _, raw := range slices.Backward(taken) { // newest first
		if n, current := read(raw); current {
			shown = append(shown, n.Flash)
		}
	}
	return shown
}

// isShown reports whether the browser shows the answer as a page now. It does not when it
// prefetches, or when a script asks.
func isShown(c echo.Context) bool {
	r := c.Request()
	for _, header := range []string{"Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"} {
		if early := r.Header.Get(header); strings.Contains(early, "prefetch") || strings.Contains(early, "preview") {
			return false
		}
	}
	return r.Method == http.MethodGet && isNavigation(c)
}
