package registry

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// MailAddress returns an address as mail has it: with an international domain in Punycode. Mail
// has the letters of the domain only where every server on its way supports SMTPUTF8.
func MailAddress(address string) string { return withDomain(address, MailDomain) }

// LetterAddress returns an address with an international domain in letters.
func LetterAddress(address string) string { return withDomain(address, LetterDomain) }

// MailDomain is MailAddress for a domain.
func MailDomain(domain string) string { return otherForm(domain, idna.Lookup.ToASCII) }

// LetterDomain is LetterAddress for a domain.
func LetterDomain(domain string) string { return otherForm(domain, idna.Lookup.ToUnicode) }

func withDomain(address string, form func(string) string) string {
	at := strings.LastIndexByte(address, '@') + 1
	return address[:at] + form(address[at:])
}

// otherForm returns an international domain in another form, and others as they are.
func otherForm(domain string, form func(string) (string, error)) string {
	letters := strings.ContainsFunc(domain, func(r rune) bool { return r >= utf8.RuneSelf })
	if !letters && !strings.Contains(strings.ToLower(domain), "xn--") {
		return domain
	}
	other, err := form(strings.ToLower(domain))
	if err != nil || strings.Contains("."+other, "..") { // an empty label is no domain name
		return domain
	}
	return other
}
