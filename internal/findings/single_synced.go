package findings

import "namesake/internal/registry"

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
	first := members[0]
	manual := first.Copy()
	return []Finding{{
		Rule: SingleSynced, Severity: Tip, Name: first.Name, Entries: ids(members...), Witness: first.Email, Fix: []registry.Edit{{After: &manual}},
	}}
}
