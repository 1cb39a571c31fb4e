package findings

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"namesake/internal/registry"
)

// Added returns the findings that the edits of entries together would cause in the registry of
// the last Report: those that are about other entries, or about something else, than a finding
// of the same rule now. The most severe come first; Entries has none that do not exist yet, and
// there are no fixes. unchecked counts what there was no time to judge.
func (t *Tracker) Added(ctx context.Context, edits []registry.Edit) (added []Finding, unchecked int) {
	removed, came, _ := t.edited(ctx, edits) // an error is noted in the subjects
	gone := make(map[*subject]bool, len(removed))
	var touched []group
	arriving := make(map[group][]*subject)
	touch := func(s *subject) {
		for _, g := range s.groups {
			if _, met := arriving[g]; !met {
				arriving[g] = nil
				touched = append(touched, g)
			}
		}
	}
	for _, s := range removed {
		gone[s] = true
		touch(s)
	}
	for _, s := range came {
		touch(s)
		for _, g := range s.groups {
			arriving[g] = append(arriving[g], s)
		}
		if s.unchecked {
			unchecked++
		}
	}
	now := make(known)
	var after []Finding
	var names [][]*subject // as they are afterwards
	for _, g := range touched {
		before, busy := t.foundIn(ctx, g)
		members := slices.DeleteFunc(slices.Clone(t.members[g]), func(s *subject) bool { return gone[s] })
		members = append(members, arriving[g]...)
		slices.SortFunc(members, func(a, b *subject) int { return cmp.Compare(a.at, b.at) })
		var found []Finding
		if len(members) > 0 {
			if g.kind == ofName {
				names = append(names, members)
			}
			var err error
			found, err = judgeMembers(ctx, g.kind, members, t.now)
			busy = busy || err != nil
		}
		if busy {
			unchecked++
			continue
		}
		if g.kind == ofDomain && len(before) > 0 { // it is about the domain, whatever its entries
			continue
		}
		now.add(before)
		after = append(after, found...)
	}
	after = append(after, t.policySaysSame(t.newSenders(came))...)
	shadows, late := t.newShadows(ctx, names)
	after, unchecked = append(after, shadows...), unchecked+late
	for _, f := range after {
		if now.has(f) {
			continue
		}
		f.Entries = registry.Filter(f.Entries, func(id registry.ID) bool { return !strings.HasPrefix(string(id), newPrefix) })
		f.Fix = nil
		added = append(added, f)
	}
	slices.SortStableFunc(added, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order(a.Severity), order(b.Severity)), cmp.Compare(ranks[a.Rule], ranks[b.Rule]))
	})
	return added, unchecked
}

// foundIn returns what is wrong in a group now; busy if there was no time to find out.
func (t *Tracker) foundIn(ctx context.Context, g group) (found []Finding, busy bool) {
	_, stale := t.touched[g]
	if members := t.members[g]; stale && len(members) > 0 {
		found, err := judgeMembers(ctx, g.kind, members, t.now)
		return found, err != nil
	}
	return t.found[g], false
}

// newShadows returns what shadows one of some names, and none as they are now.
func (t *Tracker) newShadows(ctx context.Context, names [][]*subject) (found []Finding, late int) {
	if found, late = t.shadowing(ctx, names); len(found) == 0 {
		return nil, late
	}
	before, busy := t.shadowing(ctx, t.examples())
	if busy > 0 { // what shadows the names may shadow others now
		return nil, late + busy
	}
	return slices.DeleteFunc(found, func(f Finding) bool {
		return slices.ContainsFunc(before, func(old Finding) bool { return old.Shadow == f.Shadow && old.Detail == f.Detail })
	}), late
}

// newSenders returns subjects by senderKey, without those that another entry has already.
func (t *Tracker) newSenders(came []*subject) map[string][]*subject {
	senders := make(map[string][]*subject)
	for _, s := range came {
		key := s.key()
		if !slices.ContainsFunc(t.bySender[key], func(o *subject) bool { return o.folded != "" }) {
			senders[key] = append(senders[key], s)
		}
	}
	return senders
}

// known has findings by their rule and each entry.
type known map[knownKey][]Finding

type knownKey struct {
	rule Rule
	id   registry.ID
}

func (k known) add(found []Finding) {
	for _, f := range found {
		for _, id := range f.Entries {
			k[knownKey{f.Rule, id}] = append(k[knownKey{f.Rule, id}], f)
		}
	}
}

// has reports whether a finding of the same rule, and at least as severe, is about all entries
// of f, or about one of them and the same otherwise.
func (k known) has(f Finding) bool {
	for _, id := range f.Entries {
		for _, old := range k[knownKey{f.Rule, id}] {
			if order(old.Severity) > order(f.Severity) {
				continue
			}
			same := old.Name == f.Name && old.Detail == f.Detail && old.Witness == f.Witness
			if same || !slices.ContainsFunc(f.Entries, func(id registry.ID) bool { return !slices.Contains(old.Entries, id) }) {
				return true
			}
		}
	}
	return false
}
