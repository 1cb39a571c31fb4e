package findings

import (
	"slices"

	"namesake/internal/registry"
)

// duplicates finds entries with the same name and address. All but one of them have no
// effect, and deleting one leaves the exception in place.
func duplicates(all *names) (found []Finding) {
	for _, name := range all.order {
		entries := all.of[name]
		if len(entries) < 2 {
			continue
		}
		for _, same := range bySender(entries) {
			if len(same) > 1 {
				found = append(found, Finding{Rule: Duplicate, Severity: Warning, Name: same[0].Name, Entries: ids(same), Witness: same[0].Email})
			}
		}
	}
	return found
}

// bySender groups entries by address or pattern, in the order in which they first occur.
func bySender(entries []registry.Entry) (groups [][]registry.Entry) {
	type sender struct {
		email   string
		isRegex bool
	}
	at := make(map[sender][]int) // the groups of senders that may be the same
	for _, e := range entries {
		may := sender{registry.FoldName(e.Email), e.IsEmailRegex}
		i := slices.IndexFunc(at[may], func(i int) bool { return registry.SameAddress(groups[i][0].Email, e.Email, e.IsEmailRegex) })
		if i >= 0 {
			i = at[may][i]
			groups[i] = append(groups[i], e)
			continue
		}
		at[may] = append(at[may], len(groups))
		groups = append(groups, []registry.Entry{e})
	}
	return groups
}

func ids(entries []registry.Entry) []registry.ID {
	of := make([]registry.ID, len(entries))
	for i, e := range entries {
		of[i] = e.ID
	}
	return of
}
