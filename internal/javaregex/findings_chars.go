package javaregex

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/runenames"
)

// plainly are typographic characters, with what a keyboard has for them.
var plainly = map[rune]string{
	'‘': "'", '’': "'", '‚': ",", '‛': "'", '′': "'", 'ʼ': "'", '´': "'", 'ˋ': "`", '＇': "'",
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '″': `"`, '«': `"`, '»': `"`, '‹': "'", '›': "'",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '﹣': "-",
	'…': "...", '․': ".", '‧': ".", '·': ".", '。': ".", '｡': ".", '﹒': ".", '﹫': "@", '∗': "*", '⁎': "*", '‗': "_", '∣': "|", '⁄': "/", '＼': `\`, '×': "x",
}

// plain is what a keyboard has for r, "" if r is not typographic.
func plain(r rune) string {
	if r >= '！' && r <= '～' { // the wide forms of ASCII
		return string(r - '！' + '!')
	}
	return plainly[r]
}

// isInvisible reports whether r can't be seen, or only as a space that is not the one of
// the keyboard.
func isInvisible(r rune) bool {
	switch {
	case r == ' ':
		return false
	case unicode.In(r, unicode.Z, unicode.C, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
		return true
	}
	return r == '\u034F' || r == '\u2800'
}

// characters finds invisible and typographic characters in the pattern, unless they are
// written by their number.
func (f *finder) characters() {
	type kind struct {
		id   string
		char rune
	}
	seen := map[kind]bool{}
	spaced := f.hasComments()
	at, n := 0, 0
	for _, r := range f.source {
		start := at
		at += width(r)
		n++
		found := Finding{Start: start, End: at, Severity: Warning}
		switch {
		case r < 128 && spaced && isSpace(r):
			continue
		case isInvisible(r):
			found.ID = Invisible
			found.Message = fmt.Sprintf("Character %d of the pattern is invisible: U+%04X%s.", n, r, nameOf(r))
			found.Suggestion = fmt.Sprintf(`Leave it out; if you mean it, write \x{%X}.`, r)
		case plain(r) != "":
			found.ID = Typographic
			found.Message = fmt.Sprintf("Character %d of the pattern, “%c”, is not the “%s” of the keyboard but U+%04X%s.", n, r, plain(r), r, nameOf(r))
			found.Suggestion = f.plainAdvice(r)
		default:
			continue
		}
		if !seen[kind{found.ID, r}] {
			seen[kind{found.ID, r}] = true
			f.put(found)
		}
	}
}

// hasComments reports whether (?x) holds anywhere, so that spaces may mean nothing.
func (f *finder) hasComments() (spaced bool) {
	f.root.walk(func(n *node, _ []*node) bool {
		spaced = spaced || n.flags&comments != 0
		return !spaced
	})
	return spaced
}

// plainAdvice says what to write for a typographic character.
func (f *finder) plainAdvice(r rune) string {
	fixed := strings.ReplaceAll(f.source, string(r), plain(r))
	if _, err := Compile(fixed); err != nil || len(f.units) > maxAddress {
		return fmt.Sprintf(`If you do not mean it, write %s; otherwise \x{%X}.`, plain(r), r)
	}
	return fmt.Sprintf(`If you do not mean it (\x{%X} says that you do), write: %s`, r, fixed)
}

// nameOf is the name of a character behind a space, "" if it has none.
func nameOf(r rune) string {
	name := runenames.Name(r)
	if name == "" || name[0] == '<' {
		return ""
	}
	return " " + name
}
