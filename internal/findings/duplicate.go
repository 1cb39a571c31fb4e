package findings

import (
	"cmp"
	"slices"

	"namesake/internal/registry"
)

// duplicates finds entries with the same name and address. All but one of them have no
// effect, and deleting one leaves the exception in place. One entry made by hand beside a
// synced one is no mistake: it stays when the directory drops the other.
func duplicates(members []*subject, _ *situation) (found []Finding) {
	if len(members) < 2 {
		return nil
	}
	for _, same := range bySender(members) {
		manual := registry.Filter(same, func(s *subject) bool { return !s.Synced() })
		synced := len(same) - len(manual)
		if len(manual) < 2 && synced < 2 {
			continue
		}
		f := Finding{Rule: Duplicate, Severity: Warning, Name: same[0].Name, Entries: ids(same...), Sender: same[0].Email, Witness: first(same[0].addresses())}
		switch { // Cloudflare refuses to delete synced entries
		case synced < 2:
			f.Fix = deleteAllButOne(manual)
		case len(manual) > 0:
			f.Detail = PartlySynced
		default:
			f.Detail = AllSynced
		}
		found = append(found, f)
	}
	return found
}

// Details of duplicates that a directory owns.
const (
	AllSynced    = "all are synced"
	PartlySynced = "some are synced"
)

// deleteAllButOne keeps the oldest of the entries with a comment, and otherwise the oldest:
// the comment says why the entry exists.
func deleteAllButOne(same []*subject) (fix []registry.Edit) {
	keep := slices.MinFunc(same, func(a, b *subject) int {
		return cmp.Or(cmp.Compare(uncommented(a), uncommented(b)), a.CreatedAt.Compare(b.CreatedAt))
	})
	for _, e := range same {
		if e.ID != keep.ID {
			fix = append(fix, registry.Edit{Entry: e.ID})
		}
	}
	return fix
}

// uncommented returns 1 for an entry without a comment, and 0 otherwise.
func uncommented(s *subject) int {
	if s.commented() {
		return 0
	}
	return 1
}

// bySender groups entries by address or pattern, in the order in which they first occur.
func bySender(members []*subject) (groups [][]*subject) {
	type sender struct {
		email   string
		isRegex bool
	}
	at := make(map[sender][]int) // the groups of senders that may be the same
	for _, e := range members {
		may := sender{registry.FoldName(e.Email), e.IsEmailRegex}
		i := slices.IndexFunc(at[may], func(i int) bool { return registry.SameAddress(groups[i][0].Email, e.Email, e.IsEmailRegex) })
		if i >= 0 {
			i = at[may][i]
			groups[i] = append(groups[i], e)
			continue
		}
		at[may] = append(at[may], len(groups))
		groups = append(groups, []*subject{e})
	}
	return groups
}

func ids(members ...*subject) []registry.ID {
	of := make([]registry.ID, len(members))
	for i, s := range members {
		of[i] = s.ID
	}
	return of
}
