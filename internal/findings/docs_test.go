package findings_test

import (
	"os"
	"strings"
	"testing"

	"namesake/internal/findings"
)

// TestDocumented checks that the documentation has a row for each rule.
func TestDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/findings.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range findings.Rules() {
		if !strings.Contains(string(text), "\n| "+string(rule)+" | ") {
			t.Errorf("docs/findings.md does not have %s", rule)
		}
	}
}
