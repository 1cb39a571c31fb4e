package importer

import (
	"errors"
	"io"
	"slices"
	"strings"
)

// table yields the rows of a file.
type table interface {
	// next returns io.EOF at the end. The record is valid until the next call.
	next() (record, error)
	// locate returns the position of an offset in the last record.
	locate(at int) Position
}

// textTable is the table of a CSV file.
type textTable struct {
	scanner *scanner
	inner   *scanner // of a row that is quoted as a whole
	locator
}

func newTextTable(d decoded, delimiter byte, off int) *textTable {
	c := newCursor(d.text, d.enc, d.bom)
	return &textTable{scanner: newScanner(d.text, delimiter, off), locator: locator{c, c}}
}

func (t *textTable) next() (record, error) {
	rec, ok := t.scanner.next()
	if !ok {
		return record{}, io.EOF
	}
	t.startRow(rec.start)
	return t.unwrap(rec), nil
}

// unwrap splits a row that is quoted as a whole into one cell.
func (t *textTable) unwrap(rec record) record {
	if rec.fault != nil || !rec.isOneCell(t.scanner.delimiter) {
		return rec
	}
	if t.inner == nil {
		t.inner = newScanner("", t.scanner.delimiter, 0)
	}
	outer := rec.cells[0]
	t.inner.text, t.inner.off, t.inner.again = outer.text, 0, 0
	in, ok := t.inner.next()
	if !ok || in.fault != nil || t.inner.off < len(outer.text) {
		return rec
	}
	for i := range in.cells {
		if outer.escaped {
			in.cells[i].at, in.cells[i].escaped = 0, true
		}
		in.cells[i].at += outer.at
	}
	return record{start: rec.start, cells: in.cells, unwrapped: true}
}

// isOneCell reports whether the row is one quoted cell with the delimiter in it.
func (r record) isOneCell(delimiter byte) bool {
	for i, c := range r.cells {
		if i > 0 && c.text != "" {
			return false
		}
	}
	return r.cells[0].quoted && strings.IndexByte(r.cells[0].text, delimiter) >= 0
}

// delimiters are those that files have, the most frequent ones first.
const delimiters = ",;\t|"

// sniffDelimiter returns the delimiter with which the first rows are most like a table: by
// the columns that are recognised, then by rows of the same length.
func sniffDelimiter(text string, off int) byte {
	best, bestScore := delimiters[0], -1
	for i := range len(delimiters) {
		if score := tableScore(decoded{text: text, enc: UTF8}, delimiters[i], off); score > bestScore {
			best, bestScore = delimiters[i], score
		}
	}
	return best
}

// headRows is the number of rows in which a header is looked for.
const headRows = 10

func tableScore(d decoded, delimiter byte, off int) (score int) {
	t := newTextTable(d, delimiter, off)
	cells := 0
	for range headRows {
		rec, err := t.next()
		if err != nil {
			break
		}
		if rec.fault != nil || rec.blank() || len(rec.cells) > maxColumns {
			continue
		}
		if n := headerScore(rec.texts()); n > 0 {
			score = max(score, 1000*n)
		}
		if n := len(rec.cells); n > 1 && n == cells {
			score++
		}
		cells = len(rec.cells)
	}
	return score
}

func (r record) texts() []string {
	texts := make([]string, len(r.cells))
	for i, c := range r.cells {
		texts[i] = strings.Clone(strings.TrimSpace(c.text))
	}
	return texts
}

// headerScore returns how many columns of a row are known names of columns, 0 for a row that
// is no header.
func headerScore(names []string) (n int) {
	if _, other := otherList(names); other {
		return len(names)
	}
	m, _ := recognise(names)
	for _, name := range names {
		if strings.Contains(name, "@") {
			return 0
		}
	}
	found := false
	for _, u := range m {
		if u != Drop {
			n++
		}
		found = found || u.isAddress() || u.isName()
	}
	if !found {
		return 0
	}
	return n
}

// header is what findHeader found.
type header struct {
	names   []string
	rows    int // rows up to the header, with it
	mapping Mapping
	ask     bool
	notes   []Note
	oneCell bool

	width     int  // cells without empty ones at the end
	addresses bool // the row has an address, as rows of entries do
}

// findHeader reads the first rows of a table.
func findHeader(t table, row HeaderRow) (header, error) {
	var first header // the first row that is not text above the others
	var notes []Note
	widest := 0 // of the rows with an address
	for rows := 1; rows <= headRows; rows++ {
		rec, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return header{}, err
		}
		if rec.blank() || rec.fault != nil {
			continue
		}
		if len(rec.cells) > maxColumns && widest > 0 {
			continue // a row that is wrong
		}
		if len(rec.cells) > maxColumns {
			return header{}, &FileError{Kind: TooManyColumns, Position: t.locate(rec.start)}
		}
		names := rec.texts()
		if kind, other := otherList(names); other {
			return header{}, &FileError{Kind: kind, Position: t.locate(rec.start)}
		}
		text := strings.Join(names, " ")
		h := header{names: names, rows: rows, notes: slices.Clone(notes), oneCell: rec.unwrapped, width: rec.width(), addresses: strings.Contains(text, "@")}
		if row == WithHeader || row == FindHeader && h.width > widest && headerScore(names) > 0 {
			h = h.recognise()
			h.ask = h.ask || widest > 1 // a row above it may be an entry
			return h, nil
		}
		if first.rows == 0 || first.isTextAbove(h) {
			first = h
		}
		if h.addresses {
			widest = max(widest, h.width)
		}
		if row == NoHeader && first.width > 1 {
			break
		}
		notes = append(notes, Note{SkippedText, t.locate(rec.start).Line, shorten(text)})
	}
	return first.guess(row), nil
}

// isTextAbove reports whether a row is text above the table of which a later row is.
func (h header) isTextAbove(later header) bool {
	if h.width >= later.width || h.addresses && later.addresses {
		return false
	}
	return h.width == 1 || !h.addresses && !later.addresses
}

func (h header) recognise() header {
	var clear bool
	h.mapping, clear = recognise(h.names)
	h.ask = !clear || len(h.names) > 1 && !h.mapping.complete()
	return h
}

// guess returns the header of a table of which no column is recognised: the first row, unless
// that has an address.
func (h header) guess(row HeaderRow) header {
	h.mapping, h.ask = make(Mapping, len(h.names)), len(h.names) > 0
	for i, name := range h.names {
		switch {
		case useOf(foldHeader(name)) == secret:
			h.mapping[i] = secret
		case !strings.Contains(name, "@"):
		case h.mapping.has(Email):
			h.mapping[i] = SecondaryEmail
		default:
			h.mapping[i] = Email
		}
	}
	if len(h.names) == 2 && h.mapping.has(Email) {
		h.mapping[1-slices.Index(h.mapping, Email)] = Name
	}
	if h.mapping.has(Email) || row == NoHeader {
		h.names, h.rows = nil, h.rows-1
	}
	return h
}
