package entries

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// GoHome leads to where people start. The path there holds the account's id, which is
// nothing to tell to a person who is not signed in.
func (s *Handlers) GoHome(c echo.Context) error {
	switch err := s.Identified(c); {
	case errors.Is(err, auth.ErrNoSession) && s.Gate.Method() != auth.MethodAccess:
		return web.SeeOther(c, web.LoginPath)
	case err != nil:
		return err
	}
	return web.SeeOther(c, s.OverviewURL())
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
	web.SetAsOf(c, receipt.AsOf)
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, web.EntryEnvelope(entry, receipt))
	}
	var stale templates.Stale
	if !receipt.AsOf.IsZero() {
		stale = s.knownView(receipt, web.WithReturnTo(s.EntryURL(id), web.ReturnTo(c)), web.RequestID(c))
	}
	history, err := s.history(web.RequestContext(c), web.Caller(c), entry)
	if err != nil { // the entry is worth showing without it
		s.Log.ErrorContext(web.RequestContext(c), "an entry's history could not be read", "error", err)
	}
	snippets, err := s.snippets(web.RequestContext(c), web.Caller(c), entry)
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
	back := web.ReturnTo(c)
	meaning, person := s.personView(c, entry)
	found := s.findingsOf(c, id)
	shadowed, shadowedURL := "", ""
	if person != nil {
		shadowed, shadowedURL = s.shadowed(c, person.Entries)
	}
	return web.Render(c, http.StatusOK, templates.Entry(s.Page(c, title), templates.EntryView{
		Entry: entry, Receipt: receipt, Meaning: meaning, Findings: found, BackURL: s.EntriesURL() + back, EditURL: editURL, ReturnQuery: web.WithReturnTo("", back),
		History: history, Snippets: snippets, Person: person, Shadowed: shadowed, ShadowedURL: shadowedURL, Stale: stale,
	}))
}
