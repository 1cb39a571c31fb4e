package web

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
)

// A person who opens an entry from the list can return to the same page of it. The query of
// that page travels along in the parameter back, through the entry's page, its form and its
// deletion.

// ReturnTo returns the query of the list page that a request names, as "?search=…", or ""
// for the list without a query. It is parsed and written again, so that it leads nowhere
// else.
func ReturnTo(c echo.Context) string {
	back := c.QueryParam("back")
	if form := c.Request().PostForm; form.Has("back") {
		back = form.Get("back")
	}
	if len(back) > maxReturn {
		return ""
	}
	q := parseReturnTo(back)
	return QueryString(q, q.Page)
}

// parseReturnTo parses the query of a list page. One that can't be parsed counts as empty.
func parseReturnTo(returnTo string) registry.Query {
	values, err := url.ParseQuery(strings.TrimPrefix(returnTo, "?"))
	if err != nil {
		values = nil
	}
	q, _ := ParseQuery(values)
	return q
}

// ExactReturnTo returns the query of the list page that a form names, for a change of the
// entries that match it. notes say what of it was not understood: then the entries are
// others than the person saw.
func ExactReturnTo(c echo.Context) (q registry.Query, notes []string) {
	values, err := url.ParseQuery(strings.TrimPrefix(c.Request().PostForm.Get("back"), "?"))
	if err != nil {
		return q, []string{"The search can't be read."}
	}
	return ParseQuery(values)
}

// WithReturnTo adds the query of a list page to the address of a page of Namesake.
func WithReturnTo(to, returnTo string) string {
	if returnTo == "" {
		return to
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return to + separator + "back=" + url.QueryEscape(strings.TrimPrefix(returnTo, "?"))
}
