//go:build jvm

package javaregex

import (
	"math/rand/v2"
	"strings"
)

// generator makes patterns by a grammar, some of them then damaged, and inputs that
// have a chance to match.
type generator struct {
	*rand.Rand
	bad   int  // how many percent of the parts are such as Java refuses, or may
	small bool // few letters and many groups, for the search to have to go back
}

func (g *generator) pick(s ...string) string { return s[g.IntN(len(s))] }

func (g *generator) often(percent int) bool { return g.IntN(100) < percent }

var literals = []string{
	"a", "b", "a", "b", "c", "A", "K", "k", "s", "S", "i", "1", "0", "_", "-", "@", ".", ",", " ", "\n", "\r", "é", "É", "ß", "ſ", "K", "İ", "ı",
	"µ", "Σ", "ς", "ǅ", "😀", "🇦", "\u0301", "\u200d", "}", "]", ":", "=", "!", "&", "#", "/", "\"", "\u0085", "\u2028", "\x00", "example", "jane",
	"٣", "я", "ａ", "\u00a0", "\u180e", "ª", "Ⅷ", "𝒜", "𐐨",
}

var escapes = []string{
	`\d`, `\D`, `\w`, `\W`, `\s`, `\S`, `\h`, `\H`, `\v`, `\V`, `\R`, `\X`, `\b`, `\B`, `\b{g}`, `\A`, `\z`, `\Z`, `\G`, `\1`, `\2`, `\3`, `\11`, `\k<n>`, `\k<m>`,
	`\t`, `\n`, `\r`, `\f`, `\a`, `\e`, `\cA`, `\c@`, `\.`, `\@`, `\-`, `\\`, `\[`, `\&`, `\#`, `\ `, `\0141`, `\061`, `\07`, `\x61`, `\x{1F600}`, `\x{61}`, `\u0061`, `\u00e9`,
	`\uD83D\uDE00`, `\uD83D`, `\uDE00`, `\Qa.b\E`, `\Q]\E`, `\Q1\E`, `\Q😀-\E`, `\8`, `\"`, `\<`, `\é`, `\_`,
}

var badEscapes = []string{
	`\E`, `\y`, `\g`, `\0`, `\08`, `\x`, `\x{`, `\x{110000}`, `\u00`, `\p`, `\N`, `\N{`, `\b{`, `\b{x}`, `\b{g`, `\k`, `\k<`, `\k<n`, `\k<1>`, `\Q`, `\c`, `\`,
}

var properties = []string{
	"L", "Lu", "Ll", "Lt", "LC", "LD", "L1", "N", "Nd", "P", "S", "Sc", "M", "Mn", "Z", "Zs", "C", "Cc", "Cn", "Cs", "Co", "Lower", "Upper", "ASCII", "Alpha", "Digit", "Alnum", "Punct", "Graph",
	"Print", "Blank", "Cntrl", "XDigit", "Space", "all", "IsL", "IsLu", "IsAlphabetic", "IsWhite_Space", "IsWhiteSpace", "Isuppercase", "IsLowercase", "IsDigit", "IsWord", "IsJoin_Control",
	"IsPunctuation", "IsHex_Digit", "IsIdeographic", "IsAssigned", "IsLatin", "IsGreek", "IsHan", "IsCyrl", "IsZyyy", "script=Latin", "sc=grek", "SC=Latn", "InGreek", "InBasic Latin",
	"InBASIC_LATIN", "InBasicLatin", "blk=Cyrillic", "block=Emoticons", "gc=Lu", "general_category=L", "javaLowerCase", "javaUpperCase", "javaTitleCase", "javaMirrored", "javaWhitespace", "javaLetterOrDigit",
	"javaJavaIdentifierPart", "javaUnicodeIdentifierStart", "javaIdentifierIgnorable", "IsASCII", "IsALNUM", "IsLower", "IsXDigit",
}

var badProperties = []string{
	"lower", "UPPER", "alpha", "isgreek", "IsEmoji", "script=x", "gc=lu", "javaFoo", "Foo", "", "^L", "=", "x=y", "Isascii", "IsAscii", "InFoo", "L ", "{L", "Is", "In", "script=", "sc=Latin=x",
	"ıs", "ſc=Latin", "Isaßigned", "IsWhıte_Space", "IsGreeK", "InBaſicLatin", "SCRİPT=Latin", "Isﬁ", "dıgit", "ﬁ=x",
}

func (g *generator) pattern() string {
	g.bad, g.small = 0, g.often(35)
	if g.often(25) {
		g.bad = 10
	}
	var b strings.Builder
	if g.often(25) {
		b.WriteString("(?" + g.flagLetters() + ")")
	}
	b.WriteString(g.choice(1 + g.IntN(4)))
	return b.String()
}

func (g *generator) flagLetters() string {
	return g.pick("i", "i", "iu", "u", "x", "x", "s", "m", "m", "d", "md", "U", "iU", "i-i", "-i", "ix-x", "idmsux", "c", "ci", "i-c", "-", "-U", "xm", "sd", "")
}

func (g *generator) choice(depth int) string {
	parts := []string{}
	for range 1 + g.IntN(3)*g.IntN(2) {
		parts = append(parts, g.sequence(depth))
	}
	return strings.Join(parts, "|")
}

func (g *generator) sequence(depth int) string {
	var b strings.Builder
	for range g.IntN(5) {
		b.WriteString(g.atom(depth))
		if g.often(35) {
			b.WriteString(g.quantifier())
		}
	}
	return b.String()
}

func (g *generator) quantifier() string {
	q := g.pick("?", "*", "+", "*", "+", "{2}", "{0,2}", "{1,}", "{0}", "{2,3}", "{1}", "{0,1}", "{2,}", "{5}", "{0,2147483647}")
	if g.often(g.bad) {
		q = g.pick("{3,1}", "{,2}", "{", "{1", "{0,2147483648}", "{1, 2}", "{ 1}", "{99999999999}", "**", "++*", "{1}{2}", "?{2}")
	}
	return q + g.pick("", "", "", "", "?", "?", "+", "+")
}

func (g *generator) atom(depth int) string {
	if depth > 0 && (g.often(30) || g.small && g.often(30)) {
		return g.group(depth - 1)
	}
	if g.small && g.often(85) {
		return g.pick("a", "a", "b", "c", "ab", "ba", ".", "[ab]", "[^b]", `\1`, `\2`, `\b`, "^", "$", "", `\w`, "😀", `\X`, `\b{g}`, `\R`, "\n", `\G`, `\10`, `\12`)
	}
	switch g.IntN(12) {
	case 0, 1:
		return g.escape()
	case 2:
		return g.class(2)
	case 3:
		return g.pick(".", ".", "^", "$", ".*", "[^@]+")
	case 4:
		return g.property()
	default:
		return g.pick(literals[:8+g.IntN(len(literals)-8)]...)
	}
}

func (g *generator) escape() string {
	if g.often(g.bad) {
		return g.pick(badEscapes...)
	}
	e := g.pick(escapes...)
	if strings.HasPrefix(e, `\k`) && !g.often(g.bad) {
		return "(?<" + e[3:] + "a?b?)" + e
	}
	return e
}

func (g *generator) property() string {
	letter := g.pick("p", "p", "P")
	switch {
	case g.often(g.bad):
		return `\` + letter + g.pick("x", "{", "", "{"+g.pick(badProperties...)+"}")
	case g.often(20):
		return `\` + letter + g.pick("L", "N", "S", "Z")
	}
	return `\` + letter + "{" + g.pick(properties...) + "}"
}

func (g *generator) group(depth int) string {
	open := g.pick("(", "(", "(", "(?:", "(?:", "(?:", "(?=", "(?!", "(?<=", "(?<=", "(?<!", "(?>", "(?<n>", "(?<m>", "(?i:", "(?x:", "(?-i:", "(?U:", "(?"+g.flagLetters()+":", "(?"+g.flagLetters()+")")
	if g.often(g.bad) {
		open = g.pick("(?P<n>", "(?#", "(?<1>", "(?@", "(?<n", "(?<", "(?", "(?"+g.pick("--", "i--", "b", "ib")+":", "(?<n-")
	}
	body := g.choice(depth)
	switch {
	case g.often(g.bad / 2):
		return open + body
	case strings.HasSuffix(open, ")"):
		return open
	}
	return open + body + ")"
}

func (g *generator) class(depth int) string {
	var b strings.Builder
	b.WriteString(g.pick("[", "[", "[", "[^"))
	for range g.IntN(4) + 1 {
		switch g.IntN(10) {
		case 0:
			if depth > 0 {
				b.WriteString(g.class(depth - 1))
			}
		case 1:
			b.WriteString("&&")
		case 2:
			b.WriteString(g.pick(`\d`, `\W`, `\s`, `\S`, `\h`, `\V`, `\v`, `\t`, `\x61`, `\u00e9`, `\0141`, `\-`, `\]`, `\\`, `\Q]-\E`, `\uD83D\uDE00`, `\uD83D`, `\^`, `\&`))
			if g.often(g.bad) {
				b.WriteString(g.escape())
			}
		case 3:
			b.WriteString(g.property())
		case 4, 5:
			b.WriteString(g.pick("a-z", "A-Z", "0-9", "a-c", "é-ü", "а-я", "😀-😂", `\x61-\x63`, "-", "--a", `\d-z`, `+-\-`, "K-s", `\t-\v`, `\uD83D-\uDE00`))
			if g.often(g.bad) {
				b.WriteString(g.pick("z-a", "a-", `a-\v`, "a--", "&&&", "^"))
			}
		default:
			b.WriteString(g.pick(literals...))
		}
	}
	if !g.often(g.bad / 2) {
		b.WriteString("]")
	}
	return b.String()
}

// damage changes a few characters.
func (g *generator) damage(pattern string) string {
	runes := []rune(pattern)
	for range 1 + g.IntN(2) {
		if len(runes) == 0 {
			break
		}
		i := g.IntN(len(runes))
		switch g.IntN(4) {
		case 0:
			runes = append(runes[:i], runes[i+1:]...)
		case 1:
			runes[i] = g.special()
		case 2:
			runes = append(runes[:i], append([]rune{g.special()}, runes[i:]...)...)
		case 3:
			runes = runes[:i]
		}
	}
	return string(runes)
}

func (g *generator) special() rune {
	all := []rune(`()[]{}|*+?^$.\-&<>=!:,#QEpPukxbRXN0123 😀`)
	return all[g.IntN(len(all))]
}

// input is a text made of what the pattern holds, or of anything.
func (g *generator) input(pattern string) string {
	if g.often(8) {
		return g.pick("jane.smith@example.com", "jane@example.com", "", "\r\n", "a\r\n", "👨‍👩‍👧", "e\u0301", "🇦🇦🇦", "JANE@EXAMPLE.COM")
	}
	if g.small {
		var b strings.Builder
		for range g.IntN(12) {
			b.WriteString(g.pick("a", "a", "b", "b", "c", "😀", "\r\n", "\n"))
		}
		return b.String()
	}
	own := []string{}
	for _, r := range pattern {
		if !strings.ContainsRune(`()[]{}|*+?^$\`, r) {
			own = append(own, string(r))
		}
	}
	var b strings.Builder
	for range g.IntN(7) {
		if len(own) > 0 && g.often(60) {
			b.WriteString(g.pick(own...))
		} else {
			b.WriteString(g.pick(literals...))
		}
	}
	return b.String()
}

// several joins up to most of these.
func (g *generator) several(most int, of ...string) string {
	var b strings.Builder
	for range 1 + g.IntN(most) {
		b.WriteString(g.pick(of...))
	}
	return b.String()
}

// clusterCase is about what people see as one character.
func (g *generator) clusterCase() jvmCase {
	parts := []string{"©", "👨", "🏽", "\u200d", "\u0903", "\u0600", "\u0301", "\ufe0f", "🇦", "🇦", "\r", "\n", "가", "각", "\u1100", "\u1161", "\u11a8", "a", "\u0e33", "\U000e0020", "\u0000"}
	c := jvmCase{Pattern: g.several(4, `\X`, `\X`, `\b{g}`, `\b{g}`, ".", "a", `\X?`, `\X{2}`, `\X*?`, `\X+`, `(\X)`, `(?:\b{g}|\X)`, "^", "$", "[^a]", `\R`, "©", "\u200d", `\u200d`, `(?=\X)`, `(?<=\X)`, "(?:.)*", `\B`)}
	for range 8 {
		c.Inputs = append(c.Inputs, g.several(8, parts...))
	}
	return c
}

// surrogateCase is about characters of two units, and halves of them.
func (g *generator) surrogateCase() jvmCase {
	parts := []string{"a", "b", "c", "😀", "😁", "\U0001f9ff", "é", "@"}
	literal := []string{"a", "b", "c", "😀", `\uDE00`, `\uD83D`, `\uD83D\uDE00`, `\x{1F600}`, `\uDE01`, `\x{DE00}`, "@", `\x61`}
	c := jvmCase{Pattern: g.pick("", "", "", "", "(?i)", "(?s)", "^", ".?", "(?:", `\G`, "(?iu)", `\A`) + g.several(7, literal...)}
	if strings.HasPrefix(c.Pattern, "(?:") {
		c.Pattern += ")"
	}
	c.Pattern += g.pick("", "", "", "+", "?", "*", "b*", "|x", "$", ".", `\b`, "[^a]", "{2}", "(a)?", `(?<=\uDE00)`, `(?=😀)`, "{0}", "(?!a)", "x{1073741824}?", "(?:a{2147483647})?")
	own := strings.NewReplacer(`\uD83D\uDE00`, "😀", `\x{1F600}`, "😀", `\uDE00`, "😀", `\x{DE00}`, "😀", `\uDE01`, "😁", `\uD83D`, "😀", `\x61`, "a").Replace(strings.Trim(c.Pattern, "(?:is)^.$+*"))
	for range 4 {
		c.Inputs = append(c.Inputs, g.several(8, parts...), g.several(2, parts...)+own+g.several(2, parts...))
	}
	return c
}

// nameCase is about names of characters.
func (g *generator) nameCase() jvmCase {
	type block struct{ name, number string }
	b := []block{
		{"HANGUL SYLLABLES", "AC00"},
		{"CJK UNIFIED IDEOGRAPHS", "4E00"},
		{"CJK UNIFIED IDEOGRAPHS EXTENSION A", "3400"},
		{"CJK UNIFIED IDEOGRAPHS EXTENSION G", "30000"},
		{"PRIVATE USE AREA", "E000"},
		{"SUPPLEMENTARY PRIVATE USE AREA A", "F0000"},
		{"SUPPLEMENTARY PRIVATE USE AREA-A", "F0000"},
		{"HIGH SURROGATES", "D800"},
		{"LOW SURROGATES", "DC00"},
		{"HIGH PRIVATE USE SURROGATES", "DB80"},
		{"LATIN 1 SUPPLEMENT", "84"},
		{"LATIN-1 SUPPLEMENT", "84"},
		{"TANGUT", "17000"},
		{"TANGUT COMPONENTS", "18800"},
		{"TANGUT SUPPLEMENT", "18D00"},
		{"BASIC LATIN", "41"},
		{"GREEK", "3B1"},
		{"GREEK AND COPTIC", "378"},
		{"NUSHU", "1B170"},
		{"KHITAN SMALL SCRIPT", "18B00"},
		{"CJK COMPATIBILITY IDEOGRAPHS", "F900"},
		{"SURROGATES AREA", "D800"},
		{"CYRILLIC SUPPLEMENTARY", "500"},
	}[g.IntN(23)]
	name := b.name
	switch g.IntN(8) {
	case 0:
		name = strings.ReplaceAll(name, " ", "")
	case 1:
		name = strings.ReplaceAll(name, " ", "_")
	case 2:
		name = strings.ToLower(name)
	case 3:
		name = strings.Replace(name, " ", g.pick("  ", "-", "", "_"), 1)
	}
	name += g.pick(" ", " ", " ", " ", "  ", "-", "") + g.pick(b.number, b.number, b.number, "0"+b.number, strings.ToLower(b.number), "+"+b.number, "-"+b.number)
	return jvmCase{Pattern: g.pick("", "[", "x") + `\N{` + name + "}", Inputs: []string{"a", "가", "\ue000"}}
}

// overflowCase is about lengths that overflow, but not such that a JVM would begin far
// beyond the end.
func (g *generator) overflowCase() jvmCase {
	times := func() string {
		return g.pick("{1073741824}", "{2147483647}", "{2147483646}", "{1431655765}", "{715827883}", "{536870912}", "{65536}{65536}", "{1073741824,}", "{2147483647,}")
	}
	c := jvmCase{Pattern: g.pick("", "^", "abcd", "a?", "😀?", `\A`) + g.pick("a", "😀", "[^a]", "(?:ab)", `\R`, "(?:😀a)", "é") + times()}
	if g.often(60) {
		c.Pattern += g.pick("a", "😀", "[^a]", "(?:ab)", "b?") + g.pick(times(), "", "{3}")
	}
	c.Pattern = g.pick(c.Pattern, c.Pattern, "(?:"+c.Pattern+")?b", "b|"+c.Pattern)
	c.Inputs = []string{"", "a", "abcd", "😀", "ab😀", "abcdabcd"}
	return c
}

// next is a pattern with inputs.
func (g *generator) next() jvmCase {
	switch n := g.IntN(1000); {
	case n < 40:
		return g.clusterCase()
	case n < 80:
		return g.surrogateCase()
	case n < 90:
		return g.nameCase()
	case n < 91:
		return g.overflowCase()
	}
	c := jvmCase{Pattern: g.pattern()}
	if g.often(10) {
		c.Pattern = g.damage(g.pick(handWritten...))
	}
	if g.often(15) {
		c.Pattern = g.damage(c.Pattern)
	}
	for range 4 {
		c.Inputs = append(c.Inputs, g.input(c.Pattern))
	}
	if p, err := Compile(c.Pattern); err == nil {
		s := sampler{p: p, least: g.often(50), arm: g.IntN(3), looks: g.often(50), groups: map[int]string{}}
		if text := s.text(p.root); len(text) < 300 {
			c.Inputs = append(c.Inputs, text, g.pick(literals...)+text+g.pick(literals...), g.damage(text))
		}
	}
	return c
}
