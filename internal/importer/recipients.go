package importer

import (
	"strings"

	"namesake/internal/lazyregexp"
	"namesake/internal/registry"
)

var nameAndAddress = lazyregexp.New(`<[^<>\s]*@[^<>\s]*>`)

// isRecipients reports whether a text is a list of recipients, by its first lines: the first one
// is of recipients, and no other is a row of a table, which can have a line of text above it.
func isRecipients(text string) bool {
	lines := 0
	for at := 0; at < len(text) && lines < headRows; {
		end := endOfLine(text, at)
		line := text[at:min(end, at+maxCellBytes)]
		if at = end; at < len(text) {
			at += lineBreak(text, at)
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !hasRecipients(line) && (lines == 0 || hasCells(line)) {
			return false
		}
		lines++
	}
	return lines > 0
}

// hasRecipients reports whether a line has an address in angle brackets, or nothing but
// addresses.
func hasRecipients(line string) bool {
	if nameAndAddress().MatchString(line) {
		return true
	}
	n := 0
	for p := range pieces(line) {
		if _, ok := p.address(); !ok {
			return false
		}
		n++
	}
	return n > 0
}

// hasCells reports whether a line has several cells.
func hasCells(line string) bool {
	cells := 0
	for cell := range strings.FieldsFuncSeq(line, func(r rune) bool { return strings.ContainsRune(delimiters, r) }) {
		if strings.TrimSpace(cell) != "" {
			cells++
		}
	}
	return cells > 1
}

// readRecipients reads a list of recipients.
func readRecipients(d decoded, off int, yield func(Candidate, error) bool) {
	positions := newCursor(d.text, d.enc, d.bom)
	n := 0
	for p := range pieces(d.text[off:]) {
		c := Candidate{Has: Fields{registry.FieldEmail}}
		a, ok := p.address()
		c.Position = positions.at(off + a.at)
		if n++; n > MaxRows {
			yield(Candidate{}, &FileError{Kind: TooManyRows, Position: c.Position})
			return
		}
		if a.name != "" {
			c.Has = Fields{registry.FieldName, registry.FieldEmail}
		}
		c.Draft = registry.Draft{Name: strings.Clone(a.name), Email: strings.Clone(a.text)}
		switch {
		case len(p.text) > maxPiece:
			c.Draft = registry.Draft{}
			c.Problem = &RowError{Kind: CellTooLong, Position: c.Position, Field: registry.FieldEmail, Max: maxPiece}
		case p.unclosed:
			c.Problem = &RowError{Kind: UnclosedQuote, Position: c.Position}
		case !ok && strings.Contains(a.text, "@"): // the rules of entries say what is wrong with it
		case !ok:
			c.Draft = registry.Draft{Name: strings.Clone(p.text)}
			c.Problem = &RowError{Kind: NoAddress, Position: c.Position, Field: registry.FieldEmail}
		case a.reason == NotAnAddress:
			c.Leave = []Reason{NotAnAddress}
		}
		if !yield(c.checked(), nil) {
			return
		}
	}
}
