package changes

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// List answers GET changes.
func (s *Handlers) List(c echo.Context) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	f, notes := parseFilter(c.QueryParams())
	found, total, err := s.Mirror.Changes(ctx, who, f.query)
	if err != nil {
		return err
	}
	state, err := s.Mirror.State(ctx)
	if err != nil {
		return err
	}
	web.SetAsOf(c, state.ReadAt)
	if web.WantsJSON(c) {
		return web.JSONWithTag(c, changesEnvelope(f, found, total))
	}
	v, err := s.changesView(ctx, who, f, found, total, state)
	if err != nil {
		return err
	}
	v.Notes = notes
	v.ReadAt, v.Stale = s.Freshness(c, s.Mirror.Snapshot())
	return web.Render(c, http.StatusOK, templates.Changes(s.Page(c, "Changes"), v))
}

// changesView is what the page shows, without HTTP.
func (s *Handlers) changesView(ctx context.Context, who rbac.Caller, f filter, found []mirror.Change, total int, state mirror.State) (templates.ChangesView, error) {
	rows, err := s.ChangeRows(ctx, who, found)
	if err != nil {
		return templates.ChangesView{}, err
	}
	v := templates.ChangesView{
		Filter: f.view(s.ChangesURL()), Rows: rows, Times: s.timesView(),
		Count: web.CountShown(f.page, f.query.Limit, len(found), total, "change", "changes"), Pager: web.PagerOf(f.page, f.query.Limit, total, func(page int) string { return f.url(s.ChangesURL(), "", page) }),
	}
	if !state.Since.IsZero() {
		v.Since = words.Moment(state.Since)
	}
	if may(who) && f.query.By != mirror.Here {
		v.PutBack = templates.PutBack{URL: s.ChangesURL() + web.PutBackPath}
		others := f.query
		others.By, others.Skip, others.Limit = mirror.Elsewhere, 0, 1
		_, n, err := s.Mirror.Changes(ctx, who, others)
		if err != nil {
			return v, err
		}
		switch {
		case n == 0:
			v.PutBack.URL = ""
		case len(v.Filter.Chips) > 0:
			v.PutBack.All = fmt.Sprintf("Put back all that match (%d)…", n)
		default:
			v.PutBack.All = fmt.Sprintf("Put back all %d…", n)
		}
	}
	return v, nil
}

// may reports whether a person may make plans of every kind.
func may(who rbac.Caller) bool {
	return who.May(rbac.RunPlan) && who.May(rbac.CreateEntry) && who.May(rbac.EditEntry) && who.May(rbac.DeleteEntry)
}

// changeJSON is a change in JSON.
type changeJSON struct {
	Entry     registry.ID `json:"entry_id"`
	Kind      string      `json:"kind"`
	By        string      `json:"by"`
	Before    any         `json:"before"`
	After     any         `json:"after"`
	LastSeen  *time.Time  `json:"last_seen"` // null if that is not known
	FirstSeen time.Time   `json:"first_seen"`
	Record    int64       `json:"record"`
}

func changesEnvelope(f filter, found []mirror.Change, total int) web.Envelope {
	result := make([]changeJSON, len(found))
	for i, c := range found {
		result[i] = changeJSON{
			Entry: c.Entry, Kind: string(c.Kind), By: string(c.By), Before: web.ToOptionalEntryJSON(c.Before), After: web.ToOptionalEntryJSON(c.After),
			FirstSeen: c.FirstSeen.UTC(), Record: c.Record,
		}
		if !c.LastSeen.IsZero() {
			result[i].LastSeen = new(c.LastSeen.UTC())
		}
	}
	return pageEnvelope(result, len(result), f.page, f.query.Limit, total)
}

func pageEnvelope(result any, shown, page, per, total int) web.Envelope {
	e := web.Succeeded(result)
	e.ResultInfo = &web.ResultInfo{Count: shown, Page: page, PerPage: per, TotalCount: &total}
	return e
}
