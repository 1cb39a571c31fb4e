package web

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
)

// TestQueryKeepsEachFilter checks that the address of a list keeps each filter, and that
// each one has a chip that removes it.
func TestQueryKeepsEachFilter(t *testing.T) {
	full := registrytest.FullQuery().Selection()
	full.Provenance, full.Severity, full.Rule = registry.Manual, "danger", "duplicate"
	s := &Base{Account: "a"}
	for member, value := range reflect.ValueOf(full).Fields() {
		if value.IsZero() {
			continue
		}
		var one registry.Query
		reflect.ValueOf(&one).Elem().FieldByIndex(member.Index).Set(value)
		chips := s.Chips(one)
		if len(chips) != 1 || chips[0].Without != s.EntriesURL() {
			t.Errorf("%s has the chips %+v", member.Name, chips)
		}
	}
	full.Page, full.PerPage = 1, registry.DefaultPerPage
	values, err := url.ParseQuery(strings.TrimPrefix(QueryString(full, 1), "?"))
	if err != nil {
		t.Fatal(err)
	}
	if got, notes := ParseQuery(values); !reflect.DeepEqual(got, full) || len(notes) > 0 {
		t.Errorf("got %+v, %q, want %+v", got, notes, full)
	}
}
