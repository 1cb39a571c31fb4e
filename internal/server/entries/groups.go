package entries

import (
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// groups returns the entries of a page by name. A name at the border of the page may
// continue beyond it, which its heading says.
func groups(list registry.Page) []templates.EntryGroup {
	byName := registry.GroupByName(list.Entries)
	views := make([]templates.EntryGroup, len(byName))
	for i, g := range byName {
		v := templates.EntryGroup{Name: g.Name, Entries: g.Entries, Count: words.Count(len(g.Entries), "entry", "entries")}
		before, after := i == 0 && list.ContinuesBefore, i == len(byName)-1 && list.ContinuesAfter
		switch {
		case before && after:
			v.Count += " on this page, more on the pages before and after it"
		case before:
			v.Count += " on this page, more on the page before"
		case after:
			v.Count += " on this page, more on the next page"
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
