package findings_test

import (
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// TestPlanted generates a company of 5,000 entries, without and with 400 mistakes of all kinds:
// none is found in the clean one, and all and nothing else in the other. Each witness is
// confirmed.
func TestPlanted(t *testing.T) {
	var c corp
	c.clean(5000)
	tracker := findings.NewJudge().Track()
	clean := tracker.Report(t.Context(), slices.Values(c.entries), companyFacts)
	for _, f := range clean.Findings {
		t.Errorf("in the clean company: %s %s %v %q", f.Rule, f.Name, f.Entries, f.Witness)
	}
	mistakes := c.plant(400)
	report := tracker.Report(t.Context(), slices.Values(c.entries), companyFacts)
	if clean.Unchecked+report.Unchecked != 0 {
		t.Errorf("%d and %d are unchecked", clean.Unchecked, report.Unchecked)
	}
	for _, m := range mistakes {
		var rules []findings.Rule
		for _, e := range c.entries[m.from:m.to] {
			for _, f := range report.Of(e.ID) {
				if !slices.Contains(rules, f.Rule) {
					rules = append(rules, f.Rule)
				}
			}
		}
		if !slices.Equal(rules, []findings.Rule{m.rule}) {
			t.Errorf("%s: found %q for %+v", m.rule, rules, summary(c.entries[m.from:m.to]))
		}
	}
	for _, f := range report.Findings {
		for _, id := range f.Entries {
			if slices.IndexFunc(c.entries, func(e registry.Entry) bool { return e.ID == id }) < 5000 {
				t.Errorf("%s is about an entry that is right: %q", f.Rule, f.Name)
			}
		}
		confirm(t, f, c.entries)
	}
}

func summary(entries []registry.Entry) (texts []string) {
	for _, e := range entries {
		texts = append(texts, e.Name+" "+e.Email)
	}
	return texts
}

// confirm checks a witness: one of the entries allows it, or none does, as the rule says.
func confirm(t *testing.T, f findings.Finding, all []registry.Entry) {
	t.Helper()
	if f.Witness == "" {
		if f.Rule != findings.NeverMatches && f.Rule != findings.InvisibleCharacter {
			t.Errorf("%s has no witness: %+v", f.Rule, f)
		}
		return
	}
	allows := false
	for _, e := range all {
		if !slices.Contains(f.Entries, e.ID) {
			continue
		}
		if !e.IsEmailRegex {
			allows = allows || registry.SameAddress(e.Email, f.Witness, false)
			continue
		}
		r, err := patterns.Match(t.Context(), e.Email, f.Witness)
		if err != nil && f.Rule != findings.NeverMatches {
			t.Errorf("%s: %v", f.Rule, err)
		}
		allows = allows || r.Matches || r.Found
	}
	if f.Rule != findings.InvisibleCharacter && allows != f.Rule.LetsIn() { // the name may have the character
		t.Errorf("%s: the witness %q is allowed: %v", f.Rule, f.Witness, allows)
	}
}
