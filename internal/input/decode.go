package input

import (
	"fmt"
	"html"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/transform"
)

// decode undoes one accident of encoding in s. kind is "" where there is none.
func decode(s string) (decoded string, kind Kind) {
	for _, of := range []struct {
		kind Kind
		undo func(string) string
	}{
		{Encoded, decodeWords},
		{Encoded, decodeEntities},
		{Encoded, decodePercent},
		{Encoded, decodeQuotedPrintable},
		{Encoded, decodeEscapes},
		{Garbled, readAgain},
	} {
		if d := of.undo(s); d != s && d != "" && utf8.ValidString(d) {
			return d, of.kind
		}
	}
	return s, ""
}

// words decodes the encoded words of RFC 2047.
var words = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	e, err := ianaindex.MIME.Encoding(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %s: %w", charset, err)
	}
	if e == nil {
		return nil, fmt.Errorf("charset %s is not known", charset)
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}}

var encodedWord = regexp.MustCompile(`=\?[^?\s]+\?[bBqQ]\?[^?]*\?=`)

func decodeWords(s string) string {
	if !encodedWord.MatchString(s) {
		return s
	}
	if d, err := words.DecodeHeader(s); err == nil {
		return d
	}
	return s
}

var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)

func decodeEntities(s string) string {
	if !entity.MatchString(s) {
		return s
	}
	return html.UnescapeString(s)
}

var percent = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// decodePercent takes s for a piece of a URL when all percent signs in it are those of
// escapes that give text.
func decodePercent(s string) string {
	if !percent.MatchString(s) {
		return s
	}
	d, err := url.PathUnescape(s)
	if err != nil || strings.ContainsFunc(d, unicode.IsControl) {
		return s
	}
	if !strings.ContainsAny(s, " @") && !strings.Contains(d, "@") {
		d = strings.ReplaceAll(d, "+", " ")
	}
	return d
}

var printable = regexp.MustCompile(`(=[C-F][0-9A-F]=[89AB][0-9A-F])`)

func decodeQuotedPrintable(s string) string {
	if !printable.MatchString(s) {
		return s
	}
	return regexp.MustCompile(`=[0-9A-F]{2}`).ReplaceAllStringFunc(s, func(code string) string {
		n, _ := strconv.ParseUint(code[1:], 16, 8) // two digits, by the expression
		return string([]byte{byte(n)})
	})
}

var escape = regexp.MustCompile(`\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|\\u\{[0-9a-fA-F]{1,6}\}`)

// decodeEscapes undoes the escapes of programming languages.
func decodeEscapes(s string) string {
	if !escape.MatchString(s) {
		return s
	}
	return escape.ReplaceAllStringFunc(s, func(code string) string {
		n, err := strconv.ParseUint(strings.Trim(code[2:], "{}"), 16, 32)
		if err != nil || n > unicode.MaxRune || n < ' ' || n >= 0xD800 && n < 0xE000 {
			return code
		}
		return string(rune(n))
	})
}

// readAgain undoes that text in UTF-8 was read in an older encoding, as in "JosÃ©".
func readAgain(s string) string {
	for _, old := range []struct {
		table *charmap.Charmap
		least int // how many characters have to come out of it to be no accident
	}{{charmap.Windows1252, 1}, {charmap.ISO8859_1, 1}, {charmap.Macintosh, 1}, {charmap.CodePage850, 2}, {charmap.CodePage437, 2}, {charmap.Windows1251, 2}} {
		b, err := old.table.NewEncoder().String(s)
		if err != nil || !utf8.ValidString(b) || b == s {
			continue
		}
		n := 0
		plausible := true
		for _, r := range b {
			if r < 0x80 {
				continue
			}
			n++
			plausible = plausible && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) || r == 0xA0) &&
				(old.table != charmap.Windows1251 || unicode.Is(unicode.Cyrillic, r) || unicode.IsPunct(r))
		}
		if plausible && n >= old.least {
			return b
		}
	}
	return s
}
