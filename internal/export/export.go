// Package export writes entries as files: CSV and XLSX for spreadsheets, JSON for programs,
// Terraform, and plain addresses. Files are written as the entries come, so the memory that
// it takes does not depend on their number. It imports registry, cellguard, quote and
// terraform.
package export

import (
	"io"
	"iter"

	"namesake/internal/registry"
)

// Format is a kind of file.
type Format struct {
	Extension   string // without a dot
	ContentType string
	// Order is the order of the entries in the file, regardless of the list's; "" keeps the
	// list's.
	Order registry.Order

	write func(io.Writer, List) error
	check func(iter.Seq[registry.Entry]) error // nil for a format that can hold everything
}

// List is what a file has.
type List struct {
	Account registry.AccountID
	Entries iter.Seq[registry.Entry]
	// Total is the number of entries in the registry, -1 if it is unknown.
	Total int
	// TooLong counts the entries of the registry that are too long to be read: they are
	// missing in every file.
	TooLong int
	// Messages are the messages of the JSON, in the API's shape.
	Messages any
}

// The formats.
var (
	CSV       = Format{Extension: "csv", ContentType: "text/csv; charset=utf-8", write: writeCSV}
	XLSX      = Format{Extension: "xlsx", ContentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write: writeXLSX, check: checkXLSX}
	JSON      = Format{Extension: "json", ContentType: "application/json", write: writeJSON}
	Terraform = Format{Extension: "tf", ContentType: "text/plain; charset=utf-8", Order: registry.ByCreated, write: writeTerraform}
	// Addresses has each address once, and no patterns.
	Addresses = Format{Extension: "txt", ContentType: "text/plain; charset=utf-8", Order: registry.ByEmail, write: writeAddresses}
)

// Check returns a *LimitError if the format cannot hold the entries.
func (f Format) Check(entries iter.Seq[registry.Entry]) error {
	if f.check == nil {
		return nil
	}
	return f.check(entries)
}

// Write writes a list as a file. Its errors are those of w.
func (f Format) Write(w io.Writer, l List) error { return f.write(w, l) }
