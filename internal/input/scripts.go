package input

import (
	_ "embed"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/lazyregexp"
)

//go:embed confusables.txt
var confusablesText string

// likeASCII is a table of code points that look like ASCII, and like which.
type likeASCII struct {
	ascii  [0x80]string
	others map[rune]string
}

// like returns what r looks like, "" if the table does not have it.
func (t *likeASCII) like(r rune) string {
	if r >= 0 && r < 0x80 {
		return t.ascii[r]
	}
	return t.others[r]
}

// confusables is Unicode's table. x/text has no such table, and Go's libraries that have one
// are years behind.
var confusables = sync.OnceValue(func() *likeASCII {
	table := &likeASCII{others: make(map[rune]string, 2000)}
	for line := range strings.Lines(confusablesText) {
		if line[0] == '#' {
			continue
		}
		code, like, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		r, err := strconv.ParseUint(code, 16, 32)
		if err != nil {
			panic("confusables.txt: " + line)
		}
		if table.others[rune(r)] = like; r < 0x80 {
			table.ascii[r] = like
		}
	}
	return table
})

// Skeleton returns the same text for texts that look alike, as Unicode Technical Standard 39
// defines it, as far as they look like ASCII. It is not for display.
func Skeleton(s string) string {
	table := confusables()
	var b strings.Builder
	b.Grow(len(s) + 2)
	for _, r := range norm.NFD.String(s) {
		switch like := table.like(r); {
		case like != "":
			b.WriteString(like)
		case r < 0x80 || !hidden(r):
			b.WriteRune(r)
		}
	}
	return norm.NFD.String(b.String())
}

// Look is the appearance of a name, for comparing it with many.
type Look struct{ exact, small, latin string }

// LookOf returns how a name looks.
func LookOf(name string) Look {
	name = PlainSigns(strings.Join(strings.Fields(name), " "))
	return Look{Skeleton(name), Skeleton(lower(name)), lower(Latin(name))}
}

// Like reports whether two names look alike.
func (l Look) Like(other Look) bool {
	return l.exact == other.exact || l.small == other.small || l.latin == other.latin
}

// Hashes returns a hash of each text that has to be equal for two names to look alike.
func (l Look) Hashes() (hashes [3]uint32) {
	for i, text := range []string{l.exact, l.small, l.latin} {
		hashes[i] = crc32.ChecksumIEEE([]byte(text))
	}
	return hashes
}

// Alike reports whether two names look alike.
func Alike(a, b string) bool { return LookOf(a).Like(LookOf(b)) }

// lower is a name as it looks in small letters. Those of several scripts look less alike
// than the capital ones do.
func lower(s string) string { return strings.ToLower(s) }

// Latin returns a name with Latin letters in place of letters and digits that look like
// them: the name for which people may mistake it. It returns a name without such letters
// unchanged.
func Latin(name string) string {
	table := confusables()
	runes := []rune(norm.NFC.String(name))
	var b strings.Builder
	for i, r := range runes {
		like := table.like(r)
		switch {
		case r == '0' && besideLetter(runes, i):
			like = "o"
		case (r == '1' || r == '|') && besideLetter(runes, i):
			like = "l"
		case r == 'I' && inSmallLetters(runes[:i]):
			like = "l"
		case r == 'l' && (i == 0 || !unicode.IsLetter(runes[i-1])) && besideLetter(runes, i):
			like = "I"
		case r < 0x80, !unicode.IsLetter(r), unicode.Is(unicode.Latin, r) && ordinary(r), like == "":
			b.WriteRune(r)
			continue
		}
		if unicode.IsUpper(r) && r >= 0x80 && like == "l" {
			like = "I"
		}
		b.WriteString(like)
	}
	return b.String()
}

// ordinary reports whether a Latin letter is one of a language's alphabet rather than
// one for phonetics or mathematics.
func ordinary(r rune) bool {
	switch r {
	case 'ı', 'ĸ', 'ſ', 'ŉ':
		return false
	}
	return r < 0x180 || r >= 0x1E00 && r < 0x1F00
}

// inSmallLetters reports whether the last letter of runes that is no I is a small one.
func inSmallLetters(runes []rune) bool {
	for i := len(runes) - 1; i >= 0; i-- {
		if runes[i] != 'I' {
			return unicode.IsLower(runes[i])
		}
	}
	return false
}

func besideLetter(runes []rune, i int) bool {
	return i > 0 && unicode.IsLetter(runes[i-1]) || i+1 < len(runes) && unicode.IsLetter(runes[i+1])
}

// TakenFor reports whether all letters of name are Latin once those that look like Latin
// ones are replaced, and returns it so.
func TakenFor(name string) (latin string, ok bool) {
	latin = Latin(name)
	if latin == norm.NFC.String(name) {
		return "", false
	}
	for _, r := range latin {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return "", false
		}
	}
	return latin, true
}

// mixed returns the scripts of the first word of s that has letters of several which
// are not written together. Chinese, Japanese and Korean words may have Latin letters.
func mixed(s string) (word string, scripts []string) {
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) }) {
		var found []string
		for _, r := range word {
			if script := scriptOf(r); script != "" && !slices.Contains(found, script) {
				found = append(found, script)
			}
		}
		if !together(found) {
			slices.Sort(found)
			return word, found
		}
	}
	return "", nil
}

// escapes are the parts of a pattern with letters that are not words.
var escapes = lazyregexp.New(`\\[pPxukN]\{[^}]*\}|\\.|\[[^\]]*\]|\(\?[a-zA-Z<!=-]*`)

// MixedPattern describes a word of a pattern with letters of several scripts, "" if there is
// none.
func MixedPattern(pattern string) string {
	return mixedDetail(escapes().ReplaceAllLiteralString(pattern, " "))
}

// mixedDetail is the Detail of MixedScripts, "" when s is not mixed.
func mixedDetail(s string) string {
	word, scripts := mixed(s)
	if word == "" {
		return ""
	}
	return fmt.Sprintf("“%s” has %s letters", word, strings.Join(scripts, " and "))
}

// together reports whether the scripts are written in one word, as the augmented script
// sets of Unicode Technical Standard 39 and its level "highly restrictive" have it.
func together(scripts []string) bool {
	rest := slices.DeleteFunc(slices.Clone(scripts), func(s string) bool { return s == "Latin" || s == "Han" })
	switch {
	case len(scripts) < 2 || len(rest) == 0:
		return true
	case len(rest) == 1:
		return slices.Contains([]string{"Hiragana", "Katakana", "Hangul", "Bopomofo"}, rest[0])
	case len(rest) == 2:
		return slices.Contains(rest, "Hiragana") && slices.Contains(rest, "Katakana")
	}
	return false
}

// scriptOf returns the script of a letter, "" for what belongs to none.
func scriptOf(r rune) string {
	if r < 0x80 {
		if unicode.IsLetter(r) {
			return "Latin"
		}
		return ""
	}
	if !unicode.IsLetter(r) || unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for _, name := range likely {
		if unicode.Is(unicode.Scripts[name], r) {
			return name
		}
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// likely are the scripts that are asked for first, which saves most of the asking.
var likely = []string{"Latin", "Cyrillic", "Greek", "Han", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew", "Devanagari", "Thai"}
