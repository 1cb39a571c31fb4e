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
	// Stays marks the offer to undo a change, which every page repeats until it expires.
	Stays bool `json:"stays,omitempty"`
	templates.Flash
}

func readNotice(raw string) (n notice, ok bool) { return n, json.Unmarshal([]byte(raw), &n) == nil }

// current reports whether the notice is to be shown at now. One without a page is of an
// earlier version.
func (n notice) current(now time.Time) bool {
	return n.For == "" && !n.Stays || now.Sub(n.Left) < noticeLifetime
}

// RedirectWithNotice redirects to the page to, with a notice for it. A notice that can't be
// stored is only logged: the change was made.
func (s *Base) RedirectWithNotice(c echo.Context, to string, f templates.Flash) error {
	notices := []notice{{For: to, Left: s.Now(), Flash: f}}
	if f.Undo.URL != "" {
		notices = append(notices, notice{Stays: true, Left: s.Now(), Flash: templates.Flash{Tone: f.Tone, Title: f.Title, Undo: f.Undo}})
	}
	for _, n := range notices {
		if err := s.Sessions.AddFlash(c.Request(), n); err != nil {
			s.Log.ErrorContext(RequestContext(c), "a notice could not be stored", "error", err)
		}
	}
	return SeeOther(c, to)
}

// DropUndo stops offering to undo the change of a record.
func (s *Base) DropUndo(c echo.Context, record string) {
	_, err := s.Sessions.TakeFlash(c.Request(), func(raw string) bool {
		n, ok := readNotice(raw)
		return ok && n.Stays && n.Undo.Record == record
	})
	if err != nil {
		s.Log.WarnContext(RequestContext(c), "the offer to undo a change could not be taken back", "error", err)
	}
}

// waitingNotices takes the notices that wait for the requested page, and repeats what can
// still be undone.
func (s *Base) waitingNotices(c echo.Context) []templates.Flash {
	if !isShown(c) {
		return nil
	}
	uri, now := c.Request().URL.RequestURI(), s.Now()
	taken, err := s.Sessions.TakeFlash(c.Request(), func(raw string) bool {
		n, ok := readNotice(raw)
		return !ok || !n.current(now) || !n.Stays && (n.For == "" || n.For == uri)
	})
	if err != nil && !errors.Is(err, auth.ErrNoSession) {
		s.Log.WarnContext(RequestContext(c), "notices could not be read", "error", err)
	}
	var shown []templates.Flash
	told := map[string]bool{}
	for _, raw := range slices.Backward(taken) { // newest first
		if n, ok := readNotice(raw); ok && n.current(now) && !n.Stays {
			n.Undo.Left = noticeLifetime - now.Sub(n.Left)
			shown, told[n.Undo.Record] = append(shown, n.Flash), true
		}
	}
	waiting, err := s.Sessions.Flash(c.Request())
	if err != nil {
		return shown
	}
	for _, raw := range slices.Backward(waiting) {
		if n, ok := readNotice(raw); ok && n.Stays && n.current(now) && !told[n.Undo.Record] && len(told) < maxUndos {
			n.Undo.Left, n.Later = noticeLifetime-now.Sub(n.Left), true
			shown, told[n.Undo.Record] = append(shown, n.Flash), true
		}
	}
	return shown
}

// maxUndos is the number of changes that a page offers to undo.
const maxUndos = 3

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
