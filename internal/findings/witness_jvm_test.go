//go:build jvm

package findings_test

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"namesake/internal/findings"
)

// TestWitnessesAgainstJVM asks a JVM whether patterns allow the witnesses of their findings; `make
// javaregex` runs it, with the tag jvm.
func TestWitnessesAgainstJVM(t *testing.T) {
	var c corp
	c.clean(300)
	c.plant(400)
	type question struct {
		finding findings.Finding
		pattern string
	}
	var asked []question
	var in strings.Builder
	for _, f := range findings.NewJudge().All(t.Context(), slices.Values(c.entries), companyFacts).Findings {
		for _, e := range c.entries {
			if f.Witness != "" && e.IsEmailRegex && slices.Contains(f.Entries, e.ID) {
				asked = append(asked, question{f, e.Email})
				fmt.Fprintf(&in, "%s\t%s\n", hexUnits(e.Email), hexUnits(f.Witness))
			}
		}
	}
	java := exec.CommandContext(t.Context(), "java", "../javaregex/testdata/Oracle.java")
	java.Stdin = strings.NewReader(in.String())
	out, err := java.Output()
	if err != nil {
		t.Fatalf("a JVM is needed to compare with: %v", err)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(asked) || len(asked) < 50 {
		t.Fatalf("%d answers to %d questions", len(answers), len(asked))
	}
	for i, q := range asked {
		var matches bool
		var start, end int
		if _, err := fmt.Sscanf(answers[i], "ok\t%t,%d,%d", &matches, &start, &end); err != nil {
			t.Errorf("%s: %q: %s", q.finding.Rule, q.pattern, answers[i])
			continue
		}
		if q.finding.Rule != findings.InvisibleCharacter && (matches || start >= 0) != q.finding.Rule.LetsIn() {
			t.Errorf("%s: %q allows %q: %s", q.finding.Rule, q.pattern, q.finding.Witness, answers[i])
		}
	}
	t.Logf("%d witnesses", len(asked))
}

func hexUnits(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	return b.String()
}
