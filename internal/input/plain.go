package input

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// signs are characters of typeset text, by the plain one that keyboards have.
var signs = map[rune]string{}

func init() {
	for plain, typeset := range map[string]string{
		"'":   "‘’‚‛ʼʻʹʽˈ′‵´｀＇`" + "\u02CA\u02CB\u055A\uA78C",
		`"`:   "“”„‟″‶«»＂〝〞〟",
		"-":   "‐‑‒–—―−⁃﹘﹣－\u02D7\u058A\u05BE\u30A0",
		"...": "…",
		".":   "․。｡．﹒",
		"@":   "＠﹫",
		"*":   "∗⁎＊﹡",
		"<":   "‹〈＜﹤",
		">":   "›〉＞﹥",
		"_":   "‿＿",
		",":   "、，﹐",
	} {
		for _, r := range typeset {
			signs[r] = plain
		}
	}
	delete(signs, '`') // a keyboard has it
}

// PlainSigns returns s with plain quotation marks, hyphens and spaces, and with letters
// and digits in their ordinary width: what two spellings of a name need not have in
// common.
func PlainSigns(s string) string {
	var b strings.Builder
	for _, r := range width.Fold.String(s) {
		switch plain, ok := signs[r]; {
		case ok:
			b.WriteString(plain)
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Plain returns an address or a pattern in plain characters, and the first one that was
// not plain: no typeset signs or spaces, no ligatures, nothing in another width. Letters
// of other scripts and with accents stay.
func Plain(s string) (plain string, first rune, same bool) {
	var b strings.Builder
	for _, r := range s {
		p := string(r)
		if r >= 0x80 {
			p = PlainSigns(p)
			if !unicode.IsMark(r) && p == string(r) {
				p = norm.NFKC.String(p)
			}
		}
		if p != string(r) && first == 0 {
			first = r
		}
		b.WriteString(p)
	}
	plain = norm.NFC.String(b.String())
	if plain != s && first == 0 {
		first = firstMark(s)
	}
	return plain, first, plain == s
}

// firstMark is the first combining mark of s, which is to be written together with its
// letter.
func firstMark(s string) rune {
	for _, r := range s {
		if unicode.IsMark(r) {
			return r
		}
	}
	return 0
}
