package input_test

import (
	"regexp"
	"strings"
	"testing"

	"namesake/internal/input"
)

var mailbox = regexp.MustCompile(`^[\pL\pN.!#$%&'*+/=?^_{|}~’–☺-]+@[\pL\pN⁄-]+(\.[\pL\pN-]+)*\.[\pL][\pL\pN-]*\.?$`)

func isAddress(s string) bool { return mailbox.MatchString(s) }

func kinds(r input.Report) string {
	var all []string
	for _, f := range r.Findings {
		all = append(all, string(f.Kind))
	}
	return strings.Join(all, " ")
}

func TestAddress(t *testing.T) {
	for _, tt := range []struct{ typed, kinds, address, pattern string }{
		{"jane@example.com", "", "", ""},
		{"jörg@exämple.de", "", "", ""},
		{"анна@пример.рф", "", "", ""},
		{"o'hara+a_b@sub.example.com", "", "", ""},
		{"o’brien@example.com", "typographic", "o'brien@example.com", ""},
		{"jane–doe@example.com", "typographic", "jane-doe@example.com", ""},
		{"jane＠example．com", "typographic", "jane@example.com", ""},
		{"ﬁona@example.com", "typographic", "fiona@example.com", ""},
		{"jo\u0308rg@example.com", "typographic", "jörg@example.com", ""},
		{"ｊａｎｅ@example.com", "typographic", "jane@example.com", ""},
		{"jane\u00a0@example.com", "typographic wrapped", "jane@example.com", ""},
		{"*@example.com", "wildcard", "", `^[^@]+@example\.com$`},
		{"%@example.com", "wildcard", "", `^[^@]+@example\.com$`},
		{"jane*@example.com", "wildcard", "", `^jane[^@]*@example\.com$`},
		{"*.doe@example.com", "wildcard", "", `^[^@]*\.doe@example\.com$`},
		{"*@*.example.com", "wildcard", "", `^[^@]+@[^@]*\.example\.com$`},
		{"*.example.com", "wildcard", "", `^[^@]+@[^@]*\.example\.com$`},
		{"a*b@example.com", "inner-wildcard", "", ""},
		{"mailto:*@example.com", "wrapped wildcard", "", `^[^@]+@example\.com$`},
		{"∗@example.com.", "trailing-dot typographic wildcard", "", `^[^@]+@example\.com$`},
		{"*@EXAMPLE.com", "wildcard", "", `^[^@]+@example\.com$`},
		{"*@com", "wildcard", "", ""},
		{"*@*", "wildcard", "", ""},
		{"@example.com", "lone-domain", "", `^[^@]+@example\.com$`},
		{"example.com", "lone-domain", "", `^[^@]+@example\.com$`},
		{"example.com.", "lone-domain", "", `^[^@]+@example\.com$`},
		{"jane@example.com.", "trailing-dot", "jane@example.com", ""},
		{"jane@example.com,", "trailing-dot", "jane@example.com", ""},
		{"jane@example.com ;", "trailing-dot", "jane@example.com", ""},
		{"mailto:jane@example.com", "wrapped", "jane@example.com", ""},
		{"MAILTO:jane@example.com?subject=Hello", "wrapped", "jane@example.com", ""},
		{"SMTP:jane@example.com", "wrapped", "jane@example.com", ""},
		{"Jane Doe <jane@example.com>", "wrapped", "jane@example.com", ""},
		{"From: \"Doe, Jane\" <jane@example.com>", "wrapped", "jane@example.com", ""},
		{"<jane@example.com>", "wrapped", "jane@example.com", ""},
		{"<mailto:jane@example.com>", "wrapped", "jane@example.com", ""},
		{"[Jane](mailto:jane@example.com)", "wrapped", "jane@example.com", ""},
		{"\"jane@example.com\"", "wrapped", "jane@example.com", ""},
		{"'jane@example.com'", "wrapped", "jane@example.com", ""},
		{"“jane@example.com”", "wrapped", "jane@example.com", ""},
		{"(jane@example.com)", "wrapped", "jane@example.com", ""},
		{"jane@example.com (Jane Doe)", "wrapped", "jane@example.com", ""},
		{"jane @ example.com", "wrapped", "jane@example.com", ""},
		{"jane [at] example [dot] com", "wrapped", "jane@example.com", ""},
		{"jane(at)example.com", "wrapped", "jane@example.com", ""},
		{"jane%40example.com", "encoded", "jane@example.com", ""},
		{"jane&#64;example.com", "encoded", "jane@example.com", ""},
		{"o&#39;brien@example.com", "encoded", "o'brien@example.com", ""},
		{"=?UTF-8?Q?jane=40example.com?=", "encoded", "jane@example.com", ""},
		{"jane@exаmple.com", "mixed-scripts", "", ""},    // a Cyrillic а
		{"jane@xn--n1aahb.com", "foreign-label", "", ""}, // сосо
		{"jane@xn--exmple-cua.com", "", "", ""},
		{"jane@examp⁄le.com", "typographic", "", ""},
		{"jane☺@example.com", "typographic", "", ""},
		{"jÃ¶rg@example.com", "garbled", "jörg@example.com", ""},
		{"mailto:jane@example.com&subject=x", "wrapped", "jane@example.com", ""},
		{"jane@example.com?subject=x", "wrapped", "jane@example.com", ""},
		{"jane@example.com?", "trailing-dot", "jane@example.com", ""},
		{"jane@example.com/", "trailing-dot", "jane@example.com", ""},
		{"EUM:jane@example.com", "wrapped", "jane@example.com", ""},
		{"x500:jane@example.com", "wrapped", "jane@example.com", ""},
		{"https://example.com/jane@example.com", "", "", ""},
		{"jane@example.com Jane Doe", "wrapped", "jane@example.com", ""},
		{"Jane Doe jane@example.com", "wrapped", "jane@example.com", ""},
		{"jane doe@example.com", "", "", ""},
		{"<jane@example.com", "wrapped", "jane@example.com", ""},
		{"\"jane@example.com", "wrapped", "jane@example.com", ""},
		{"'jane@example.com", "wrapped", "jane@example.com", ""},
		{"jane@example.com'", "wrapped", "jane@example.com", ""},
		{"jane@example.com [work]", "wrapped", "jane@example.com", ""},
		{"(comment)jane@example.com", "wrapped", "jane@example.com", ""},
		{"jane[@]example[.]com", "wrapped", "jane@example.com", ""},
		{"jane@example[.]com", "wrapped", "jane@example.com", ""},
		{"jane&amp;#64;example.com", "encoded", "jane@example.com", ""},
		{"jane%2540example.com", "encoded", "jane@example.com", ""},
		{"jane@example.com/john", "", "", ""},
		{"\"jane doe\"@example.com", "", "", ""},
		{"jane@сосо.com", "foreign-label", "", ""},
		{"jane", "", "", ""},
		{"jane@example.com, john@example.com", "", "", ""},
		{`.*@example\.com`, "", "", ""},
		{"", "", "", ""},
	} {
		r := input.Address(tt.typed, isAddress)
		if kinds(r) != tt.kinds || r.Address != tt.address || r.Pattern != tt.pattern {
			t.Errorf("%q: %q, address %q, pattern %q; want %q, %q, %q", tt.typed, kinds(r), r.Address, r.Pattern, tt.kinds, tt.address, tt.pattern)
		}
	}
}

func TestDisplayName(t *testing.T) {
	for _, tt := range []struct{ typed, kinds, name, address string }{
		{"Jane Doe", "", "", ""},
		{"Conan O’Brien", "", "", ""},
		{"Jane \"JD\" Doe", "", "", ""},
		{"Doe, Jane", "", "", ""},
		{"Jean-Luc d'Arc", "", "", ""},
		{"IT Service Desk", "", "", ""},
		{"山田 太郎", "", "", ""},
		{"佐藤ゆかり", "", "", ""},
		{"ソニーSony株式会社", "", "", ""},
		{"Анна Каренина", "", "", ""},
		{"Σωκράτης", "", "", ""},
		{"می\u200cخواهم", "", "", ""},
		{"Ćwikła Łukasz Þórunn", "", "", ""},
		{"Jane Анна", "", "", ""},
		{"50% Club", "", "", ""},
		{"AT&T", "", "", ""},
		{"3M", "", "", ""},
		{"Jane Doe <jane@example.com>", "name-with-address", "Jane Doe", "jane@example.com"},
		{"\"Doe, Jane\" <jane@example.com>", "name-with-address", "Doe, Jane", "jane@example.com"},
		{"Jane Doe (jane@example.com)", "name-with-address", "Jane Doe", "jane@example.com"},
		{"Jane Doe, jane@example.com", "name-with-address", "Jane Doe", "jane@example.com"},
		{"jane@example.com Jane Doe", "name-with-address", "Jane Doe", "jane@example.com"},
		{"Jane Doe [mailto:jane@example.com]", "name-with-address", "Jane Doe", "jane@example.com"},
		{"jane@example.com", "address-as-name", "", "jane@example.com"},
		{"<jane@example.com>", "address-as-name", "", "jane@example.com"},
		{"=?UTF-8?B?SmFuZSBEb2U=?=", "encoded", "Jane Doe", ""},
		{"=?iso-8859-1?Q?J=FCrgen?= M", "encoded", "Jürgen M", ""},
		{"=?koi8-r?B?4c7OwQ==?=", "encoded", "Анна", ""},
		{"=?UTF-8?Q?Jane", "encoded", "", ""},
		{"=?UTF-8?Q?Jane_Doe?= <jane@example.com>", "encoded name-with-address", "Jane Doe", "jane@example.com"},
		{"JosÃ© Ãlvarez", "garbled", "", ""},
		{"JosÃ© GarcÃ\u00ada", "garbled", "José García", ""},
		{"Å\u0081ukasz", "garbled", "Łukasz", ""},
		{"=?utf-8?Q?J=FCrgen?=", "encoded", "Jürgen", ""},
		{"=?us-ascii?Q?J=FCrgen?=", "encoded", "Jürgen", ""},
		{"=?bogus?Q?J=FCrgen?=", "encoded", "", ""},
		{"=?gb2312?B?1cXOsA==?=", "encoded", "张伟", ""},
		{"=?UTF-8*EN?Q?Jane?=", "encoded", "Jane", ""},
		{"SmFuZSBEb2U=", "encoded", "Jane Doe", ""},
		{"utf-8''Jane%20Doe", "encoded", "Jane Doe", ""},
		{"&lt;Jane&gt;", "encoded placeholder", "<Jane>", ""},
		{"AT&amp;amp;T", "encoded", "AT&T", ""},
		{"Jane&#0;", "encoded garbled", "", ""},
		{"Jane&#8203;Doe", "encoded", "JaneDoe", ""},
		{"Jane&nbsp;Doe", "encoded", "Jane Doe", ""},
		{"O\\'Brien", "encoded", "O'Brien", ""},
		{`\"Jane Doe\"`, "encoded quoted", "Jane Doe", ""},
		{`Jane \ud83d\ude00`, "encoded", "Jane 😀", ""},
		{"\"Jane Doe", "quoted", "Jane Doe", ""},
		{"Jane Doe”", "quoted", "Jane Doe", ""},
		{"Jane Doe <>", "quoted", "Jane Doe", ""},
		{"Jane Doe <jane>", "quoted", "Jane Doe", ""},
		{"From: Jane Doe", "quoted", "Jane Doe", ""},
		{"CN=Jane Doe", "quoted", "Jane Doe", ""},
		{"jane@example.com; john@example.com", "name-with-address address-as-name", "", ""},
		{"JosÃ©", "garbled", "José", ""},
		{"Conan Oâ€™Brien", "garbled", "Conan O’Brien", ""},
		{"MÃ¼ller", "garbled", "Müller", ""},
		{"РђРЅРЅР°", "garbled", "Анна", ""},
		{"Jos\uFFFD", "garbled", "", ""},
		{"\"Jane Doe\"", "quoted", "Jane Doe", ""},
		{"“Jane Doe”", "quoted", "Jane Doe", ""},
		{"'Jane Doe'", "quoted", "Jane Doe", ""},
		{"Jane Doe;", "quoted", "Jane Doe", ""},
		{"O&#39;Brien", "encoded", "O'Brien", ""},
		{"M&uuml;ller &amp; Co", "encoded", "Müller & Co", ""},
		{"Mira <i>Castellan</i>", "", "", ""}, // a name that a person may want to protect
		{"Jane%20Doe", "encoded", "Jane Doe", ""},
		{"J%C3%BCrgen+Klein", "encoded", "Jürgen Klein", ""},
		{"Jos=C3=A9", "encoded", "José", ""},
		{`Jos\u00e9`, "encoded", "José", ""},
		{"𝐉𝐚𝐧𝐞 Doe", "styled-letters", "Jane Doe", ""},
		{"Ｊａｎｅ", "styled-letters", "Jane", ""},
		{"test", "placeholder", "", ""},
		{"XXXXX", "placeholder", "", ""},
		{"(none)", "placeholder", "", ""},
		{"- none -", "placeholder", "", ""},
		{"N / A", "placeholder", "", ""},
		{"n/a.", "placeholder", "", ""},
		{"k.A.", "placeholder", "", ""},
		{"N.N.", "placeholder", "", ""},
		{"unbekannt", "placeholder", "", ""},
		{"null null", "placeholder", "", ""},
		{"test-user", "placeholder", "", ""},
		{"test_user2", "placeholder", "", ""},
		{"Test, Test", "placeholder", "", ""},
		{"asdfasdf", "placeholder", "", ""},
		{"Full Name Here", "placeholder", "", ""},
		{"false", "placeholder", "", ""},
		{"AAA", "", "", ""},
		{"Tester & Partner", "", "", ""},
		{"Tim Tam-Tam", "", "", ""},
		{"Ⓜ\ufe0f Metro", "", "", ""},
		{"Test 2", "placeholder", "", ""},
		{"N/A", "placeholder", "", ""},
		{"First Last", "placeholder", "", ""},
		{"{name}", "placeholder", "", ""},
		{"{{ first_name }} Doe", "placeholder", "", ""},
		{"[Name]", "placeholder", "", ""},
		{"Max Mustermann", "placeholder", "", ""},
		{"#N/A", "placeholder", "", ""},
		{"---", "placeholder", "", ""},
		{"12345", "placeholder", "", ""},
		{"Jоhanna Voss", "mixed-scripts", "Johanna Voss", ""}, // a Cyrillic о
		{"Αnna", "mixed-scripts", "Anna", ""},                 // a Greek Α
		{"", "", "", ""},
	} {
		r := input.DisplayName(tt.typed, isAddress)
		if kinds(r) != tt.kinds || r.Name != tt.name || r.Address != tt.address {
			t.Errorf("%q: %q, name %q, address %q; want %q, %q, %q", tt.typed, kinds(r), r.Name, r.Address, tt.kinds, tt.name, tt.address)
		}
	}
}

func TestBad(t *testing.T) {
	const flag = "\U0001F3F4\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F"
	for _, tt := range []struct {
		text                 string
		name, address, text3 string // "" for nothing bad
	}{
		{"Jane", "", "", ""},
		{"\u3164", "HANGUL FILLER (U+3164), character 1", "HANGUL FILLER (U+3164), character 1", ""},
		{"Ja\u200Dne", "ZERO WIDTH JOINER (U+200D), character 3", "ZERO WIDTH JOINER (U+200D), character 3", ""},
		{"می\u200cخواهم", "", "ZERO WIDTH NON-JOINER (U+200C), character 3", ""},
		{"می\u200c", "ZERO WIDTH NON-JOINER (U+200C), character 3", "ZERO WIDTH NON-JOINER (U+200C), character 3", ""},
		{"क्\u200dष", "", "ZERO WIDTH JOINER (U+200D), character 3", ""},
		{"ന്\u200d", "", "ZERO WIDTH JOINER (U+200D), character 3", ""},
		{"👩\u200d💻 Jane", "", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"👩🏽\u200d❤\ufe0f\u200d👨", "", "ZERO WIDTH JOINER (U+200D), character 3", ""},
		{"ℹ\ufe0f", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"〰\ufe0f", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"〽\ufe0f", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"1\ufe0f\u20e3", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"Team 3\ufe0f", "VARIATION SELECTOR-16 (U+FE0F), character 7", "VARIATION SELECTOR-16 (U+FE0F), character 7", ""},
		{"Team 1\u200d2", "ZERO WIDTH JOINER (U+200D), character 7", "ZERO WIDTH JOINER (U+200D), character 7", ""},
		{"№\u200d№", "ZERO WIDTH JOINER (U+200D), character 2", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"˅\ufe0f", "VARIATION SELECTOR-16 (U+FE0F), character 2", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"∑\u200d∑", "ZERO WIDTH JOINER (U+200D), character 2", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"नाम\u200d Doe", "ZERO WIDTH JOINER (U+200D), character 4", "ZERO WIDTH JOINER (U+200D), character 4", ""},
		{"🏴\u200d☠\ufe0f", "", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"🐈\u200d⬛", "", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"🧑🏽\u200d🤝\u200d🧑🏿", "", "ZERO WIDTH JOINER (U+200D), character 3", ""},
		{"↔\ufe0f", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"র\u200d্য", "", "ZERO WIDTH JOINER (U+200D), character 2", ""},
		{"❤\ufe0f", "", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"a\ufe0f", "VARIATION SELECTOR-16 (U+FE0F), character 2", "VARIATION SELECTOR-16 (U+FE0F), character 2", ""},
		{"葛\U000E0100城", "", "VARIATION SELECTOR-17 (U+E0100), character 2", ""},
		{flag, "", "TAG LATIN SMALL LETTER G (U+E0067), character 2", "TAG LATIN SMALL LETTER G (U+E0067), character 2"},
		{"J\U000E0041", "TAG LATIN CAPITAL LETTER A (U+E0041), character 2", "TAG LATIN CAPITAL LETTER A (U+E0041), character 2", "TAG LATIN CAPITAL LETTER A (U+E0041), character 2"},
		{"J\u202E", "RIGHT-TO-LEFT OVERRIDE (U+202E), character 2", "RIGHT-TO-LEFT OVERRIDE (U+202E), character 2", "RIGHT-TO-LEFT OVERRIDE (U+202E), character 2"},
		{"J\uE000", "a private-use character (U+E000), character 2", "a private-use character (U+E000), character 2", "a private-use character (U+E000), character 2"},
		{"J\uFFFE", "an unassigned character (U+FFFE), character 2", "an unassigned character (U+FFFE), character 2", "an unassigned character (U+FFFE), character 2"},
		{"J\u2028D", "LINE SEPARATOR (U+2028), character 2", "LINE SEPARATOR (U+2028), character 2", ""},
		{"J\u2029D", "PARAGRAPH SEPARATOR (U+2029), character 2", "PARAGRAPH SEPARATOR (U+2029), character 2", ""},
		{"J\nD\tE", "LINE FEED (U+000A), character 2", "LINE FEED (U+000A), character 2", ""},
		{"J\x07", "a control character (U+0007), character 2", "a control character (U+0007), character 2", "a control character (U+0007), character 2"},
		{"J\u034f", "COMBINING GRAPHEME JOINER (U+034F), character 2", "COMBINING GRAPHEME JOINER (U+034F), character 2", ""},
		{"J\u00ad", "SOFT HYPHEN (U+00AD), character 2", "SOFT HYPHEN (U+00AD), character 2", ""},
		{"\u17b4\uffa0\u115f\u1160\u2800", "KHMER VOWEL INHERENT AQ (U+17B4), character 1", "KHMER VOWEL INHERENT AQ (U+17B4), character 1", ""},
	} {
		for place, want := range []string{tt.name, tt.address, tt.text3} {
			got := ""
			if c, found := input.Bad(tt.text, input.Place(place)); found {
				got = c.String()
			}
			if got != want {
				t.Errorf("%+q at place %d: %q, want %q", tt.text, place, got, want)
			}
			if _, found := input.Bad(input.Without(tt.text, input.Place(place)), input.Place(place)); found {
				t.Errorf("%+q: what is left is bad too: %+q", tt.text, input.Without(tt.text, input.Place(place)))
			}
		}
	}
}

// Every default-ignorable code point by itself, for no name or address is made of them.
func TestNothingHiddenIsAName(t *testing.T) {
	for r := rune(0x80); r <= 0x10FFFF; r++ {
		if _, bad := input.Bad(string(r), input.InAddress); !bad {
			continue
		}
		if _, bad := input.Bad(string(r), input.InName); !bad && r != '\uFFFD' {
			t.Errorf("U+%04X alone is a name", r)
		}
		if input.Shows(string(r)) && (r < 0xE000 || r > 0xF8FF) && r < 0xF0000 && r != '\uFFFD' {
			t.Errorf("U+%04X is said to show", r)
		}
	}
}

func TestLookAlikes(t *testing.T) {
	for _, tt := range []struct {
		a, b  string
		alike bool
		latin string // of a
	}{
		{"Jоhanna Voss", "Johanna Voss", true, "Johanna Voss"},
		{"J0hanna Voss", "Johanna Voss", true, "Johanna Voss"},
		{"BiII Gray", "Bill Gray", true, "Bill Gray"},
		{"lan Smith", "Ian Smith", true, "Ian Smith"},
		{"Сосо", "Coco", true, "Coco"},
		{"Amold", "Arnold", true, "Amold"},
		{"José", "Jose", false, "José"},
		{"Johanna", "Johannes", false, "Johanna"},
		{"Þórunn", "Porunn", false, "Þórunn"},
		{"Анна", "Anna", false, "Aннa"},
	} {
		if got := input.Alike(tt.a, tt.b); got != tt.alike {
			t.Errorf("%q and %q alike: %v", tt.a, tt.b, got)
		}
		if got := input.Latin(tt.a); got != tt.latin {
			t.Errorf("Latin(%q) = %q, want %q", tt.a, got, tt.latin)
		}
	}
}

// TestExtendSenders adds a service to the known ones.
func TestExtendSenders(t *testing.T) {
	defer input.ExtendSenders(nil)
	input.ExtendSenders([]input.Sender{{Address: "@share.example.com", Service: "Example Share"}})
	for address, want := range map[string]string{"a@mail.share.example.com": "Example Share", "no-reply@dropbox.com": "Dropbox", "a@example.com": ""} {
		if s, ok := input.SharedSenderOf(address); s.Service != want || ok != (want != "") {
			t.Errorf("%s: %q", address, s.Service)
		}
	}
}
