package mirror_test

import (
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
