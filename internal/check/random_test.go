package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"namesake/internal/check"
	"namesake/internal/javaregex"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// TestJudgeRandomly compares verdicts on random registries with a simple evaluation of every
// reading.
func TestJudgeRandomly(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 3))
	seen, onPoint := map[check.Answer]int{}, map[check.Point]int{}
	for range 600 {
		entries, settings := randomRegistry(random)
		mail := check.Mail{
			Name: pick(random, "Jane Doe", "jane doe", "José Ruiz", "Jose Ruiz", "JOSE RUIZ", "Kim Lee"), Address: pick(random, addresses...),
			Authentication: pick(random, check.NotKnown, check.Passed, check.Failed),
		}
		v := mail.Judge(t.Context(), entries, read(settings))
		seen[v.Flagged]++
		for _, p := range check.Points() {
			if slices.ContainsFunc(v.Cases, func(c check.Case) bool { return slices.Contains(c.If, check.Condition{Point: p, Holds: true}) }) {
				onPoint[p]++
			}
		}
		want := evaluate(mail, entries, settings)
		if v.Flagged != want.answer() {
			t.Fatalf("%+v is %s, want %s\n%+v\n%+v", mail, v.Flagged, want.answer(), entries, settings)
		}
		for n, flagged := range want {
			covered := len(v.Cases) == 0
			for _, c := range v.Cases {
				if holdIn(c.If, n) {
					covered = true
					if c.Flagged != flagged {
						t.Fatalf("%+v: flagged %v in reading %b, against the case %q\n%+v\n%+v", mail, flagged, n, told([]check.Case{c}), entries, settings)
					}
				}
			}
			if !covered {
				t.Fatalf("%+v: no case covers reading %b: %q", mail, n, told(v.Cases))
			}
		}
	}
	for _, a := range []check.Answer{check.Yes, check.No, check.Depends} {
		if seen[a] < 40 {
			t.Errorf("only %d verdicts are %s", seen[a], a)
		}
	}
	for _, p := range check.Points() {
		if onPoint[p] < 5 {
			t.Errorf("only %d verdicts depend on %s", onPoint[p], p)
		}
	}
}

var addresses = []string{"jane@a.example", "JANE@a.example", "xjane@a.example", "x@mail.a.example", "jane@a.example.evil.test", "x@b.example", "boss@gmail.com", "x@ü.example", "x@xn--tda.example"}

func pick[T any](random *rand.Rand, from ...T) T { return from[random.IntN(len(from))] }

func randomRegistry(random *rand.Rand) (entries list, s policy.Settings) {
	for i := range random.IntN(4) {
		e := registry.Entry{ID: registry.ID(fmt.Sprint(i)), Name: pick(random, "Jane Doe", "JANE  Doe", "José Ruiz", "Jose Ruiz", "Kim Lee", ""), Email: pick(random, addresses...)}
		if e.IsEmailRegex = random.IntN(2) == 0; e.IsEmailRegex {
			e.Email = pick(random, `jane@a\.example`, `.*@b\.example`, `^.*@(mail\.)?a\.example$`, `(`, `.*`, `.*@ü\.example`, `x@[^ü]*`)
		}
		entries = append(entries, e)
	}
	pattern := func() (p policy.Pattern) {
		p.Type = pick(random, policy.OfEmail, policy.OfDomain, policy.OfIP, policy.OfUnknown)
		if p.IsRegex = random.IntN(2) == 0; p.IsRegex {
			p.Text = pick(random, `a\.example`, `.*@a\.example`, `x?jane@.*`, `^mail\..*$`, `)`, `ü\.example`, `.*@xn--tda\.example`)
		} else {
			p.Text = pick(random, "jane@a.example", "a.example", "example", "b.example", "192.0.2.1", "ü.example", "xn--tda.example", "x@ü.example")
		}
		return p
	}
	flag := func() bool { return random.IntN(2) == 0 }
	for range random.IntN(3) {
		s.AllowPolicies = append(s.AllowPolicies, policy.AllowPolicy{Pattern: pattern(), TrustedSender: flag(), AcceptableSender: flag(), ExemptRecipient: flag(), VerifySender: flag()})
	}
	for range random.IntN(3) {
		d := policy.TrustedDomain{Pattern: pattern(), Recent: flag(), Similarity: flag()}
		d.Type = pick(random, policy.OfDomain, "")
		s.TrustedDomains = append(s.TrustedDomains, d)
	}
	for range random.IntN(2) {
		s.BlockedSenders = append(s.BlockedSenders, policy.BlockedSender{Pattern: pattern()})
	}
	return entries, s
}

// results are whether a mail is flagged, by reading. Bit i of a reading is set if point i of
// check.Points holds in it.
type results map[int]bool

func (r results) answer() check.Answer {
	yes, no := false, false
	for _, flagged := range r {
		yes, no = yes || flagged, no || !flagged
	}
	switch {
	case yes && no:
		return check.Depends
	case yes:
		return check.Yes
	}
	return check.No
}

func holdIn(conditions []check.Condition, n int) bool {
	for _, c := range conditions {
		if in(n, c.Point) != c.Holds {
			return false
		}
	}
	return true
}

func in(n int, p check.Point) bool {
	for i, other := range check.Points() {
		if other == p {
			return n>>i&1 == 1
		}
	}
	panic("no such point: " + p)
}

// evaluate says for each reading whether a mail is flagged.
func evaluate(mail check.Mail, entries list, s policy.Settings) results {
	all := results{}
	for n := range 1 << len(check.Points()) {
		if in(n, check.AccentsIgnored) && !in(n, check.NamesFolded) { // the one implies the other
			continue
		}
		all[n] = flagged(mail, entries, s, n)
	}
	return all
}

func flagged(mail check.Mail, entries list, s policy.Settings, n int) bool {
	lets, trusts := false, false
	for _, p := range s.AllowPolicies {
		passes := mail.Authentication == check.Passed || mail.Authentication == check.NotKnown && in(n, check.Authenticated)
		if (p.TrustedSender || p.AcceptableSender) && (passes || !p.VerifySender) && applies(p.Pattern, mail.Address, n) {
			lets, trusts = true, trusts || p.TrustedSender
		}
	}
	for _, d := range s.TrustedDomains {
		d.Type = policy.OfDomain
		lets = lets || d.Similarity && in(n, check.DomainsTrusted) && applies(d.Pattern, mail.Address, n)
	}
	for _, b := range s.BlockedSenders {
		if applies(b.Pattern, mail.Address, n) && (in(n, check.BlockedFirst) || !trusts) {
			return true
		}
	}
	protected := false
	for _, e := range entries {
		same := e.Name == mail.Name
		if in(n, check.NamesFolded) {
			same = same || folded(e.Name) == folded(mail.Name)
		}
		if in(n, check.AccentsIgnored) {
			same = same || plain(e.Name) == plain(mail.Name)
		}
		if !same {
			continue
		}
		for _, address := range forms(mail.Address, n) {
			if e.IsEmailRegex && matches(e.Email, address, in(n, check.EntriesFound), in(n, check.Unchecked)) || !e.IsEmailRegex && strings.EqualFold(e.Email, address) {
				return false
			}
		}
		protected = true
	}
	return protected && !lets
}

// forms are the forms of an address with which patterns are compared: that of mail, and if both count
// as the same, the one with letters.
func forms(address string, n int) []string {
	mail, letters := strings.Replace(address, "ü", "xn--tda", 1), strings.Replace(address, "xn--tda", "ü", 1)
	if in(n, check.DomainForms) {
		return []string{mail, letters}
	}
	return []string{mail}
}

func applies(p policy.Pattern, address string, n int) bool {
	return slices.ContainsFunc(forms(address, n), func(address string) bool { return appliesTo(p, address, n) })
}

func appliesTo(p policy.Pattern, address string, n int) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	switch {
	case p.Type == policy.OfIP:
		return false
	case p.IsRegex && p.Type == policy.OfDomain && in(n, check.DomainPatterns):
		return matches(p.Text, domain, in(n, check.PoliciesFound), in(n, check.Unchecked))
	case p.IsRegex:
		return matches(p.Text, address, in(n, check.PoliciesFound), in(n, check.Unchecked))
	case p.Type == policy.OfEmail, p.Type == policy.OfUnknown && strings.Contains(p.Text, "@"):
		return strings.EqualFold(p.Text, address)
	}
	return domain == p.Text || in(n, check.Subdomains) && strings.HasSuffix(domain, "."+p.Text)
}

// folded and plain are the forms of names in which they are compared.
var folded, plain = remembered(registry.FoldName), remembered(alike)

func remembered(form func(string) string) func(string) string {
	forms := map[string]string{}
	return func(name string) string {
		if _, known := forms[name]; !known {
			forms[name] = form(name)
		}
		return forms[name]
	}
}

// matched has the results of matching a pattern with a text.
var matched = map[[2]string]*javaregex.Result{}

func matches(pattern, text string, part, unchecked bool) bool {
	r, known := matched[[2]string{pattern, text}]
	if !known {
		if p, err := javaregex.Compile(pattern); err == nil {
			r = new(p.Match(text))
		}
		matched[[2]string{pattern, text}] = r
	}
	if r == nil {
		return unchecked
	}
	return r.Matches || part && r.Found
}
