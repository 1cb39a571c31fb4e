package policy_test

import (
	"testing"

	"namesake/internal/policy"
)

func TestMatch(t *testing.T) {
	address := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfEmail} }
	domain := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfDomain} }
	regex := func(text string) policy.Pattern {
		return policy.Pattern{Text: text, Type: policy.OfEmail, IsRegex: true}
	}
	domainRegex := func(text string) policy.Pattern {
		return policy.Pattern{Text: text, Type: policy.OfDomain, IsRegex: true}
	}
	old := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfUnknown} }
	none, always := policy.Reading{}, "always"
	for _, tt := range []struct {
		name    string
		pattern policy.Pattern
		address string
		want    string // "always", "never", or what has to hold
		holds   policy.Reading
	}{
		{"an address", address("jane@a.example"), "jane@a.example", always, none},
		{"an address in another case", address("Jane@A.example"), " jane@a.example ", always, none},
		{"another address", address("jane@a.example"), "jane@b.example", "never", none},
		{"an address is not a domain", address("a.example"), "jane@a.example", "never", none},
		{"a domain", domain("a.example"), "jane@A.example", always, none},
		{"a domain with an at sign", domain("@a.example"), "jane@a.example", always, none},
		{"a domain with a last dot", domain("a.example."), "jane@a.example", always, none},
		{"a subdomain", domain("a.example"), "jane@mail.a.example", "depends", policy.Reading{Subdomains: true}},
		{"a longer domain", domain("a.example"), "jane@nota.example", "never", none},
		{"no domain", domain(""), "jane@a.example", "never", none},
		{"no address", domain("a.example"), "jane", "never", none},
		{"an address of a server", policy.Pattern{Text: "192.0.2.1", Type: policy.OfIP}, "jane@192.0.2.1", "never", none},
		{"a pattern of a server", policy.Pattern{Text: ".*", Type: policy.OfIP, IsRegex: true}, "jane@a.example", "never", none},
		{"a whole pattern", regex(`.*@a\.example`), "jane@a.example", always, none},
		{"a part", regex(`.*@a\.example`), "jane@a.example.evil.test", "depends", policy.Reading{Found: true}},
		{"a part that is refused", regex(`^.*@a\.example$`), "jane@a.example.evil.test", "never", none},
		{"no match", regex(`.*@a\.example`), "jane@b.example", "never", none},
		{"a faulty pattern", regex(`(`), "jane@a.example", "depends", policy.Reading{Unchecked: true}},
		{"a pattern of domains", domainRegex(`([a-z]+\.)?a\.example`), "jane@mail.a.example", "depends", policy.Reading{Domains: true}},
		{"a pattern of domains, found", domainRegex(`a\.example`), "jane@a.example", "depends", policy.Reading{Found: true}},
		{"a pattern of domains and addresses", domainRegex(`.*a\.example`), "jane@nota.example", always, none},
		{"an old address", old("jane@a.example"), "jane@a.example", always, none},
		{"an old domain", old("a.example"), "jane@a.example", always, none},
		{"a domain with its letters", domain("bücher.example"), "jane@xn--bcher-kva.example", "depends", policy.Reading{Forms: true}},
		{"a domain with its letters for both", domain("BÜCHER.example"), "jane@bücher.example", "depends", policy.Reading{Forms: true}},
		{"a domain in Punycode", domain("XN--bcher-kva.example"), "jane@bücher.example", always, none},
		{"a domain in Punycode for both", domain("xn--bcher-kva.example"), "jane@XN--bcher-kva.example", always, none},
		{"an international subdomain", domain("bücher.example"), "jane@mail.xn--bcher-kva.example", "depends", policy.Reading{Subdomains: true, Forms: true}},
		{"another international domain", domain("bücher.example"), "jane@büchen.example", "never", none},
		{"an address with letters in its domain", address("jane@bücher.example"), "Jane@xn--bcher-kva.example", "depends", policy.Reading{Forms: true}},
		{"an address with its domain in Punycode", address("jane@xn--bcher-kva.example"), "jane@bücher.example", always, none},
		{"a pattern with letters", regex(`.*@bücher\.example`), "jane@xn--bcher-kva.example", "depends", policy.Reading{Forms: true}},
		{"a part with letters", regex(`@bücher\.`), "jane@bücher.example", "depends", policy.Reading{Found: true, Forms: true}},
		{"a pattern in Punycode", regex(`.*@xn--bcher-kva\.example`), "jane@bücher.example", always, none},
		{"a pattern of domains with letters", domainRegex(`bücher\.example`), "jane@bücher.example", "depends", policy.Reading{Domains: true, Forms: true}},
		{"a faulty pattern and a domain with letters", regex(`(`), "jane@bücher.example", "depends", policy.Reading{Unchecked: true}},
		{"no domain name", domain("xn--.example"), "jane@xn--.example", always, none},
		{"an unknown type", policy.Pattern{Text: "a.example", Type: "NEW"}, "jane@x.a.example", "depends", policy.Reading{Subdomains: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.pattern.Match(t.Context(), tt.address)
			got := "depends"
			switch {
			case m.Always():
				got = always
			case !m.Ever():
				got = "never"
			}
			if got != tt.want || !m.Applies(tt.holds) && got != "never" || got == "depends" && m.Applies(none) {
				t.Errorf("%s, and %v if %+v; want %s", got, m.Applies(tt.holds), tt.holds, tt.want)
			}
			settings := &policy.Settings{AllowPolicies: []policy.AllowPolicy{
				{Pattern: tt.pattern, TrustedSender: true}, {Pattern: tt.pattern, AcceptableSender: true}, {Pattern: tt.pattern, ExemptRecipient: true},
			}, TrustedDomains: []policy.TrustedDomain{
				{Pattern: tt.pattern, Similarity: true}, {Pattern: tt.pattern, Recent: true},
			}, BlockedSenders: []policy.BlockedSender{{Pattern: tt.pattern}}}
			index, want := policy.NewIndex(settings), 0
			if m.Ever() {
				want = 1
			}
			if allowing, blocking := index.Allowing(t.Context(), tt.address), index.Blocking(t.Context(), tt.address); len(allowing) != 2*want || len(blocking) != want {
				t.Errorf("the index finds %d policies and %d blocked senders", len(allowing), len(blocking))
			}
			asDomain := tt.pattern
			asDomain.Type = policy.OfDomain
			trusting := index.Trusting(t.Context(), tt.address)
			if m := asDomain.Match(t.Context(), tt.address); len(trusting) > 1 || (len(trusting) == 1) != m.Ever() || len(trusting) == 1 && !trusting[0].Similarity {
				t.Errorf("the index finds the trusted domains %+v", trusting)
			}
		})
	}
}
