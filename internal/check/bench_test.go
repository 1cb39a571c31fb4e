package check_test

import (
	"testing"

	"namesake/internal/check"
	"namesake/internal/policy"
)

// BenchmarkJudge judges a mail whose verdict depends on as many points as possible.
func BenchmarkJudge(b *testing.B) {
	entries := list{
		{ID: "1", Name: "José  Ruiz", Email: `jane@mail\.a`, IsEmailRegex: true},
		{ID: "2", Name: "Jose Ruiz", Email: `(a+)+@`, IsEmailRegex: true},
	}
	settings := policy.Settings{
		AllowPolicies: []policy.AllowPolicy{
			{Pattern: policy.Pattern{Type: policy.OfEmail, Text: `jane@mail`, IsRegex: true}, AcceptableSender: true, VerifySender: true},
			{Pattern: policy.Pattern{Type: policy.OfDomain, Text: `mail\.a\.example`, IsRegex: true}, TrustedSender: true, VerifySender: true},
			{Pattern: policy.Pattern{Type: policy.OfDomain, Text: "a.example"}, ExemptRecipient: true, VerifySender: true},
			{Pattern: policy.Pattern{Type: policy.OfDomain, Text: `(`, IsRegex: true}, TrustedSender: true},
		},
		TrustedDomains: []policy.TrustedDomain{{Pattern: policy.Pattern{Text: "a.example"}, Similarity: true}},
		BlockedSenders: []policy.BlockedSender{{Pattern: policy.Pattern{Type: policy.OfDomain, Text: "a.example"}}},
	}
	mail, known := check.Mail{Name: "jose ruiz", Address: "jane@mail.a.example"}, read(settings)
	points := map[check.Point]bool{}
	for _, c := range mail.Judge(b.Context(), entries, known).Cases {
		for _, condition := range c.If {
			points[condition.Point] = true
		}
	}
	for b.Loop() {
		mail.Judge(b.Context(), entries, known)
	}
	b.ReportMetric(float64(len(points)), "points")
}
