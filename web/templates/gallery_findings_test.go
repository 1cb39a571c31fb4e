package templates

import (
	"github.com/a-h/templ"

	"namesake/internal/registry"
)

func sampleFindingItem() FindingItem {
	e := sampleEntry()
	synced := registry.Entry{ID: "4", Name: sampleName, Email: sampleEmail, Provenance: registry.GoogleDirectory}
	return FindingItem{
		ID: "duplicate-1", Rule: "duplicate", Label: "Warning", Tone: Warn, Name: sampleName, Entries: []registry.Entry{e, samplePattern(), synced}, More: 2, Message: "There are two.", Witness: sampleEmail, Shows: "Lets in:",
		Suggestion: "Delete one.", Fix: "Delete 1 entry…", FixURL: "/findings/1/fix", Dismiss: &DismissForm{URL: "/findings/1/dismiss", Fingerprint: "f", Today: "2026-03-04"}, ReturnQuery: "?page=2",
	}
}

func sampleFindings(change func(*FindingsView)) templ.Component {
	dismissed := sampleFindingItem()
	dismissed.ID, dismissed.Name, dismissed.Fix, dismissed.Dismiss = "duplicate-2", "", "", nil
	dismissed.Dismissed = &DismissedNote{Reason: sampleHebrew, Until: "for good", Who: sampleEmail, On: "4 Mar 2026", RestoreURL: "/findings/2/restore"}
	v := FindingsView{
		ReadAt: "Read at noon", RefreshURL: "/refresh", Stale: sampleStale(), Notes: []string{"A note."}, Count: "1 to 2 of 60 findings", Pager: Pager{Page: 1, First: "/findings", Next: "/findings?page=2"}, Unchecked: "1 pattern is not checked yet.", FixURL: "/findings/fix",
		Filter: FindingsFilter{
			URL: "/findings", Severities: []Choice{{"All 2", "/findings", true}, {"Dangers 1", "/findings?severity=danger", false}}, Severity: "danger", Dismissed: "true", Entry: "1", Search: "a",
			Rules: []Option{{"duplicate", "Duplicate", true}}, Chips: []Chip{{"Kind", "Duplicate", "/findings"}, {"Search", "a", "/findings"}},
		},
		Groups: []FindingGroup{{Rule: "duplicate", Title: "Duplicate", Label: "Warning", Severity: "warning", Tone: Warn, Count: 60, FixAll: "Fix all 60…", Items: []FindingItem{sampleFindingItem(), dismissed}}},
	}
	change(&v)
	return Findings(samplePage(), v)
}

// galleryFindings has samples of the page of findings.
func galleryFindings() map[string]templ.Component {
	return map[string]templ.Component{
		"Findings": sampleFindings(func(*FindingsView) {}),
		"Findings: faults": sampleFindings(func(v *FindingsView) {
			v.Groups[0].Items[0].Dismiss.Faults = map[string][]Message{"reason": {{Text: "Say why."}}, "until": {{Text: "Write a day."}}}
			v.Groups[0].Items[0].Dismiss.Open = true
		}),
		"Findings: none": sampleFindings(func(v *FindingsView) {
			*v = FindingsView{Calm: "Nothing needs attention.", Filter: FindingsFilter{URL: "/findings"}}
		}),
		"Findings: no match": sampleFindings(func(v *FindingsView) { v.Groups = nil }),
		"Findings: past":     sampleFindings(func(v *FindingsView) { v.Groups, v.Pager.Page = nil, 3 }),
	}
}
