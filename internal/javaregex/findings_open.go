package javaregex

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Addresses that have nothing in common, and local parts that nobody would mean.
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

// reading is one of the two ways in which a pattern may be held against an address.
// Cloudflare does not say which is its own.
type reading struct {
	*finder
	anywhere bool
}

func (r reading) matches(address string) bool {
	matches, _ := r.verdict(address)
	return matches
}

// verdict is matches, and whether that is known.
func (r reading) verdict(address string) (matches, known bool) {
	result := r.try(address)
	if result.TooSlow && (r.cut || r.slowTries > 0 || r.spent > maxSteps) {
		r.unjudged = true
	}
	return result.Matches || r.anywhere && result.Found, !result.TooSlow
}

// open finds patterns that let in whom they should not.
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
			subject = "If it is enough that a part of an address matches, which Cloudflare does not say, this "
		}
		f.add(id, nil, subject+matches, suggestion, example)
		return
	}
	if f.unjudged && f.ctx.Err() == nil {
		f.put(Finding{
			ID: Unfinished, Severity: Danger, End: len(f.units), Message: "This pattern is too slow to find out whom it admits. It may match anybody.",
			Suggestion: "Let only one repetition match the same text: write a+ for (a+)+, and .* for .*.*.",
		})
	}
}

// letsIn is the finding of a reading; matches says whom it lets in, without the subject.
func (r reading) letsIn() (id, matches, suggestion, example string) {
	if !slices.ContainsFunc(anyAddress, func(address string) bool { return !r.matches(address) }) {
		return MatchesEverything, fmt.Sprintf("matches every one of %d addresses that have nothing in common.", len(anyAddress)), "Name the person and the domain.", anyAddress[1]
	}
	if n, address := r.count(anyLocal, anyDomain[:1]); 2*n > len(anyLocal) && !r.names(anyDomain) {
		return PublicDomain, fmt.Sprintf("matches people at domains that it does not name, such as %s; anyone can register one.", domainOf(address)), nameTheDomain, address
	}
	for _, text := range r.samples {
		local, _, _ := strings.Cut(text, "@")
		if n, address := r.count([]string{local}, anyDomain); local != "" && 2*n > len(anyDomain) && !r.names(anyDomain) {
			return PublicDomain, fmt.Sprintf("matches at domains that it does not name, such as %s; anyone can register one.", domainOf(address)), nameTheDomain, address
		}
	}
	for _, domain := range publicDomains {
		if n, address := r.count(anyLocal, []string{domain}); 2*n > len(anyLocal) {
			return PublicDomain, fmt.Sprintf("matches people of the most different names at %s, where anyone can have an address.", domain), "Name the person.", address
		}
	}
	for _, text := range r.samples {
		if address := text + ".qzxvw.com"; !r.anywhere && isAddress(address) && r.matches(address) {
			return PublicDomain, "matches domains that begin like the one meant, which anyone can register.", "Let the pattern end right behind the domain.", address
		}
		if address := r.similar(text); address != "" {
			return PublicDomain, "matches domains that end like the one meant, which anyone can register.", `Put @ or \. right before the domain.`, address
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
		matches := fmt.Sprintf("matches %d of %d names that have nothing in common at %s.", n, len(anyLocal), domain)
		if more, _ := r.count(oddLocal, []string{domain}); n == len(anyLocal) && more == len(oddLocal) {
			matches = fmt.Sprintf("matches everybody at %s.", domain)
		}
		return WholeDomain, matches, "Name the person, unless all of them may use the name.", address
	}
	return "", "", "", ""
}

// names reports whether the pattern holds one of the names that are tried for a domain
// that no pattern means.
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

// count is how many of the addresses made of these match, and the first that does. It
// gives up when half of them do not.
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

// similar is an address that matches as text does, of a domain that only ends like that
// of text: one that somebody else can register.
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

// isAddress says whether text is an address that mail may come from.
func isAddress(text string) bool {
	address, err := mail.ParseAddress(text)
	if err != nil || address.Address != text {
		return false
	}
	_, domain, _ := strings.Cut(text, "@")
	return strings.Contains(domain, ".") && !strings.ContainsFunc(domain, func(r rune) bool { return r < 128 && !isWord(r) && r != '.' && r != '-' })
}

func isWord(r rune) bool { return isAlpha(r) || isDigit(r) }

// anchors finds patterns for which it matters whether they have to match the whole
// address.
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
		f.add(NotAnchored, nil, "Where a pattern may match a part of an address, this one matches more than where it has to match the whole.", f.anchored(text, atBegin, atEnd), example)
		return
	}
}

// anchored says how to anchor a pattern.
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
