package findings

import (
	"strings"
	"unicode/utf8"

	"namesake/internal/input"
	"namesake/internal/registry"
)

// mixedLetters finds names with letters that look like others: of several scripts in one
// word, or drawn in another way. A mail filter takes them for another name than people do.
func mixedLetters(s *subject, _ *situation) (Finding, bool) {
	if isASCII(s.Name) {
		return Finding{}, false
	}
	for _, odd := range input.DisplayName(s.Name, registry.IsAddress).Findings {
		if odd.Kind == input.MixedScripts || odd.Kind == input.StyledLetters {
			return Finding{Rule: MixedLetters, Severity: Warning, Detail: odd.Detail, Witness: first(s.addresses())}, true
		}
	}
	return Finding{}, false
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
