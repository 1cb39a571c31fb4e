package store

import (
	"errors"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// TestEntryLock checks an entry's lock after each record of its changes.
func TestEntryLock(t *testing.T) {
	t.Parallel()
	intent := func(account registry.AccountID, entry registry.ID) audit.Record {
		return audit.Record{Account: account, Entry: entry, Action: rbac.EditEntry, Outcome: audit.OutcomeIntent}
	}
	outcome := func(o audit.Outcome, of int64) audit.Record {
		return audit.Record{Account: "a", Entry: "7", Action: rbac.EditEntry, Outcome: o, Intent: of}
	}
	steps := []struct {
		name           string
		record         audit.Record
		asOf           int64
		want           error
		newest, locked int64 // of entry 7 of account a, after the record
	}{
		{"a first intent", intent("a", "7"), 0, nil, 1, 1},
		{"another one beside it", intent("a", "7"), 1, audit.ErrEntryMoved, 1, 1},
		{"of another entry", intent("a", "8"), 0, nil, 1, 1},
		{"of the same id in another account", intent("b", "7"), 1, nil, 3, 1},
		{"its outcome is not known", outcome(audit.OutcomeUnknown, 1), 3, nil, 4, 0},
		{"an intent that has not seen that", intent("a", "7"), 3, audit.ErrEntryMoved, 4, 0},
		{"one that has", intent("a", "7"), 4, nil, 5, 5},
		{"the first one's outcome, found before the second was recorded", outcome(audit.OutcomeFailed, 1), 4, audit.ErrEntryMoved, 5, 5},
		{"the first one's outcome", outcome(audit.OutcomeDone, 1), 5, nil, 6, 5},
		{"the second one's outcome", outcome(audit.OutcomeDone, 5), 6, nil, 7, 0},
		{"a third intent", intent("a", "7"), 7, nil, 8, 8},
		{"creates lock nothing", intent("a", ""), 0, nil, 8, 8},
		{"and never meet", intent("a", ""), 0, nil, 8, 8},
	}
	onAll(t, func(t *testing.T, s *Store) {
		for _, step := range steps {
			_, err := s.AppendAsOf(t.Context(), step.record, step.asOf)
			if !errors.Is(err, step.want) || (err == nil) != (step.want == nil) {
				t.Errorf("%s: %v, want %v", step.name, err, step.want)
			}
			newest, locked, err := s.EntryTrail(t.Context(), "a", "7")
			if err != nil || newest != step.newest || locked != step.locked {
				t.Errorf("after %s: newest %d, locked by %d, %v; want %d, %d", step.name, newest, locked, err, step.newest, step.locked)
			}
		}
		checkWhole(t, s, 10) // refused records leave no gap
	})
}
