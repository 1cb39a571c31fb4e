package importer

import "strings"

// record is a row of a table.
type record struct {
	start int // the offset of its text; the row in a sheet
	cells []cell
	fault *fault
	// unwrapped is true for a row that was quoted as a whole.
	unwrapped bool
}

// cell is a cell of a row.
type cell struct {
	text    string
	at      int  // the offset of its content in the text of the file; the column in a sheet
	quoted  bool // white space around it belongs to it
	escaped bool // offsets in text are not those in the file
}

// fault is what is wrong with the text of a row.
type fault struct {
	kind RowErrorKind
	at   int
	read int // how far the text was read to find it
}

// scanner splits text into rows and cells.
type scanner struct {
	text      string
	delimiter byte
	off       int
	// again is how much text it may read a second time, to continue after a wrong quotation
	// mark with the next line. The limit keeps the time linear.
	again int
	cells []cell
}

func newScanner(text string, delimiter byte, off int) *scanner {
	return &scanner{text: text, delimiter: delimiter, off: off, again: len(text)}
}

// next returns the next row. The cells are valid until the next call.
func (s *scanner) next() (rec record, ok bool) {
	if s.off >= len(s.text) {
		return record{}, false
	}
	rec = record{start: s.off}
	s.cells = s.cells[:0]
	for {
		c, end, f := s.cell(s.off)
		if len(s.cells) <= maxColumns {
			s.cells = append(s.cells, c) // further ones only make the row too long
		} else if f != nil {
			s.cells[maxColumns] = c
		}
		rec.cells = s.cells
		if f != nil {
			rec.fault = f
			s.recover(rec)
			return rec, true
		}
		s.off = end
		if end == len(s.text) {
			return rec, true
		}
		if n := lineBreak(s.text, end); n > 0 {
			s.off += n
			return rec, true
		}
		s.off++ // the delimiter
	}
}

// cell reads the cell at off. end is the offset of the delimiter or the line break behind it.
func (s *scanner) cell(off int) (c cell, end int, f *fault) {
	begin := off
	for begin < len(s.text) && s.text[begin] == ' ' {
		begin++
	}
	if begin < len(s.text) && s.text[begin] == '"' {
		return s.quoted(begin)
	}
	end = s.endOfCell(off)
	return cell{text: s.text[off:end], at: off}, end, nil
}

func (s *scanner) endOfCell(off int) int {
	for i := off; i < len(s.text); i++ {
		if b := s.text[i]; b == s.delimiter || b == '\n' || b == '\r' {
			return i
		}
	}
	return len(s.text)
}

func (s *scanner) quoted(mark int) (c cell, end int, f *fault) {
	c = cell{at: mark + 1, quoted: true}
	for i := mark + 1; ; i += 2 {
		n := strings.IndexByte(s.text[i:], '"')
		if n < 0 {
			line := endOfLine(s.text, mark)
			c.text = s.text[mark+1 : line]
			return c, line, &fault{UnclosedQuote, mark, len(s.text)}
		}
		i += n
		if i+1 < len(s.text) && s.text[i+1] == '"' {
			c.escaped = true
			continue
		}
		c.text, end = s.text[mark+1:i], i+1
		break
	}
	if c.escaped {
		c.text = strings.ReplaceAll(c.text, `""`, `"`)
	}
	after := end
	for end < len(s.text) && s.text[end] == ' ' {
		end++
	}
	if end < len(s.text) && s.text[end] != s.delimiter && s.text[end] != '\n' && s.text[end] != '\r' {
		return c, end, &fault{TextAfterQuote, after, end}
	}
	return c, end, nil
}

// recover continues after a row with a fault: with its second line, because the fault can be
// a quotation mark too many on the first.
func (s *scanner) recover(rec record) {
	s.off = endOfLine(s.text, rec.start)
	if again := max(0, rec.fault.read-s.off); again <= s.again {
		s.again -= again
	} else {
		s.off = endOfLine(s.text, rec.fault.at)
	}
	if s.off < len(s.text) {
		s.off += lineBreak(s.text, s.off)
	}
}

func endOfLine(text string, off int) int {
	if n := strings.IndexAny(text[off:], "\r\n"); n >= 0 {
		return off + n
	}
	return len(text)
}
