package findings

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/dismissals"
	"namesake/internal/findings"
	"namesake/internal/policy"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// List answers GET findings.
func (s *Handlers) List(c echo.Context) error {
	f, notes := parseFilter(c.QueryParams())
	now, err := s.read(c)
	if err != nil {
		return err
	}
	web.SetAsOf(c, now.known.State.ReadAt)
	if web.WantsJSON(c) {
		return s.listJSON(c, now, f)
	}
	return s.page(c, http.StatusOK, now, f, notes, nil)
}

// page answers with the page of the list. tried is a form that was refused, or nil.
func (s *Handlers) page(c echo.Context, status int, now state, f filter, notes []string, tried *attempt) error {
	v := s.view(c, now, f)
	if v.Notes = notes; tried != nil {
		tried.show(v.Groups)
	}
	v.ReadAt, v.Stale = s.Freshness(c, now.known)
	v.RefreshURL, v.Unread = s.RefreshURL(), unread(now)
	return web.Render(c, status, templates.Findings(s.Page(c, "Findings"), v))
}

// view is what the page shows, without HTTP.
func (s *Handlers) view(c echo.Context, now state, f filter) templates.FindingsView {
	found := f.find(now)
	shown := web.PageOf(found, f.page, f.per)
	v := templates.FindingsView{
		Filter: f.view(s.FindingsURL(), now), Unchecked: words.Unchecked(now.All.Unchecked),
		Count: web.CountShown(f.page, f.per, len(shown), len(found), "finding", "findings"),
		Pager: web.PagerOf(f.page, f.per, len(found), func(page int) string { return s.FindingsURL() + f.query(page) }),
	}
	if len(now.Open.Findings) == 0 && !f.dismissed && len(v.Filter.Chips) == 0 && f.severity == "" && v.Unchecked == "" {
		v.Calm = words.NothingWrong(now.known.View.Len())
	}
	if !f.dismissed && web.Actor(c).May(rbac.RunPlan) && slices.ContainsFunc(shown, fixable) {
		v.FixURL = s.FindingsURL() + "/fix"
	}
	for i, of := range shown {
		if i == 0 || of.Rule != shown[i-1].Rule || of.Severity != shown[i-1].Severity {
			v.Groups = append(v.Groups, group(of, found))
		}
		g := &v.Groups[len(v.Groups)-1]
		item := s.FindingItem(c, now.known, now.Judged, of)
		item.Title, item.ReturnQuery = "", f.query(f.page)
		g.Items = append(g.Items, item)
	}
	return v
}

// unread says which settings around the registry could not be read. It is empty where none
// were ever tried.
func unread(now state) []string {
	lists := registry.Filter(policy.Lists(), func(l policy.List) bool { return !now.known.Around.State(l).TriedAt.IsZero() })
	return words.UnreadSettings(now.known.Around, lists)
}

func fixable(f findings.Finding) bool { return len(f.Fix) > 0 }

// group is the heading above the findings that have the rule and severity of f.
func group(f findings.Finding, all []findings.Finding) templates.FindingGroup {
	g := templates.FindingGroup{Rule: string(f.Rule), Severity: string(f.Severity), Title: words.FindingTitle(f.Rule), Label: words.Severity(f.Severity), Tone: web.SeverityTone(f.Severity)}
	n := 0
	for _, other := range all {
		if other.Rule == f.Rule && other.Severity == f.Severity {
			if g.Count++; fixable(other) {
				n++
			}
		}
	}
	switch {
	case n == 0 || g.Count == 1:
	case n == g.Count:
		g.FixAll = "Fix all " + strconv.Itoa(n) + "…"
	default:
		g.FixAll = "Fix " + strconv.Itoa(n) + " of them…"
	}
	return g
}

// findingJSON is a finding in JSON.
type findingJSON struct {
	web.FindingJSON
	Dismissed *dismissedJSON `json:"dismissed,omitempty"`
}

type dismissedJSON struct {
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until"` // null for good
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
}

func toJSON(f findings.Finding, now state) findingJSON {
	out := findingJSON{FindingJSON: web.ToFindingJSON(f)}
	if d, ok := now.Dismissed[f.ID()]; ok {
		out.Dismissed = toDismissedJSON(d)
	}
	return out
}

func toDismissedJSON(d dismissals.Dismissal) *dismissedJSON {
	out := &dismissedJSON{Reason: d.Reason, By: web.Contact(d.By), At: d.At.UTC()}
	if !d.Until.IsZero() {
		out.Until = new(d.Until.UTC())
	}
	return out
}

func (s *Handlers) listJSON(c echo.Context, now state, f filter) error {
	found := f.find(now)
	shown := web.PageOf(found, f.page, f.per)
	result := make([]findingJSON, len(shown))
	for i, of := range shown {
		result[i] = toJSON(of, now)
	}
	total := len(found)
	e := web.Succeeded(result)
	e.ResultInfo = &web.ResultInfo{Count: len(result), Page: f.page, PerPage: f.per, TotalCount: &total}
	for _, text := range unread(now) {
		e.Messages = append(e.Messages, web.LeftOutMessage(text))
	}
	if text := words.Unchecked(now.All.Unchecked); text != "" {
		e.Messages = append(e.Messages, web.LeftOutMessage(text))
	}
	return web.JSONWithTag(c, e)
}
