package server

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// movedURL is the page that was asked for, of the same entry under its id of today.
func (s *Server) movedURL(c echo.Context, moved *mirror.MovedError) string {
	rest := strings.TrimPrefix(c.Request().URL.Path, s.entryURL(moved.ID))
	if query := c.Request().URL.RawQuery; query != "" {
		rest += "?" + query
	}
	return s.entryURL(moved.Now) + rest
}

// failMoved tells of a link with an id that Cloudflare no longer uses.
func failMoved(moved *mirror.MovedError) failure {
	f := failure{
		status: http.StatusNotFound, tone: templates.Bad,
		title:    "There is no such entry",
		text:     []string{"Cloudflare replaced numeric ids such as " + string(moved.ID) + " by UUIDs in mid-2026. Search the list for the name or the address: the entry may be there under a new id, or it was deleted."},
		problems: problemsOf(moved), ray: rayOf(moved),
	}
	if name, _ := moved.Last[registry.FieldName].(string); name != "" {
		email, _ := moved.Last[registry.FieldEmail].(string)
		f.text = append(f.text, fmt.Sprintf("The audit trail knows it as “%s” (%s).", clip(name), clip(email)))
	}
	if moved.Now != "" {
		f.text = []string{"Cloudflare replaced numeric ids by UUIDs in mid-2026. The same entry now has the id " + string(moved.Now) + ". Nothing was sent."}
	}
	return f
}
