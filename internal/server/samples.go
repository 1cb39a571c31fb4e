package server

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// suggestSamples are addresses to try a pattern on: those that a person of the name is
// likely to have, and then look-alikes, which should not match.
func suggestSamples(name, pattern string) []string {
	return append(likely(name, patternDomain(pattern)), lookAlikes(name, pattern)...)
}

// likely are the usual addresses of a name at a domain.
func likely(name, domain string) []string {
	words := asciiWords(name)
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

// lookAlikes are addresses that an attacker would like to get past a pattern.
func lookAlikes(name, pattern string) []string {
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

// asciiWords are the words of a name as they are written in addresses.
func asciiWords(name string) []string {
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(name))
	return strings.FieldsFunc(plain, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

var domainIn = regexp.MustCompile(`@[^@]*?([A-Za-z0-9-]+(?:\\?\.[A-Za-z0-9-]+)+)[^@]*$`)

// patternDomain is the domain that a pattern seems to be about.
func patternDomain(pattern string) string {
	found := domainIn.FindStringSubmatch(pattern)
	if found == nil {
		return "example.com"
	}
	return strings.ToLower(strings.ReplaceAll(found[1], `\`, ""))
}
