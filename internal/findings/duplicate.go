package findings

import (
	"cmp"
	"slices"

	"namesake/internal/registry"
)

// duplicates finds entries with the same name and address. All but one of them have no
// effect, and deleting one leaves the exception in place. One entry made by hand beside a
// synced one is no mistake: it stays when the directory drops the other.
func duplicates(all *names) (found []Finding) {
	for _, name := range all.order {
		entries := all.of[name]
		if len(entries) < 2 {
			continue
		}
		for _, same := range bySender(entries) {
			manual := registry.Filter(same, func(e registry.Entry) bool { return !e.Synced() })
			synced := len(same) - len(manual)
			if len(manual) < 2 && synced < 2 {
				continue
			}
			f := Finding{Rule: Duplicate, Severity: Warning, Name: same[0].Name, Entries: ids(same), Witness: same[0].Email}
			if synced < 2 { // Cloudflare refuses to delete synced entries
				f.Fix = deleteAllButOne(manual)
			}
			found = append(found, f)
		}
	}
	return found
}

// deleteAllButOne keeps the oldest of the entries with a comment, and otherwise the oldest:
// the comment says why the entry exists.
func deleteAllButOne(same []registry.Entry) (fix []Edit) {
	keep := slices.MinFunc(same, func(a, b registry.Entry) int {
		return cmp.Or(cmp.Compare(uncommented(a), uncommented(b)), a.CreatedAt.Compare(b.CreatedAt))
	})
	for _, e := range same {
		if e.ID != keep.ID {
			fix = append(fix, Edit{Entry: e.ID})
		}
	}
	return fix
}

// uncommented returns 1 for an entry without a comment, and 0 otherwise.
func uncommented(e registry.Entry) int {
	if e.Comments == nil || *e.Comments == "" {
		return 1
	}
	return 0
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
