package findings

import "namesake/internal/registry"

// Report is what is wrong in a whole registry. It never changes.
type Report struct {
	Findings []Finding // the most severe first
	// Unchecked is the number of entries whose patterns were not checked, for lack of time.
	Unchecked int

	of map[registry.ID][]int
}

// Of returns the findings that are about an entry, the most severe first.
func (r *Report) Of(id registry.ID) []Finding {
	found := make([]Finding, len(r.of[id]))
	for i, at := range r.of[id] {
		found[i] = r.Findings[at]
	}
	return found
}

// Worst returns the severity of the worst finding about an entry, "" if it has none.
func (r *Report) Worst(id registry.ID) Severity {
	if at := r.of[id]; len(at) > 0 {
		return r.Findings[at[0]].Severity
	}
	return ""
}

// Count returns the number of findings of a severity.
func (r *Report) Count(s Severity) (n int) {
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// ByRule returns the findings of a rule.
func (r *Report) ByRule(rule Rule) []Finding {
	return registry.Filter(r.Findings, func(f Finding) bool { return f.Rule == rule })
}
