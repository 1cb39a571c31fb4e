package findings

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"namesake/internal/registry"
)

// ByID returns the findings by their ID.
func (r *Report) ByID() map[string]Finding {
	byID := make(map[string]Finding, len(r.Findings))
	for _, f := range r.Findings {
		byID[f.ID()] = f
	}
	return byID
}

// Part returns a report of those findings that keep accepts.
func (r *Report) Part(keep func(Finding) bool) *Report {
	part := &Report{Unchecked: r.Unchecked, of: make(map[registry.ID][]int)}
	for _, f := range r.Findings {
		if !keep(f) {
			continue
		}
		for _, id := range f.Entries {
			part.of[id] = append(part.of[id], len(part.Findings))
		}
		part.Findings = append(part.Findings, f)
	}
	return part
}

// Fingerprint identifies the finding together with the values of its entries: it changes
// when the finding says another thing, and when one of them changes.
func (f Finding) Fingerprint(entry func(registry.ID) (registry.Entry, bool)) string {
	about := []any{f.ID()}
	for _, id := range f.Entries {
		if e, ok := entry(id); ok {
			about = append(about, e.Values())
		}
	}
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(about); err != nil {
		panic(err) // the values of an entry always have a JSON form
	}
	return hex.EncodeToString(sum.Sum(nil))
}
