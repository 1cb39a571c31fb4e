package javaregex

import (
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
	publicDomains = []string{"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.de", "mail.ru", "qq.com", "aol.com"}
	anyDomain     = []string{"qzxvw.com", "qzxvw.net", "qzxvw.org", "qzxvw.de", "qzxvw.info"}
)

// reading is one of the two ways in which a pattern may be held against an address.
// Cloudflare does not say which is its own.
type reading struct {
	*finder
	anywhere bool
}

func (r reading) matches(address string) bool {
	result := r.try(address)
	return result.Matches || r.anywhere && result.Found
}

// open finds patterns that let in whom they should not.
func (f *finder) open() {
	if f.has(NeverMatches) {
		return
	}
	for _, r := range []reading{{f, false}, {f, true}} {
		id, message, suggestion, example := r.letsIn()
		if id == "" {
			continue
		}
		if r.anywhere {
			message = "If it is enough that a part of an address matches, which Cloudflare does not say, t" + strings.TrimPrefix(message, "T")
		}
		f.add(id, nil, message, suggestion, example)
		return
	}
}

func (r reading) letsIn() (id, message, suggestion, example string) {
	if !slices.ContainsFunc(anyAddress, func(address string) bool { return !r.matches(address) }) {
		return MatchesEverything, fmt.Sprintf("This matches every one of %d addresses that have nothing in common.", len(anyAddress)), "Name the person and the domain.", anyAddress[1]
	}
	if address := r.most(anyLocal, anyDomain[:1]); address != "" {
		return PublicDomain, "This matches people at domains that anyone can register.", `Name the domain, with a \. for each dot in it.`, address
	}
	for _, text := range r.samples {
		local, _, _ := strings.Cut(text, "@")
		if address := r.most([]string{local}, anyDomain); local != "" && address != "" {
			return PublicDomain, "This matches at domains that anyone can register.", `Name the domain, with a \. for each dot in it.`, address
		}
	}
	for _, domain := range publicDomains {
		if address := r.most(anyLocal, []string{domain}); address != "" {
			return PublicDomain, fmt.Sprintf("This matches people of the most different names at %s, where anyone can have an address.", domain), "Name the person.", address
		}
	}
	for _, text := range r.samples {
		if address := text + ".qzxvw.com"; !r.anywhere && isAddress(text) && r.matches(address) {
			return PublicDomain, "This matches domains that begin like the one meant, which anyone can register.", "Let the pattern end right behind the domain.", address
		}
		if address := r.similar(text); address != "" {
			return PublicDomain, "This matches domains that end like the one meant, which anyone can register.", `Put @ or \. right before the domain.`, address
		}
	}
	for _, text := range r.samples {
		_, domain, _ := strings.Cut(text, "@")
		if address := r.most(anyLocal, []string{domain}); isAddress("x@"+domain) && address != "" {
			return WholeDomain, fmt.Sprintf("This matches everybody at %s.", domain), "Name the person, unless all of them may use the name.", address
		}
	}
	return "", "", "", ""
}

// most is an address made of these, if more than half of them match.
func (r reading) most(locals, domains []string) (example string) {
	matched := 0
	for _, local := range locals {
		for _, domain := range domains {
			if address := local + "@" + domain; r.matches(address) {
				if matched++; matched == 1 {
					example = address
				}
			}
		}
	}
	if 2*matched > len(locals)*len(domains) {
		return example
	}
	return ""
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
