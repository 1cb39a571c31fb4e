package findings_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"namesake/internal/findings"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// TestAdded judges edits that do something together that none of them does alone.
func TestAdded(t *testing.T) {
	jane := pattern(`^j(ane)?@company\.com$`)
	draft := func(e registry.Entry) *registry.Draft { return new(e.Values().Draft()) }
	deleted := func(ids ...registry.ID) (edits []registry.Edit) {
		for _, id := range ids {
			edits = append(edits, registry.Edit{Entry: id})
		}
		return edits
	}
	allowing := company
	allowing.Settings = new(*company.Settings)
	allowing.Settings.AllowPolicies = []policy.AllowPolicy{{Pattern: policy.Pattern{Text: "new@company.com", Type: policy.OfEmail}, AcceptableSender: true}}
	allowing.Settings.Version = 7
	trusting := company
	trusting.Settings = new(*company.Settings)
	trusting.Settings.TrustedDomains = []policy.TrustedDomain{{Pattern: policy.Pattern{Text: "sister.example", Type: policy.OfDomain}, Similarity: true}}
	trusting.Settings.Version = 8
	tests := []struct {
		name    string
		entries []registry.Entry // with the IDs 1, 2, …
		edits   []registry.Edit
		facts   findings.Facts
		want    string
	}{
		{"nothing", []registry.Entry{address("jane@company.com")}, nil, company, ""},
		{"one of two", []registry.Entry{address("jane@company.com"), address("jane@company.com"), jane}, deleted("2"), company, ""},
		{"both", []registry.Entry{address("jane@company.com"), address("jane@company.com"), jane}, deleted("1", "2"), company, "tip only-pattern Jane Doe 3"},
		{
			"two become the same",
			[]registry.Entry{address("jane@company.com\u200b"), address("jane\u200b@company.com")},
			[]registry.Edit{{Entry: "1", After: draft(address("jane@company.com"))}, {Entry: "2", After: draft(address("jane@company.com"))}},
			company, "warning duplicate Jane Doe 1,2",
		},
		{"one more", []registry.Entry{address("jane@company.com")}, []registry.Edit{{After: draft(address("jane@company.com"))}}, company, "warning duplicate Jane Doe 1"},
		{"two new ones", nil, []registry.Edit{{After: draft(address("jane@company.com"))}, {After: draft(address("jane@company.com"))}}, company, "warning duplicate Jane Doe "},
		{"a danger", []registry.Entry{jane}, []registry.Edit{{Entry: "1", After: draft(pattern(`.*`))}}, company, "danger lets-anyone-in Jane Doe 1"},
		{"a danger that was there", []registry.Entry{pattern(`.*`)}, []registry.Edit{{Entry: "1", After: draft(pattern(`.+`))}}, company, ""},
		{"a policy says the same", []registry.Entry{address("jane@company.com")}, []registry.Edit{{After: draft(address("new@company.com"))}}, allowing, "tip policy-says-same Jane Doe "},
		{"a policy said the same", []registry.Entry{address("new@company.com")}, []registry.Edit{{Entry: "1", After: draft(called("Jane Roe", address("new@company.com")))}}, allowing, ""},
		{"the first name that a policy shadows", nil, []registry.Edit{{After: draft(address("jane@company.com"))}}, allowing, "warning shadowed-name Jane Doe "},
		{"a name that a policy does not shadow", nil, []registry.Edit{{After: draft(address("New@company.com"))}}, allowing, "tip policy-says-same Jane Doe "},
		{
			"a name that loses the sender of a policy",
			[]registry.Entry{address("new@company.com")},
			[]registry.Edit{{Entry: "1", After: draft(address("jane@company.com"))}},
			allowing, "warning shadowed-name Jane Doe ",
		},
		{
			"one more name that a policy shadows",
			[]registry.Entry{address("jane@company.com")},
			[]registry.Edit{{After: draft(called("Jane Roe", address("roe@company.com")))}},
			allowing, "",
		},
		{"the last name that a policy shadows", []registry.Entry{address("jane@company.com")}, deleted("1"), allowing, ""},
		{"the first name in mail of a trusted domain", nil, []registry.Edit{{After: draft(address("jane@company.com"))}}, trusting, "tip trusted-domain Jane Doe "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.entries {
				tt.entries[i].ID = registry.ID(fmt.Sprint(i + 1))
			}
			tracker := findings.NewJudge().Track()
			before := tracker.Report(t.Context(), slices.Values(tt.entries), tt.facts)
			added, unchecked := tracker.Added(t.Context(), tt.edits)
			var got []string
			for _, f := range added {
				var ids []string
				for _, id := range f.Entries {
					ids = append(ids, string(id))
				}
				got = append(got, fmt.Sprint(f.Severity, " ", f.Rule, " ", f.Name, " ", strings.Join(ids, ",")))
			}
			if strings.Join(got, "; ") != tt.want || unchecked != 0 {
				t.Errorf("%q, %d unchecked; want %q", got, unchecked, tt.want)
			}
			if after := tracker.Report(t.Context(), slices.Values(tt.entries), tt.facts); len(after.Findings) != len(before.Findings) {
				t.Errorf("the registry has %d findings, had %d", len(after.Findings), len(before.Findings))
			}
		})
	}
}

// TestAddedRandomly compares the findings that edits of a company would add with those of the
// company after them.
func TestAddedRandomly(t *testing.T) {
	var c corp
	c.clean(60)
	c.plant(2 * len(defects))
	random := rand.New(rand.NewPCG(18, 7))
	judge := findings.NewJudge()
	tracker := judge.Track()
	before := tracker.Report(t.Context(), slices.Values(c.entries), companyFacts)
	some := 0
	for range 60 {
		var edits []registry.Edit
		for _, at := range random.Perm(len(c.entries))[:1+random.IntN(6)] {
			other := c.entries[random.IntN(len(c.entries))].Values().Draft()
			one := c.entries[at].Values().Draft()
			switch random.IntN(4) {
			case 0:
				edits = append(edits, registry.Edit{Entry: c.entries[at].ID})
			case 1:
				edits = append(edits, registry.Edit{After: &other})
			case 2:
				one.Name = other.Name
				edits = append(edits, registry.Edit{Entry: c.entries[at].ID, After: &one})
			default:
				one.Email, one.IsEmailRegex = other.Email, other.IsEmailRegex
				edits = append(edits, registry.Edit{Entry: c.entries[at].ID, After: &one})
			}
		}
		added, unchecked := tracker.Added(t.Context(), edits)
		after := judge.All(t.Context(), slices.Values(apply(c.entries, edits)), companyFacts)
		for _, rule := range findings.Rules() {
			of := registry.Filter(added, func(f findings.Finding) bool { return f.Rule == rule })
			now := after.ByRule(rule)
			if len(now) > len(before.ByRule(rule)) && len(of) == 0 || unchecked > 0 {
				t.Fatalf("%s: %d become %d, and none is told of\n%+v", rule, len(before.ByRule(rule)), len(now), edits)
			}
			for _, f := range of {
				some++
				if !slices.ContainsFunc(now, func(g findings.Finding) bool {
					return g.Name == f.Name && g.Severity == f.Severity && g.Witness == f.Witness
				}) {
					t.Fatalf("%s about %q is told of, and is not there\n%+v", rule, f.Name, edits)
				}
			}
		}
	}
	if some < 30 {
		t.Errorf("only %d findings were added", some)
	}
}
