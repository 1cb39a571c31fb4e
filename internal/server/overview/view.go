package overview

import (
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/chart"
	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// maxItems is how many entries the page lists for one rule.
const maxItems = 50

// view is what the page shows.
func (s *Handlers) view(c echo.Context, now state) (templates.OverviewView, error) {
	v := templates.OverviewView{
		RefreshURL: s.RefreshURL(), Numbers: s.numbers(now.summary),
		Attention: s.attention(now), Unchecked: words.Unchecked(now.report.Unchecked),
	}
	v.ReadAt, v.Stale = s.Freshness(c, now.known)
	if len(v.Attention) == 0 && v.Unchecked == "" {
		v.Calm = words.NothingWrong(now.summary.Entries)
	}
	rows, err := s.ChangeRows(web.RequestContext(c), web.Caller(c), now.changes)
	if err != nil {
		return v, err
	}
	v.Changes = templates.OverviewChanges{Text: words.ChangesOfWeek(now.here, now.elsewhere), Rows: rows, URL: s.ChangesURL(), All: "All changes"}
	if n := now.here + now.elsewhere; n > len(rows) {
		v.Changes.URL += "?" + url.Values{"since": {now.since.Format("2006-01-02")}}.Encode()
		v.Changes.All = "All " + strconv.Itoa(n) + " changes of the last 7 days"
	}
	for _, p := range now.plans {
		v.Plans = append(v.Plans, templates.PlanLink{
			URL: s.PlanURL(p.ID), Title: words.PlanTitle(p), About: words.PlanOriginLine(p), Owner: web.FullName(p.Owner.Actor), Label: words.PlanState(p.State), State: string(p.State), Created: p.Created,
			File: p.File(),
		})
	}
	v.Growth, err = growthView(now.growth, now.known.State.Since)
	return v, err
}

// numbers are the counts at the top, each with the list of what it counts.
func (s *Handlers) numbers(sum mirror.Summary) []templates.Number {
	list := func(label string, n int, q registry.Query) templates.Number {
		return templates.Number{Label: label, Value: strconv.Itoa(n), URL: s.EntriesURL() + web.QueryString(q, 1)}
	}
	synced := templates.Number{Label: "Synced", Value: strconv.Itoa(sum.Synced())}
	for _, source := range registry.Provenances() {
		if n := sum.Sources[source]; n > 0 && source != registry.Manual {
			at := s.EntriesURL() + web.QueryString(registry.Query{Provenance: source}, 1)
			synced.Parts = append(synced.Parts, templates.Link{Label: words.Provenance(source) + " " + strconv.Itoa(n), URL: at})
		}
	}
	if len(synced.Parts) == 1 { // the list has a filter for each source, and none for all of them
		synced.URL, synced.Parts = synced.Parts[0].URL, nil
	}
	return []templates.Number{
		list("Entries", sum.Entries, registry.Query{}), list("Protected names", sum.Names, registry.Query{Grouped: true}),
		list("Patterns", sum.Patterns, registry.Query{IsEmailRegex: new(true)}), list("Manual", sum.Manual(), registry.Query{Provenance: registry.Manual}), synced,
	}
}

// attention groups the findings by rule, the most severe first.
func (s *Handlers) attention(now state) []templates.Attention {
	var groups []templates.Attention
	at := make(map[findings.Rule]int)
	for _, f := range now.report.Findings {
		i, met := at[f.Rule]
		if !met {
			i = len(groups)
			at[f.Rule] = i
			groups = append(groups, templates.Attention{Rule: string(f.Rule), URL: s.FindingsURL() + "?" + url.Values{"rule": {string(f.Rule)}}.Encode(), Title: words.FindingTitle(f.Rule), Label: words.Severity(f.Severity), Tone: web.SeverityTone(f.Severity)})
		}
		g := &groups[i]
		if g.Count++; len(g.Items) == maxItems {
			g.More++
			continue
		}
		g.Items = append(g.Items, s.attentionItem(now, f, g.URL))
	}
	return groups
}

// attentionItem leads to the first entry of a finding, or to the list of findings.
func (s *Handlers) attentionItem(now state, f findings.Finding, all string) templates.AttentionItem {
	if len(f.Entries) == 0 {
		return templates.AttentionItem{URL: all, Name: f.Detail, About: f.Witness}
	}
	item := templates.AttentionItem{URL: s.EntryURL(f.Entries[0]), Name: f.Name, About: f.Witness}
	if e, ok := now.known.View.Entry(f.Entries[0]); ok {
		item.About = e.Email
	}
	return item
}

// growthView draws the growth. Deletions are known since a time.
func growthView(points []growthPoint, since time.Time) (*templates.Growth, error) {
	if len(points) < 2 {
		return nil, nil //nolint:nilnil // there is nothing to draw
	}
	g := &templates.Growth{About: words.Growth(points[0].until, since), First: words.Day(points[0].until), Last: "today"}
	var values []int
	limit := 0
	for _, p := range points {
		values = append(values, p.entries)
		limit = max(limit, p.entries)
		g.Points = append(g.Points, templates.GrowthPoint{Day: words.Day(p.until), Entries: strconv.Itoa(p.entries)})
	}
	limit = rounded(limit)
	g.Limit = strconv.Itoa(limit)
	var err error
	g.SVG, err = chart.Steps(values, limit)
	return g, err
}

// rounded is a number that is not less than n and has one digit before its zeros: the upper
// edge of a chart.
func rounded(n int) int {
	unit := 1
	for unit*10 <= n {
		unit *= 10
	}
	return max((n+unit-1)/unit*unit, 1)
}
