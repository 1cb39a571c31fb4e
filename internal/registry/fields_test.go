package registry_test

import (
	"reflect"
	"slices"
	"testing"

	"namesake/internal/registry"
)

// sample returns a value for a field.
func sample(f registry.Field) any {
	switch f.Kind {
	case registry.Whole:
		return int64(7)
	case registry.Flag:
		return true
	case registry.Choice:
		return f.Choices[len(f.Choices)-1]
	case registry.Line, registry.Text:
	}
	return "some " + f.Name
}

// TestFields compares the table of fields with the members of a draft, and checks each
// row's kind.
func TestFields(t *testing.T) {
	var members []string
	for f := range reflect.TypeFor[registry.Draft]().Fields() {
		members = append(members, f.Tag.Get("field"))
	}
	if names := registry.FieldNames(); !slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(members))) {
		t.Errorf("the table has %v, a draft has %v", names, members)
	}
	all := registry.Values{}
	for _, f := range registry.Fields() {
		all[f.Name] = sample(f)
		for _, takes := range []struct {
			value any
			want  bool
		}{{sample(f), true}, {nil, !f.Required && !f.NotClearable}, {3.5, false}, {"text", f.Kind != registry.Whole && f.Kind != registry.Flag}} {
			if got := f.Takes(takes.value); got != takes.want {
				t.Errorf("%s takes %v: %v", f.Name, takes.value, got)
			}
		}
		one := registry.Values{f.Name: sample(f)}
		if got := one.Draft().Values(); got[f.Name] != one[f.Name] {
			t.Errorf("%s is %v after it was %v", f.Name, got[f.Name], one[f.Name])
		}
	}
	if got := all.Draft().Values(); !reflect.DeepEqual(got, all) {
		t.Errorf("all values are %v, want %v", got, all)
	}
	empty := registry.Values{registry.FieldName: "", registry.FieldEmail: "", registry.FieldIsEmailRegex: false}
	if got := (registry.Entry{}).Values(); !reflect.DeepEqual(got, empty) {
		t.Errorf("an empty entry has %v, want %v", got, empty)
	}
}

// An entry has the values of a draft in each field, and no others apart from the provenance.
func TestEntryHas(t *testing.T) {
	for _, f := range registry.Fields() {
		names, provenance := []string{f.Name}, f.Name == registry.FieldProvenance
		none, some := registry.Values{}, registry.Values{f.Name: sample(f)}
		for _, tt := range []struct {
			name         string
			entry, draft registry.Values
			want         bool
		}{
			{"the same value", some, some, true},
			{"no value", none, none, true},
			{"a value", none, some, provenance},
			{"a lost value", some, none, provenance},
		} {
			if got := (registry.Entry{}).WithValues(tt.entry).Has(tt.draft.Draft(), names); got != tt.want {
				t.Errorf("%s: %s: %v", f.Name, tt.name, got)
			}
		}
	}
}
