package export_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/export"
	"namesake/internal/importer"
	"namesake/internal/registry"
)

// TestExportThenImport checks that an export, imported again, has the same values for every
// entry. Comparing is up to spaces at the ends and Unicode's normal form, as for a change.
func TestExportThenImport(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // a test that repeats itself
	text := func(least int) string {
		var b strings.Builder
		for range least + random.IntN(4) {
			b.WriteString(hostile[random.IntN(len(hostile))])
		}
		return b.String()
	}
	comparable := func(s string) string { return norm.NFC.String(registry.Trimmed(s)) }
	var entries []registry.Entry
	for i := range 1000 {
		e := registry.Entry{ID: registry.ID(strconv.Itoa(i + 1)), Name: "n" + text(1), Email: "person" + strconv.Itoa(i) + "@example.com", Comments: new(text(0)), Provenance: registry.Manual}
		if i%3 == 0 {
			e.Name = text(1) + "n"
		}
		if i%2 == 0 {
			e.Email, e.IsEmailRegex = "=?"+e.Email, true
		}
		entries = append(entries, e)
	}
	for _, f := range []export.Format{export.CSV, export.XLSX, export.JSON} {
		t.Run(f.Extension, func(t *testing.T) {
			file, err := importer.Open([]byte(write(t, f, list(entries...))), "entries."+f.Extension, importer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if file.NeedsMapping || len(file.Notes) > 0 {
				t.Errorf("asks for a mapping: %v; notes: %v", file.NeedsMapping, file.Notes)
			}
			n := 0
			for c, err := range file.Candidates() {
				if err != nil {
					t.Fatal(err)
				}
				if n == len(entries) {
					t.Fatal("there are more candidates than entries")
				}
				e := entries[n]
				n++
				if c.Problem != nil || len(c.Leave) > 0 {
					t.Errorf("entry %d: problem %v, left out because of %v", n, c.Problem, c.Leave)
				}
				if c.ID != e.ID || c.Draft.Email != e.Email || c.Draft.IsEmailRegex != e.IsEmailRegex || c.Draft.Provenance != e.Provenance {
					t.Errorf("entry %d is read as %s %+v, want %+v", n, c.ID, c.Draft, e)
				}
				if comparable(c.Draft.Name) != comparable(e.Name) {
					t.Errorf("the name %q is read as %q", e.Name, c.Draft.Name)
				}
				if comparable(c.Draft.Comments) != comparable(*e.Comments) {
					t.Errorf("the comments %q are read as %q", *e.Comments, c.Draft.Comments)
				}
			}
			if n != len(entries) {
				t.Errorf("%d candidates of %d entries", n, len(entries))
			}
		})
	}
}
