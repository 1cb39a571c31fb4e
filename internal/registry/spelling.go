package registry

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"namesake/internal/input"
)

// FoldName returns a name in the form in which names are compared: it ignores case, white
// space, the width of letters, Unicode composition, and the kinds of apostrophes, quotation
// marks and hyphens. Whether Cloudflare compares names like this is not documented.
func FoldName(name string) string {
	if folded, ok := foldASCII(name); ok {
		return folded
	}
	return foldUnicode(name)
}

func foldUnicode(name string) string {
	name = norm.NFD.String(input.PlainSigns(strings.ToValidUTF8(name, "\uFFFD")))
	return strings.Join(strings.Fields(norm.NFC.String(cases.Fold().String(name))), " ")
}

// foldASCII is FoldName for the usual text, which has only ASCII characters.
func foldASCII(name string) (folded string, ok bool) {
	same, afterSpace := true, true
	for i := range len(name) {
		c := name[i]
		if c >= utf8.RuneSelf {
			return "", false
		}
		space := isASCIISpace(c)
		same = same && (c < 'A' || c > 'Z') && (!space || c == ' ' && !afterSpace)
		afterSpace = space
	}
	if same && (name == "" || !afterSpace) {
		return name, true
	}
	b := make([]byte, 0, len(name))
	for i := range len(name) {
		c := name[i]
		if isASCIISpace(c) {
			continue
		}
		if len(b) > 0 && isASCIISpace(name[i-1]) {
			b = append(b, ' ')
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return string(b), true
}

func isASCIISpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// SameAddress reports whether two addresses, or two patterns, are the same. Case is ignored
// in an address: the part before the @ could depend on it, but no large provider does that.
// Case counts in a pattern, where \d and \D are opposites.
func SameAddress(a, b string, isRegex bool) bool {
	if isRegex {
		return strings.TrimSpace(a) == strings.TrimSpace(b)
	}
	return Same(a, b)
}

// Same reports whether two texts are equal, ignoring case, normal form and surrounding
// space.
func Same(a, b string) bool { return strings.EqualFold(Trimmed(a), Trimmed(b)) }

// Trimmed returns s in normal form C, without surrounding space.
func Trimmed(s string) string { return norm.NFC.String(strings.TrimSpace(s)) }
