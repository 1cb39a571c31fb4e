package javaregex

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// otherEndings are endings of domains, of several lengths, that few organizations have.
var otherEndings = []string{"xyz", "us", "info", "online"}

const nameTheDomain = `Name the domain, with a \. for each dot in it.`

// stranger is an address which matches as text does, and which another person can register
// a domain or open a mailbox for; matches says so, without the subject.
func (r reading) stranger(text string) (matches, suggestion, address string) {
	try := func(local, domain string) bool {
		address = local + "@" + domain
		return isAddress(address) && r.matches(address)
	}
	unregistered := func() (string, string, string) {
		return fmt.Sprintf("matches domains that the pattern does not name, such as %s. Anyone can register one.", domainOf(address)), nameTheDomain, address
	}
	local, domain, at := strings.Cut(text, "@")
	if !at {
		if suffix, known := publicsuffix.PublicSuffix(text); known && suffix == text && try("someone", "qzxvw."+text) {
			return unregistered()
		}
		return "", "", ""
	}
	if !isAddress("x@" + domain) {
		return "", "", ""
	}
	local = cmp.Or(local, "someone")
	before := domain[:strings.LastIndex(domain, ".")+1]
	for _, ending := range otherEndings {
		if !strings.Contains(strings.ToLower(r.source), ending) && try(local, before+ending) {
			return fmt.Sprintf("matches the same name with other endings, such as %s. Anyone can register one.", domainOf(address)), "Write the ending that the domain has.", address
		}
	}
	suffix, known := publicsuffix.PublicSuffix(domain)
	if own, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil && (known || strings.Contains(suffix, ".")) {
		for _, other := range otherNames(strings.TrimSuffix(own, "."+suffix)) {
			if !strings.Contains(strings.ToLower(r.source), other) && try(local, strings.TrimSuffix(domain, own)+other+"."+suffix) {
				return unregistered()
			}
		}
	}
	if address := r.otherMailbox(local, domain); address != "" {
		return fmt.Sprintf("matches more than one person's address at %s, such as %s. Anyone can open one.", domain, address), "Write out all of the part before the @.", address
	}
	return "", "", ""
}

// otherMailbox is an address at a public domain that matches as local does, and that
// another person can open.
func (r reading) otherMailbox(local, domain string) (address string) {
	if !slices.Contains(publicDomains, domain) {
		return ""
	}
	name, tag, tagged := strings.Cut(local, "+") // what follows a + goes to the same mailbox
	if tagged {
		tag = "+" + tag
	}
	for _, other := range otherNames(name) {
		if address := other + tag + "@" + domain; isAddress(address) && r.matches(address) {
			return address
		}
	}
	return ""
}

// otherNames are names that a pattern for name admits only if it leaves a part of it open:
// letters or digits somewhere in it, or other letters in its place.
func otherNames(name string) (others []string) {
	const letters, digits = "qzxvwjkbtn", "48213"
	for _, added := range []string{letters[:5], digits} {
		for i := range len(name) + 1 {
			others = append(others, name[:i]+added+name[i:])
		}
	}
	if len(name) <= len(letters) && name != letters[:len(name)] {
		others = append(others, letters[:len(name)])
	}
	return others
}
