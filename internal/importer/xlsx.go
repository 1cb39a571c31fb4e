package importer

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"
)

// maxUnpacked is how large a workbook may be once it is unpacked. 100,000 rows of a
// directory's ten columns take about 80 MB.
const maxUnpacked = 150 << 20

// openWorkbook opens a sheet of an XLSX file.
func openWorkbook(data []byte, o Options) (f *File, err error) {
	defer catch(&err)
	// The limits are equal because excelize writes larger parts to temporary files, and the
	// columns that are dropped must not be stored.
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked})
	if err != nil {
		return nil, &FileError{Kind: BrokenWorkbook, Detail: err.Error()}
	}
	f = &File{Format: XLSX, Sheets: book.GetSheetList(), Sheet: o.Sheet}
	switch {
	case len(f.Sheets) == 0:
		return nil, &FileError{Kind: BrokenWorkbook, Detail: "no sheets"}
	case f.Sheet == "":
		f.Sheet = firstVisible(book, f.Sheets)
	case !slices.Contains(f.Sheets, f.Sheet):
		return nil, &FileError{Kind: NoSuchSheet, Detail: f.Sheet}
	}
	f.open = func() table { return &sheetTable{book: book, sheet: f.Sheet} }
	return f, f.openTable(o)
}

func firstVisible(book *excelize.File, sheets []string) string {
	for _, name := range sheets {
		if visible, err := book.GetSheetVisible(name); err == nil && visible {
			return name
		}
	}
	return sheets[0]
}

// catch turns a panic of excelize, which reads files of strangers, into an error.
func catch(err *error) {
	if cause := recover(); cause != nil {
		*err = &FileError{Kind: BrokenWorkbook, Detail: fmt.Sprint(cause)}
	}
}

// sheetTable is the table of a sheet.
type sheetTable struct {
	book  *excelize.File
	sheet string
	rows  *excelize.Rows
	row   int
	cells []cell
}

func (t *sheetTable) next() (rec record, err error) {
	defer catch(&err)
	if t.rows == nil {
		if t.rows, err = t.book.Rows(t.sheet); err != nil {
			return record{}, &FileError{Kind: BrokenWorkbook, Detail: err.Error()}
		}
	}
	if !t.rows.Next() {
		if err := t.rows.Error(); err != nil {
			return record{}, &FileError{Kind: BrokenWorkbook, Position: t.locate(1), Detail: err.Error()}
		}
		return record{}, io.EOF
	}
	t.row++
	texts, err := t.rows.Columns()
	switch {
	case err != nil:
		return record{}, &FileError{Kind: BrokenWorkbook, Position: t.locate(1), Detail: err.Error()}
	case len(texts) > maxColumns:
		return record{}, &FileError{Kind: TooManyColumns, Position: t.locate(1)}
	}
	t.cells = t.cells[:0]
	for i, text := range texts {
		t.cells = append(t.cells, cell{text: text, at: i + 1, quoted: true, escaped: true})
	}
	return record{start: 1, cells: t.cells}, nil
}

// locate returns the position of a column of the last row.
func (t *sheetTable) locate(column int) Position { return Position{Line: t.row, Column: column} }
