package findings_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/patterns"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

var protected = []registry.Entry{
	{ID: "1", Name: "Jane Doe", Email: "jane@corp.example"},
	{ID: "2", Name: "Bob Ray", Email: "bob@corp.example"},
	{ID: "3", Name: "Ann Poe", Email: `^ann@corp\.example$`, IsEmailRegex: true},
}

// withPolicy returns facts with one allow policy.
func withPolicy(p policy.AllowPolicy) findings.Facts {
	return findings.Facts{Settings: &policy.Settings{AllowPolicies: []policy.AllowPolicy{p}, Domains: []policy.Domain{{Name: "corp.example", DMARC: policy.GoodRecord}, {Name: "müller.example", DMARC: policy.GoodRecord}}, Version: 1}}
}

func TestShadowedName(t *testing.T) {
	regex := func(text string) policy.Pattern {
		return policy.Pattern{Text: text, Type: policy.OfEmail, IsRegex: true}
	}
	domainRegex := func(text string) policy.Pattern {
		return policy.Pattern{Text: text, Type: policy.OfDomain, IsRegex: true}
	}
	domain := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfDomain} }
	address := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfEmail} }
	for _, tt := range []struct {
		name       string
		pattern    policy.Pattern
		unverified string // severity, witness and whether that is certain, by a policy that does not verify
		verified   string
	}{
		{"a domain that can be registered", regex(`.*@.*mailchimp\.com`), "danger a@evilamailchimp.com true", "danger a@evilamailchimp.com true"},
		{"anything", regex(`.*`), "danger jane.smith@example.com true", "danger jane.smith@example.com true"},
		{"a foreign domain", regex(`^.*@partner\.example$`), "danger a@partner.example true", "tip a@partner.example true"},
		{"a pattern without an end", regex(`.*@partner\.example`), "danger a@partner.example true", "warning a@partner.example.evil.test false"},
		{"a shared sender", regex(`^.*@docusign\.net$`), "danger no-reply@docusign.net true", "danger no-reply@docusign.net true"},
		{"our own domain", regex(`^.*@corp\.example$`), "danger a@corp.example true", ""},
		{"never", regex(`a b`), "", ""},
		{"faulty", regex(`(`), "", ""},
		{"a pattern of the domain only", domainRegex(`^partner\.example$`), "danger anyone@partner.example false", "tip anyone@partner.example false"},
		{"a pattern of our domain only", domainRegex(`^corp\.example$`), "danger anyone@corp.example false", ""},
		{"a pattern of a public domain", domainRegex(`^gmail\.com$`), "danger anyone@gmail.com false", "danger anyone@gmail.com false"},
		{"domains that can be registered", domain("co.uk"), "danger anyone@qzxvw.co.uk false", "danger anyone@qzxvw.co.uk false"},
		{"a whole top-level domain", domain("com"), "danger anyone@qzxvw.com false", "danger anyone@qzxvw.com false"},
		{"no domain of the internet", domain("intranet"), "", ""},
		{"domain", domain("partner.example"), "danger anyone@partner.example true", "tip anyone@partner.example true"},
		{"our domain", domain("corp.example"), "danger anyone@corp.example true", ""},
		{"public domain", domain("gmail.com"), "danger anyone@gmail.com true", "danger anyone@gmail.com true"},
		{"domain of a shared sender", domain("docusign.net"), "danger anyone@docusign.net true", "danger anyone@docusign.net true"},
		{"address", address("news@partner.example"), "warning news@partner.example true", ""},
		{"address of a shared sender", address("no-reply@dropbox.com"), "danger no-reply@dropbox.com true", "danger no-reply@dropbox.com true"},
		{"a domain with letters", domain("bücher.example"), "danger anyone@bücher.example false", "tip anyone@bücher.example false"},
		{"a domain in Punycode", domain("xn--bcher-kva.example"), "danger anyone@xn--bcher-kva.example true", "tip anyone@xn--bcher-kva.example true"},
		{"our domain in another form", domain("xn--mller-kva.example"), "danger anyone@xn--mller-kva.example true", ""},
		{"domains with letters that can be registered", domain("公司.cn"), "danger anyone@qzxvw.公司.cn false", "danger anyone@qzxvw.公司.cn false"},
		{"an address with letters", address("news@bücher.example"), "warning news@bücher.example false", ""},
		{"a pattern with letters", regex(`^.*@bücher\.example$`), "danger a@bücher.example false", "tip a@bücher.example false"},
		{"server", policy.Pattern{Text: "198.51.100.1", Type: policy.OfIP}, "tip  true", "tip  true"},
		{"nothing", domain(""), "", ""},
	} {
		for verify, want := range map[bool]string{false: tt.unverified, true: tt.verified} {
			t.Run(fmt.Sprint(tt.name, " ", verify), func(t *testing.T) {
				p := policy.AllowPolicy{Note: policy.Note{ID: "p"}, Pattern: tt.pattern, AcceptableSender: true, VerifySender: verify}
				got := ""
				report := findings.NewJudge().All(t.Context(), slices.Values(protected), withPolicy(p))
				for _, f := range report.ByRule(findings.ShadowedName) {
					got += fmt.Sprint(f.Severity, " ", f.Witness, " ", f.Shadow.Certain)
					if f.Name != "Jane Doe" || f.Detail != tt.pattern.Text || f.Shadow.Policy != p || len(f.Entries) != 0 || f.Fix != nil {
						t.Errorf("%+v", f)
					}
					if m := p.Match(t.Context(), f.Witness); f.Witness != "" && (!m.Ever() || m.Always() != f.Shadow.Certain || m.DependsOn(policy.Reading{Forms: true}) != f.Shadow.Forms) {
						t.Errorf("the witness %s is not let through", f.Witness)
					}
				}
				if got != want || report.Unchecked != 0 {
					t.Errorf("%q, want %q", got, want)
				}
			})
		}
	}
	t.Run("recipient", func(t *testing.T) {
		p := policy.AllowPolicy{Pattern: domain("partner.example"), ExemptRecipient: true}
		if found := findings.NewJudge().All(t.Context(), slices.Values(protected), withPolicy(p)).ByRule(findings.ShadowedName); len(found) != 0 {
			t.Errorf("%+v", found)
		}
	})
	t.Run("a name that lists the sender", func(t *testing.T) {
		p := policy.AllowPolicy{Pattern: address("jane@corp.example"), TrustedSender: true}
		for n, want := range map[int]string{1: "", 3: "Bob Ray"} {
			name := ""
			for _, f := range findings.NewJudge().All(t.Context(), slices.Values(protected[:n]), withPolicy(p)).ByRule(findings.ShadowedName) {
				name += f.Name
			}
			if name != want {
				t.Errorf("of %d entries it shadows %q, want %q", n, name, want)
			}
		}
	})
}

// TestShadowsAfterAChange judges a registry again: when an entry changes, and when a policy
// does.
func TestShadowsAfterAChange(t *testing.T) {
	tracker := findings.NewJudge().Track()
	facts := withPolicy(policy.AllowPolicy{Note: policy.Note{ID: "p"}, Pattern: policy.Pattern{Text: "jane@corp.example", Type: policy.OfEmail}, TrustedSender: true})
	ids := func(entries []registry.Entry, facts findings.Facts) (all []string) {
		for _, f := range tracker.Report(t.Context(), slices.Values(entries), facts).Findings {
			if f.Shadow != nil {
				all = append(all, fmt.Sprint(f.Rule, f.Severity, f.Name, f.Entries, " ", f.ID()))
			}
		}
		return all
	}
	first := ids(protected, facts)
	if len(first) != 2 || !strings.HasPrefix(first[0], "shadowed-namewarningBob Ray[] ") || !strings.HasPrefix(first[1], "policy-says-sametipJane Doe[1] ") {
		t.Fatalf("%q", first)
	}
	if again := ids(protected, facts); !slices.Equal(again, first) {
		t.Errorf("again %q", again)
	}
	changed := slices.Clone(protected)
	changed[0].Email, changed[1].Name = "doe@corp.example", "Rob Ray"
	if after := ids(changed, facts); len(after) != 1 || after[0] != strings.Replace(first[0], "Bob Ray", "Jane Doe", 1) {
		t.Errorf("after a change of entries %q, before %q", after, first)
	}
	verified := *facts.Settings
	verified.Version++
	verified.AllowPolicies = slices.Clone(verified.AllowPolicies)
	verified.AllowPolicies[0].VerifySender = true
	if after := ids(protected, findings.Facts{Settings: &verified}); len(after) != 1 || after[0] == first[1] {
		t.Errorf("after a change of the policy %q, before %q", after, first)
	}
}

func TestPolicySaysSame(t *testing.T) {
	entries := append(slices.Clone(protected),
		registry.Entry{ID: "4", Name: "Kim Lee", Email: "JANE@corp.example"}, registry.Entry{ID: "5", Name: "", Email: "jane@corp.example"},
		registry.Entry{ID: "6", Name: "Kim Lee", Email: `kim@corp\.example`, IsEmailRegex: true}, registry.Entry{ID: "7", Name: "Rob Poe", Email: `.*@partner\.example`, IsEmailRegex: true},
	)
	for _, tt := range []struct {
		pattern policy.Pattern
		want    string // the entries, and whether it is certain
	}{
		{policy.Pattern{Text: " Jane@Corp.example", Type: policy.OfEmail}, "[1 4] true"},
		{policy.Pattern{Text: `^ann@corp\.example$`, Type: policy.OfEmail, IsRegex: true}, "[3] true"},
		{policy.Pattern{Text: `ann@corp\.example`, Type: policy.OfEmail, IsRegex: true}, "[3] true"},
		{policy.Pattern{Text: `kim@corp\.example`, Type: policy.OfEmail, IsRegex: true}, "[6] true"},
		{policy.Pattern{Text: `^kim@corp\.example$`, Type: policy.OfEmail, IsRegex: true}, "[6] false"},
		{policy.Pattern{Text: ` kim@corp\.example$`, Type: policy.OfEmail, IsRegex: true}, "[6] false"},
		{policy.Pattern{Text: `jane@corp.example`, Type: policy.OfEmail, IsRegex: true}, ""},
		{policy.Pattern{Text: `.*@partner\.example`, Type: policy.OfUnknown, IsRegex: true}, "[7] true"},
		{policy.Pattern{Text: `.*@partner\.example`, Type: policy.OfDomain, IsRegex: true}, ""},
		{policy.Pattern{Text: "jane@corp.example", Type: policy.OfDomain}, ""},
		{policy.Pattern{Text: "corp.example", Type: policy.OfDomain}, ""},
	} {
		got := ""
		for _, f := range findings.NewJudge().All(t.Context(), slices.Values(entries), withPolicy(policy.AllowPolicy{Pattern: tt.pattern, TrustedSender: true})).ByRule(findings.PolicySaysSame) {
			got += fmt.Sprint(f.Entries, " ", f.Shadow.Certain)
		}
		if got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.pattern, got, tt.want)
		}
	}
}

// TestShadowsWithoutTime judges policies when patterns are known but there is no time to match
// them, and again when there is.
func TestShadowsWithoutTime(t *testing.T) {
	regex := policy.Pattern{Text: `.*@.*mailchimp\.com`, Type: policy.OfEmail, IsRegex: true}
	domain := policy.Pattern{Text: "partner.example", Type: policy.OfDomain}
	plain := protected[:1]
	patterned := []registry.Entry{{ID: "3", Name: "Ann Poe", Email: `^a(nn)?@corp\.example$`, IsEmailRegex: true}}
	for _, tt := range []struct {
		name    string
		pattern policy.Pattern
		entries []registry.Entry
		without string // what it finds without time, and how much is unchecked
		with    string
	}{
		{"a policy with a pattern", regex, plain, "1", "danger Jane Doe 0"},
		{"a name with a pattern", domain, patterned, "1", "danger Ann Poe 0"},
		{"a name with a pattern before one without", domain, append(slices.Clone(patterned), plain...), "danger Jane Doe 0", "danger Jane Doe 0"},
		{"no patterns", domain, plain, "danger Jane Doe 0", "danger Jane Doe 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			judge := findings.NewJudge()
			facts := withPolicy(policy.AllowPolicy{Pattern: tt.pattern, TrustedSender: true})
			judge.All(t.Context(), slices.Values(tt.entries), facts)
			ended, cancel := context.WithCancel(patterns.NewPool(patterns.Options{}).In(t.Context(), "me"))
			cancel()
			tracker := judge.Track()
			for _, step := range []struct {
				ctx  context.Context
				want string
			}{{ended, tt.without}, {t.Context(), tt.with}} {
				report := tracker.Report(step.ctx, slices.Values(tt.entries), facts)
				got := ""
				for _, f := range report.ByRule(findings.ShadowedName) {
					got += fmt.Sprint(f.Severity, " ", f.Name, " ")
				}
				if got += fmt.Sprint(report.Unchecked); got != step.want {
					t.Errorf("%q, want %q", got, step.want)
				}
			}
		})
	}
}
