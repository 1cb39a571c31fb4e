package entries

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// perPages are the lengths of a page that are offered.
var perPages = []int{20, 50, 100, 200}

// entriesView is what the list page shows, without HTTP.
func (s *Handlers) entriesView(q registry.Query, notes []string, list registry.Page) templates.EntriesView {
	at := func(q registry.Query, page int) string { return s.EntriesURL() + web.QueryString(q, page) }
	v := templates.EntriesView{
		Query: q, Notes: notes, Entries: list.Entries, Place: web.WithPlace("", web.QueryString(q, q.Page)), PerPages: perPages,
		Chips: s.Chips(q), All: s.EntriesURL(), PlansURL: s.PlansURL(), Back: web.QueryString(q, q.Page),
	}
	v.Pager = templates.Pager{First: at(q, 1), Page: q.Page}
	if q.Page > 1 {
		v.Pager.Previous = at(q, q.Page-1)
		v.Past = list.Count() == 0 && list.Last
	}
	v.Withheld = list.Count() == 0 && !list.Last
	v.Columns = map[registry.Order]templates.Column{}
	for _, order := range registry.Orders() {
		v.Columns[order] = s.column(q, order)
	}
	if q.Grouped {
		v.Groups = groups(q, list)
	}
	more := !list.Last
	if list.TooLong > 0 {
		v.TooLong = web.TooLongText(list.TooLong)
	}
	if v.Count = count(q, list); more {
		v.Pager.Next = at(q, q.Page+1)
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

// count says which entries of the list are shown. The API's total is that of all
// entries, whatever is searched for.
func count(q registry.Query, list registry.Page) string {
	n := list.Count()
	switch {
	case n == 0 && (q.Page > 1 || !list.Last):
		return "No entries on page " + strconv.Itoa(q.Page)
	case n == 0 && q.Filtered():
		return "No entry matches"
	case n == 0:
		return "No entries"
	case list.First == 0 && n == 1:
		return "1 entry on page " + strconv.Itoa(q.Page)
	case list.First == 0:
		return strconv.Itoa(n) + " entries on page " + strconv.Itoa(q.Page)
	}
	to := list.First + n - 1
	text := "Entries " + strconv.Itoa(list.First) + " to " + strconv.Itoa(to)
	switch {
	case !q.Filtered() && list.Total >= 0:
		text += " of " + strconv.Itoa(list.Total)
	case q.Filtered() && list.Last && q.Page == 1:
		text += " of " + strconv.Itoa(to) + " that match"
	}
	return text
}

// staleView tells how old a list is, and why there is no newer one.
func staleView(f web.Failure, stale *mirror.StaleError, again, requestID string) templates.Stale {
	format := "15:04 UTC"
	if stale.Age > 12*time.Hour {
		format = "15:04 UTC on 2 January"
	}
	return templates.Stale{
		Title:    "This is the list as it was " + ago(stale.Age) + ", at " + stale.At.UTC().Format(format),
		Text:     []string{strings.Join(append([]string{f.Title + "."}, f.Text...), " "), "Later changes are not in it."},
		Problems: f.Problems, Again: again, Ray: f.Ray, RequestID: requestID,
	}
}

// reusedView tells how old an answer is that is given once more because calls of the
// API are scarce.
func (s *Handlers) reusedView(what string, at time.Time, again, requestID string) templates.Stale {
	return templates.Stale{
		Title: "This is the " + what + " as it was " + ago(s.Now().Sub(at)) + ", at " + at.UTC().Format("15:04 UTC"),
		Text: []string{"Cloudflare accepts a limited number of calls in five minutes. The rest of them is reserved for other people and for changes. " +
			"Later changes from elsewhere are not in it."},
		Again: again, RequestID: requestID,
	}
}

// ago tells an age in the largest unit of which there are two.
func ago(d time.Duration) string {
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "hours"}, {time.Minute, "minutes"}} {
		if n := d / unit.of; n >= 2 {
			return fmt.Sprintf("%d %s ago", n, unit.name)
		}
	}
	if d < 2*time.Second {
		return "a moment ago"
	}
	return fmt.Sprintf("%d seconds ago", d/time.Second)
}

// column is the heading of a column that the list can be sorted by: pressed once it
// sorts upwards, once more downwards, and then as it was at first.
func (s *Handlers) column(q registry.Query, order registry.Order) templates.Column {
	if q.Grouped {
		return s.columnOfGroups(q, order)
	}
	column, next := templates.Column{Label: web.OrderLabels[order], Sort: "none"}, q
	next.Order, next.Direction = order, registry.Ascending
	if q.Order == order {
		column.Sort = "ascending"
		next.Direction = registry.Descending
		if q.Direction == registry.Descending {
			column.Sort = "descending"
			next.Order, next.Direction = "", ""
		}
	}
	column.URL = s.EntriesURL() + web.QueryString(next, 1)
	return column
}
