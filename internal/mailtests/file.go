package mailtests

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"namesake/internal/cellguard"
)

// MaxFile is how large a file of tests may be, in bytes.
const MaxFile = 2 << 20

// Columns are the columns of a file, which are the members of its JSON form.
func Columns() []string { return []string{FieldName, FieldEmail, FieldExpect, FieldNote} }

// FileFault is why a file can't be read as a whole.
type FileFault string

// The faults of files.
const (
	FileEmpty    FileFault = "empty"
	FileTooLarge FileFault = "too-large"
	FileEncoding FileFault = "encoding"
	FileColumns  FileFault = "columns" // a column that is required is missing
	FileJSON     FileFault = "json"
)

// FileError reports a file that can't be read. Line is 0 if none is to blame.
type FileError struct {
	Fault FileFault
	Line  int
}

func (e *FileError) Error() string { return "the file of tests can't be read: " + string(e.Fault) }

// WriteCSV writes tests as CSV, which ReadFile reads.
func WriteCSV(w io.Writer, tests []Test) error {
	if _, err := io.WriteString(w, cellguard.Mark); err != nil {
		return err
	}
	out := cellguard.NewWriter(w)
	if err := out.Write(Columns()); err != nil {
		return err
	}
	for _, t := range tests {
		if err := out.Write([]string{t.Name, t.Email, string(t.Expect), t.Note}); err != nil {
			return err
		}
	}
	return out.Flush()
}

type testJSON struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Expect string `json:"expect"`
	Note   string `json:"note"`
}

// WriteJSON writes tests as a list in JSON, which ReadFile reads.
func WriteJSON(w io.Writer, tests []Test) error {
	list := make([]testJSON, len(tests))
	for i, t := range tests {
		list[i] = testJSON{t.Name, t.Email, string(t.Expect), t.Note}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

// noteNames are what people call the column of notes.
var noteNames = []string{"notes", "comment", "comments", "remark", "remarks"}

// File is what was read from a file.
type File struct {
	Lines   []Line
	LeftOut []string // the columns that tests do not have
}

// ReadFile reads tests from a file of CSV or JSON. A spreadsheet may have more columns than tests
// have: they are left out. Errors: *FileError, *InvalidError.
func ReadFile(data []byte) (File, error) {
	data = bytes.TrimPrefix(data, []byte(cellguard.Mark))
	switch {
	case len(data) > MaxFile:
		return File{}, &FileError{Fault: FileTooLarge}
	case !utf8.Valid(data):
		return File{}, &FileError{Fault: FileEncoding}
	}
	start := bytes.TrimSpace(data)
	switch {
	case len(start) == 0:
		return File{}, &FileError{Fault: FileEmpty}
	case start[0] == '[' || start[0] == '{':
		lines, err := readJSON(data)
		return File{Lines: lines}, err
	}
	return readCSV(data)
}

// readJSON reads a list of tests.
func readJSON(data []byte) (lines []Line, err error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	lineAt := func(offset int64) int {
		rest := data[offset:]
		next := int(offset) + len(rest) - len(bytes.TrimLeft(rest, " \t\r\n,"))
		return 1 + bytes.Count(data[:next], []byte("\n"))
	}
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return nil, &FileError{FileJSON, lineAt(0)}
	}
	var faults []FieldFault
	for dec.More() {
		line := lineAt(dec.InputOffset())
		var object json.RawMessage
		if err := dec.Decode(&object); err != nil {
			return nil, &FileError{FileJSON, line}
		}
		d, bad := draftOfObject(line, object)
		if faults = append(faults, bad...); len(bad) == 0 {
			lines = append(lines, Line{line, d})
		}
	}
	if _, err := dec.Token(); err != nil {
		return nil, &FileError{FileJSON, lineAt(dec.InputOffset())}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &FileError{FileJSON, lineAt(dec.InputOffset())}
	}
	return checked(lines, faults)
}

// draftOfObject reads the members of an object, which is valid JSON. A map would keep only one of
// two members with the same name.
func draftOfObject(line int, object json.RawMessage) (d Draft, faults []FieldFault) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return d, []FieldFault{{line, "", Malformed}}
	}
	var met []string
	for dec.More() {
		member, _ := dec.Token()
		name, _ := member.(string)
		var text *string
		err := dec.Decode(&text)
		switch field := strings.ToLower(name); {
		case !slices.Contains(Columns(), field):
			faults = append(faults, FieldFault{line, name, NoField})
		case slices.Contains(met, field):
			faults = append(faults, FieldFault{line, field, Twice})
		case err != nil:
			faults = append(faults, FieldFault{line, field, Malformed})
		default:
			if met = append(met, field); text != nil {
				d.set(field, *text)
			}
		}
	}
	return d, faults
}

func (d *Draft) set(field, text string) {
	switch field {
	case FieldName:
		d.Name = text
	case FieldEmail:
		d.Email = text
	case FieldExpect:
		d.Expect = Expectation(text)
	case FieldNote:
		d.Note = text
	}
}

// readCSV reads rows with commas, semicolons or tabs, below a row of names.
func readCSV(data []byte) (f File, err error) {
	var lines []Line
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1
	first, _, _ := strings.Cut(string(data), "\n")
	for _, comma := range []rune{';', '\t'} {
		if strings.ContainsRune(first, comma) && !strings.Contains(first, ",") {
			in.Comma = comma
		}
	}
	var faults []FieldFault
	var columns []string
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			faults = append(faults, FieldFault{wrong.Line, "", Malformed})
			break // what follows may be a part of this row
		}
		line, _ := in.FieldPos(0)
		switch blank := strings.TrimSpace(strings.Join(row, "")) == ""; {
		case blank:
		case columns == nil:
			var wrong []FieldFault
			columns, f.LeftOut, wrong = columnsOf(line, row)
			faults = append(faults, wrong...)
			for _, needed := range []string{FieldName, FieldEmail, FieldExpect} {
				if !slices.Contains(columns, needed) {
					return File{}, &FileError{FileColumns, line}
				}
			}
		default:
			d, surplus := draftOf(columns, row)
			if surplus {
				faults = append(faults, FieldFault{line, "", Surplus})
			}
			lines = append(lines, Line{line, d})
		}
	}
	if f.Lines, err = checked(lines, faults); err != nil {
		return File{}, err
	}
	return f, nil
}

// leftOut stands for a column that tests do not have.
const leftOut = "-"

// columnsOf reads the row of names: it returns the columns, "" for those without a name, and the
// names of those that are left out.
func columnsOf(line int, row []string) (columns, others []string, faults []FieldFault) {
	for _, cell := range row {
		columns = append(columns, strings.ToLower(strings.TrimSpace(cell)))
	}
	if !slices.Contains(columns, FieldNote) {
		if i := slices.IndexFunc(columns, func(c string) bool { return slices.Contains(noteNames, c) }); i >= 0 {
			columns[i] = FieldNote
		}
	}
	for i, column := range columns {
		switch {
		case column == "": // a spreadsheet may have them
		case !slices.Contains(Columns(), column):
			columns[i] = leftOut
			others = append(others, strings.TrimSpace(row[i]))
		case slices.Contains(columns[:i], column):
			faults = append(faults, FieldFault{line, column, Twice})
		}
	}
	return columns, others, faults
}

// draftOf reads a row, and reports whether it has a value in no column.
func draftOf(columns, row []string) (d Draft, surplus bool) {
	for i, cell := range row {
		if i >= len(columns) || columns[i] == "" {
			surplus = surplus || strings.TrimSpace(cell) != ""
			continue
		}
		d.set(columns[i], cellguard.Unguard(cell))
	}
	return d, surplus
}

// checked returns lines, or all faults of the file if some could not be read.
func checked(lines []Line, faults []FieldFault) ([]Line, error) {
	if len(faults) == 0 {
		return lines, nil
	}
	for _, l := range lines {
		faults = append(faults, l.tidied().faults(l.Number)...)
	}
	slices.SortStableFunc(faults, func(a, b FieldFault) int { return a.Line - b.Line })
	return nil, &InvalidError{faults}
}
