package input

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/lazyregexp"
)

// DisplayName checks a text in a name field. isAddress reports whether a text is an address.
// The suggestion is the probable name and, if the text contains one, the address.
func DisplayName(s string, isAddress func(string) bool) Report {
	var r Report
	if len(s) > maxLength {
		return r
	}
	name := s
	for range maxWraps {
		next, kind, detail := nameOnce(name, &r, isAddress)
		if kind == "" {
			break
		}
		r.add(kind, detail)
		name = next
	}
	if odd, placeholder := isPlaceholder(name); placeholder {
		r.add(Placeholder, odd)
	} else if mixed := mixedDetail(name); mixed != "" {
		r.add(MixedScripts, mixed)
		if latin, ok := TakenFor(name); ok {
			name = latin
		}
	}
	if name != s { // decoding may bring up what can't be seen
		name = strings.Join(strings.Fields(Without(name, InName)), " ")
	}
	if name != s && Shows(name) && !strings.ContainsRune(name, utf8.RuneError) && !r.Has(AddressAsName) {
		r.Name = name
	}
	return r
}

// nameOnce removes one part that does not belong to a name, and returns its kind.
func nameOnce(s string, r *Report, isAddress func(string) bool) (next string, kind Kind, detail string) {
	if d, kind := decode(s); kind != "" {
		return Trim(d), kind, ""
	}
	if t := strings.Trim(Trim(s), ",;"); Trim(t) != s && Trim(t) != "" {
		return Trim(t), Quoted, "a comma or semicolon"
	}
	if encodedStart().MatchString(s) {
		r.add(Encoded, "")
	}
	if strings.ContainsRune(s, utf8.RuneError) || slices.ContainsFunc(strings.Fields(s), garbled) {
		r.add(Garbled, "")
	}
	if name, address, ok := splitAddress(s, isAddress); ok {
		if r.Address == "" {
			r.Address = address
		}
		if name == "" {
			if r.add(AddressAsName, ""); r.Has(NameWithAddress) {
				r.Address = "" // there are several
			}
			return s, "", ""
		}
		return name, NameWithAddress, address
	}
	first, size := utf8.DecodeRuneInString(s)
	last, lastSize := utf8.DecodeLastRuneInString(s)
	if end, quotes := nameQuotes[first]; quotes && last == end && len(s) > size+lastSize {
		if inner := s[size : len(s)-lastSize]; !strings.ContainsRune(inner, first) && Trim(inner) != "" {
			return Trim(inner), Quoted, "quotation marks"
		}
	}
	if strings.Count(s, string(first)) == 1 && oneSided[first] {
		return Trim(s[size:]), Quoted, "quotation marks"
	}
	if strings.Count(s, string(last)) == 1 && oneSided[last] {
		return Trim(s[:len(s)-lastSize]), Quoted, "quotation marks"
	}
	if m := labelled().FindStringSubmatch(s); m != nil {
		return m[2], Quoted, "“" + m[1] + "”"
	}
	if m := bracketsAfter().FindStringSubmatch(s); m != nil && Shows(m[1]) {
		return m[1], Quoted, "angle brackets"
	}
	if plain := unstyled(s); plain != s {
		return plain, StyledLetters, ""
	}
	return s, "", ""
}

// garbled reports whether a word was read in the wrong encoding.
func garbled(word string) bool { return readAgain(word) != word }

var (
	labelled      = lazyregexp.New(`^((?i:from|to|cc|name|display ?name)\s*:|(?i:cn)=)\s*([^\s,=][^,=]*)(?:,\s*\w+=.*)?$`)
	bracketsAfter = lazyregexp.New(`^([^<>]*[^<>\s])\s*<(?:[^<>@]{2,}>|>)?$`)
	oneSided      = map[rune]bool{'"': true, '“': true, '”': true, '„': true, '«': true, '»': true, '＂': true}
)

// encodedStart is an encoded word that can't be decoded.
var encodedStart = lazyregexp.New(`=\?[A-Za-z0-9_*-]+\?[bBqQ]\?`)

var nameQuotes = map[rune]rune{'"': '"', '\'': '\'', '`': '`', '“': '”', '”': '”', '„': '“', '‘': '’', '«': '»', '»': '«', '‹': '›', '＂': '＂'}

var addressIn = lazyregexp.New(`[^\s<>()\[\]{},;:"]+@[^\s<>()\[\]{},;:"@]+\.[^\s<>()\[\]{},;:"@]+`)

// splitAddress parts a name from the address that stands in it. name is "" when there is
// nothing else.
func splitAddress(s string, isAddress func(string) bool) (name, address string, ok bool) {
	found := addressIn().FindString(s)
	if found == "" {
		return "", "", false
	}
	found = endMarks().ReplaceAllString(found, "")
	plain, _, _ := Plain(found)
	if plain = strings.Trim(plain, `'"`); !isAddress(plain) {
		return "", "", false
	}
	rest := strings.Replace(s, found, " ", 1)
	rest = scheme().ReplaceAllString(Trim(rest), "")
	rest = strings.NewReplacer("mailto:", " ", "<", " ", ">", " ", "[", " ", "]", " ", "( )", " ", "()", " ", "(  )", " ").Replace(rest)
	rest = strings.Join(strings.Fields(rest), " ")
	rest = bareName(strings.Trim(rest, " ,;:|/-–—"))
	if !Shows(rest) {
		rest = ""
	}
	return rest, plain, true
}

// unstyled is s with ordinary letters in place of mathematical, circled, fullwidth and
// phonetic ones, which look the same to people and differ for a program.
func unstyled(s string) string {
	var b strings.Builder
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case i+1 < len(runes) && runes[i+1] == '\uFE0F': // an emoji, such as the sign of an underground railway
			b.WriteRune(r)
		case r >= 0x1D400 && r <= 0x1D7FF, r >= 0x24B6 && r <= 0x24E9, r >= 0x1F110 && r <= 0x1F149, r >= 0xFF10 && r <= 0xFF5A && r != 0xFF20,
			r >= 0xFB00 && r <= 0xFB06, r == 0x212A, r == 0x212B, r >= 0x2100 && r <= 0x214F && unicode.IsLetter(r):
			b.WriteString(norm.NFKC.String(string(r)))
		case r >= 0x1F130 && r <= 0x1F149:
			b.WriteRune('A' + r - 0x1F130)
		case r >= 0x1F150 && r <= 0x1F169:
			b.WriteRune('A' + r - 0x1F150)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

var (
	braces     = lazyregexp.New(`^\s*(\{+[^{}]*\}+|\$\{[^{}]*\}|\[+[\p{L}\s_.-]+\]+|<+[\p{L}\s_.-]+>+|%%?[A-Za-z_]+%%?|\$[A-Za-z_]+|@[A-Za-z_]+@|#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NULL!|NUM!))\s*$`)
	mergeField = lazyregexp.New(`\{\{[^{}]+\}\}|\$\{[^{}]+\}|\{[A-Za-z_. ]+\}|«[A-Za-z_ ]+»|%[A-Z][A-Z_]+%`)
	onlyMarks  = lazyregexp.New(`^[\s\p{P}\p{S}]*$`)
	numbered   = lazyregexp.New(` ?[0-9]+$`)
	onlyX      = lazyregexp.New(`^x{3,}$`)
)

// placeholders are texts that stand for a name, as bareWords has them, and without digits
// at the end.
var placeholders = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for name := range strings.Lines(`test
testing
tester
test user
test name
test entry
test test
testname
name
names
full name
full name here
name here
your name here
your full name
your name
display name
displayname
first last
first name
firstname
last name
lastname
surname
given name
first name last name
firstname lastname
first_name last_name
firstname surname
user name
username
new user
example
example name
example user
sample
sample name
sample user
placeholder
dummy
dummy user
foo
bar
foo bar
foobar
baz
asdf
asdfgh
qwerty
qwertz
asdfasdf
abc
blah
lorem ipsum
tbd
tba
tbc
todo
fixme
n/a
na
n.a.
none
nil
null
undefined
unknown
unknown user
unknown name
unbekannt
inconnu
desconocido
sconosciuto
keine angabe
k.a.
n.n.
true
false
nan
no name
noname
empty
blank
not set
not available
not applicable
john q. public
joe bloggs
max mustermann
erika mustermann
mustermann
max muster
vorname nachname
vorname
nachname
nom prénom
prénom nom
prénom
nombre apellido
nombre
nome cognome
nome sobrenome
voornaam achternaam
jan modaal
jan kowalski
imię nazwisko
иван иванович иванов
имя фамилия
имя
фамилия
姓名
名前
山田太郎
張三
张三
`) {
		all[strings.Join(bareWords(name), " ")] = true
	}
	return all
})

// bareWords are the words of a name in small letters and without signs.
func bareWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(norm.NFC.String(s)), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) })
}

// isPlaceholder reports whether s stands for a name that a person was to fill in.
func isPlaceholder(s string) (what string, is bool) {
	if found := mergeField().FindString(s); found != "" {
		return found, true
	}
	if braces().MatchString(s) {
		return s, true
	}
	words := bareWords(s)
	folded := strings.Join(words, " ")
	if onlyMarks().MatchString(s) && !strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.So, unicode.Co) }) {
		return s, Shows(s)
	}
	twice := len(words) > 1 && len(slices.Compact(words)) == 1 && placeholders()[words[0]]
	if twice || onlyX().MatchString(folded) || placeholders()[folded] || placeholders()[numbered().ReplaceAllString(folded, "")] {
		return s, true
	}
	// A number is no name; one in letters, such as that of a building, may be.
	return s, folded != "" && strings.TrimFunc(folded, unicode.IsDigit) == ""
}
