package store

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/registry"
)

func fullEntry() registry.Entry {
	return registry.Entry{
		ID: "0b0d3d06-5e4e-4f5c-9d2a-2f6f2f0d9f11", Name: "Jane Smith", Email: "jane@example.com", IsEmailRegex: true, Comments: new("VIP"),
		DirectoryID: new(int64(9007199254740993)), DirectoryNodeID: new(int64(2)), ExternalDirectoryNodeID: new("12444788"),
		Provenance: registry.Manual, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC), ModifiedAt: time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC), Shortened: true,
	}
}

// The stored form of an entry stays readable: rows of earlier versions have it.
func TestStoredEntry(t *testing.T) {
	t.Parallel()
	const golden = "testdata/mirror_entry.json"
	text, err := entryText(fullEntry())
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text != strings.TrimSpace(string(want)) {
		t.Errorf("got  %s\nwant %s", text, want)
	}
	for _, e := range []registry.Entry{fullEntry(), {ID: "7", Name: "", Email: ""}, {ID: "7", Comments: new("")}} {
		text, err := entryText(e)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := parseEntry(e.ID, []byte(text)); err != nil || !reflect.DeepEqual(got, e) {
			t.Errorf("%s became %+v, want %+v: %v", text, got, e, err)
		}
	}
}

// Each field of an entry is stored.
func TestStoredEntryHasAllFields(t *testing.T) {
	t.Parallel()
	stored := map[string]bool{}
	for f := range reflect.TypeFor[registry.Entry]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		stored[name] = true
	}
	for _, name := range registry.FieldNames() {
		if !stored[name] {
			t.Errorf("%s is not stored", name)
		}
	}
	if e := fullEntry(); len(e.Values()) != len(registry.FieldNames()) {
		t.Errorf("the entry of this test lacks a field: %v", e.Values())
	}
}
