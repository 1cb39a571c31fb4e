package javaregex

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Unrelated addresses, and local parts that no pattern is meant to match.
var (
	anyAddress = []string{
		"a@b.co", "jane.smith@example.com", "QZ_9@sub.domain.example.org", "x+tag@mail.example.co.uk", "o'brien@a-b.example", "0@0.example",
		"zoë@example.net", "\"quoted one\"@example.de", "some.one.else@very.long.sub.domain.of.example.museum", "!#$%&*/=?^`{|}~@example.jp",
	}
	anyLocal      = []string{"qzxvw", "someone.else", "jkqpw77", "maria.garcia", "x9"}
	oddLocal      = []string{"Jane_Smith-99", "o'brien", "x+tag", "zoë", "a.b.c", "7", "QZ"}
	publicDomains = []string{
		"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.de", "mail.ru", "qq.com", "aol.com",
		"googlemail.com", "live.com", "msn.com", "me.com", "mac.com", "ymail.com", "rocketmail.com", "yahoo.co.uk", "yahoo.co.jp", "yahoo.fr", "yahoo.de",
		"yahoo.co.in", "yahoo.com.br", "yahoo.es", "yahoo.it", "hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "outlook.de",
		"outlook.fr", "live.co.uk", "live.fr", "protonmail.com", "pm.me", "tutanota.com", "tuta.io", "gmx.net", "gmx.com", "gmx.at", "gmx.ch", "web.de",
		"t-online.de", "freenet.de", "posteo.de", "mailbox.org", "mail.com", "zoho.com", "yandex.ru", "yandex.com", "ya.ru", "bk.ru", "list.ru", "inbox.ru",
		"rambler.ru", "163.com", "126.com", "sina.com", "foxmail.com", "naver.com", "daum.net", "hanmail.net", "docomo.ne.jp", "orange.fr", "free.fr",
		"laposte.net", "wanadoo.fr", "libero.it", "virgilio.it", "tiscali.it", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "ukr.net", "bol.com.br",
		"uol.com.br", "terra.com.br", "rediffmail.com", "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "btinternet.com", "fastmail.com", "hushmail.com",
		"hey.com", "bluewin.ch", "mail.de",
	}
	anyDomain = []string{"qzxvw.com", "qzxvw.net", "qzxvw.org", "qzxvw.de", "qzxvw.info"}
)

// IsPublicDomain reports whether anyone can get an address at a domain.
func IsPublicDomain(domain string) bool {
	return slices.Contains(publicDomains, strings.ToLower(domain))
}

// reading is one of the two ways to match a pattern with an address: as a whole or in part.
// Cloudflare does not say which one it uses.
type reading struct {
	*finder
	anywhere bool
}

func (r reading) matches(address string) bool {
	matches, _ := r.verdict(address)
	return matches
}

// verdict returns whether the address matches, and whether that is known.
func (r reading) verdict(address string) (matches, known bool) {
	result := r.try(address)
	if result.TooSlow && (r.cut || r.slowTries > 0 || r.spent > maxSteps) {
		r.unjudged = true
	}
	return result.Matches || r.anywhere && result.Found, !result.TooSlow
}

// open finds patterns that match strangers' addresses.
func (f *finder) open() {
	if f.has(NeverMatches) {
		return
	}
	for _, r := range []reading{{f, false}, {f, true}} {
		id, matches, suggestion, example := r.letsIn()
		if id == "" {
			continue
		}
		subject := "This "
		if r.anywhere {
			subject = "If matching a part of an address is enough (Cloudflare does not say), this "
		}
		f.put(Finding{ID: id, Severity: severityOf[id], End: len(f.units), Message: subject + matches, Suggestion: suggestion, Example: example, Part: r.anywhere})
		return
	}
	if f.unjudged && f.ctx.Err() == nil {
		f.put(Finding{
			ID: Unfinished, Severity: Danger, End: len(f.units), Message: "This pattern is too slow to check. It may match any address.",
			Suggestion: "Let only one repetition match the same text: write a+ for (a+)+, and .* for .*.*.",
		})
	}
}

// letsIn returns the finding of a reading; matches is its message without the subject.
func (r reading) letsIn() (id, matches, suggestion, example string) {
	if !slices.ContainsFunc(anyAddress, func(address string) bool { return !r.matches(address) }) {
		return MatchesEverything, "matches any address: the name is unprotected.", "Name the person and the domain.", anyAddress[1]
	}
	if n, address := r.count(anyLocal, anyDomain[:1]); 2*n > len(anyLocal) && !r.names(anyDomain) {
		return PublicDomain, fmt.Sprintf("matches domains that the pattern does not name, such as %s. Anyone can register one.", domainOf(address)), nameTheDomain, address
	}
	for _, text := range r.samples {
		local, _, _ := strings.Cut(text, "@")
		if n, address := r.count([]string{local}, anyDomain); local != "" && 2*n > len(anyDomain) && !r.names(anyDomain) {
			return PublicDomain, fmt.Sprintf("matches domains that the pattern does not name, such as %s. Anyone can register one.", domainOf(address)), nameTheDomain, address
		}
	}
	for _, domain := range publicDomains {
		if n, address := r.count(anyLocal, []string{domain}); 2*n > len(anyLocal) {
			return PublicDomain, fmt.Sprintf("matches anyone with a %s address, which anyone can get.", domain), "Name the person.", address
		}
	}
	for _, text := range r.samples {
		if address := text + ".qzxvw.com"; !r.anywhere && isAddress(address) && r.matches(address) {
			return PublicDomain, "also matches longer domains that start with this one. Anyone can register one.", "End the pattern right after the domain.", address
		}
		if address := r.similar(text); address != "" {
			return PublicDomain, "also matches longer domains that end with this one. Anyone can register one.", `Put @ or \. right before the domain.`, address
		}
	}
	for _, text := range r.samples {
		if matches, suggestion, address := r.stranger(text); matches != "" {
			return PublicDomain, matches, suggestion, address
		}
	}
	for _, text := range r.samples {
		domain := domainOf(text)
		if !isAddress("x@" + domain) {
			continue
		}
		n, address := r.count(anyLocal, []string{domain})
		if 2*n <= len(anyLocal) {
			continue
		}
		matches := fmt.Sprintf("matches %d of %d unrelated names at %s.", n, len(anyLocal), domain)
		if more, _ := r.count(oddLocal, []string{domain}); n == len(anyLocal) && more == len(oddLocal) {
			matches = fmt.Sprintf("matches everyone at %s.", domain)
		}
		return WholeDomain, matches, "Name the person, unless everyone there may use the name.", address
	}
	return "", "", "", ""
}

// names reports whether the pattern contains one of the invented domains used for testing.
func (r reading) names(domains []string) bool {
	return slices.ContainsFunc(domains, func(domain string) bool {
		name, _, _ := strings.Cut(domain, ".")
		return strings.Contains(strings.ToLower(r.source), name)
	})
}

func domainOf(address string) string {
	_, domain, _ := strings.Cut(address, "@")
	return domain
}

// count returns how many of the addresses made of locals and domains match, and the first
// match. It returns 0 as soon as half of them don't match.
func (r reading) count(locals, domains []string) (n int, first string) {
	failed := 0
	for _, local := range locals {
		for _, domain := range domains {
			address := local + "@" + domain
			matches, known := r.verdict(address)
			if !matches && known {
				failed++
			}
			if matches {
				n++
				first = cmp.Or(first, address)
			}
			if 2*failed >= len(locals)*len(domains) {
				return 0, ""
			}
		}
	}
	return n, first
}

// similar returns an address that matches as text does, of a longer domain that ends with
// the domain of text and that anyone can register.
func (r reading) similar(text string) string {
	local, domain, at := strings.Cut(text, "@")
	if !at {
		local, domain = "someone", text
	}
	own, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || !isAddress("x@"+domain) {
		return ""
	}
	if address := local + "@evil" + own; own == domain && r.matches(address) {
		return address
	}
	return ""
}

// isAddress reports whether text is an address that mail may come from.
func isAddress(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".") && !strings.ContainsFunc(domain, func(r rune) bool { return r < 128 && !isWord(r) && r != '.' && r != '-' })
}

func isWord(r rune) bool { return isAlpha(r) || isDigit(r) }

// anchors finds patterns that match more addresses when a part of an address is enough.
func (f *finder) anchors() {
	for _, text := range f.samples {
		behind, before := text+".evil.test", "x"+text
		open := func(longer string) bool { r := f.try(longer); return r.Found && !r.Matches }
		atEnd, atBegin := open(behind), open(before)
		if text == "" || !atEnd && !atBegin {
			continue
		}
		example := behind
		if !atEnd {
			example = before
		}
		f.add(NotAnchored, nil, fmt.Sprintf("Not anchored: if matching a part of an address is enough, this also matches “%s”.", example), f.anchored(text, atBegin, atEnd), example)
		return
	}
}

// anchored returns how to anchor a pattern.
func (f *finder) anchored(text string, begin, end bool) string {
	first, last := "^", "$"
	if f.root.op == opChoice {
		first, last, begin, end = "^(?:", ")$", true, true
	}
	switch {
	case !isAddress(text):
		return "Write it for whole addresses, with ^ at the beginning and $ at the end."
	case begin && end:
		return "Put " + first + " at the beginning and " + last + " at the end."
	case begin:
		return "Put ^ at the beginning."
	}
	return "Put $ at the end."
}
