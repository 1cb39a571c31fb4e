package importer

import (
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// cursor finds lines, columns and the file's own bytes of offsets in a text. Asking for
// ascending offsets takes linear time in all.
type cursor struct {
	text string
	enc  Encoding
	bom  int // bytes before the text

	off int
	pos Position
}

func newCursor(text string, enc Encoding, bom int) cursor {
	return cursor{text: text, enc: enc, bom: bom, pos: Position{1, 1, int64(bom)}}
}

// at returns the position of an offset, which must not be before that of the last call.
func (c *cursor) at(off int) Position {
	for c.off < min(off, len(c.text)) {
		if n := lineBreak(c.text, c.off); n > 0 {
			c.off += n
			c.pos = Position{c.pos.Line + 1, 1, c.pos.Byte + int64(n*c.enc.width('\n'))}
			continue
		}
		r, size := utf8.DecodeRuneInString(c.text[c.off:])
		c.off += size
		c.pos.Column++
		c.pos.Byte += int64(c.enc.width(r))
	}
	return c.pos
}

// locator finds positions inside rows.
type locator struct{ row, cur cursor }

// startRow moves to the offset of a row, which must not be before that of the last row.
func (l *locator) startRow(off int) {
	l.row.at(off)
	l.cur = l.row
}

// locate returns the position of an offset in the row.
func (l *locator) locate(off int) Position {
	if off < l.cur.off {
		l.cur = l.row
	}
	return l.cur.at(off)
}

// width returns the number of bytes of a character in a file.
func (e Encoding) width(r rune) int {
	switch e {
	case Windows1252:
		return 1
	case UTF16LE, UTF16BE:
		return 2 * utf16.RuneLen(r)
	case UTF8Twice:
		n := 0
		for _, b := range utf8.AppendRune(nil, r) {
			n += utf8.RuneLen(rereadByte(b))
		}
		return n
	case UTF8:
	}
	return utf8.RuneLen(r)
}

// rereadByte is the character for which a program takes a byte of UTF-8.
func rereadByte(b byte) rune {
	if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}

// lineBreak returns the length of the line break at i: CR, LF or CRLF; 0 for none.
func lineBreak(text string, i int) int {
	switch text[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(text) && text[i+1] == '\n' {
			return 2
		}
		return 1
	}
	return 0
}
