package findings_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

var (
	oddNames = []string{
		"Jane Doe", "Doe, Jane", "JANE DOE", "Jané Doe", "J\u0430ne Doe", "Jane Doe (IT)", "Dr. Jane Doe", "Jane\u200b Doe", "Jane  Doe ", "𝕁ane Doe", "Jane-Doe",
		"Bob Ray", "B0b Ray", "Ray, Bob", "Jane O’Doe", "Jane O'Doe", "Info", "X",
	}
	oddAddresses = []string{
		"jane@haldenvoss.com", "Jane@Haldenvoss.com", "jane@haldenvoss.de", "jane@haldenvoss.com.", "Jane <jane@haldenvoss.com>", "mailto:jane@haldenvoss.com", "jane",
		"jane@gmail.com", "jane@supplier.org", "jane@haldemvoss.com", "no-reply@dropbox.com", "jane@voss-archive.net", "jane@bücher.example", "jane@xn--bcher-kva.example",
		"jane\u200b@haldenvoss.com", "o’doe@haldenvoss.com", "*@haldenvoss.com", "@haldenvoss.com", `jane\.doe@haldenvoss\.com`, `^jane@haldenvoss\.com$`,
	}
	oddPatterns = []string{
		`jane@haldenvoss.com`, `^jane@haldenvoss\.com$`, `jane@haldenvoss\.com`, `.*`, `^j(ane)?@haldenvoss\.com$`, `^j(ane)?@mail.haldenvoss\.com$`, `j\\d@haldenvoss\\.com`,
		`^.*@haldenvoss\.com$`, `jane|bob`, `^jane@haldenvoss.com`, `^jane\u200b@haldenvoss\.com$`, "^jane\u200b@haldenvoss\\.com$", `[a-z]+@haldenvoss\.(com|de)`,
		`^(jane|bob)@supplier\.org$`, `(?i)jane@haldenvoss\.com`, `^jane@bücher\.example$`, `jane at haldenvoss`, `^jane@.*\.haldenvoss\.com$`, `\Qjane@haldenvoss.com\E`,
		`^jane@mail.haldenvoss.de$|^bob@x.haldenvoss.de$`,
	}
)

// TestRandomRegistries checks findings of small registries full of mistakes: their witnesses are
// true, and each fix removes its finding and adds none.
func TestRandomRegistries(t *testing.T) {
	random := rand.New(rand.NewPCG(18, 9))
	judge := findings.NewJudge()
	fixes := 0
	for range 150 {
		var entries []registry.Entry
		for i := range 1 + random.IntN(7) {
			e := registry.Entry{ID: registry.ID(fmt.Sprint(i + 1)), Name: oddNames[random.IntN(len(oddNames))], Email: oddAddresses[random.IntN(len(oddAddresses))]}
			if e.Provenance, e.CreatedAt, e.ModifiedAt = registry.Manual, companyFacts.Now, companyFacts.Now; random.IntN(3) == 0 {
				e.Provenance = registry.Microsoft365
			}
			if random.IntN(2) == 0 {
				e.Email, e.IsEmailRegex = oddPatterns[random.IntN(len(oddPatterns))], true
			}
			entries = append(entries, e)
		}
		before := judge.All(t.Context(), slices.Values(entries), companyFacts)
		for _, f := range before.Findings {
			if f.Witness != "" {
				confirm(t, f, entries)
			}
			if f.Fix == nil {
				continue
			}
			fixes++
			after := judge.All(t.Context(), slices.Values(apply(entries, f.Fix)), companyFacts)
			for _, rule := range findings.Rules() {
				if was, is := count(before, rule), count(after, rule); is > was || rule == f.Rule && is == was {
					t.Errorf("after the fix of %s there are %d of %s, before %d: %+v", f.Rule, is, rule, was, f.Fix)
				}
			}
		}
		if t.Failed() {
			t.Fatalf("in %+v", entries)
		}
	}
	if fixes < 200 {
		t.Errorf("only %d fixes", fixes)
	}
}
