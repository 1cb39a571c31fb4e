package entries

import (
	"errors"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Refresh answers POST refresh: it reads the registry now, and redirects to the
// page that asked for it: the overview, the findings or the list.
func (s *Handlers) Refresh(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	to := s.EntriesURL() + web.ReturnTo(c)
	switch form := c.Request().PostForm; {
	case form.Has("overview"):
		to = s.OverviewURL()
	case form.Has("findings"):
		to = s.FindingsURL()
	}
	err := s.Mirror.RefreshFor(web.RequestContext(c), web.Caller(c))
	fresh := s.Mirror.Freshness(s.Mirror.Snapshot())
	var forbidden *rbac.ForbiddenError
	var failed *registry.APIError
	switch {
	case err == nil:
		return s.RedirectWithNotice(c, to, templates.Flash{Tone: templates.Good, Title: "The registry was read", Text: words.ReadAt(fresh)})
	case errors.As(err, &forbidden):
		return err
	case errors.Is(err, mirror.ErrStillReading) && errors.As(err, &failed):
		fresh.Failure = mirror.FailureOf(failed)
		return s.RedirectWithNotice(c, to, templates.Flash{Tone: templates.Warn, Title: "The registry could not be read yet", Text: words.RefreshFailed(fresh) + " Namesake reads it again as soon as Cloudflare allows."})
	case errors.Is(err, mirror.ErrStillReading):
		return s.RedirectWithNotice(c, to, templates.Flash{Tone: templates.Warn, Title: "The registry is still being read", Text: "This takes longer than usual. Reload this page in a moment."})
	}
	s.Log.WarnContext(web.RequestContext(c), "the registry could not be read", "request_id", web.RequestID(c), "error", err)
	return s.RedirectWithNotice(c, to, templates.Flash{Tone: templates.Warn, Title: "The registry could not be read", Text: words.RefreshFailed(fresh)})
}
