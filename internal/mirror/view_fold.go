package mirror

import (
	"strings"
	"unicode/utf8"

	"namesake/internal/registry"
)

// fieldEnd ends each field in a folded text. Folding leaves no other white space than
// single spaces between words, so a word never matches across it.
const fieldEnd = '\n'

// foldEntry returns the texts of an entry that a search looks at, folded: name, address,
// comments, and the id if it is not of the usual form; without accents, and with them.
func foldEntry(e *registry.Entry) (plain, accented string) {
	texts := [4]string{registry.FoldName(e.Name), registry.FoldName(e.Email)}
	if e.Comments != nil {
		texts[2] = registry.FoldName(*e.Comments)
	}
	if id := registry.FoldName(string(e.ID)); !usualInID(id) {
		texts[3] = id
	}
	accented = joinFields(texts[:])
	if isASCII(accented) {
		return accented, accented
	}
	for i, text := range texts {
		texts[i] = registry.WithoutAccents(text)
	}
	return joinFields(texts[:]), accented
}

// usualInID reports whether a folded text has only characters of UUIDs and numbers.
func usualInID(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') && c != '-' {
			return false
		}
	}
	return true
}

func joinFields(texts []string) string {
	n := len(texts)
	for _, text := range texts {
		n += len(text)
	}
	var b strings.Builder
	b.Grow(n)
	for _, text := range texts {
		b.WriteString(text)
		b.WriteByte(fieldEnd)
	}
	return b.String()
}

// nameOf and emailOf return those fields of a folded text.
func nameOf(folded string) string {
	name, _, _ := strings.Cut(folded, string(fieldEnd))
	return name
}

func emailOf(folded string) string {
	_, rest, _ := strings.Cut(folded, string(fieldEnd))
	return nameOf(rest)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
