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

// formPages maps the route that takes a form to the page that shows it.
var formPages = map[string]string{
	EntriesPath:          EntriesPath + "/new",
	EntriesPath + "/:id": EntriesPath + "/:id/edit",
	RegexPath:            RegexPath,
	TestsPath:            TestsPath,
}

// saveForm saves the form that a person sent after their session had ended, and returns the
// page that shows it after they sign in. It returns "" when the form can't be saved; the
// error page shows what was typed in either case.
func (s *Base) saveForm(c echo.Context, cause error) string {
	var over *auth.EndedError
	page, takesForm := formPages[c.Path()]
	if c.Request().Method != http.MethodPost || !takesForm || !errors.As(cause, &over) || !isNavigation(c) {
		return ""
	}
	values := FormToSave(c)
	for _, name := range c.ParamNames() {
		page = strings.Replace(page, ":"+name, url.PathEscape(c.Param(name)), 1)
	}
	id, err := s.Sessions.SaveForm(RequestContext(c), over, page, values)
	if err != nil {
		s.Log.ErrorContext(RequestContext(c), "a form could not be saved", "error", err)
		return ""
	}
	return page + "?kept=" + id
}

// FormToSave returns the fields of the form that a request sends, without those that only
// the one request needs.
func FormToSave(c echo.Context) url.Values {
	_ = ParseForm(c) // saves what was read before an error
	values := url.Values{}
	for name, typed := range c.Request().PostForm {
		switch name {
		case "key", "version", "back", "pattern", "samples", "suggested", "expect", "note":
			values[name] = typed
		default:
			if slices.Contains(registry.FieldNames(), name) {
				values[name] = typed
			}
		}
	}
	return values
}

// SavedForm returns the form that the request names, if it was saved for the person who
// sends the request, with a notice.
func (s *Base) SavedForm(c echo.Context) (values url.Values, notice templates.Flash) {
	values, ok, err := s.Sessions.SavedForm(RequestContext(c), Actor(c), c.QueryParam("kept"), c.Request().URL.Path)
	switch {
	case err != nil:
		s.Log.ErrorContext(RequestContext(c), "a saved form could not be read", "error", err)
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

// DropSavedForm deletes a saved form that has been sent.
func (s *Base) DropSavedForm(c echo.Context, id string) {
	if id == "" {
		return
	}
	if err := s.Sessions.DropForm(RequestContext(c), Actor(c), id); err != nil {
		s.Log.WarnContext(RequestContext(c), "a saved form could not be deleted", "error", err) // it is deleted after a day
	}
}
