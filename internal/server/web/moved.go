package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// movedURL is the page that was asked for, of the same entry under its id of today.
func (s *Base) movedURL(c echo.Context, moved *mirror.MovedError) string {
	rest := strings.TrimPrefix(c.Request().URL.Path, s.EntryURL(moved.ID))
	if query := c.Request().URL.RawQuery; query != "" {
		rest += "?" + query
	}
	return s.EntryURL(moved.Now) + rest
}

// failMoved tells of a link with an id that Cloudflare no longer uses.
func failMoved(moved *mirror.MovedError) Failure {
	f := Failure{
		Status: http.StatusNotFound, Tone: templates.Bad,
		Title:    "There is no such entry",
		Text:     []string{"Cloudflare replaced numeric ids such as " + string(moved.ID) + " by UUIDs in mid-2026. Search the list for the name or the address: the entry may have a new ID, or it was deleted."},
		Problems: problemsOf(moved), Ray: rayOf(moved),
	}
	if name, _ := moved.Last[registry.FieldName].(string); name != "" {
		email, _ := moved.Last[registry.FieldEmail].(string)
		f.Text = append(f.Text, fmt.Sprintf("In the audit trail it is “%s” (%s).", words.Clip(name), words.Clip(email)))
	}
	if moved.Now != "" {
		f.Text = []string{"Cloudflare replaced numeric ids by UUIDs in mid-2026. The entry now has the ID " + string(moved.Now) + ". Nothing was sent."}
	}
	return f
}
