// Package quote writes text as a literal of another language, for every content: names from
// the registry end up in people's shells. It imports no other package of this module.
//
// Invisible characters, and those that change how their neighbours are displayed, are
// written as escapes if the language has any.
package quote

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Shell returns s as one word of a POSIX shell. Single quotes protect everything, including
// history expansion of interactive shells and invalid UTF-8, except a zero byte.
func Shell(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// JSON returns v as indented JSON. Bytes that are no UTF-8 become U+FFFD.
func JSON(v any) (string, error) {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	var b strings.Builder
	for _, r := range strings.TrimSuffix(text.String(), "\n") {
		switch {
		case r == '\n' || unicode.IsPrint(r): // a line break in a string is \n already
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String(), nil
}

// HCL returns s as a string of HashiCorp's configuration language, in which ${ and %{
// are not templates. Bytes that are no UTF-8 become U+FFFD.
func HCL(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case (r == '$' || r == '%') && strings.HasPrefix(s[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
