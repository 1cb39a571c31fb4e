package input

import (
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"

	"namesake/internal/lazyregexp"
)

// decode repairs one encoding error in s. kind is "" if there is none.
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
		{Encoded, decodeBase64},
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
	charset, _, _ = strings.Cut(charset, "*") // RFC 2231 has the language behind it
	e, err := htmlindex.Get(charset)
	if err != nil {
		return nil, fmt.Errorf("charset %s: %w", charset, err)
	}
	return transform.NewReader(r, e.NewDecoder()), nil
}}

var encodedWord = lazyregexp.New(`=\?[^?\s]+\?[bBqQ]\?[^?]*\?=`)

func decodeWords(s string) string {
	if !encodedWord().MatchString(s) {
		return s
	}
	d, err := words.DecodeHeader(s)
	if err == nil && !strings.ContainsRune(d, utf8.RuneError) {
		return d
	}
	if !wrongCharset().MatchString(s) {
		return s
	}
	if d, err = words.DecodeHeader(wrongCharset().ReplaceAllString(s, "=?windows-1252?$1?")); err == nil {
		return d
	}
	return s
}

// wrongCharset begins an encoded word of which the charset is often claimed without need.
var wrongCharset = lazyregexp.New(`=\?(?i:utf-?8|us-ascii)\?([bBqQ])\?`)

var entity = lazyregexp.New(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)

func decodeEntities(s string) string {
	if !entity().MatchString(s) {
		return s
	}
	return html.UnescapeString(s)
}

var percent = lazyregexp.New(`%[0-9A-Fa-f]{2}`)

// decodePercent takes s for a piece of a URL when all percent signs in it are those of
// escapes that give text.
func decodePercent(s string) string {
	if !percent().MatchString(s) {
		return s
	}
	d, err := url.PathUnescape(extended().ReplaceAllString(s, ""))
	if err != nil || strings.ContainsFunc(d, unicode.IsControl) {
		return s
	}
	if !strings.ContainsAny(s, " @") && !strings.Contains(d, "@") {
		d = strings.ReplaceAll(d, "+", " ")
	}
	return d
}

// extended begins a parameter of RFC 5987, such as UTF-8”Jane%20Doe.
var extended = lazyregexp.New(`^(?i:utf-8)'[A-Za-z-]*'`)

var (
	printable     = lazyregexp.New(`(=[C-F][0-9A-F]=[89AB][0-9A-F])`)
	printableByte = lazyregexp.New(`=[0-9A-F]{2}`)
)

func decodeQuotedPrintable(s string) string {
	if !printable().MatchString(s) {
		return s
	}
	return printableByte().ReplaceAllStringFunc(s, func(code string) string {
		n, _ := strconv.ParseUint(code[1:], 16, 8) // two digits, by the expression
		return string([]byte{byte(n)})
	})
}

var escape = lazyregexp.New(`\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|["'])|\\u\{[0-9a-fA-F]{1,6}\}`)

// decodeEscapes undoes the escapes of programming languages.
func decodeEscapes(s string) string {
	if !escape().MatchString(s) {
		return s
	}
	s = surrogates().ReplaceAllStringFunc(s, func(code string) string {
		high, _ := strconv.ParseUint(code[2:6], 16, 32) // digits, by the expression
		low, _ := strconv.ParseUint(code[8:], 16, 32)
		return string(utf16.DecodeRune(rune(high), rune(low)))
	})
	return escape().ReplaceAllStringFunc(s, func(code string) string {
		if code[1] == '"' || code[1] == '\'' {
			return code[1:]
		}
		n, err := strconv.ParseUint(strings.Trim(code[2:], "{}"), 16, 32)
		if err != nil || n > unicode.MaxRune || n < ' ' || n >= 0xD800 && n < 0xE000 {
			return code
		}
		return string(rune(n))
	})
}

// surrogates are the two escapes of one character in JSON.
var surrogates = lazyregexp.New(`\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)

var base64Text = lazyregexp.New(`^[A-Za-z0-9+/]{5,}={1,2}$`)

// decodeBase64 takes s for base64 when it ends as no name does.
func decodeBase64(s string) string {
	if !base64Text().MatchString(s) {
		return s
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if d := string(b); err == nil && utf8.Valid(b) && Shows(d) && !strings.ContainsFunc(d, unicode.IsControl) {
		return d
	}
	return s
}

// readAgain repairs UTF-8 text that was read in an older encoding, such as "JosÃ©".
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
