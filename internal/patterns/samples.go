package patterns

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/unicode/norm"
)

// SuggestSamples returns addresses to try a pattern on: those that a person of the name is
// likely to have, and then look-alikes, which should not match.
func SuggestSamples(name, pattern string) []string {
	return append(likely(name, patternDomain(pattern)), LookAlikes(name, pattern)...)
}

// likely are the usual addresses of a name at a domain.
func likely(name, domain string) []string {
	words := nameWords(name)
	if len(words) == 0 {
		words = []string{"jane", "smith"}
	}
	first, last := words[0], words[len(words)-1]
	if len(words) == 1 {
		return []string{first + "@" + domain}
	}
	return []string{
		first + "." + last + "@" + domain, first + last + "@" + domain, first[:1] + last + "@" + domain,
		first[:1] + "." + last + "@" + domain, first + "@" + domain, last + "@" + domain,
	}
}

// LookAlikes returns addresses that an attacker would like to get past a pattern.
func LookAlikes(name, pattern string) []string {
	domain := patternDomain(pattern)
	own := likely(name, domain)
	address := own[0]
	local, _, _ := strings.Cut(address, "@")
	lures := []string{
		address + ".attacker.example", local + "@mail-" + domain, local + "@x" + domain,
		local + "@" + strings.Replace(domain, ".", "x", 1), local + "@gmail.com", address + "@attacker.example",
	}
	return slices.DeleteFunc(lures, func(lure string) bool { return slices.Contains(own, lure) })
}

var bracketed = regexp.MustCompile(`\([^()]*\)`)

// titles are words beside a name that addresses leave out.
var titles = []string{"dr", "prof", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "jr", "sr", "phd", "md", "mba", "herr", "frau"}

// nameWords are the words of a name as they are written in addresses, first names first.
func nameWords(name string) []string {
	plain := func(s string) []string {
		words := asciiWords(s)
		return slices.DeleteFunc(words, func(word string) bool { return slices.Contains(titles, word) })
	}
	name = name[:min(len(name), longestName)]
	last, first, _ := strings.Cut(bracketed.ReplaceAllString(name, " "), ",")
	if words := append(plain(first), plain(last)...); len(words) > 0 {
		return words
	}
	return asciiWords(name)
}

// letters are those that no accent makes of a letter of ASCII. Apostrophes are left out.
var letters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i", "'", "", "’", "",
)

// asciiWords are the words of a text in small letters of ASCII.
func asciiWords(text string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(text))
	words := strings.FieldsFunc(letters.Replace(plain), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for i, word := range words {
		words[i] = word[:min(len(word), longestWord)]
	}
	return words
}

var (
	consumesNone = regexp.MustCompile(`\(\?(?:<?[=!][^()]*|[A-Za-z-]*)\)`) // flags and looks around
	group        = regexp.MustCompile(`\((?:\?[A-Za-z-]*:|\?<\w+>)?([^()|]*)(?:\|[^()]*)?\)`)
	startsOpen   = regexp.MustCompile(`^\^?(?:\.|\\S)[*+]`)
	domainIn     = regexp.MustCompile(`@[^@]*?([A-Za-z0-9-]+(?:\\?\.[A-Za-z0-9-]+)+)[^@]*$`)
)

// What is taken of a name: more than any has, in bytes, and of a word what an address can hold
// before its @, RFC 5321, 4.5.3.1.1.
const (
	longestName = 1024
	longestWord = 64
)

// How much is done to find the domain of a pattern: more than a pattern of a person takes.
const (
	longestPattern = 1000
	deepestGroup   = 10
)

// patternDomain is the domain that a pattern seems to be about, the first of several.
func patternDomain(pattern string) string {
	const unknown = "example.com"
	if len(pattern) > longestPattern {
		return unknown
	}
	pattern = strings.NewReplacer(`[.]`, `\.`, `[\.]`, `\.`).Replace(pattern)
	for range deepestGroup { // from the inside out, each becomes its first alternative
		pattern = group.ReplaceAllString(consumesNone.ReplaceAllString(pattern, ""), "$1")
	}
	pattern, _, _ = strings.Cut(pattern, "|")
	if !strings.Contains(pattern, "@") {
		pattern = startsOpen.ReplaceAllString(pattern, "@") // as in .*example\.com
	}
	found := domainIn.FindStringSubmatch(pattern)
	if found == nil {
		return unknown
	}
	domain := strings.ToLower(strings.ReplaceAll(found[1], `\`, ""))
	if suffix, _ := publicsuffix.PublicSuffix(domain); suffix == domain {
		return "example." + domain // co.uk itself has no addresses
	}
	return domain
}
