package importer

import (
	"fmt"
	"io"
	"mime"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"namesake/internal/input"
	"namesake/internal/lazyregexp"
)

// address is one address of a row or of a list of recipients.
type address struct {
	text   string
	name   string // that stands before it
	at     int    // its offset in the file
	use    Use
	reason Reason
}

// addresses returns the addresses of a row, each of them once, the main ones first.
func (r *rowReader) addresses(row row) []address {
	var all []address
	main := false
	for _, use := range []Use{Email, ProxyAddresses, UserName, SecondaryEmail, RecoveryEmail} {
		for _, v := range row.values {
			if v.use != use || input.Trim(v.text) == "" || typeName().MatchString(v.text) {
				continue
			}
			if row.draft.IsEmailRegex { // a pattern can have any separator in it
				return []address{{text: input.Trim(v.text), at: v.at, use: use}}
			}
			if use == UserName && (main || !strings.Contains(v.text, "@")) {
				continue
			}
			all = append(all, v.addresses()...)
		}
		for _, a := range all {
			main = main || a.reason == ""
		}
	}
	return unique(all)
}

// typeName is what PowerShell writes for a list that it can't.
var typeName = lazyregexp.New(`^(?:System|Microsoft)(?:\.[A-Za-z0-9]+)+(?:\[\])?$`)

// unique removes repeated addresses. When there is no other, the first secondary address that
// only its prefix marks is the main one.
func unique(all []address) []address {
	if len(all) < 2 {
		if len(all) == 1 && all[0].reason == aliasAddress {
			all[0].reason = ""
		}
		return all
	}
	seen := make(map[string]bool, len(all))
	main := false
	for _, a := range all {
		main = main || a.reason == ""
	}
	kept := all[:0]
	for _, a := range all {
		folded := strings.ToLower(a.text)
		if seen[folded] {
			continue
		}
		seen[folded] = true
		if a.reason == aliasAddress {
			a.reason = SecondaryAddress
			if !main {
				a.reason, main = "", true
			}
		}
		kept = append(kept, a)
	}
	return kept
}

// aliasAddress is an address that Exchange marks as secondary with a prefix in small letters.
const aliasAddress Reason = "alias"

// addresses splits a cell into its addresses. A cell in which something else is left stays
// whole, for the rules of entries to judge.
func (v value) addresses() []address {
	whole := address{text: input.Trim(v.text), at: v.at, use: v.use}
	switch v.use {
	case SecondaryEmail:
		whole.reason = SecondaryAddress
	case RecoveryEmail:
		whole.reason = RecoveryAddress
	case UserName:
		if guest, ok := guestAddress(whole.text); ok {
			whole.text = guest
			return []address{whole}
		}
	default:
	}
	if isAddress(whole.text) && !strings.Contains(whole.text, ":") {
		return []address{whole}
	}
	var all []address
	list := proxySeparator().ReplaceAllStringFunc(v.text, semicolonFirst)
	start := 0
	for p := range pieces(list) {
		a, ok := p.address()
		if n := len(all); !ok && n > 0 && all[n-1].reason == NotAnAddress && !strings.Contains(p.text, "@") {
			all[n-1].text = list[start : p.at+len(p.text)] // X400 addresses have semicolons in them
			continue
		}
		start = p.at
		if !ok {
			return []address{whole}
		}
		a.use = v.use
		if a.reason == "" || a.reason == aliasAddress && whole.reason != "" {
			a.reason = whole.reason
		}
		if a.at += v.at; v.escaped || !strings.HasSuffix(input.Trim(v.cell.text), v.text) {
			a.at = v.at
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return []address{whole}
	}
	return all
}

// proxySeparator is the plus sign between addresses in Microsoft 365's export.
var proxySeparator = lazyregexp.New(`\+(?i:smtp|sip|x500|x400|eum|spo):`)

func semicolonFirst(s string) string { return ";" + s[1:] }

// piece is a part of a list of addresses.
type piece struct {
	text     string
	at       int
	unclosed bool // a quotation mark in it has no end
}

// pieces splits a list of addresses at semicolons and line breaks, at commas behind an
// address, and at spaces where there are only addresses.
func pieces(list string) func(yield func(piece) bool) {
	return func(yield func(piece) bool) {
		start, quoted, closed, marks := 0, false, false, 0
		emit := func(end int) bool {
			p := piece{strings.Trim(list[start:end], " \t\u00A0"), start, quoted}
			p.at += strings.Index(list[start:end], p.text)
			start, quoted, closed, marks = end+1, false, false, 0
			return p.text == "" || p.emit(yield)
		}
		for i := 0; i < len(list); i++ {
			switch b := list[i]; {
			case b == '\n' || b == '\r' || b == ';' && !quoted:
				if !emit(i) {
					return
				}
			case b == '\\' && quoted:
				i++
			case b == '"':
				quoted = !quoted
			case quoted:
			case b == '@':
				marks++
			case b == '>':
				closed = marks > 0
			case b == ',' && (closed || marks == 1 && isOneAddress(list[start:i])):
				if !emit(i) {
					return
				}
			}
		}
		emit(len(list))
	}
}

// maxAddress is more than an address can have, in bytes. It keeps the time linear.
const maxAddress = 1000

func isOneAddress(text string) bool {
	if len(text) > maxAddress {
		return false
	}
	text = strings.TrimSpace(text)
	text = text[len(groupName().FindString(text)):]
	if _, rest, ok := cutScheme(text); ok {
		text = rest
	}
	return isAddress(text) || commented().MatchString(text)
}

// emit yields a piece, or the addresses in it that only spaces separate.
func (p piece) emit(yield func(piece) bool) bool {
	if len(p.text) > maxCellBytes || strings.Count(p.text, "@") < 2 || strings.ContainsAny(p.text, `<"`) {
		return yield(p)
	}
	var each []piece
	for off := 0; off < len(p.text); {
		text := p.text[off:]
		skip := len(text) - len(strings.TrimLeft(text, " \t:"))
		end := strings.IndexAny(text[skip:], " \t")
		if end < 0 {
			end = len(text) - skip
		}
		word := piece{text[skip : skip+end], p.at + off + skip, false}
		if word.text != "" && !isOneAddress(word.text) {
			return yield(p)
		}
		if word.text != "" {
			each = append(each, word)
		}
		off += skip + end
	}
	for _, word := range each {
		if !yield(word) {
			return false
		}
	}
	return true
}

var (
	headers = lazyregexp.New(`^(?i:to|cc|bcc|from|an|kopie|von)\s*:\s*`)
	angled  = lazyregexp.New(`^([^<>]*)<\s*([^<>]*?)\s*>[\s,.]*$`)
	escaped = lazyregexp.New(`\\(.)`)
	// groupName is what stands before the addresses of a group, as in: Team: a@x.example, b@x.example;
	groupName = lazyregexp.New(`^[^:<>"@]+:[ \t]+`)
	// ownAddress is an address that Exchange gives its own mailboxes
	ownAddress = lazyregexp.New(`^(?i:/o=)[^/]+/`)
	// commented is an address with the name behind it, as in: ann@x.example (Ann Lee)
	commented = lazyregexp.New(`^([^\s<>(),;"]+@[^\s<>(),;"]+)\s*\(([^()]*)\)$`)
)

// cutScheme splits a prefix such as smtp: or X500: off a text.
func cutScheme(text string) (prefix, rest string, ok bool) {
	for i := range min(len(text), 11) {
		switch b := text[i] | 0x20; {
		case text[i] == ':':
			return text[:i], text[i+1:], i > 1
		case (b < 'a' || b > 'z') && (i == 0 || text[i] < '0' || text[i] > '9'):
			return "", text, false
		}
	}
	return "", text, false
}

// maxPiece is more than a name with an address can have, in bytes.
const maxPiece = 8 << 10

// address reads a piece. ok is false if it is no address.
func (p piece) address() (a address, ok bool) {
	a = address{text: p.text, at: p.at}
	if len(a.text) > maxPiece {
		return a, false
	}
	if inner, ok := unquoted(a.text); ok && nameAndAddress().MatchString(inner) {
		a.text, a.at = inner, a.at+1
	}
	if strings.IndexByte(a.text, ':') > 0 {
		header := headers().FindString(a.text)
		a.text, a.at = a.text[len(header):], a.at+len(header)
		if strings.IndexByte(a.text, '<') < 0 { // names can have colons
			a.strip(len(groupName().FindString(a.text)))
		}
	}
	if strings.IndexByte(a.text, '<') >= 0 {
		if m := angled().FindStringSubmatchIndex(a.text); m != nil {
			a.name = bareName(a.text[m[2]:m[3]])
			a.text, a.at = a.text[m[4]:m[5]], a.at+m[4]
		}
	}
	if m := commented().FindStringSubmatch(a.text); m != nil && a.name == "" {
		a.text, a.name = m[1], bareName(m[2])
	}
	if ownAddress().MatchString(a.text) {
		a.reason = NotAnAddress
		return a, true
	}
	if prefix, rest, has := cutScheme(a.text); has {
		switch n := len(a.text) - len(rest); {
		case strings.EqualFold(prefix, "mailto"):
			a.strip(n)
			a.text, _, _ = strings.Cut(a.text, "?")
		case strings.EqualFold(prefix, "smtp"):
			a.strip(n)
			if prefix == "smtp" {
				a.reason = aliasAddress
			}
		default:
			a.reason = NotAnAddress
			return a, true
		}
	}
	return a, isAddress(a.text)
}

// unquoted returns what stands between two quotation marks, if there are no others in it.
func unquoted(text string) (inner string, ok bool) {
	inner, ok = strings.CutPrefix(text, `"`)
	if ok {
		inner, ok = strings.CutSuffix(inner, `"`)
	}
	return inner, ok && !strings.Contains(inner, `"`)
}

func (a *address) strip(n int) {
	a.text, a.at = a.text[n:], a.at+n
	a.text = strings.TrimLeft(a.text, " ")
}

// bareName is a name without the quotation marks and the encoding of a mail header.
func bareName(name string) string {
	name = input.Trim(name)
	if strings.Contains(name, "=?") {
		if decoded, err := encodedWords.DecodeHeader(name); err == nil {
			name = decoded
		}
	}
	if n := len(name); n > 1 && name[0] == '"' && name[n-1] == '"' {
		name = escaped().ReplaceAllString(name[1:n-1], "$1")
	}
	return input.Trim(name)
}

// encodedWords decodes names as they are in the source of a message: =?utf-8?q?Jos=C3=A9?=.
var encodedWords = mime.WordDecoder{CharsetReader: func(charset string, r io.Reader) (io.Reader, error) {
	if strings.EqualFold(charset, "windows-1252") {
		return charmap.Windows1252.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("the charset %q is not supported", charset)
}}

// isAddress reports whether a text is likely meant to be one address. The rules of entries
// judge it later.
func isAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && at < len(text)-1 && !strings.ContainsAny(text, " \t\r\n\u00A0<>,;\"()[]\\^$|{}*") && strings.Count(text, "@") == 1
}
