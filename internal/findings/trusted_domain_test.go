package findings_test

import (
	"fmt"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/policy"
)

// TestTrustedDomain tells which trusted domains may cancel the protection of names, each with a
// witness that it matches. None is certain.
func TestTrustedDomain(t *testing.T) {
	for _, tt := range []struct {
		domain policy.TrustedDomain
		want   string
	}{
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: "partner.example"}, Similarity: true}, "tip anyone@partner.example Jane Doe"},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: "gmail.com"}, Similarity: true}, "warning anyone@gmail.com Jane Doe"},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: "co.uk"}, Similarity: true}, "warning anyone@qzxvw.co.uk Jane Doe"},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: `^.*\.partner\.example$`, IsRegex: true}, Similarity: true}, "tip anyone@a.partner.example Jane Doe"},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: `.*`, IsRegex: true}, Similarity: true}, "warning jane.smith@example.com Jane Doe"},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: `(`, IsRegex: true}, Similarity: true}, ""},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: "partner.example"}, Recent: true}, ""},
		{policy.TrustedDomain{Pattern: policy.Pattern{Text: "Mail.Corp.example"}, Similarity: true}, ""},
		{policy.TrustedDomain{Similarity: true}, ""},
	} {
		t.Run(tt.domain.Text, func(t *testing.T) {
			facts := findings.Facts{Settings: &policy.Settings{TrustedDomains: []policy.TrustedDomain{tt.domain}, Domains: []policy.Domain{{Name: "corp.example"}}, Version: 1}}
			got := ""
			for _, f := range findings.NewJudge().All(t.Context(), slices.Values(protected), facts).ByRule(findings.TrustedDomain) {
				got += fmt.Sprint(f.Severity, " ", f.Witness, " ", f.Name)
				if f.Certain() || f.Detail != tt.domain.Text || len(f.Entries) != 0 || f.Fix != nil {
					t.Errorf("%+v", f)
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
