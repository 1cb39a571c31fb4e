package registry

import (
	"context"
	"fmt"
	"slices"
)

// recentChanges is how many records of an entry are looked through for those of the last
// lagsWithin: a person makes fewer changes of one entry in that time.
const recentChanges = 20

// upToDate returns e, as the API has just shown it, or as Namesake's own last change left
// it where the API still shows what that change found: its reads may lag. A change that
// was made from such a read would be made twice, or would undo another one.
func (s *Service) upToDate(ctx context.Context, e Entry) (Entry, error) {
	done, err := s.trail.Records(ctx, AuditQuery{Entry: e.ID, Outcome: OutcomeDone, Since: s.now().Add(-lagsWithin), Limit: recentChanges})
	if err != nil {
		return Entry{}, unreadable(err)
	}
	if len(done) == 0 {
		return e, nil
	}
	switch last := done[0]; {
	case last.Action == DeleteEntry:
		return Entry{}, fmt.Errorf("deleted by record %d: %w", last.Seq, ErrNotFound)
	case last.Action != EditEntry || last.After.equal(e.Values()):
		return e, nil
	case !slices.ContainsFunc(done, func(r Record) bool { return r.Action == EditEntry && r.Before.equal(e.Values()) }):
		return e, nil
	}
	kept, ok := s.keptEntries.last(entryQuery(e.ID))
	if !ok || !kept.list.Entries[0].Values().equal(done[0].After) {
		return e.withValues(done[0].After), nil
	}
	if changed := kept.list.Entries[0]; !e.ModifiedAt.After(changed.ModifiedAt) {
		return changed, nil
	}
	return e, nil // somebody has put it back since
}

// equal reports whether v and other are the same, but for fields without a value.
func (v Values) equal(other Values) bool {
	return v.holds(difference(v, other)) && other.holds(difference(other, v))
}
