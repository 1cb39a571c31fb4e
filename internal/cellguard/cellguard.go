// Package cellguard keeps spreadsheet programs from running text as a formula. Files of CSV
// are guarded as they are written and unguarded as they are read; a file of XLSX says of
// each cell that it is text, so it needs neither. It imports no other package of this module.
package cellguard

import (
	"strings"
	"unicode"
)

// Guard returns what to write into a cell of CSV for s: s itself, or s behind an apostrophe
// where a spreadsheet program could take it for a formula.
func Guard(s string) string {
	if guarded(s) {
		return "'" + s
	}
	return s
}

// Unguard returns the text that Guard made cell of. It leaves apostrophes alone that Guard
// would not have written, such as that of 't Hooft.
func Unguard(cell string) string {
	if text, ok := strings.CutPrefix(cell, "'"); ok && guarded(cell) {
		return text
	}
	return cell
}

// guarded reports whether s gets an apostrophe. What begins with apostrophes gets one more
// if the rest needs one: then both answers are the same with and without the apostrophe,
// so Unguard can tell.
func guarded(s string) bool {
	text := strings.TrimLeft(s, "'")
	if text == "" {
		return false
	}
	if strings.ContainsRune("\t\r\n", rune(text[0])) { // programs that drop it look at what follows
		return true
	}
	text = strings.TrimLeftFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) // Cf: does not show, such as U+FEFF
	})
	return strings.IndexAny(text, "=+-@＝＋－＠") == 0
}
