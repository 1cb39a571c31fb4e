package importer

import (
	"path/filepath"
	"slices"
	"strings"
)

// Format is the kind of a file.
type Format string

// The formats.
const (
	CSV        Format = "csv" // with any delimiter
	XLSX       Format = "xlsx"
	JSON       Format = "json"
	Recipients Format = "recipients" // the line "To" of a mail
)

// Options are what a person says about a file. The zero value lets Open find out.
type Options struct {
	Sheet     string    // of a workbook; "" is the first one
	Mapping   Mapping   // nil recognises the columns
	HeaderRow HeaderRow // of a table
}

// HeaderRow says whether the first row of a table names the columns.
type HeaderRow string

// The values of HeaderRow.
const (
	FindHeader HeaderRow = ""
	WithHeader HeaderRow = "with"
	NoHeader   HeaderRow = "without"
)

// NoteKind says what Open did with a line before the rows, or with the whole file.
type NoteKind string

// The kinds of notes.
const (
	SkippedSeparator NoteKind = "separator"     // sep=;
	SkippedType      NoteKind = "type"          // #TYPE …
	SkippedVersion   NoteKind = "version"       // version:v1.0
	SkippedText      NoteKind = "text"          // text before the header
	OneCellRows      NoteKind = "one_cell_rows" // each row is quoted as a whole
	EncodedTwice     NoteKind = "encoded_twice" // UTF-8 taken for another encoding and encoded again
)

// Note is something to tell about how a file was read.
type Note struct {
	Kind NoteKind
	Line int    // 0: the whole file
	Text string // the line, shortened
}

// File is an opened list.
type File struct {
	Format    Format
	Encoding  Encoding // "" for a workbook
	Delimiter byte     // of CSV
	Sheets    []string // of a workbook
	Sheet     string   // the one that is read
	Notes     []Note
	Header    []string // nil without a header; one for each column otherwise
	Mapping   Mapping
	// NeedsMapping is true when a person has to say what the columns are. Mapping is then a
	// suggestion.
	NeedsMapping bool

	uses Mapping // Mapping with this package's own uses
	open func() table
	read func(yield func(Candidate, error) bool) // of formats without columns
}

// Row is a row of a table as it is.
type Row struct {
	Line  int
	Cells []string
}

// Open finds out what data is. filename may be empty; a text whose name ends in .json must be JSON. It
// returns a *FileError for data that is no list.
func Open(data []byte, filename string, o Options) (*File, error) {
	if len(data) > MaxBytes {
		return nil, &FileError{Kind: TooLarge}
	}
	if err := refuse(data); err != nil {
		return nil, err
	}
	if isZip(data) {
		return openWorkbook(data, o)
	}
	d, err := decode(data)
	if err != nil {
		return nil, err
	}
	f := &File{Encoding: d.enc}
	if d.enc == UTF8Twice {
		f.Notes = append(f.Notes, Note{Kind: EncodedTwice})
	}
	d.text = strings.TrimRight(d.text, "\x1A") // which ends files of DOS
	text := strings.TrimSpace(d.text)
	if err := refuseText(text); err != nil {
		return nil, err
	}
	switch {
	case text == "":
		return nil, &FileError{Kind: Empty}
	case text[0] == '{' || text[0] == '[' && !looksLikeHeader(text), strings.EqualFold(filepath.Ext(filename), ".json"):
		return f, f.openJSON(d)
	}
	return f, f.openText(d, o)
}

// looksLikeHeader reports whether a text that begins with a bracket is a table and not JSON.
func looksLikeHeader(text string) bool {
	head := strings.TrimLeft(text[1:], " \t\r\n")
	return head != "" && strings.IndexByte(`{[]"`, head[0]) < 0
}

// openText opens a table or a list of recipients.
func (f *File) openText(d decoded, o Options) error {
	p := skipPreamble(d.text)
	f.Notes = append(f.Notes, p.notes...)
	if p.delimiter == 0 && o.Mapping == nil && o.HeaderRow == FindHeader && isRecipients(d.text[p.off:]) {
		f.Format = Recipients
		f.read = func(yield func(Candidate, error) bool) { readRecipients(d, p.off, yield) }
		return nil
	}
	f.Format, f.Delimiter = CSV, p.delimiter
	if f.Delimiter == 0 {
		f.Delimiter = sniffDelimiter(d.text, p.off)
	}
	f.open = func() table { return newTextTable(d, f.Delimiter, p.off) }
	return f.openTable(o)
}

// openTable finds the header of a table and the uses of its columns.
func (f *File) openTable(o Options) error {
	h, err := findHeader(f.open(), o.HeaderRow)
	if err != nil {
		return err
	}
	f.Notes = append(f.Notes, h.notes...)
	if h.oneCell {
		f.Notes = append(f.Notes, Note{Kind: OneCellRows})
	}
	f.Header = h.names
	open := f.open
	f.open = func() table {
		t := open()
		for range h.rows {
			if _, err := t.next(); err != nil {
				break // findHeader has read them before
			}
		}
		return t
	}
	f.uses, f.NeedsMapping = h.mapping, h.ask
	if o.Mapping != nil {
		if err := f.use(o.Mapping); err != nil {
			return err
		}
	}
	f.Mapping = f.uses.public()
	return nil
}

// use takes a person's mapping. A column with a secret stays dropped.
func (f *File) use(m Mapping) error {
	if len(m) != len(f.uses) {
		return &FileError{Kind: WrongMapping}
	}
	for i, u := range m {
		if !slices.Contains(Uses(), u) || !u.Repeatable() && slices.Index(m, u) < i {
			return &FileError{Kind: WrongMapping, Detail: string(u)}
		}
	}
	for i := range f.uses {
		if f.uses[i] != secret {
			f.uses[i] = m[i]
		}
	}
	f.NeedsMapping = !slices.ContainsFunc(f.uses, Use.isAddress)
	return nil
}

// Preview returns the first rows of a table with all of their columns, for the person who
// says what they are. Cells of columns that are named like a secret are empty.
func (f *File) Preview(n int) []Row {
	if f.open == nil {
		return nil
	}
	var rows []Row
	r, secrets := f.newRowReader(), f.uses.has(secret)
	for len(rows) < n {
		rec, err := r.next()
		if err != nil {
			break
		}
		if rec.blank() {
			continue
		}
		row := Row{Line: r.locate(rec.start).Line}
		broken := rec.fault != nil || r.width(rec) > len(f.uses)
		for i, c := range rec.cells {
			if i >= len(f.uses) {
				break
			}
			if f.uses[i] == secret || secrets && (broken || strings.ContainsAny(c.text, "\r\n")) {
				c.text = "" // the secret can be in another column of a broken row
			}
			row.Cells = append(row.Cells, shorten(c.text))
		}
		rows = append(rows, row)
	}
	return rows
}

// maxShownText is the length to which texts of previews and notes are shortened, in bytes.
const maxShownText = 200

func shorten(text string) string {
	if len(text) <= maxShownText {
		return strings.Clone(text)
	}
	return strings.ToValidUTF8(text[:maxShownText], "") + "…"
}

// blank reports whether a row has nothing, or lines that only draw a table.
func (r record) blank() bool {
	return r.fault == nil && !slices.ContainsFunc(r.cells, func(c cell) bool {
		text := strings.TrimSpace(c.text)
		return text != "" && (len(text) < 3 || strings.Trim(text, "-+=:") != "")
	})
}

// isHeader reports whether a row is the header again, as between lists that were joined.
func (f *File) isHeader(r record) bool {
	for i, name := range f.Header {
		if i >= len(r.cells) || strings.TrimSpace(r.cells[i].text) != name {
			return false
		}
	}
	return r.fault == nil && len(f.Header) > 0
}
