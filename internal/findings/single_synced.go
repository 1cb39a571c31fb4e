package findings

// singleSynced finds names that a single address protects, which a directory owns: when the
// person leaves the directory, so does the entry, and the name is unprotected.
func singleSynced(all *names) (found []Finding) {
	for _, name := range all.order {
		entries := all.of[name]
		if !entries[0].Synced() || len(bySender(entries)) > 1 {
			continue
		}
		manual := false
		for _, e := range entries {
			manual = manual || !e.Synced()
		}
		if !manual {
			found = append(found, Finding{Rule: SingleSynced, Severity: Tip, Name: entries[0].Name, Entries: ids(entries), Witness: entries[0].Email})
		}
	}
	return found
}
