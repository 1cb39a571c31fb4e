package entries

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// GoHome leads to where people start. The path there holds the account's id, which is
// nothing to tell to somebody who is not signed in.
func (s *Handlers) GoHome(c echo.Context) error {
	switch err := s.Identified(c); {
	case errors.Is(err, auth.ErrNoSession) && s.Gate.Method() != auth.MethodAccess:
		return web.SeeOther(c, web.LoginPath)
	case err != nil:
		return err
	}
	return web.SeeOther(c, s.EntriesURL())
}

// List answers GET entries.
func (s *Handlers) List(c echo.Context) error {
	query, notes := web.ParseQuery(c.QueryParams())
	list, err := s.Mirror.List(web.RequestContext(c), web.Caller(c), query)
	var stale *mirror.StaleError
	if errors.As(err, &stale) && !web.WantsJSON(c) {
		return s.listStale(c, query, notes, stale)
	}
	var failed *registry.APIError
	if errors.As(err, &failed) && !web.WantsJSON(c) {
		return s.listFailed(c, query, notes, err)
	}
	if err != nil {
		return err
	}
	setAsOf(c, list.AsOf)
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, web.ListEnvelope(list))
	}
	title, view := "Entries", s.entriesView(query, notes, list)
	if !list.AsOf.IsZero() {
		age := ago(s.Now().Sub(list.AsOf))
		title, view.Count = "Entries as they were "+age, view.Count+", "+age
		view.Stale = s.reusedView("list", list.AsOf, s.EntriesURL()+web.QueryString(query, query.Page), web.RequestID(c))
	}
	return web.Render(c, http.StatusOK, templates.Entries(s.Page(c, title), view))
}

// setAsOf tells programs of an answer that is an earlier one.
func setAsOf(c echo.Context, at time.Time) {
	if !at.IsZero() {
		c.Response().Header().Set("Namesake-As-Of", at.UTC().Format(time.RFC3339))
	}
}

// listFailed answers with the list's page without any list, so that the search and what
// was typed into it stay.
func (s *Handlers) listFailed(c echo.Context, q registry.Query, notes []string, err error) error {
	c.Set(web.CauseKey, err)
	f := s.FailFor(c, err)
	f.SetHeaders(c)
	view := templates.EntriesView{
		Query: q, Notes: notes, PerPages: perPages, Chips: s.Chips(q), All: s.EntriesURL(), Count: f.Title, Failed: f.Title,
		Stale: templates.Stale{
			Title: "The list could not be read", Text: []string{strings.Join(append([]string{f.Title + "."}, f.Text...), " ")},
			Problems: f.Problems, Again: s.EntriesURL() + web.QueryString(q, q.Page), Ray: f.Ray, RequestID: web.RequestID(c),
		},
	}
	return web.Render(c, f.Status, templates.Entries(s.Page(c, f.Title), view))
}

// listStale answers with the list as it was, and the failure's status.
func (s *Handlers) listStale(c echo.Context, q registry.Query, notes []string, stale *mirror.StaleError) error {
	c.Set(web.CauseKey, stale)
	f := s.FailFor(c, stale)
	f.SetHeaders(c)
	view := s.entriesView(q, notes, stale.List)
	view.Stale = staleView(f, stale, s.EntriesURL()+web.QueryString(q, q.Page), web.RequestID(c))
	view.Count += ", " + ago(stale.Age)
	return web.Render(c, f.Status, templates.Entries(s.Page(c, "Entries as they were "+ago(stale.Age)), view))
}

// Show answers GET entries/ID.
func (s *Handlers) Show(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	entry, receipt, err := s.Mirror.Entry(web.RequestContext(c), web.Caller(c), id)
	if err != nil {
		return s.showMissing(c, id, err)
	}
	setAsOf(c, receipt.AsOf)
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, web.EntryEnvelope(entry, receipt))
	}
	var stale templates.Stale
	if !receipt.AsOf.IsZero() {
		stale = s.reusedView("entry", receipt.AsOf, web.WithPlace(s.EntryURL(id), web.Place(c)), web.RequestID(c))
	}
	history, err := s.history(web.RequestContext(c), web.Caller(c), entry)
	if err != nil { // the entry is worth showing without it
		s.Log.ErrorContext(web.RequestContext(c), "an entry's history could not be read", "error", err)
	}
	copies, err := s.copies(web.RequestContext(c), web.Caller(c), entry)
	if err != nil { // likewise
		s.Log.ErrorContext(web.RequestContext(c), "an entry could not be written as text", "error", err)
	}
	title := entry.Name
	if title == "" {
		title = "Entry " + string(entry.ID)
	}
	editURL := ""
	if web.Actor(c).May(rbac.EditEntry) && !entry.Synced() {
		editURL = s.EntryURL(id)
	}
	back := web.Place(c)
	meaning, person := s.personView(c, entry)
	return web.Render(c, http.StatusOK, templates.Entry(s.Page(c, title), templates.EntryView{
		Entry: entry, Receipt: receipt, Meaning: meaning, BackURL: s.EntriesURL() + back, EditURL: editURL, Place: web.WithPlace("", back),
		History: history, Copies: copies, Person: person, Stale: stale,
	}))
}
