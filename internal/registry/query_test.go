package registry_test

import (
	"reflect"
	"slices"
	"testing"

	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
)

// TestSelection checks that each member of a query either selects entries or is listed here.
// Plans keep only what selects entries: a filter that is missing would delete others.
func TestSelection(t *testing.T) {
	selectsNothing := []string{"Order", "Direction", "Page", "PerPage", "Grouped"}
	q := registrytest.FullQuery()
	kept := reflect.ValueOf(q.Selection())
	for member, value := range reflect.ValueOf(q).Fields() {
		want := value.Interface()
		if slices.Contains(selectsNothing, member.Name) {
			want = reflect.Zero(member.Type).Interface()
		}
		if got := kept.FieldByIndex(member.Index).Interface(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s of the selection is %v, want %v", member.Name, got, want)
		}
	}
}

// TestEachFilterCounts checks that a query with a single filter excludes entries.
func TestEachFilterCounts(t *testing.T) {
	full := reflect.ValueOf(registrytest.FullQuery().Selection())
	for member, value := range full.Fields() {
		var one registry.Query
		reflect.ValueOf(&one).Elem().FieldByIndex(member.Index).Set(value)
		if one.Filtered() == value.IsZero() {
			t.Errorf("a query with %s only: Filtered is %v", member.Name, one.Filtered())
		}
	}
}
