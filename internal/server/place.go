package server

import (
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
)

// The place is the page of the list that somebody came from, as the list's query. It
// travels along in the parameter back, so that they can be led there again: through
// an entry's page, its form and its deletion.

// place returns the place that a request names, as "?search=…", or "" for the list
// as it is at first. It is read and written anew, so that it leads nowhere else.
func place(c echo.Context) string {
	back := c.QueryParam("back")
	if form := c.Request().PostForm; form.Has("back") {
		back = form.Get("back")
	}
	if len(back) > maxReturn {
		return ""
	}
	q := placeQuery(back)
	return queryString(q, q.Page)
}

// placeQuery is the list's query at a place, or that of the list as it is at first.
func placeQuery(place string) registry.Query {
	values, err := url.ParseQuery(strings.TrimPrefix(place, "?"))
	if err != nil {
		values = nil
	}
	q, _ := parseQuery(values)
	return q
}

// exactPlace is the query of the list at the place that a request names, for what must
// not be done to other entries than are meant. notes say what can't be taken as it is.
func exactPlace(c echo.Context) (q registry.Query, notes []string) {
	values, err := url.ParseQuery(strings.TrimPrefix(c.Request().PostForm.Get("back"), "?"))
	if err != nil {
		return q, []string{"The search can't be read."}
	}
	return parseQuery(values)
}

// withPlace adds the place to the address of a page of ours.
func withPlace(to, place string) string {
	if place == "" {
		return to
	}
	separator := "?"
	if strings.Contains(to, "?") {
		separator = "&"
	}
	return to + separator + "back=" + url.QueryEscape(strings.TrimPrefix(place, "?"))
}
