package mirror_test

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

func TestViewOfRows(t *testing.T) {
	at := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	row := func(id string, version int64, gone bool) mirror.Row {
		return mirror.Row{Entry: registry.Entry{ID: registry.ID(id), CreatedAt: at.Add(time.Duration(version) * time.Second)}, Version: version, Gone: gone}
	}
	v := mirror.NewView([]mirror.Row{row("b", 2, false), row("a", 1, false), row("c", 3, true)})
	w := v.With([]mirror.Row{row("c", 5, false), row("a", 4, true)}, 6)
	for _, want := range []struct {
		name    string
		view    *mirror.View
		version int64
		listed  string
	}{{"new", v, 3, "ba"}, {"changed", w, 6, "cb"}} {
		t.Run(want.name, func(t *testing.T) {
			listed := ""
			for _, e := range want.view.List(registry.Query{}).Entries {
				listed += string(e.ID)
			}
			if listed != want.listed || want.view.Version() != want.version || want.view.Len() != len(want.listed) {
				t.Errorf("listed %q of %d at version %d", listed, want.view.Len(), want.view.Version())
			}
			for _, id := range []registry.ID{"a", "b", "c"} {
				if _, ok := want.view.Row(id); !ok {
					t.Errorf("%s has no row", id)
				}
			}
		})
	}
}

// Tombstones that the database has removed leave the view once they are more than a few.
func TestViewWithoutTombstones(t *testing.T) {
	rows := make([]mirror.Row, 100)
	for i := range rows {
		rows[i] = mirror.Row{Entry: registry.Entry{ID: registry.ID(strconv.Itoa(i)), Name: "Jane Doe"}, Version: int64(i), Gone: i%2 == 1}
	}
	v := mirror.NewView(rows)
	for _, tt := range []struct {
		forgotten int64
		removed   int
	}{{-1, 0}, {20, 0}, {40, 20}, {99, 50}} {
		w, left := v.Without(tt.forgotten), 0
		for _, row := range rows {
			if got, ok := w.Row(row.Entry.ID); ok && got.Gone == row.Gone {
				left++
			}
		}
		if left != 100-tt.removed || w.Len() != 50 || w.Version() != 99 {
			t.Errorf("up to %d: %d rows and %d entries at version %d", tt.forgotten, left, w.Len(), w.Version())
		}
	}
}

// viewed is a view of a few entries, by short ids.
func viewed() *mirror.View {
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	rows := []mirror.Row{
		{Entry: registry.Entry{ID: "1", Name: "José García", Email: "jose@x.example", CreatedAt: at, Provenance: registry.Manual}},
		{Entry: registry.Entry{ID: "2", Name: "Jose Garcia", Email: "Jose.Garcia@y.example", CreatedAt: at.Add(time.Hour), Comments: new("asked for\nby Émile"), Provenance: "NEW"}},
		{Entry: registry.Entry{ID: "3", Name: "Ｊane  O’Neil", Email: `(?i)jane\+.*@x\.example`, IsEmailRegex: true, CreatedAt: at, ModifiedAt: at.Add(2 * time.Hour)}},
		{Entry: registry.Entry{ID: "4", Name: "jane o'neil", Email: "jane+a@x.example", CreatedAt: at, Comments: new(" ")}},
		{Entry: registry.Entry{ID: "5", Name: "Gone", Email: "gone@x.example"}, Gone: true},
		{Entry: registry.Entry{ID: "0a11ce00-0000-4000-8000-00000000000b", Name: "Zoë Łuk", Email: "zoe@x.example", CreatedAt: at}},
	}
	return mirror.NewView(rows)
}

func ids(entries []registry.Entry) string {
	var short []string
	for _, e := range entries {
		short = append(short, string(e.ID[:1]))
	}
	return strings.Join(short, " ")
}

func TestViewLists(t *testing.T) {
	since := time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)
	up := registry.Ascending
	tests := []struct {
		name  string
		q     registry.Query
		want  string // ids
		found int
		first int
		last  bool
	}{
		{"newest first", registry.Query{}, "2 4 3 1 0", 5, 1, true},
		{"oldest first", registry.Query{Direction: up}, "0 1 3 4 2", 5, 1, true},
		{"by name", registry.Query{Order: registry.ByName}, "3 4 2 1 0", 5, 1, true},
		{"by name, downwards", registry.Query{Order: registry.ByName, Direction: registry.Descending}, "0 1 2 4 3", 5, 1, true},
		{"grouped, whatever the order", registry.Query{Order: registry.ByEmail, Grouped: true}, "3 4 2 1 0", 5, 1, true},
		{"by address", registry.Query{Order: registry.ByEmail}, "3 4 2 1 0", 5, 1, true},
		{"by change", registry.Query{Order: registry.ByModified}, "0 1 4 2 3", 5, 1, true},
		{"unknown order", registry.Query{Order: "x", Direction: "y"}, "2 4 3 1 0", 5, 1, true},
		{"page", registry.Query{Direction: up, PerPage: 2, Page: 2}, "3 4", 5, 3, false},
		{"last page", registry.Query{Direction: up, PerPage: 2, Page: 3}, "2", 5, 5, true},
		{"page of a search", registry.Query{Direction: up, Search: "x.example", PerPage: 2, Page: 2}, "4", 3, 3, true},
		{"after the end", registry.Query{PerPage: 2, Page: 4}, "", 5, 0, true},
		{"far after the end", registry.Query{PerPage: math.MaxInt, Page: math.MaxInt}, "", 5, 0, true},
		{"before the start", registry.Query{PerPage: -1, Page: -1, Direction: up}, "0 1 3 4 2", 5, 1, true},
		{"a query without accents", registry.Query{Search: "JOSE GARCIA", Direction: up}, "1 2", 2, 1, true},
		{"a query with accents", registry.Query{Search: "jose\u0301", Direction: up}, "1", 1, 1, true},
		{"accents in comments", registry.Query{Search: "emile"}, "2", 1, 1, true},
		{"other accents", registry.Query{Search: "josè"}, "", 0, 0, true},
		{"strokes", registry.Query{Search: "zoe luk"}, "0", 1, 1, true},
		{"width and apostrophes", registry.Query{Search: "o＇neil ＪＡＮＥ", Direction: up}, "3 4", 2, 1, true},
		{"words of several fields", registry.Query{Search: "garcia asked y.example"}, "2", 1, 1, true},
		{"not across fields", registry.Query{Search: "garciajose"}, "", 0, 0, true},
		{"id", registry.Query{Search: "4000-8000"}, "0", 1, 1, true},
		{"id in capitals, and a name", registry.Query{Search: "0A11CE luk"}, "0", 1, 1, true},
		{"source is not searched", registry.Query{Search: "A1S_INTERNAL"}, "", 0, 0, true},
		{"tombstones are not found", registry.Query{Search: "gone"}, "", 0, 0, true},
		{"only spaces", registry.Query{Search: " \u3000 ", Direction: up}, "0 1 3 4 2", 5, 1, true},
		{"odd characters", registry.Query{Search: "\x00\xff"}, "", 0, 0, true},
		{"long", registry.Query{Search: strings.Repeat("é ", 512), Direction: up}, "1 2", 2, 1, true},
		{"source", registry.Query{Provenance: registry.Manual}, "1", 1, 1, true},
		{"unknown source", registry.Query{Provenance: "NEW"}, "2", 1, 1, true},
		{"patterns", registry.Query{IsEmailRegex: new(true)}, "3", 1, 1, true},
		{"addresses", registry.Query{IsEmailRegex: new(false), Direction: up}, "0 1 4 2", 4, 1, true},
		{"comments", registry.Query{HasComments: new(true)}, "2", 1, 1, true},
		{"no comments", registry.Query{HasComments: new(false), Direction: up}, "0 1 3 4", 4, 1, true},
		{"changed since", registry.Query{ModifiedSince: since}, "2 3", 2, 1, true},
		{"changed later", registry.Query{ModifiedSince: since.Add(1)}, "3", 1, 1, true},
		{"all together", registry.Query{Search: "jane", ModifiedSince: since, IsEmailRegex: new(true), HasComments: new(false)}, "3", 1, 1, true},
	}
	v := viewed()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := v.List(tt.q)
			if ids(got.Entries) != tt.want || got.Matching != tt.found || got.First != tt.first || got.Last != tt.last || got.Total != 5 {
				t.Errorf("%s: %d of %d from %d, last: %v; want %s: %d from %d, %v", ids(got.Entries), got.Matching, got.Total, got.First, got.Last, tt.want, tt.found, tt.first, tt.last)
			}
			if all := slices.Collect(v.Select(tt.q)); len(all) != tt.found {
				t.Errorf("selects %s, want %d", ids(all), tt.found)
			}
		})
	}
}

func TestViewMatching(t *testing.T) {
	v := viewed()
	left, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name, address string
		ctx           context.Context
		want          string
		kinds         []registry.MatchKind
	}{
		{"address and pattern", " Jane+A@x.example ", t.Context(), "3 4", []registry.MatchKind{registry.MatchesWhole, registry.MatchesLiterally}},
		{"pattern", "JANE+b@x.example", t.Context(), "3", []registry.MatchKind{registry.MatchesWhole}},
		{"part", "my.jane+b@x.example.org", t.Context(), "3", []registry.MatchKind{registry.MatchesPart}},
		{"none", "bob@x.example", t.Context(), "", nil},
		{"tombstone", "gone@x.example", t.Context(), "", nil},
		{"nothing", "", t.Context(), "", nil},
		{"the person has left", "jane+a@x.example", left, "3 4", []registry.MatchKind{registry.NotTried, registry.MatchesLiterally}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var entries []registry.Entry
			var kinds []registry.MatchKind
			for _, m := range v.Matching(tt.ctx, tt.address) {
				entries, kinds = append(entries, m.Entry), append(kinds, m.Kind)
			}
			if ids(entries) != tt.want || !slices.Equal(kinds, tt.kinds) {
				t.Errorf("%s %v, want %s %v", ids(entries), kinds, tt.want, tt.kinds)
			}
		})
	}
}

func TestViewNamesakes(t *testing.T) {
	v := viewed()
	tests := []struct{ name, of, entries, alike string }{
		{"other spelling", "JANE O'NEIL", "3 4", ""},
		{"accents distinguish names", "José  garcía", "1", ""},
		{"look-alike", "j\u0430ne o'neil", "", "3 4"},
		{"nothing", " ", "", ""},
		{"tombstone", "Gone", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := v.Namesakes(tt.of)
			if ids(got.Entries) != tt.entries || ids(got.LookAlikes) != tt.alike || got.Name != tt.of || got.Partial {
				t.Errorf("%+v, want %s and %s", got, tt.entries, tt.alike)
			}
		})
	}
}
