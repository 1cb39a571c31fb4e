package regex

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// notTextError reports something in a question that no text can hold: half of a
// surrogate pair, or bytes that are not UTF-8. Read as U+FFFD it would be another pattern.
type notTextError struct {
	half string // the escape of a half without the other, "" for bytes
}

func (e *notTextError) Error() string {
	if e.half == "" {
		return "not UTF-8"
	}
	return "lone surrogate " + e.half
}

func (e *notTextError) text() string {
	if e.half == "" {
		return "What was sent holds bytes that are not UTF-8, so it is not certain which characters are meant. Send it again in UTF-8."
	}
	return fmt.Sprintf(`What was sent holds %s, one half of a surrogate pair, without the other. That is no character. Send both halves, or the character itself; for a pattern that is about the half, write \%s in the JSON.`, e.half, e.half)
}

// checkText reports the first thing in a JSON document that no text can hold.
func checkText(document []byte) error {
	if !utf8.Valid(document) {
		return &notTextError{}
	}
	for {
		at := bytes.IndexByte(document, '\\')
		if at < 0 || at+1 >= len(document) {
			return nil
		}
		document = document[at:]
		unit := escapedUnit(document)
		switch {
		case unit < 0:
			document = document[2:]
			continue
		case !utf16.IsSurrogate(unit):
			document = document[6:]
			continue
		}
		if utf16.DecodeRune(unit, escapedUnit(document[6:])) == utf8.RuneError {
			return &notTextError{half: string(document[:6])}
		}
		document = document[12:]
	}
}

// escapedUnit is the UTF-16 unit that text begins with in the form \u0061, -1 if it does
// not begin so.
func escapedUnit(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// checkFormText is checkText for the fields of a form.
func checkFormText(form url.Values, fields ...string) error {
	for _, field := range fields {
		if !utf8.ValidString(form.Get(field)) {
			return &notTextError{}
		}
	}
	return nil
}
