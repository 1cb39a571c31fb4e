package input

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxWraps is how many things around an address are taken away one after the other.
const maxWraps = 12

// Address reports on a text in the place of an address. isAddress tells what passes for
// one. What it offers is an address, or a pattern.
func Address(s string, isAddress func(string) bool) Report {
	var r Report
	if len(s) > maxLength {
		return r
	}
	if bare, name, ok := unwrap(s, &r, isAddress); ok && bare != s {
		r.Address, r.Name = bare, name
	} else if !ok {
		r = Report{}
	}
	if r.Address == "" || isAddress(s) && r.Findings[0].Kind != Encoded {
		if glob := wildcard(s, &r, isAddress); glob != "" {
			r.Address, r.Pattern = "", glob
		}
	}
	if isAddress(s) && !r.Has(Typographic) {
		labels(s, &r)
	}
	return r
}

// unwrap takes away what stands around an address. ok is true when an address is left;
// name is the one that stood before it.
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
	scheme     = regexp.MustCompile(`^(?i:mailto|smtp|sips?|im|xmpp|from|to|cc|bcc|reply-to|sender|return-path|e-?mail(?: address)?|address)\s*:\s*(?://)?`)
	inAngles   = regexp.MustCompile(`^([^<>]*)<\s*([^<>]*@[^<>]*?)\s*>[\s,;.]*$`)
	inMarkdown = regexp.MustCompile(`^\[([^\[\]]*)\]\(([^()]*)\)[\s,;.]*$`)
	inParens   = regexp.MustCompile(`^([^()@]+?)\s*[(\[]\s*([^()\[\]\s]+@[^()\[\]\s]+)\s*[)\]][\s,;.]*$`)
	commented  = regexp.MustCompile(`^(\S+@\S+)\s+\(([^()@]*)\)$`)
	atInWords  = regexp.MustCompile(`\s*[\[({<]\s*(?i:at)\s*[\])}>]\s*|\s+(?i:at)\s+`)
	dotInWords = regexp.MustCompile(`\s*[\[({<]\s*(?i:dot)\s*[\])}>]\s*|\s+(?i:dot)\s+`)
	spacedSign = regexp.MustCompile(`\s*([@.])\s*`)
	endMarks   = regexp.MustCompile(`[\s.,;:!>]+$`)
)

var closing = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '<': '>', '(': ')', '[': ']', '{': '}', '“': '”', '„': '“', '‘': '’', '«': '»', '»': '«', '‹': '›', '＂': '＂'}

// unwrapOnce takes one thing away, and says what; kind is "" when there is nothing more.
// Of NameWithAddress detail is the name.
func unwrapOnce(s string, isAddress func(string) bool) (next string, kind Kind, detail string) {
	if t := Trim(s); t != s {
		return t, Wrapped, ""
	}
	if at := scheme.FindString(s); at != "" {
		rest := s[len(at):]
		if bare, _, query := strings.Cut(rest, "?"); query && strings.Contains(bare, "@") {
			rest = bare
		}
		return rest, Wrapped, strings.TrimRight(at, " /")
	}
	if strings.ContainsAny(s, "<>()[]") {
		if m := inAngles.FindStringSubmatch(s); m != nil {
			return m[2], NameWithAddress, bareName(m[1])
		}
		for _, of := range []*regexp.Regexp{inMarkdown, inParens} {
			if m := of.FindStringSubmatch(s); m != nil && strings.Contains(m[2], "@") {
				return m[2], NameWithAddress, bareName(m[1])
			}
		}
		if m := commented.FindStringSubmatch(s); m != nil {
			return m[1], NameWithAddress, bareName(m[2])
		}
	}
	first, size := utf8.DecodeRuneInString(s)
	last, lastSize := utf8.DecodeLastRuneInString(s)
	if end, quotes := closing[first]; quotes && last == end && len(s) > size+lastSize {
		return s[size : len(s)-lastSize], Wrapped, string(first) + string(last)
	}
	if end := endMarks.FindString(s); end != "" && strings.Contains(s, "@") {
		return strings.TrimSuffix(s, end), TrailingDot, strings.TrimSpace(end)
	}
	if d, kind := decode(s); kind != "" && isWrappedAddress(d) && d != s && (kind != Garbled || !isAddress(s)) {
		return d, kind, ""
	}
	if plain, odd, same := Plain(s); !same {
		return plain, Typographic, Name(odd)
	}
	if isAddress(s) {
		return s, "", ""
	}
	if !strings.Contains(s, "@") && atInWords.MatchString(s) {
		return atInWords.ReplaceAllLiteralString(s, "@"), Wrapped, "at"
	}
	if dotInWords.MatchString(s) {
		return dotInWords.ReplaceAllLiteralString(s, "."), Wrapped, "dot"
	}
	if d := spacedSign.ReplaceAllString(s, "$1"); d != s && !strings.ContainsFunc(d, unicode.IsSpace) {
		return d, Wrapped, "spaces"
	}
	return s, "", ""
}

// isWrappedAddress reports whether s can have an address in it.
func isWrappedAddress(s string) bool {
	return strings.Contains(s, "@") && !strings.ContainsFunc(s, unicode.IsControl)
}

// bareName is a name without the quotation marks of a mail header.
func bareName(s string) string {
	s = strings.Trim(Trim(s), `"'“”`)
	return Trim(strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s))
}

var (
	domain     = regexp.MustCompile(`^(?i:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]*[\p{L}\p{N}]$`)
	globs      = regexp.MustCompile(`^[\p{L}\p{N}.!#$&'+/=_{|}~*%?-]*@?[\p{L}\p{N}.*%?-]+$`)
	edgeOfName = regexp.MustCompile(`^[*%?]|[*%?]$`)
)

// wildcard reports on a text that stands for several addresses without being a pattern,
// and returns the pattern for them.
func wildcard(s string, r *Report, isAddress func(string) bool) (pattern string) {
	s, _, _ = strings.Cut(strings.TrimSuffix(Trim(s), "."), "\n")
	local, host, hasAt := strings.Cut(s, "@")
	if !hasAt {
		local, host = "", s
	}
	switch {
	case !globs.MatchString(s) || len(s) > 254:
		return ""
	case local == "" && domain.MatchString(host):
		r.add(LoneDomain, host)
		return "^[^@]+@" + regexp.QuoteMeta(host) + "$"
	case !strings.ContainsAny(s, "*%?"):
		return ""
	case !strings.ContainsAny(host, "*%?") && !edgeOfName.MatchString(local):
		if isAddress(s) {
			r.add(InnerWildcard, string(local[strings.IndexAny(local, "*%?")]))
		}
		return ""
	case !strings.Contains(host, ".") && host != "*" && host != "%":
		return ""
	}
	r.add(Wildcard, string(s[strings.IndexAny(s, "*%?")]))
	if host == "*" || host == "%" {
		return "" // any address at all
	}
	if local == "" {
		local = "*"
		host = strings.TrimPrefix(strings.TrimPrefix(host, "*@"), "%@")
	}
	return "^" + glob(local) + "@" + glob(host) + "$"
}

// glob turns wildcards into the pattern's terms.
func glob(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case (r == '*' || r == '%') && len(s) == 1:
			b.WriteString("[^@]+")
		case r == '*' || r == '%':
			if i > 0 && (s[i-1] == '*' || s[i-1] == '%') {
				continue
			}
			b.WriteString("[^@]*")
		case r == '?':
			b.WriteString("[^@]")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return b.String()
}

// labels reports on parts of an address whose letters are not what they look like.
func labels(s string, r *Report) {
	if word, scripts := mixed(s); word != "" {
		r.add(MixedScripts, fmt.Sprintf("“%s” has %s letters", word, strings.Join(scripts, " and ")))
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
