package cellguard

import (
	"encoding/csv"
	"io"
)

// Mark is what a file of CSV begins with: without it, spreadsheet programs take UTF-8 for another
// encoding.
const Mark = "\uFEFF"

// Writer writes rows of CSV with guarded cells, commas and line feeds. Line breaks in cells stay
// as they are.
type Writer struct {
	csv *csv.Writer
	row []string
}

// NewWriter returns a Writer to w. It does not write the Mark.
func NewWriter(w io.Writer) *Writer { return &Writer{csv: csv.NewWriter(w)} }

// Write writes a row. It leaves cells as they are.
func (w *Writer) Write(cells []string) error {
	w.row = w.row[:0]
	for _, cell := range cells {
		w.row = append(w.row, Guard(cell))
	}
	return w.csv.Write(w.row)
}

// Flush writes what is held back.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}
