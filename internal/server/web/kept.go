package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// formPages says of the routes that take a form which page shows it.
var formPages = map[string]string{
	EntriesPath:          EntriesPath + "/new",
	EntriesPath + "/:id": EntriesPath + "/:id/edit",
	RegexPath:            RegexPath,
}

// keepTyped keeps what was typed by somebody whose session is over, and returns
// where they get it back after signing in, "" when it can't be kept: then what was
// typed is on the page of the error all the same.
func (s *Base) keepTyped(c echo.Context, cause error) string {
	var over *auth.EndedError
	page, takesForm := formPages[c.Path()]
	if c.Request().Method != http.MethodPost || !takesForm || !errors.As(cause, &over) || !goneTo(c) {
		return ""
	}
	values := KeptValues(c)
	for _, name := range c.ParamNames() {
		page = strings.Replace(page, ":"+name, url.PathEscape(c.Param(name)), 1)
	}
	id, err := s.Sessions.KeepForm(RequestContext(c), over, page, values)
	if err != nil {
		s.Log.ErrorContext(RequestContext(c), "a form could not be kept", "error", err)
		return ""
	}
	return page + "?kept=" + id
}

// KeptValues are the fields of the form that was sent which are worth keeping.
func KeptValues(c echo.Context) url.Values {
	_ = ParseForm(c) // what can be read
	values := url.Values{}
	for name, typed := range c.Request().PostForm {
		switch name {
		case "key", "version", "back", "pattern", "samples", "suggested":
			values[name] = typed
		default:
			if slices.Contains(registry.FieldNames(), name) {
				values[name] = typed
			}
		}
	}
	return values
}

// KeptForm returns the form that was kept for the person who asks, with a notice.
func (s *Base) KeptForm(c echo.Context) (values url.Values, notice templates.Flash) {
	values, ok, err := s.Sessions.KeptForm(RequestContext(c), Actor(c), c.QueryParam("kept"), c.Request().URL.Path)
	switch {
	case err != nil:
		s.Log.ErrorContext(RequestContext(c), "a kept form could not be read", "error", err)
		return nil, templates.Flash{
			Tone: templates.Bad, Title: "The saved form can't be read at the moment",
			Text: "Namesake's database does not answer. Load this page again in a moment.",
		}
	case !ok:
		return nil, templates.Flash{
			Tone: templates.Warn, Title: "There is no saved form under this link",
			Text: "It has been sent, is older than a day, or is another person's.",
		}
	}
	return values, templates.Flash{
		Tone: templates.Info, Title: "This form has not been sent",
		Text: "Your session had ended when you sent it. Check what you typed, then send it again.",
	}
}

// ForgetKept drops a kept form that has been sent.
func (s *Base) ForgetKept(c echo.Context, id string) {
	if id == "" {
		return
	}
	if err := s.Sessions.DropForm(RequestContext(c), Actor(c), id); err != nil {
		s.Log.WarnContext(RequestContext(c), "a kept form could not be dropped", "error", err) // it is forgotten in a day
	}
}
