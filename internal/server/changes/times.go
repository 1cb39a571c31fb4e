package changes

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// timesView are the forms that lead to the registry at an earlier time.
func (s *Handlers) timesView() templates.TimesView {
	return templates.TimesView{EntriesURL: s.EntriesURL(), CompareURL: s.ChangesURL() + web.ComparePath}
}

// ListAt answers GET entries?at=…: the registry as it was known at a time.
func (s *Handlers) ListAt(c echo.Context) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	at, err := web.RequestedTime(c.QueryParams(), "at")
	if err != nil {
		return err
	}
	past, err := s.Mirror.At(ctx, who, at)
	if err != nil {
		return err
	}
	q, notes := web.ParseQuery(c.QueryParams())
	q.Grouped = false
	if q.ByFinding() {
		q.Severity, q.Rule = "", ""
		notes = append(notes, "severity and rule select entries as they are now: they were left out.")
	}
	page := past.View.List(q)
	web.SetAsOf(c, at)
	if web.WantsJSON(c) {
		return web.JSONWithTag(c, web.ListEnvelope(page))
	}
	v := s.pastView(at, q, page)
	v.Notes = notes
	if may(who) {
		v.RestoreURL = s.ChangesURL() + web.RestorePath
	}
	p := s.Page(c, "Registry on "+words.Second(at))
	p.Active = s.ChangesURL()
	return web.Render(c, http.StatusOK, templates.Past(p, v))
}

// pastView is what the page of a time shows, without HTTP.
func (s *Handlers) pastView(at time.Time, q registry.Query, list registry.Page) templates.PastView {
	written := at.Format(time.RFC3339Nano)
	link := func(q registry.Query, page int) string {
		query := web.QueryString(q, page)
		separator := "?"
		if query != "" {
			separator = "&"
		}
		return s.EntriesURL() + query + separator + "at=" + url.QueryEscape(written)
	}
	v := templates.PastView{
		At: written, When: words.Second(at), Query: q, Entries: list.Entries, Columns: map[registry.Order]templates.Column{}, All: link(registry.Query{PerPage: q.PerPage}, 1),
		Count:      web.CountShown(q.Page, q.PerPage, len(list.Entries), list.Matching, "entry", "entries"),
		Pager:      web.PagerOf(q.Page, q.PerPage, list.Matching, func(page int) string { return link(q, page) }),
		CompareURL: s.ChangesURL() + web.ComparePath + "?from=" + url.QueryEscape(written),
	}
	for _, order := range registry.Orders() {
		v.Columns[order] = web.SortColumn(q, order, func(next registry.Query) string { return link(next, 1) })
	}
	return v
}

// Compare answers GET changes/compare: what differs between two times, the second of which
// may be now.
func (s *Handlers) Compare(c echo.Context) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	values := c.QueryParams()
	p := s.Page(c, "Compare two times")
	p.Active = s.ChangesURL()
	v := templates.CompareView{From: values.Get("from"), To: values.Get("to"), Times: s.timesView()}
	known := s.Mirror.Snapshot()
	v.ReadAt, v.Stale = s.Freshness(c, known)
	web.SetAsOf(c, known.State.ReadAt)
	if v.From == "" && !web.WantsJSON(c) {
		return web.Render(c, http.StatusOK, templates.Compare(p, v))
	}
	from, err := web.RequestedTime(values, "from")
	if err != nil {
		return err
	}
	to := s.Now().UTC()
	if v.To != "" {
		if to, err = web.RequestedTime(values, "to"); err != nil {
			return err
		}
	}
	f, notes := parseFilter(url.Values{"page": values["page"], "per_page": values["per_page"]})
	all, err := s.Mirror.Compare(ctx, who, from, to)
	if err != nil {
		return err
	}
	shown := all[min(f.query.Skip, len(all)):min(f.query.Skip+f.query.Limit, len(all))]
	if web.WantsJSON(c) {
		result := make([]differenceJSON, len(shown))
		for i, d := range shown {
			result[i] = differenceJSON{d.Entry, string(d.Kind), web.ToOptionalEntryJSON(d.Before), web.ToOptionalEntryJSON(d.After)}
		}
		return web.JSONWithTag(c, pageEnvelope(result, len(result), f.page, f.query.Limit, len(all)))
	}
	v.Notes, v.Asked, v.When = notes, true, "From "+words.Second(from)+" to "+words.Second(to)
	v.Counts = counts(all)
	v.Count = web.CountShown(f.page, f.query.Limit, len(shown), len(all), "entry differs", "entries differ")
	v.Pager = web.PagerOf(f.page, f.query.Limit, len(all), func(page int) string {
		query := url.Values{"from": {v.From}}
		if v.To != "" {
			query.Set("to", v.To)
		}
		link := f.url("", "", page)
		if link == "" {
			return s.ChangesURL() + web.ComparePath + "?" + query.Encode()
		}
		return s.ChangesURL() + web.ComparePath + link + "&" + query.Encode()
	})
	for _, d := range shown {
		v.Rows = append(v.Rows, s.ChangeRow(d.Entry, d.Kind, d.Before, d.After))
	}
	v.AtURL = s.EntriesURL() + "?at=" + url.QueryEscape(from.Format(time.RFC3339Nano))
	return web.Render(c, http.StatusOK, templates.Compare(p, v))
}

// counts are the numbers of differences of each kind.
func counts(all []mirror.Difference) []templates.PlanPart {
	var parts []templates.PlanPart
	for _, kind := range []mirror.ChangeKind{mirror.Created, mirror.Edited, mirror.Deleted} {
		n := 0
		for _, d := range all {
			if d.Kind == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, templates.PlanPart{Kind: string(kind), Count: n, Label: string(kind)})
		}
	}
	return parts
}

// differenceJSON is an entry that differs between two times.
type differenceJSON struct {
	Entry  registry.ID `json:"entry_id"`
	Kind   string      `json:"kind"`
	Before any         `json:"before"`
	After  any         `json:"after"`
}
