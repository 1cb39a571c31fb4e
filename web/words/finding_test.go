package words_test

import (
	"strings"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
	"namesake/web/words"
)

// TestFindingWords checks that each rule has a title, a message and a suggestion of its own.
func TestFindingWords(t *testing.T) {
	for _, rule := range findings.Rules() {
		f := findings.Finding{Rule: rule, Name: "Jane Doe", Entries: []registry.ID{"1", "2"}, Detail: "detail", Witness: "jane@a.example", Service: "Dropbox", Pattern: &javaregex.Finding{Message: "The message.", Suggestion: "The suggestion."}}
		message, suggestion := words.Finding(f)
		if strings.HasPrefix(message, "This is unusual") || !strings.HasSuffix(message, ".") || suggestion == "" || words.FindingTitle(rule) == strings.ReplaceAll(string(rule), "-", " ") {
			t.Errorf("%s: %q, %q, %q", rule, words.FindingTitle(rule), message, suggestion)
		}
	}
}

// TestWitnessLabel claims no more than what Cloudflare documents.
func TestWitnessLabel(t *testing.T) {
	part, whole := &javaregex.Finding{Part: true}, &javaregex.Finding{}
	for _, tt := range []struct {
		f    findings.Finding
		want string
	}{
		{findings.Finding{Rule: findings.LetsAnyoneIn, Pattern: whole}, "Lets in:"},
		{findings.Finding{Rule: findings.LetsAnyoneIn, Pattern: part}, "May let in:"},
		{findings.Finding{Rule: findings.NotAnchored, Pattern: whole}, "May let in:"},
		{findings.Finding{Rule: findings.ShadowedName, Shadow: &findings.Shadow{Certain: true}}, "Lets in:"},
		{findings.Finding{Rule: findings.ShadowedName, Shadow: &findings.Shadow{}}, "May let in:"},
		{findings.Finding{Rule: findings.SharedSender}, "Lets in:"},
		{findings.Finding{Rule: findings.CommonName}, "Flags:"},
		{findings.Finding{Rule: findings.SamePerson}, "Flags:"},
	} {
		if got := words.WitnessLabel(tt.f); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.f.Rule, got, tt.want)
		}
	}
}
