package words_test

import (
	"testing"

	"namesake/internal/findings"
	"namesake/internal/policy"
	"namesake/internal/registry"
	"namesake/web/words"
)

// TestServerPolicyWords says what a policy for the addresses of servers lets through.
func TestServerPolicyWords(t *testing.T) {
	const suggestion = "Check that only you can send mail by way of it. Namesake can't know who else can."
	for _, tt := range []struct {
		name, of          string
		trusted, verified bool
		want              string
	}{
		{
			"one server", "198.51.100.1", true, false,
			"Mail that shows a protected name, such as “Jane Doe”, from any sender by way of the server 198.51.100.1 is let through by the allow policy for the server 198.51.100.1.",
		},
		{
			"a block", "198.51.100.0/24", true, false,
			"Mail that shows a protected name, such as “Jane Doe”, from any sender by way of a server in 198.51.100.0/24 is let through by the allow policy for the server 198.51.100.0/24.",
		},
		{
			"accepted only", "198.51.100.1", false, false,
			"Mail that shows a protected name, such as “Jane Doe”, from any sender by way of the server 198.51.100.1 is let through by the allow policy for the server 198.51.100.1. It is exempt from the verdicts Spam, Spoof and Bulk only.",
		},
		{
			"verified", "198.51.100.1", true, true,
			"Mail that shows a protected name, such as “Jane Doe”, from any sender by way of the server 198.51.100.1 is let through by the allow policy for the server 198.51.100.1. The mail has to pass DMARC, SPF or DKIM.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := policy.AllowPolicy{Pattern: policy.Pattern{Text: tt.of, Type: policy.OfIP}, TrustedSender: tt.trusted, AcceptableSender: !tt.trusted, VerifySender: tt.verified}
			f := findings.Finding{Rule: findings.ShadowedName, Severity: findings.Tip, Name: "Jane Doe", Detail: tt.of, Shadow: &findings.Shadow{Policy: p, Certain: true}}
			if message, todo := words.Finding(f); message != tt.want || todo != suggestion {
				t.Errorf("%q, %q\nwant %q, %q", message, todo, tt.want, suggestion)
			}
		})
	}
}

// TestUncertainShadowWords says what Cloudflare does not document where a policy may not apply.
func TestUncertainShadowWords(t *testing.T) {
	for _, tt := range []struct {
		pattern policy.Pattern
		forms   bool
		want    string
	}{
		{policy.Pattern{Text: "co.uk", Type: policy.OfDomain}, false, "a policy for a domain includes its subdomains"},
		{policy.Pattern{Text: "bücher.example", Type: policy.OfDomain}, true, "an international domain is the same in letters and in Punycode, which mail has"},
		{policy.Pattern{Text: `bücher\.example`, Type: policy.OfDomain, IsRegex: true}, true, "an international domain is the same in letters and in Punycode, which mail has"},
		{policy.Pattern{Text: `a\.example`, Type: policy.OfDomain, IsRegex: true}, false, "a pattern of type DOMAIN is compared with the domain only, and whether it must match the whole text"},
		{policy.Pattern{Text: `a\.example`, Type: policy.OfEmail, IsRegex: true}, false, "a pattern must match the whole address"},
	} {
		p := policy.AllowPolicy{Pattern: tt.pattern, TrustedSender: true, VerifySender: true}
		f := findings.Finding{Rule: findings.ShadowedName, Severity: findings.Danger, Name: "Jane Doe", Detail: p.Text, Witness: "x@y.example", Shadow: &findings.Shadow{Policy: p, Forms: tt.forms}}
		want := "Mail that shows a protected name, such as “Jane Doe”, from x@y.example may be let through (Cloudflare does not document whether " + tt.want + ") by the allow policy for the " + words.PatternKind(p.Pattern) + " " + p.Text + "."
		if message, _ := words.Finding(f); message != want {
			t.Errorf("%q, want %q", message, want)
		}
	}
}

// TestPolicySaysSameWords says what an allow policy for the same sender does.
func TestPolicySaysSameWords(t *testing.T) {
	for _, tt := range []struct {
		certain, verified bool
		want              string
	}{
		{true, false, "The policy lets its mail through whatever name it shows, so the entry has no effect."},
		{true, true, "The policy lets its mail through whatever name it shows, if the mail passes DMARC, SPF or DKIM."},
		{false, false, "The policy may let all its mail through whatever name it shows (Cloudflare does not document whether a pattern must match the whole address). If it does, the entry has no effect."},
		{false, true, "The policy may let all its mail through whatever name it shows (Cloudflare does not document whether a pattern must match the whole address), if the mail passes DMARC, SPF or DKIM."},
	} {
		p := policy.AllowPolicy{Pattern: policy.Pattern{Text: `^ann@corp\.example$`, Type: policy.OfEmail, IsRegex: true}, TrustedSender: true, VerifySender: tt.verified}
		f := findings.Finding{Rule: findings.PolicySaysSame, Detail: p.Text, Entries: []registry.ID{"1"}, Shadow: &findings.Shadow{Policy: p, Certain: tt.certain}}
		if message, _ := words.Finding(f); message != `1 entry has the same sender as the allow policy ^ann@corp\.example$. `+tt.want {
			t.Errorf("certain %v, verified %v: %q", tt.certain, tt.verified, message)
		}
	}
}

// TestSpoofableDomainWords counts the entries of a domain that can be forged.
func TestSpoofableDomainWords(t *testing.T) {
	for n, want := range map[int]string{
		1: "The domain corp.example has no valid DMARC record, so anyone can forge mail from it, such as from jane@corp.example. 1 entry allows an address there.",
		3: "The domain corp.example has no valid DMARC record, so anyone can forge mail from it, such as from jane@corp.example. 3 entries allow addresses there.",
	} {
		f := findings.Finding{Rule: findings.SpoofableDomain, Detail: "corp.example", Witness: "jane@corp.example", Entries: make([]registry.ID, n)}
		if message, _ := words.Finding(f); message != want {
			t.Errorf("%q, want %q", message, want)
		}
	}
}
