package findings_test

import (
	"testing"

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
		{"three and two", []registry.Entry{address("j@a.example"), pattern(`j\d@a`), address("j@a.example"), pattern(`j\d@a`), address("j@a.example")}, []string{"warning[1 3 5] j@a.example", `warning[2 4] j\d@a`}},
		{"another name", []registry.Entry{address("jane@a.example"), named(address("jane@a.example"), "Jane Roe")}, nil},
		{"without a name", []registry.Entry{named(address("jane@a.example"), ""), named(address("jane@a.example"), " ")}, nil},
		{"patterns that differ in case", []registry.Entry{pattern(`j\d@a`), pattern(`j\D@a`)}, nil},
		{"an address and the same text as a pattern", []registry.Entry{address("jane@a.example"), pattern("jane@a.example")}, nil},
	})
}
