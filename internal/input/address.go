package input

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"namesake/internal/lazyregexp"
)

// maxWraps is the number of wrappings around an address that are removed in turn.
const maxWraps = 12

// Address checks a text in an address field. isAddress reports whether a text is an address.
// The suggestion is an address or a pattern.
func Address(s string, isAddress func(string) bool) Report {
	var r Report
	if len(s) > maxLength {
		return r
	}
	meant, name, ok := unwrap(s, &r, isAddress)
	switch {
	case !ok:
		r, meant = Report{}, s
	case meant != s:
		r.Address, r.Name = meant, name
	}
	if glob := wildcard(meant, &r, isAddress); glob != "" {
		r.Address, r.Pattern = "", glob
	}
	if odd := oddSign(s); isAddress(s) && odd != 0 && len(r.Findings) == 0 {
		r.add(Typographic, Name(odd))
	}
	if isAddress(s) && !r.Has(Typographic) {
		labels(s, &r)
	}
	return r
}

// oddSign is the first sign of s that is neither ASCII nor allowed in an internationalized
// address.
func oddSign(s string) rune {
	for _, r := range s {
		if r >= 0x80 && !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune(signsOfLabels, r) {
			return r
		}
	}
	return 0
}

// signsOfLabels are the signs that RFC 5892, appendix A, allows in domains.
const signsOfLabels = "\u00B7\u0375\u05F3\u05F4\u30FB"

// unwrap removes the text around an address. ok is true when an address is left; name is the
// name before it.
func unwrap(s string, r *Report, isAddress func(string) bool) (address, name string, ok bool) {
	for range maxWraps {
		next, kind, detail := unwrapOnce(s, isAddress)
		if kind == "" {
			break
		}
		if kind == NameWithAddress {
			name, kind, detail = detail, Wrapped, ""
		}
		r.add(kind, detail)
		s = next
	}
	return s, name, isAddress(s)
}

var (
	scheme     = lazyregexp.New(`^(?i:mailto|smtp|x500|eum|spo|notes|acct|skype|sips?|im|xmpp|from|to|cc|bcc|reply-to|sender|return-path|e-?mail(?: address)?|address)\s*:\s*(?://)?`)
	query      = lazyregexp.New(`^([^@]+@[^@?&]+)[?&][A-Za-z-]+=.*$`)
	bracketed  = lazyregexp.New(`[\[({<]\s*([@.])\s*[\])}>]`)
	inAngles   = lazyregexp.New(`^([^<>]*)<\s*([^<>]*@[^<>]*?)\s*>[\s,;.]*$`)
	inMarkdown = lazyregexp.New(`^\[([^\[\]]*)\]\(([^()]*)\)[\s,;.]*$`)
	inParens   = lazyregexp.New(`^([^()@]+?)\s*[(\[]\s*([^()\[\]\s]+@[^()\[\]\s]+)\s*[)\]][\s,;.]*$`)
	commented  = lazyregexp.New(`^(\S+@\S+)\s+\(([^()@]*)\)$`)
	atInWords  = lazyregexp.New(`\s*[\[({<]\s*(?i:at)\s*[\])}>]\s*|\s+(?i:at)\s+`)
	dotInWords = lazyregexp.New(`\s*[\[({<]\s*(?i:dot)\s*[\])}>]\s*|\s+(?i:dot)\s+`)
	spacedSign = lazyregexp.New(`\s*([@.])\s*`)
	endMarks   = lazyregexp.New(`[\s.,;:!?/#>]+$`)
)

var closing = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '<': '>', '(': ')', '[': ']', '{': '}', '“': '”', '„': '“', '‘': '’', '«': '»', '»': '«', '‹': '›', '＂': '＂'}

// unwrapOnce removes one wrapping and returns its kind, "" when there is none. For
// NameWithAddress detail is the name.
func unwrapOnce(s string, isAddress func(string) bool) (next string, kind Kind, detail string) {
	if t := Trim(s); t != s {
		return t, Wrapped, ""
	}
	if at := scheme().FindString(s); at != "" {
		return s[len(at):], Wrapped, strings.TrimRight(at, " /")
	}
	if m := query().FindStringSubmatch(s); m != nil {
		return m[1], Wrapped, s[len(m[1]):]
	}
	if d := bracketed().ReplaceAllString(s, "$1"); d != s && isAddress(d) {
		return d, Wrapped, "brackets"
	}
	if strings.ContainsAny(s, "<>()[]") {
		if m := inAngles().FindStringSubmatch(s); m != nil {
			return m[2], NameWithAddress, bareName(m[1])
		}
		for _, of := range []*regexp.Regexp{inMarkdown(), inParens()} {
			if m := of.FindStringSubmatch(s); m != nil && strings.Contains(m[2], "@") {
				return m[2], NameWithAddress, bareName(m[1])
			}
		}
		if m := commented().FindStringSubmatch(s); m != nil {
			return m[1], NameWithAddress, bareName(m[2])
		}
	}
	first, size := utf8.DecodeRuneInString(s)
	last, lastSize := utf8.DecodeLastRuneInString(s)
	if end, quotes := closing[first]; quotes && last == end && len(s) > size+lastSize {
		return s[size : len(s)-lastSize], Wrapped, string(first) + string(last)
	}
	if (first == '\'' || first == '`') && isAddress(s[size:]) { // spreadsheets put an apostrophe before text
		return s[size:], Wrapped, string(first)
	}
	if end := endMarks().FindString(s); end != "" && strings.Contains(s, "@") {
		return strings.TrimSuffix(s, end), TrailingDot, strings.TrimSpace(end)
	}
	if d, kind := decodeAddress(s); kind != "" {
		return d, kind, ""
	}
	if plain, odd, same := Plain(s); !same {
		return plain, Typographic, Name(odd)
	}
	if isAddress(s) {
		return s, "", ""
	}
	if !strings.Contains(s, "@") && atInWords().MatchString(s) {
		return atInWords().ReplaceAllLiteralString(s, "@"), Wrapped, "at"
	}
	if dotInWords().MatchString(s) {
		return dotInWords().ReplaceAllLiteralString(s, "."), Wrapped, "dot"
	}
	if d := spacedSign().ReplaceAllString(s, "$1"); d != s && !strings.ContainsFunc(d, unicode.IsSpace) {
		return d, Wrapped, "spaces"
	}
	if name, address, ok := addressAmongWords(s, isAddress); ok {
		return address, NameWithAddress, name
	}
	return s, "", ""
}

// decodeAddress is decode for a text that can have an address in it, maybe only once it
// is decoded several times.
func decodeAddress(s string) (decoded string, kind Kind) {
	for range 3 {
		d, of := decode(s)
		if of == "" {
			break
		}
		if kind == "" {
			kind = of
		}
		if s = d; strings.Contains(s, "@") && !strings.ContainsFunc(s, unicode.IsControl) {
			return s, kind
		}
	}
	return "", ""
}

// addressAmongWords finds the one address in a text that is no pattern.
func addressAmongWords(s string, isAddress func(string) bool) (name, address string, ok bool) {
	if strings.Count(s, "@") != 1 || strings.Contains(s, "://") {
		return "", "", false
	}
	if name, address, ok = splitAddress(s, isAddress); !ok || !strings.Contains(s, address) {
		return "", "", false
	}
	before, after, _ := strings.Cut(s, address)
	first, _ := utf8.DecodeRuneInString(address)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) || strings.ContainsAny(before+after, `*^$\|+?`) || strings.HasSuffix(before, "]") || strings.HasSuffix(before, "}") {
		return "", "", false
	}
	if words := strings.Fields(before); len(words) == 1 && Trim(after) == "" && strings.HasSuffix(before, " ") {
		return "", "", false // the word may be a piece of the address
	}
	return name, address, true
}

// bareName is a name without the quotation marks of a mail header.
func bareName(s string) string {
	s = strings.Trim(Trim(s), `"'“”`)
	return Trim(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s))
}

var (
	domain     = lazyregexp.New(`^(?i:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]$`)
	globs      = lazyregexp.New(`^[\p{L}\p{N}.!#$&'+/=_{|}~*%?-]*@?[\p{L}\p{N}.*%?-]+$`)
	edgeOfName = lazyregexp.New(`^[*%?]|[*%?]$`)
)

// wildcard checks for a text with * or % in place of a pattern, and returns the pattern.
func wildcard(s string, r *Report, isAddress func(string) bool) (pattern string) {
	s, _, _ = strings.Cut(strings.TrimSuffix(Trim(s), "."), "\n")
	local, host, hasAt := strings.Cut(s, "@")
	if !hasAt {
		local, host = "", s
	}
	switch {
	case !globs().MatchString(s) || len(s) > 254:
		return ""
	case local == "" && domain().MatchString(host):
		r.add(LoneDomain, host)
		return "^[^@]+@" + glob(strings.ToLower(host)) + "$"
	case !strings.ContainsAny(s, "*%?"):
		return ""
	case !strings.ContainsAny(host, "*%?") && !edgeOfName().MatchString(local):
		if !isAddress(s) {
			return ""
		}
		r.add(InnerWildcard, string(local[strings.IndexAny(local, "*%?")]))
		return "" // it is a sign of addresses, too
	case !strings.Contains(host, ".") && !hasAt && host != "*" && host != "%":
		return ""
	default:
		r.add(Wildcard, string(s[strings.IndexAny(s, "*%?")]))
		if !strings.Contains(host, ".") {
			return "" // any address at all, or none
		}
	}
	if local == "" {
		local = "*"
		host = strings.TrimPrefix(strings.TrimPrefix(host, "*@"), "%@")
	}
	return "^" + glob(local) + "@" + glob(strings.ToLower(host)) + "$"
}

// glob turns wildcards into the pattern's terms.
func glob(s string) string {
	if s != "" && strings.Trim(s, "*%") == "" {
		return "[^@]+"
	}
	var b strings.Builder
	for i, r := range s {
		switch r {
		case '*', '%':
			if i > 0 && (s[i-1] == '*' || s[i-1] == '%') {
				continue
			}
			b.WriteString("[^@]*")
		case '?':
			b.WriteString("[^@]")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

// labels checks for parts of an address with letters that look like Latin ones.
func labels(s string, r *Report) {
	local, host, _ := strings.Cut(s, "@")
	if spelled, err := idna.Punycode.ToUnicode(host); err == nil {
		s = local + "@" + spelled
	}
	if mixed := mixedDetail(s); mixed != "" {
		r.add(MixedScripts, mixed)
		return
	}
	latin := strings.ContainsFunc(s, func(r rune) bool { return r < 0x80 && unicode.IsLetter(r) })
	for label := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '@' || r == '.' }) {
		if like, ok := TakenFor(label); ok && latin && !isASCII(label) && isASCII(like) {
			r.add(ForeignLabel, fmt.Sprintf("“%s” looks like “%s”", label, like))
			return
		}
	}
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
