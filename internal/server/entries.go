package server

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// goHome leads to where people start. The path there holds the account's id, which is
// nothing to tell to somebody who is not signed in.
func (s *Server) goHome(c echo.Context) error {
	switch err := s.identified(c); {
	case errors.Is(err, auth.ErrNoSession) && s.gate.Method() != auth.MethodAccess:
		return seeOther(c, loginPath)
	case err != nil:
		return err
	}
	return seeOther(c, s.entriesURL())
}

func (s *Server) listEntries(c echo.Context) error {
	query, notes := parseQuery(c.QueryParams())
	list, err := s.mirror.List(requestContext(c), caller(c), query)
	var stale *mirror.StaleError
	if errors.As(err, &stale) && !wantsJSON(c) {
		return s.listStale(c, query, notes, stale)
	}
	var failed *registry.APIError
	if errors.As(err, &failed) && !wantsJSON(c) {
		return s.listFailed(c, query, notes, err)
	}
	if err != nil {
		return err
	}
	setAsOf(c, list.AsOf)
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, listEnvelope(list))
	}
	title, view := "Entries", s.entriesView(query, notes, list)
	if !list.AsOf.IsZero() {
		age := ago(s.now().Sub(list.AsOf))
		title, view.Count = "Entries as they were "+age, view.Count+", "+age
		view.Stale = s.reusedView("list", list.AsOf, s.entriesURL()+queryString(query, query.Page), requestID(c))
	}
	return render(c, http.StatusOK, templates.Entries(s.page(c, title), view))
}

// tooLongText tells of entries that a list leaves out.
func tooLongText(n int) string {
	if n == 1 {
		return "1 entry is too long to be read: it could not be shown."
	}
	return strconv.Itoa(n) + " entries are too long to be read: they could not be shown."
}

// setAsOf tells programs of an answer that is an earlier one.
func setAsOf(c echo.Context, at time.Time) {
	if !at.IsZero() {
		c.Response().Header().Set("Namesake-As-Of", at.UTC().Format(time.RFC3339))
	}
}

// listFailed answers with the list's page without any list, so that the search and what
// was typed into it stay.
func (s *Server) listFailed(c echo.Context, q registry.Query, notes []string, err error) error {
	c.Set(causeKey, err)
	f := s.failFor(c, err)
	f.setHeaders(c)
	view := templates.EntriesView{
		Query: q, Notes: notes, PerPages: perPages, Chips: s.chips(q), All: s.entriesURL(), Count: f.title, Failed: f.title,
		Stale: templates.Stale{
			Title: "The list could not be read", Text: []string{strings.Join(append([]string{f.title + "."}, f.text...), " ")},
			Problems: f.problems, Again: s.entriesURL() + queryString(q, q.Page), Ray: f.ray, RequestID: requestID(c),
		},
	}
	return render(c, f.status, templates.Entries(s.page(c, f.title), view))
}

// listStale answers with the list as it was, and the failure's status.
func (s *Server) listStale(c echo.Context, q registry.Query, notes []string, stale *mirror.StaleError) error {
	c.Set(causeKey, stale)
	f := s.failFor(c, stale)
	f.setHeaders(c)
	view := s.entriesView(q, notes, stale.List)
	view.Stale = staleView(f, stale, s.entriesURL()+queryString(q, q.Page), requestID(c))
	view.Count += ", " + ago(stale.Age)
	return render(c, f.status, templates.Entries(s.page(c, "Entries as they were "+ago(stale.Age)), view))
}

func (s *Server) showEntry(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	entry, receipt, err := s.mirror.Entry(requestContext(c), caller(c), id)
	if err != nil {
		return err
	}
	setAsOf(c, receipt.AsOf)
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, entryEnvelope(entry, receipt))
	}
	var stale templates.Stale
	if !receipt.AsOf.IsZero() {
		stale = s.reusedView("entry", receipt.AsOf, withPlace(s.entryURL(id), place(c)), requestID(c))
	}
	history, err := s.history(requestContext(c), caller(c), entry)
	if err != nil { // the entry is worth showing without it
		s.log.ErrorContext(requestContext(c), "an entry's history could not be read", "error", err)
	}
	copies, err := s.copies(requestContext(c), caller(c), entry)
	if err != nil { // likewise
		s.log.ErrorContext(requestContext(c), "an entry could not be written as text", "error", err)
	}
	title := entry.Name
	if title == "" {
		title = "Entry " + string(entry.ID)
	}
	editURL := ""
	if actor(c).May(rbac.EditEntry) && !entry.Synced() {
		editURL = s.entryURL(id)
	}
	back := place(c)
	meaning, person := s.personView(c, entry)
	return render(c, http.StatusOK, templates.Entry(s.page(c, title), templates.EntryView{
		Entry: entry, Receipt: receipt, Meaning: meaning, BackURL: s.entriesURL() + back, EditURL: editURL, Place: withPlace("", back),
		History: history, Copies: copies, Person: person, Stale: stale,
	}))
}

// parseQuery reads the list's query. What is out of range is corrected, with a
// sentence about it: a link that is a little off still shows a list.
func parseQuery(values url.Values) (q registry.Query, notes []string) {
	q = registry.Query{Search: values.Get("search"), Page: 1, PerPage: registry.DefaultPerPage}
	number := func(name string, limit int, into *int) {
		raw := values.Get(name)
		if raw == "" {
			return
		}
		n, err := strconv.Atoi(raw)
		if err == nil && n >= 1 && n <= limit {
			*into = n
			return
		}
		notes = append(notes, fmt.Sprintf("%s is a whole number from 1 to %d, not %q: showing %s %d.", name, limit, clip(raw), name, *into))
	}
	number("page", maxPage, &q.Page)
	number("per_page", registry.MaxPerPage, &q.PerPage)
	if runes := []rune(q.Search); len(runes) > maxSearch {
		q.Search = string(runes[:maxSearch])
		notes = append(notes, fmt.Sprintf("search can hold %d characters, which is as long as a name: what was beyond that was left out.", maxSearch))
	}
	q.Provenance = oneOf(values, "provenance", registry.Provenances(), &notes)
	q.Order = oneOf(values, "order", registry.Orders(), &notes)
	q.Direction = oneOf(values, "direction", []registry.Direction{registry.Ascending, registry.Descending}, &notes)
	if q.Grouped = oneOf(values, "group", []registry.Order{registry.ByName}, &notes) != ""; q.Grouped {
		q.Order = "" // grouping sorts by name
	}
	return q, notes
}

// maxSearch is how long a search may be: as long as a name.
const maxSearch = 1024

// maxPage keeps page times per_page within what any computer counts in.
const maxPage = 1_000_000

func oneOf[T ~string](values url.Values, name string, known []T, notes *[]string) T {
	raw := T(values.Get(name))
	for _, k := range known {
		if raw == k {
			return raw
		}
	}
	if raw != "" {
		*notes = append(*notes, fmt.Sprintf("%s can't be %q: it was left out. Known are %v.", name, clip(string(raw)), known))
	}
	return ""
}

// clip shortens what is quoted back in a sentence.
func clip(s string) string {
	const limit = 60
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}

// queryString writes q with another page number; defaults are left out.
func queryString(q registry.Query, page int) string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("search", q.Search)
	if q.Grouped {
		set("group", string(registry.ByName))
	}
	set("provenance", string(q.Provenance))
	set("order", string(q.Order))
	set("direction", string(q.Direction))
	if q.PerPage != registry.DefaultPerPage {
		set("per_page", strconv.Itoa(q.PerPage))
	}
	if page > 1 {
		set("page", strconv.Itoa(page))
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}
