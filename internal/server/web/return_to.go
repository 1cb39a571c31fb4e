package web

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
)

// The place is the page of the list that somebody came from, as the list's query. It
// travels along in the parameter back, so that they can be led there again: through
// an entry's page, its form and its deletion.

// Place returns the place that a request names, as "?search=…", or "" for the list
// as it is at first. It is parsed and written again, so that it leads nowhere else.
func Place(c echo.Context) string {
	back := c.QueryParam("back")
	if form := c.Request().PostForm; form.Has("back") {
		back = form.Get("back")
	}
	if len(back) > maxReturn {
		return ""
	}
	q := PlaceQuery(back)
	return QueryString(q, q.Page)
}

// PlaceQuery is the list's query at a place, or that of the list as it is at first.
func PlaceQuery(place string) registry.Query {
	values, err := url.ParseQuery(strings.TrimPrefix(place, "?"))
	if err != nil {
		values = nil
	}
	q, _ := ParseQuery(values)
	return q
}

// ExactPlace is the query of the list at the place that a request names, for what must
// not be done to other entries than are meant. notes say what can't be taken as it is.
func ExactPlace(c echo.Context) (q registry.Query, notes []string) {
	values, err := url.ParseQuery(strings.TrimPrefix(c.Request().PostForm.Get("back"), "?"))
	if err != nil {
		return q, []string{"The search can't be read."}
	}
	return ParseQuery(values)
}

// WithPlace adds the place to the address of a page of ours.
func WithPlace(to, place string) string {
	if place == "" {
		return to
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return to + separator + "back=" + url.QueryEscape(strings.TrimPrefix(place, "?"))
}
