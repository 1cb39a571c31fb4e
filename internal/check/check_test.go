package check_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/check"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// list is a registry that looks at each entry.
type list []registry.Entry

func (l list) NamedAlike(name string) (found []registry.Entry) {
	for _, e := range l {
		if alike(e.Name) == alike(name) && alike(name) != "" {
			found = append(found, e)
		}
	}
	return found
}

func alike(name string) string { return registry.WithoutAccents(registry.FoldName(name)) }

func read(s policy.Settings) *policy.Index {
	s.States = map[policy.List]policy.State{}
	for _, l := range policy.Lists() {
		s.States[l] = policy.State{ReadAt: time.Unix(1, 0)}
	}
	return policy.NewIndex(&s)
}

func TestJudge(t *testing.T) {
	entries := list{
		{ID: "1", Name: "Jane Doe", Email: "jane@corp.example"},
		{ID: "2", Name: "Jane Doe", Email: `jane\.doe@corp\.example`, IsEmailRegex: true},
		{ID: "3", Name: "JANE DOE", Email: "jane@home.example"},
		{ID: "4", Name: "José Ruiz", Email: "jose@corp.example"},
		{ID: "5", Name: "Bob Ray", Email: "(", IsEmailRegex: true},
		{ID: "6", Name: "", Email: "none@corp.example"},
		{ID: "7", Name: "Eva Fox", Email: "eva@bücher.example"},
		{ID: "8", Name: "Eva Fox", Email: "Eva@XN--MLLER-KVA.example"},
		{ID: "9", Name: "Eva Fox", Email: `.*@büro\.example`, IsEmailRegex: true},
	}
	allow := func(text string, kind policy.PatternType, regex bool) policy.AllowPolicy {
		return policy.AllowPolicy{Note: policy.Note{ID: text}, Pattern: policy.Pattern{Text: text, Type: kind, IsRegex: regex}, AcceptableSender: true}
	}
	chimp, partner, both := allow(`.*@.*mailchimp\.com`, policy.OfEmail, true), allow("partner.example", policy.OfDomain, false), allow("both.example", policy.OfDomain, false)
	verified, trusted := allow("verified.example", policy.OfDomain, false), allow("evil.example", policy.OfDomain, false)
	verified.VerifySender, both.VerifySender, trusted.TrustedSender = true, true, true
	around := read(policy.Settings{
		AllowPolicies: []policy.AllowPolicy{chimp, partner, both, verified, trusted},
		TrustedDomains: []policy.TrustedDomain{
			{Pattern: policy.Pattern{Text: "sister.example", Type: policy.OfDomain}, Similarity: true},
			{Pattern: policy.Pattern{Text: `brand[0-9]\.example`, IsRegex: true}, Similarity: true},
			{Pattern: policy.Pattern{Text: "new.example", Type: policy.OfDomain}, Recent: true},
			{Pattern: policy.Pattern{Text: "both.example", Type: policy.OfDomain}, Similarity: true},
		},
		BlockedSenders: []policy.BlockedSender{{Pattern: policy.Pattern{Text: "evil.example", Type: policy.OfDomain}}, {Pattern: policy.Pattern{Text: "partner.example", Type: policy.OfDomain}}},
	})
	inForms := []string{"flagged if not domain-forms-equal", "passes if domain-forms-equal"}
	for _, tt := range []struct {
		mail    string // name, address, authentication
		flagged check.Answer
		because check.Reason
		entries string   // ids, with + for those that cover the address and ? for those that may
		rules   int      // policies, trusted domains and blocked senders
		cases   []string // what it depends on
	}{
		{"Jane Doe|boss@gmail.com", check.Yes, check.Protected, "123", 0, nil},
		{"Jane Doe|jane@corp.example", check.No, check.Listed, "+123", 0, nil},
		{"Jane Doe|JANE@corp.example", check.No, check.Listed, "+123", 0, nil},
		{"Jane Doe|jane.doe@corp.example", check.No, check.Listed, "+213", 0, nil},
		{"Jane Doe|jane.doe@corp.example.evil.test", check.Depends, check.Undecided, "?213", 0, []string{"flagged if not entries-found-anywhere", "passes if entries-found-anywhere"}},
		{"Jane Doe|jane@home.example", check.Depends, check.Undecided, "+312", 0, []string{"flagged if not names-folded", "passes if names-folded"}},
		{"jane doe|boss@gmail.com", check.Depends, check.Undecided, "123", 0, []string{"flagged if names-folded", "passes if not names-folded"}},
		{"Jose Ruiz|boss@gmail.com", check.Depends, check.Undecided, "4", 0, []string{"flagged if accents-ignored", "passes if not accents-ignored"}},
		{"Jose Ruiz|jose@corp.example", check.No, check.Listed, "+4", 0, nil},
		{"Kim Lee|boss@gmail.com", check.No, check.Unprotected, "", 0, nil},
		{"|boss@gmail.com", check.No, check.Unprotected, "", 0, nil},
		{"Bob Ray|bob@corp.example", check.Depends, check.Undecided, "?5", 0, []string{"flagged if not unchecked-patterns-match", "passes if unchecked-patterns-match"}},
		{"Jane Doe|x@notmailchimp.com", check.No, check.Allowed, "123", 1, nil},
		{"Jane Doe|x@mailchimp.com.evil.test", check.Depends, check.Undecided, "123", 1, []string{"flagged if not policies-found-anywhere", "passes if policies-found-anywhere"}},
		{"Jane Doe|x@verified.example", check.Depends, check.Undecided, "123", 1, []string{"flagged if not authenticated", "passes if authenticated"}},
		{"Jane Doe|x@verified.example|pass", check.No, check.Allowed, "123", 1, nil},
		{"Jane Doe|x@verified.example|fail", check.Yes, check.Protected, "123", 1, nil},
		{"Jane Doe|x@a.verified.example|pass", check.Depends, check.Undecided, "123", 1, []string{"flagged if not subdomains-included", "passes if subdomains-included"}},
		{"Kim Lee|x@partner.example", check.Yes, check.Blocked, "", 2, nil},         // exempt from Spoof only
		{"Jane Doe|x@a.partner.example", check.Yes, check.Undecided, "123", 2, nil}, // blocked, or protected
		{"jane doe|x@notmailchimp.com", check.No, check.Undecided, "123", 1, nil},   // allowed, or not protected
		{"Kim Lee|x@evil.example", check.Depends, check.Undecided, "", 2, []string{"flagged if blocked-first", "passes if not blocked-first"}},
		{"Jane Doe|x@sister.example", check.Depends, check.Undecided, "123", 1, []string{"flagged if not trusted-domains-exempt", "passes if trusted-domains-exempt"}},
		{"Jane Doe|x@sister.example|fail", check.Depends, check.Undecided, "123", 1, []string{"flagged if not trusted-domains-exempt", "passes if trusted-domains-exempt"}},
		{"Jane Doe|x@mail.sister.example", check.Depends, check.Undecided, "123", 1, []string{"flagged if not trusted-domains-exempt", "flagged if not subdomains-included", "passes if subdomains-included, trusted-domains-exempt"}},
		{"Jane Doe|x@brand1.example", check.Depends, check.Undecided, "123", 1, []string{
			"flagged if not trusted-domains-exempt", "flagged if not policies-found-anywhere, not domain-patterns-on-domain",
			"passes if domain-patterns-on-domain, trusted-domains-exempt", "passes if policies-found-anywhere, trusted-domains-exempt",
		}},
		{"Jane Doe|x@both.example|pass", check.No, check.Allowed, "123", 2, nil},
		{"Jane Doe|x@both.example|fail", check.Depends, check.Undecided, "123", 2, []string{"flagged if not trusted-domains-exempt", "passes if trusted-domains-exempt"}},
		{"Jane Doe|x@both.example", check.Depends, check.Undecided, "123", 2, []string{"flagged if not authenticated, not trusted-domains-exempt", "passes if trusted-domains-exempt", "passes if authenticated"}},
		{"Jane Doe|jane@corp.example|fail", check.No, check.Listed, "+123", 0, nil},
		{"Jane Doe|x@new.example", check.Yes, check.Protected, "123", 0, nil}, // only not suspicious because it is new
		{"Kim Lee|x@sister.example", check.No, check.Unprotected, "", 1, nil},
		{"Eva Fox|eva@bücher.example", check.Depends, check.Undecided, "?789", 0, inForms},
		{"Eva Fox|eva@xn--bcher-kva.example", check.Depends, check.Undecided, "?789", 0, inForms},
		{"Eva Fox|eva@müller.example", check.No, check.Listed, "+879", 0, nil},
		{"Eva Fox|eva@xn--mller-kva.example", check.No, check.Listed, "+879", 0, nil},
		{"Eva Fox|eva@büro.example", check.Depends, check.Undecided, "?978", 0, inForms},
		{"Eva Fox|eva@xn--bro-hoa.example", check.Depends, check.Undecided, "?978", 0, inForms},
		{"Eva Fox|eva@mueller.example", check.Yes, check.Protected, "789", 0, nil},
	} {
		t.Run(tt.mail, func(t *testing.T) {
			of := append(strings.Split(tt.mail, "|"), "")
			v := check.Mail{Name: of[0], Address: of[1], Authentication: check.Authentication(of[2])}.Judge(t.Context(), entries, around)
			shown := ""
			for _, e := range v.Entries {
				shown += map[check.Answer]string{check.Yes: "+", check.Depends: "?"}[e.Covers] + string(e.ID)
			}
			if v.Flagged != tt.flagged || v.Because != tt.because || len(v.Policies)+len(v.Trusted)+len(v.Blocked) != tt.rules || len(v.Unread) != 0 {
				t.Errorf("%s because %s with %d policies, %d trusted domains, %d blocked; want %s because %s with %d", v.Flagged, v.Because, len(v.Policies), len(v.Trusted), len(v.Blocked), tt.flagged, tt.because, tt.rules)
			}
			if shown != tt.entries {
				t.Errorf("entries %s, want %s", shown, tt.entries)
			}
			if got := told(v.Cases); v.Flagged == check.Depends && !slices.Equal(got, tt.cases) || v.Flagged != check.Depends && tt.cases != nil {
				t.Errorf("%q, want %q", got, tt.cases)
			}
		})
	}
	unread := check.Mail{Name: "Jane Doe", Address: "boss@gmail.com"}.Judge(t.Context(), entries, policy.NewIndex(nil))
	if unread.Flagged != check.Yes || !slices.Equal(unread.Unread, []policy.List{policy.AllowPolicies, policy.TrustedDomains, policy.BlockedSenders}) {
		t.Errorf("without the settings: %+v", unread)
	}
}

func told(cases []check.Case) (texts []string) {
	for _, c := range cases {
		text, sep := "passes if ", ""
		if c.Flagged {
			text = "flagged if "
		}
		for _, condition := range c.If {
			text, sep = text+sep, ", "
			if !condition.Holds {
				text += "not "
			}
			text += fmt.Sprint(condition.Point)
		}
		texts = append(texts, text)
	}
	return texts
}
