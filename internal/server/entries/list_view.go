package entries

import (
	"strconv"

	"namesake/internal/findings"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// perPages are the lengths of a page that are offered.
var perPages = []int{20, 50, 100, 200}

// entriesView is what the list page shows, without HTTP.
func (s *Handlers) entriesView(q registry.Query, notes []string, list registry.Page, report *findings.Report) templates.EntriesView {
	at := func(q registry.Query, page int) string { return s.EntriesURL() + web.QueryString(q, page) }
	v := templates.EntriesView{
		Query: q, ModifiedSince: web.TimeText(q.ModifiedSince), Notes: notes, Entries: list.Entries, ReturnQuery: web.WithReturnTo("", web.QueryString(q, q.Page)), PerPages: perPages,
		Chips: s.Chips(q), All: s.EntriesURL(), PlansURL: s.PlansURL(), Back: web.QueryString(q, q.Page),
	}
	v.Pager = templates.Pager{First: at(q, 1), Page: q.Page}
	if q.Page > 1 {
		v.Pager.Previous = at(q, q.Page-1)
		v.Past = len(list.Entries) == 0
	}
	v.Severities, v.Rules = findingOptions(q, report)
	v.Risks = risks(list.Entries, report)
	v.Exports = s.exportLinks(q)
	v.Columns = map[registry.Order]templates.Column{}
	for _, order := range registry.ListOrders() {
		v.Columns[order] = s.column(q, order)
	}
	if q.Grouped {
		v.Groups = groups(list)
	}
	more := !list.Last
	if list.TooLong > 0 {
		v.TooLong = web.TooLongText(list.TooLong)
	}
	v.Count = count(q, list)
	if more {
		v.Pager.Next = at(q, q.Page+1)
	}
	if (more || q.Page > 1) && list.Matching <= plan.MaxOperations {
		v.SelectAll = selectAll(q, list.Matching)
	}
	switch {
	case len(list.Entries) == 0 || (q.Provenance != "" && q.Provenance != registry.Manual):
	case q.Filtered():
		v.DeleteAll = "Delete all that match…"
	case more || q.Page > 1:
		v.DeleteAll = "Delete all manual entries…"
	}
	return v
}

// findingOptions are the severities, and the rules that have findings now.
func findingOptions(q registry.Query, report *findings.Report) (severities, rules []templates.Option) {
	for _, s := range findings.Severities() {
		severities = append(severities, templates.Option{Value: string(s), Label: words.Severity(s), Selected: string(s) == q.Severity})
	}
	has := make(map[findings.Rule]bool)
	for _, f := range report.Findings {
		has[f.Rule] = true
	}
	for _, r := range findings.Rules() {
		if has[r] || string(r) == q.Rule {
			rules = append(rules, templates.Option{Value: string(r), Label: words.FindingTitle(r), Selected: string(r) == q.Rule})
		}
	}
	return severities, rules
}

// selectAll is the label of the button that selects the entries of all pages.
func selectAll(q registry.Query, n int) string {
	if q.Filtered() {
		return "Select all " + strconv.Itoa(n) + " that match"
	}
	return "Select all " + words.Count(n, "entry", "entries")
}

// risks are what is wrong with the rows of the list. Tips would only be noise.
func risks(entries []registry.Entry, report *findings.Report) map[registry.ID]templates.Risk {
	tones := map[findings.Severity]templates.Tone{findings.Danger: templates.Bad, findings.Warning: templates.Warn}
	found := make(map[registry.ID]templates.Risk)
	for _, e := range entries {
		tone, ok := tones[report.Worst(e.ID)]
		if !ok {
			continue
		}
		worst := report.Of(e.ID)[0]
		message, _ := words.Finding(worst)
		found[e.ID] = templates.Risk{Tone: tone, Label: words.FindingLabel(worst.Rule), Why: message}
	}
	return found
}

// count says which entries of the list are shown.
func count(q registry.Query, list registry.Page) string {
	n := len(list.Entries)
	switch {
	case n == 0 && q.Page > 1:
		return "No entries on page " + strconv.Itoa(q.Page)
	case n == 0 && q.Filtered():
		return "No entry matches"
	case n == 0:
		return "No entries"
	}
	of := " of "
	if list.Total < 0 {
		of = " of at least "
	}
	text := "Entries " + strconv.Itoa(list.First) + " to " + strconv.Itoa(list.First+n-1) + of + strconv.Itoa(list.Matching)
	if q.Filtered() {
		text += " that match"
	}
	return text
}

// knownView says that an entry is shown as Namesake knows it, because the API did not
// answer.
func (s *Handlers) knownView(r registry.Receipt, again, requestID string) templates.Stale {
	return templates.Stale{
		Title: "This is the entry as it was " + words.Ago(s.Now().Sub(r.AsOf)),
		Text:  []string{"Cloudflare could not be asked for it just now. Changes made elsewhere since then are missing here. To change the entry, Cloudflare has to answer."},
		Again: again, Ray: r.Ray, RequestID: requestID,
	}
}

// column is the heading of a column that the list can be sorted by.
func (s *Handlers) column(q registry.Query, order registry.Order) templates.Column {
	if q.Grouped {
		return s.columnOfGroups(q, order)
	}
	return web.SortColumn(q, order, func(next registry.Query) string { return s.EntriesURL() + web.QueryString(next, 1) })
}
