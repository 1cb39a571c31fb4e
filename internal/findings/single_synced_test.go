package findings_test

import (
	"testing"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

func TestSingleSynced(t *testing.T) {
	synced := func(email string) registry.Entry {
		e := address(email)
		e.Provenance = registry.GoogleDirectory
		return e
	}
	syncedPattern := pattern(`^jane\d@a\.example$`)
	syncedPattern.Provenance = registry.GoogleDirectory
	checkViews(t, findings.SingleSynced, []viewCase{
		{"one", []registry.Entry{synced("jane@a.example")}, []string{"tip[1] jane@a.example"}},
		{"one, by two directories", []registry.Entry{synced("jane@a.example"), synced("Jane@a.example")}, []string{"tip[1 2] jane@a.example"}},
		{"two", []registry.Entry{synced("jane@a.example"), synced("doe@a.example")}, nil},
		{"also by hand", []registry.Entry{synced("jane@a.example"), address("jane@a.example")}, nil},
		{"a pattern", []registry.Entry{syncedPattern}, []string{"tip[1] jane0@a.example"}},
		{"by hand", []registry.Entry{address("jane@a.example")}, nil},
		{"another one by hand", []registry.Entry{address("doe@a.example"), synced("jane@a.example")}, nil},
	})
}
