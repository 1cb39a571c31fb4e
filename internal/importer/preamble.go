package importer

import (
	"regexp"
	"strings"

	"namesake/internal/lazyregexp"
)

// preamble is what programs write before the header of a table.
type preamble struct {
	off       int  // where the table begins
	delimiter byte // that of a line sep=;
	notes     []Note
}

var preambleLines = []struct {
	kind NoteKind
	line func() *regexp.Regexp
}{
	{SkippedSeparator, lazyregexp.New(`(?i)^"?sep=([,;|\t])"?[,;\t|]*$`)},
	{SkippedType, lazyregexp.New(`^"?#TYPE\b`)},
	{SkippedVersion, lazyregexp.New(`(?i)^"?version:\s*v?[0-9][0-9.]*"?[,;\t| ]*$`)},
}

const maxPreamble = 10 // lines

// skipPreamble skips empty lines and those that are no rows.
func skipPreamble(text string) (p preamble) {
	for line := 1; p.off < len(text); line++ {
		end := endOfLine(text, p.off)
		row := text[p.off:end]
		note, skip := noteOf(row)
		if skip && note.Kind == SkippedSeparator {
			p.delimiter = preambleLines[0].line().FindStringSubmatch(row)[1][0]
		}
		if skip && len(p.notes) == maxPreamble {
			return p
		}
		if skip {
			note.Line = line
			p.notes = append(p.notes, note)
		} else if strings.TrimSpace(row) != "" {
			return p
		}
		p.off = end
		if end < len(text) {
			p.off += lineBreak(text, end)
		}
	}
	return p
}

func noteOf(row string) (n Note, skip bool) {
	if len(row) > 1000 {
		return Note{}, false
	}
	for _, of := range preambleLines {
		if of.line().MatchString(row) {
			return Note{Kind: of.kind, Text: shorten(row)}, true
		}
	}
	return Note{}, false
}
