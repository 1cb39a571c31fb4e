package change

import (
	"context"
	"fmt"
	"slices"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// recentChanges is the number of an entry's records to search for changes within listLag. A
// person makes fewer changes of one entry in that time.
const recentChanges = 20

// upToDate returns e as the API shows it, or, if the API still shows the entry from before
// Namesake's own last change, as that change left it: reads may lag. A change based on a
// lagging read would be made twice, or would undo another one.
func (s *Service) upToDate(ctx context.Context, e registry.Entry) (registry.Entry, error) {
	done, err := s.trail.Records(ctx, audit.Query{Entry: e.ID, Outcome: audit.OutcomeDone, Since: s.now().Add(-listLag), Limit: recentChanges})
	if err != nil {
		return registry.Entry{}, audit.Unreadable(err)
	}
	if len(done) == 0 {
		return e, nil
	}
	switch last := done[0]; {
	case last.Action == rbac.DeleteEntry:
		return registry.Entry{}, fmt.Errorf("deleted by record %d: %w", last.Seq, registry.ErrNotFound)
	case last.Action != rbac.EditEntry || last.After.Equal(e.Values()):
		return e, nil
	case !slices.ContainsFunc(done, func(r audit.Record) bool { return r.Action == rbac.EditEntry && r.Before.Equal(e.Values()) }):
		return e, nil
	}
	kept, ok := s.mirror.Snapshot().View.Entry(e.ID)
	if !ok || !kept.Values().Equal(done[0].After) {
		return e.WithValues(done[0].After), nil
	}
	if !e.ModifiedAt.After(kept.ModifiedAt) {
		return kept, nil
	}
	return e, nil // a person has changed it back since
}
