package findings_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

func TestDuplicate(t *testing.T) {
	named := func(e registry.Entry, name string) registry.Entry {
		e.Name = name
		return e
	}
	checkViews(t, findings.Duplicate, []viewCase{
		{"the same", []registry.Entry{address("jane@a.example"), address("jane@a.example")}, []string{"warning[1 2] jane@a.example"}},
		{"in other letters", []registry.Entry{address("Jane@a.example"), address("jo@a.example"), named(address("jane@A.example"), "JANE  doe")}, []string{"warning[1 3] Jane@a.example"}},
		{"three and two", []registry.Entry{address("j@a.example"), pattern(`j\d@a\.example`), address("j@a.example"), pattern(`j\d@a\.example`), address("j@a.example")}, []string{"warning[1 3 5] j@a.example", "warning[2 4] j0@a.example"}},
		{"patterns that match no address", []registry.Entry{pattern(`j\d`), pattern(`j\d`)}, []string{"warning[1 2] "}},
		{"another name", []registry.Entry{address("jane@a.example"), named(address("jane@a.example"), "Jane Roe")}, nil},
		{"by hand beside a synced one", []registry.Entry{synced(address("j@a.example")), address("j@a.example")}, nil},
		{"two by hand beside a synced one", []registry.Entry{synced(address("j@a.example")), address("j@a.example"), address("j@a.example")}, []string{"warning[1 2 3] j@a.example"}},
		{"two synced ones", []registry.Entry{synced(address("j@a.example")), synced(address("j@a.example"))}, []string{"warning[1 2] j@a.example"}},
		{"without a name", []registry.Entry{named(address("jane@a.example"), ""), named(address("jane@a.example"), " ")}, nil},
		{"patterns that differ in case", []registry.Entry{pattern(`j\d@a`), pattern(`j\D@a`)}, nil},
		{"an address and the same text as a pattern", []registry.Entry{address("jane@a.example"), pattern("jane@a.example")}, nil},
	})
}

// TestDuplicateFix checks which duplicates are deleted.
func TestDuplicateFix(t *testing.T) {
	dated := func(day int, comment string) registry.Entry {
		e := address("j@a.example")
		e.CreatedAt = time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
		if comment != "" {
			e.Comments = &comment
		}
		return e
	}
	tests := []struct {
		name    string
		entries []registry.Entry
		want    []registry.ID // the deleted entries
	}{
		{"the oldest stays", []registry.Entry{dated(2, ""), dated(1, ""), dated(3, "")}, []registry.ID{"1", "3"}},
		{"a comment stays", []registry.Entry{dated(1, ""), dated(3, "CEO"), dated(2, "")}, []registry.ID{"1", "3"}},
		{"one by hand stays beside a synced one", []registry.Entry{synced(dated(1, "")), dated(2, ""), dated(3, "")}, []registry.ID{"3"}},
		{"synced ones cannot be deleted", []registry.Entry{synced(dated(1, "")), synced(dated(2, "")), dated(3, "")}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.entries {
				tt.entries[i].ID = registry.ID(strconv.Itoa(i + 1))
			}
			found := findings.NewJudge().All(t.Context(), slices.Values(tt.entries), unknown).ByRule(findings.Duplicate)
			if len(found) != 1 {
				t.Fatalf("%+v", found)
			}
			var got []registry.ID
			for _, edit := range found[0].Fix {
				if edit.After != nil {
					t.Errorf("%+v is no deletion", edit)
				}
				got = append(got, edit.Entry)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("deletes %v, want %v", got, tt.want)
			}
			left := slices.DeleteFunc(slices.Clone(tt.entries), func(e registry.Entry) bool { return slices.Contains(got, e.ID) })
			if after := findings.NewJudge().All(t.Context(), slices.Values(left), unknown); len(got) > 0 && len(after.Findings) > 0 {
				t.Errorf("after the fix: %+v", after.Findings)
			}
		})
	}
}

func synced(e registry.Entry) registry.Entry {
	e.Provenance = registry.Microsoft365
	return e
}
