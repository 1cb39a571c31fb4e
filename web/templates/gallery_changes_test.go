package templates

import (
	"github.com/a-h/templ"

	"namesake/internal/registry"
)

func sampleChangeRows() []ChangeRow {
	e := sampleEntry()
	diff := DiffValues(registry.Values{"name": sampleName, "comments": "a"}, registry.Values{"name": sampleName + "y"})
	row := ChangeRow{Seq: 3, Kind: "edited", Label: "Edited", ID: e.ID, EntryURL: sampleURL + "/1", Name: e.Name, Email: e.Email, IsEmailRegex: true, Diff: diff, Elsewhere: true, Who: "Outside Namesake", When: "4 Mar 2026, between 05:06 and 05:07 UTC", At: sampleTime, Record: AuditURL + "/7"}
	here := row
	here.Seq, here.Kind, here.Label, here.Diff, here.Elsewhere, here.Who = 2, "created", "Created", nil, false, sampleEmail
	return []ChangeRow{row, here, {Seq: 1, Kind: "deleted", Label: "Deleted", EntryURL: sampleURL + "/2", Email: sampleEmail}}
}

func sampleChanges(change func(*ChangesView)) templ.Component {
	v := ChangesView{
		Filter: ChangesFilter{
			URL: "/changes", Name: sampleName, Entry: "1", Record: "7", Since: "2026-03-04", SinceDay: true, Until: "2026-03-04T05:06:07Z", By: []Option{{"here", "With Namesake", true}}, Kinds: []Option{{"edited", "Edited", false}},
			Chips: []Chip{{"Name", sampleName, "/changes"}}, Set: []Option{{sampleName, "name", false}},
		},
		Notes: []string{"A note."}, Rows: sampleChangeRows(), Count: "1 to 3 of 60 changes", Pager: Pager{Page: 1, First: "/changes", Next: "/changes?page=2"}, Since: "1 Mar 2026, 05:06 UTC",
		PutBack: PutBack{"/changes/put-back", "Put back all that match (9)…"}, Times: TimesView{sampleURL, "/changes/compare"},
	}
	change(&v)
	return Changes(samplePage(), v)
}

func samplePast(change func(*PastView)) templ.Component {
	column := Column{Label: "Name", URL: sampleURL, Sort: "ascending"}
	v := PastView{
		At: "2026-03-04T05:06:07Z", When: "4 Mar 2026, 05:06 UTC", Query: registry.Query{Search: "a", PerPage: 50, Order: registry.ByName, Direction: registry.Descending}, Notes: []string{"A note."}, Entries: []registry.Entry{sampleEntry(), samplePattern()},
		Count: "1 to 2 of 3 entries", Pager: Pager{Page: 1, Next: sampleURL}, Columns: map[registry.Order]Column{registry.ByName: column, registry.ByEmail: {"Address", sampleURL, "none"}, registry.ByCreated: {"Created", sampleURL, "descending"}},
		All: sampleURL, CompareURL: "/changes/compare", RestoreURL: "/changes/restore",
	}
	change(&v)
	return Past(samplePage(), v)
}

func sampleCompare(change func(*CompareView)) templ.Component {
	v := CompareView{
		From: "2026-03-04", To: "2026-03-04T05:06:07Z", Asked: true, When: "From then to now", Notes: []string{"A note."}, Counts: []PlanPart{{"edited", 1, "edited"}}, Rows: sampleChangeRows(),
		Count: "3 entries differ", Pager: Pager{Page: 2, First: "/changes/compare", Previous: "/changes/compare"}, AtURL: sampleURL, Times: TimesView{sampleURL, "/changes/compare"},
	}
	change(&v)
	return Compare(samplePage(), v)
}

// galleryChanges has samples of the pages about changes.
func galleryChanges() map[string]templ.Component {
	rows := sampleChangeRows()
	return map[string]templ.Component{
		"Changes":              sampleChanges(func(*ChangesView) {}),
		"Changes: not read":    sampleChanges(func(v *ChangesView) { *v = ChangesView{} }),
		"Changes: none":        sampleChanges(func(v *ChangesView) { *v = ChangesView{Since: v.Since} }),
		"Changes: no match":    sampleChanges(func(v *ChangesView) { v.Rows = nil }),
		"Changes: past":        sampleChanges(func(v *ChangesView) { v.Rows, v.Pager.Page = nil, 2 }),
		"Past":                 samplePast(func(*PastView) {}),
		"Past: empty":          samplePast(func(v *PastView) { v.Entries, v.Query = nil, registry.Query{} }),
		"Past: no match":       samplePast(func(v *PastView) { v.Entries = nil }),
		"Compare":              sampleCompare(func(*CompareView) {}),
		"Compare: none":        sampleCompare(func(v *CompareView) { v.Rows, v.Counts = nil, nil }),
		"Compare: past":        sampleCompare(func(v *CompareView) { v.Rows = nil }),
		"Compare: at first":    sampleCompare(func(v *CompareView) { *v = CompareView{} }),
		"EntryDeleted":         EntryDeleted(samplePage(), DeletedView{Row: rows[0], Entry: sampleEntry(), CreateURL: sampleURL, RestoreURL: sampleURL, BackURL: sampleURL, History: &EntryHistory{Items: []HistoryItem{{Change: &rows[0]}}, Since: "then"}}),
		"EntryDeleted: synced": EntryDeleted(samplePage(), DeletedView{Row: rows[1], Entry: sampleEntry(), Synced: true, BackURL: sampleURL}),
		"EntryDeleted: bare":   EntryDeleted(samplePage(), DeletedView{Row: ChangeRow{Elsewhere: true, At: sampleTime}, BackURL: sampleURL}),
	}
}
