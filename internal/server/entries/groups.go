package entries

import (
	"strconv"

	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// groups are the entries of a page by name. The API pages as it likes, so a name at the
// border of the page may go on beyond it; which one does is not known without another
// call, and that is what the heading says.
func groups(q registry.Query, list registry.Page) []templates.EntryGroup {
	before, after := q.Page > 1, !list.Last
	byName := registry.GroupByName(list.Entries)
	views := make([]templates.EntryGroup, len(byName))
	for i, g := range byName {
		v := templates.EntryGroup{Name: g.Name, Entries: g.Entries, Count: strconv.Itoa(len(g.Entries)) + " entries"}
		if len(g.Entries) == 1 {
			v.Count = "1 entry"
		}
		if before || after {
			v.Count += " on this page"
		}
		name := registry.FoldName(g.Name)
		at := func(e registry.Entry) bool { return registry.FoldName(e.Name) == name }
		first, last := before && at(list.Entries[0]), after && at(list.Entries[len(list.Entries)-1])
		switch {
		case first && last:
			v.Count += ", more may be on the pages before and after it"
		case first:
			v.Count += ", more may be on the page before"
		case last:
			v.Count += ", more may be on the next page"
		}
		views[i] = v
	}
	return views
}

// columnOfGroups is the heading of a column while the list is grouped: that of the name
// turns the order of the names around, the others sort the list without groups.
func (s *Handlers) columnOfGroups(q registry.Query, order registry.Order) templates.Column {
	column, next := templates.Column{Label: web.OrderLabels[order], Sort: "none"}, q
	if order == registry.ByName {
		column.Sort, next.Direction = "ascending", registry.Descending
		if q.Direction == registry.Descending {
			column.Sort, next.Direction = "descending", ""
		}
	} else {
		next.Grouped, next.Order, next.Direction = false, order, registry.Ascending
	}
	column.URL = s.EntriesURL() + web.QueryString(next, 1)
	return column
}
