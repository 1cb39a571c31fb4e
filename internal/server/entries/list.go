package entries

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// List answers GET entries, from the copy of the registry.
func (s *Handlers) List(c echo.Context) error {
	query, notes := web.ParseQuery(c.QueryParams())
	known, err := s.Mirror.Known(web.RequestContext(c), web.Caller(c))
	if err != nil {
		if web.WantsJSON(c) {
			return err
		}
		return s.listFailed(c, query, notes, err)
	}
	web.SetAsOf(c, known.State.ReadAt)
	query = s.WithFindings(c, known, query)
	if web.WantsJSON(c) {
		return web.JSONWithTag(c, web.ListEnvelope(s.page(query, known)))
	}
	readAt, stale := s.Freshness(c, known)
	covering, err := s.patternsFor(c, query.Search)
	if err != nil {
		return err
	}
	report := s.OpenFindings(c, known)
	frame := s.Page(c, "Entries")
	if stale.Title != "" {
		frame.Title = stale.Title
	}
	draw := func() web.Component {
		view := s.entriesView(query, notes, s.page(query, known), report)
		view.ReadAt, view.RefreshURL, view.Stale, view.Covering = readAt, s.RefreshURL(), stale, covering
		return templates.Entries(frame, view)
	}
	if len(frame.Flash) > 0 || stale.Title != "" || covering != nil || report.Unchecked > 0 {
		return web.Render(c, http.StatusOK, draw())
	}
	return s.RenderKept(c, known, report, readAt, draw)
}

// page returns the page of the list that a query asks for.
func (s *Handlers) page(q registry.Query, known *mirror.Snapshot) registry.Page {
	list := known.View.List(q)
	list.AsOf, list.TooLong = known.State.ReadAt, known.State.TooLong
	if list.Total += list.TooLong; list.AsOf.IsZero() { // there may be entries that were never read
		list.Total = -1
	}
	return list
}

// listFailed answers with the list's page without any list, so that the search and what
// was typed into it stay.
func (s *Handlers) listFailed(c echo.Context, q registry.Query, notes []string, err error) error {
	c.Set(web.CauseKey, err)
	f := s.FailFor(c, err)
	f.SetHeaders(c)
	view := templates.EntriesView{
		Query: q, ModifiedSince: web.TimeText(q.ModifiedSince), Notes: notes, PerPages: perPages, Chips: s.Chips(q), All: s.EntriesURL(), Count: f.Title, Failed: f.Title,
		Stale: templates.Stale{
			Title: "The list could not be read", Text: []string{strings.Join(append([]string{f.Title + "."}, f.Text...), " ")},
			Problems: f.Problems, Again: s.EntriesURL() + web.QueryString(q, q.Page), Ray: f.Ray, RequestID: web.RequestID(c),
		},
	}
	return web.Render(c, f.Status, templates.Entries(s.Page(c, f.Title), view))
}
