package web

import (
	"os"
	"strings"
	"testing"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
	"namesake/web/words"
)

// Each kind of warning has a code and a sentence of its own, and is in the documentation.
func TestEveryWarningHasASentence(t *testing.T) {
	docs, err := os.ReadFile("../../../docs/forms.md")
	if err != nil {
		t.Fatal(err)
	}
	kinds := []string{registry.KindLookAlike, registry.KindBreaksTest, registry.KindUnevaluatedTest, javaregex.MatchesEverything, javaregex.PublicDomain, javaregex.Unfinished}
	for _, kind := range input.Kinds() {
		kinds = append(kinds, string(kind))
	}
	codes := map[string]string{}
	for _, kind := range kinds {
		p := warningProblem(registry.Warning{Kind: kind, Field: "name", Detail: "DETAIL"})
		if p.Code == codeWarning || p.Message == "" || strings.Contains(p.Message, "%s") {
			t.Errorf("%s: code %s, %q", kind, p.Code, p.Message)
		}
		if other, taken := codes[p.Code]; taken {
			t.Errorf("%s and %s have the same code", kind, other)
		}
		codes[p.Code] = kind
		if !strings.Contains(string(docs), p.Code) || !strings.Contains(string(docs), kind) {
			t.Errorf("%s, code %s, is not in docs/forms.md", kind, p.Code)
		}
	}
	if len(kinds) != len(words.WarningKinds()) {
		t.Errorf("%d sentences for %d kinds", len(words.WarningKinds()), len(kinds))
	}
}
