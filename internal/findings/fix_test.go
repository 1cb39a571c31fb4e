package findings_test

import (
	"fmt"
	"slices"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

// TestFixes applies the fix of each finding of a company with all kinds of mistakes: it removes
// the finding, causes no other one, and leaves the others as they were.
func TestFixes(t *testing.T) {
	var c corp
	c.clean(300)
	c.plant(7 * len(defects))
	tracker := findings.NewJudge().Track()
	report := tracker.Report(t.Context(), slices.Values(c.entries), companyFacts)
	fixed := make(map[findings.Rule]int)
	for _, f := range report.Findings {
		if f.Fix == nil {
			continue
		}
		fixed[f.Rule]++
		after := tracker.Report(t.Context(), slices.Values(apply(c.entries, f.Fix)), companyFacts)
		if n := count(after, f.Rule); n != count(report, f.Rule)-1 || len(after.Findings) >= len(report.Findings) {
			t.Errorf("%s: %d findings become %d, %d of all become %d", f.Rule, count(report, f.Rule), n, len(report.Findings), len(after.Findings))
		}
		for _, g := range after.Findings {
			if !slices.ContainsFunc(report.Findings, func(old findings.Finding) bool { return old.Rule == g.Rule && old.Name == g.Name }) {
				t.Errorf("the fix of %s %q causes %s %q", f.Rule, f.Name, g.Rule, g.Name)
			}
		}
	}
	for _, rule := range []findings.Rule{
		findings.UnescapedDot, findings.NotAnchored, findings.NeverMatches, findings.DoubledBackslash, findings.PatternAsLiteral, findings.LiteralAsPattern,
		findings.InvisibleCharacter, findings.TypographicCharacter, findings.MixedLetters, findings.LookAlikeName, findings.SamePerson, findings.Duplicate,
		findings.Covered, findings.SingleSynced,
	} {
		if fixed[rule] == 0 {
			t.Errorf("%s has no fix", rule)
		}
	}
	t.Logf("%v of %d findings", fixed, len(report.Findings))
}

func count(r *findings.Report, rule findings.Rule) int { return len(r.ByRule(rule)) }

// apply returns the entries after a fix.
func apply(entries []registry.Entry, fix []registry.Edit) []registry.Entry {
	after := slices.Clone(entries)
	for i, edit := range fix {
		at := slices.IndexFunc(after, func(e registry.Entry) bool { return e.ID == edit.Entry })
		switch {
		case edit.Entry == "":
			e := registry.Entry{ID: registry.ID(fmt.Sprint("created", i)), Provenance: registry.Manual, CreatedAt: companyFacts.Now}
			after = append(after, e.WithValues(edit.After.Values()))
		case edit.After == nil:
			after = slices.Delete(after, at, at+1)
		default:
			after[at] = after[at].WithValues(edit.After.Values())
			after[at].ModifiedAt = companyFacts.Now
		}
	}
	return after
}

// TestNoFix has findings for which a fix would do harm.
func TestNoFix(t *testing.T) {
	shortened := pattern(`j(ane)?@company.com`)
	shortened.Shortened = true
	cut := address("jane@company.com")
	cut.Shortened = true
	tests := []struct {
		name    string
		rule    findings.Rule
		entries []registry.Entry
		fix     bool
	}{
		{"an address", findings.PatternAsLiteral, []registry.Entry{address(`^jane\.doe@company\.com$`)}, true},
		{"a dangerous pattern", findings.PatternAsLiteral, []registry.Entry{address(`.*@.*`)}, false},
		{"a synced entry", findings.LiteralAsPattern, []registry.Entry{synced(pattern(`jane@company.com`))}, false},
		{"a shortened entry", findings.UnescapedDot, []registry.Entry{shortened}, false},
		{"a copy of a shortened entry", findings.SingleSynced, []registry.Entry{synced(cut)}, false},
		{"a copy of an entry beside a shortened one", findings.SingleSynced, []registry.Entry{synced(cut), synced(address("Jane@company.com"))}, true},
		{"a shortened entry with another spelling", findings.SamePerson, []registry.Entry{cut, called("Doe, Jane", address("j.doe@company.com"))}, false},
		{"a shortened entry beside one with another spelling", findings.SamePerson, []registry.Entry{cut, address("Jane@company.com"), called("Doe, Jane", address("j.doe@company.com"))}, true},
		{"another person's mailbox", findings.SingleSynced, []registry.Entry{synced(address("jane@gmail.com"))}, false},
		{"the last address", findings.Covered, []registry.Entry{address("jane@company.com"), pattern(`^j(ane)?@company\.com$`)}, false},
		{"a person has to decide", findings.LookAlikeDomain, []registry.Entry{address("jane@compamy.com")}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.entries {
				tt.entries[i].ID = registry.ID(fmt.Sprint(i + 1))
			}
			found := findings.NewJudge().All(t.Context(), slices.Values(tt.entries), company).ByRule(tt.rule)
			if len(found) != 1 || (found[0].Fix != nil) != tt.fix {
				t.Errorf("%+v", found)
			}
		})
	}
}

// TestFixedTexts checks what entries become.
func TestFixedTexts(t *testing.T) {
	tests := []struct {
		rule  findings.Rule
		entry registry.Entry
		name  string
		email string
		regex bool
	}{
		{findings.UnescapedDot, pattern(`^j(ane)?@mail.company.com$`), "Jane Doe", `^j(ane)?@mail\.company\.com$`, true},
		{findings.NotAnchored, pattern(`j(ane)?@company\.com|doe\d@company\.com`), "Jane Doe", `^(?:j(ane)?@company\.com|doe\d@company\.com)$`, true},
		{findings.NotAnchored, pattern(`^j(ane)?@company\.com`), "Jane Doe", `^j(ane)?@company\.com$`, true},
		{findings.DoubledBackslash, pattern(`^j\\d@company\\.com$`), "Jane Doe", `^j\d@company\.com$`, true},
		{findings.PatternAsLiteral, address(`j\d@company\.com`), "Jane Doe", `^j\d@company\.com$`, true},
		{findings.PatternAsLiteral, address(`jane\.doe@company\.com`), "Jane Doe", `jane.doe@company.com`, false},
		{findings.LiteralAsPattern, pattern(`jane.doe@company.com`), "Jane Doe", `jane.doe@company.com`, false},
		{findings.NeverMatches, address(`Jane Doe <jane@company.com>`), "Jane Doe", `jane@company.com`, false},
		{findings.InvisibleCharacter, called("Ja\u00adne Doe", address("jane\u200b@company.com")), "Jane Doe", "jane@company.com", false},
		{findings.TypographicCharacter, address("o’brien@company.com"), "Jane Doe", "o'brien@company.com", false},
		{findings.MixedLetters, called("J\u0430ne Doe", address("jane@company.com")), "Jane Doe", "jane@company.com", false},
	}
	for _, tt := range tests {
		t.Run(string(tt.rule)+" "+tt.entry.Email, func(t *testing.T) {
			entries := []registry.Entry{tt.entry}
			found := findings.NewJudge().All(t.Context(), slices.Values(entries), company).ByRule(tt.rule)
			if len(found) != 1 || len(found[0].Fix) != 1 || found[0].Fix[0].After == nil {
				t.Fatalf("%+v", found)
			}
			if d := found[0].Fix[0].After; d.Name != tt.name || d.Email != tt.email || d.IsEmailRegex != tt.regex || found[0].Fix[0].Entry != "1" {
				t.Errorf("%+v", d)
			}
		})
	}
}
