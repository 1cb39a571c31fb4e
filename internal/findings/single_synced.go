package findings

import (
	"slices"

	"namesake/internal/registry"
)

// singleSynced finds names that a single address protects, which a directory owns: when the
// person leaves the directory, so does the entry, and the name is unprotected.
func singleSynced(members []*subject, _ *situation) []Finding {
	for _, s := range members {
		if !s.Synced() {
			return nil
		}
	}
	if len(bySender(members)) > 1 {
		return nil
	}
	f := Finding{Rule: SingleSynced, Severity: Tip, Name: members[0].Name, Entries: ids(members...), Witness: first(members[0].addresses())}
	if d := copyOf(members); d != nil {
		f.Fix = []registry.Edit{{After: d}}
	}
	return []Finding{f}
}

// copyOf returns a copy of the first of entries with the same sender whose comments are known in
// full, nil if there is none: the list has not all of a shortened one.
func copyOf(same []*subject) *registry.Draft {
	i := slices.IndexFunc(same, func(s *subject) bool { return !s.Shortened })
	if i < 0 {
		return nil
	}
	d := same[i].Copy()
	return &d
}
