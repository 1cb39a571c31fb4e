package export

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf16"

	"namesake/internal/registry"
)

// Limits of a sheet of XLSX.
const (
	maxRows = 1_048_576
	maxCell = 32_767 // UTF-16 units
)

// LimitError reports what a format cannot hold: more rows than Max, or a text of more than
// Max characters.
type LimitError struct {
	Max   int
	Entry registry.Entry
	Field string // "" for too many rows
}

func (e *LimitError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("more than %d rows", e.Max)
	}
	return fmt.Sprintf("%s of entry %s has more than %d characters", e.Field, e.Entry.ID, e.Max)
}

func checkXLSX(entries iter.Seq[registry.Entry]) error {
	rows := 1
	for e := range entries {
		if rows++; rows > maxRows {
			return &LimitError{Max: maxRows}
		}
		length := len(e.Name) + len(e.Email)
		for _, text := range e.LongTexts() {
			if *text != nil {
				length += len(**text)
			}
		}
		if length <= maxCell {
			continue
		}
		for name, value := range e.Values() {
			if text, ok := value.(string); ok && units(text) > maxCell {
				return &LimitError{Max: maxCell, Entry: e, Field: name}
			}
		}
	}
	return nil
}

// units is the length of a text in UTF-16.
func units(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// The parts of a workbook with one sheet, beside the sheet.
var parts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Entries" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// sheetStart keeps the header in view while people scroll.
const sheetStart = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
	`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
	`<cols><col min="1" max="2" width="32" customWidth="1"/><col min="3" max="3" width="14" customWidth="1"/><col min="4" max="16" width="24" customWidth="1"/></cols><sheetData>`

// writeXLSX writes a workbook as the entries come. Libraries hold the sheet in memory or in
// a temporary file until it is complete, and a container may have no place for one.
//
// Every cell is text: then no value becomes a formula, and none loses digits or its time
// zone.
func writeXLSX(w io.Writer, l List) error {
	file := zip.NewWriter(w)
	for _, part := range parts {
		if err := writePart(file, part.name, part.text); err != nil {
			return err
		}
	}
	sheet, err := file.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	out := errWriter{to: sheet}
	out.text(xml.Header + sheetStart)
	columns, row, n := columns(), []string(nil), 1
	writeRow(&out, n, columns)
	for e := range l.Entries {
		n++
		row = cells(row, columns, e)
		if writeRow(&out, n, row); out.err != nil {
			return out.err
		}
	}
	if out.text(`</sheetData></worksheet>`); out.err != nil {
		return out.err
	}
	return file.Close()
}

func writePart(file *zip.Writer, name, text string) error {
	part, err := file.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(part, xml.Header+text)
	return err
}

func writeRow(out *errWriter, number int, row []string) {
	var b strings.Builder
	b.WriteString(`<row r="` + strconv.Itoa(number) + `">`)
	for i, text := range row {
		if text == "" {
			continue
		}
		b.WriteString(`<c r="` + string(rune('A'+i)) + strconv.Itoa(number) + `" t="inlineStr"><is><t xml:space="preserve">`)
		escapeCell(&b, text)
		b.WriteString(`</t></is></c>`)
	}
	b.WriteString("</row>")
	out.text(b.String())
}

// escapeCell writes text as it stands in a cell. Characters that XML does not allow, or
// changes, are _xHHHH_ there, so the underscore of a text that looks like one is too.
func escapeCell(b *strings.Builder, text string) {
	for i, r := range text {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '_' && strings.HasPrefix(text[i:], "_x"), r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(b, "_x%04X_", r)
		default:
			b.WriteRune(r)
		}
	}
}
