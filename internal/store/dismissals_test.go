package store

import (
	"fmt"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/dismissals"
	"namesake/internal/rbac"
)

// TestDismissals stores, replaces and removes dismissals, each change with its record.
func TestDismissals(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		at := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
		first := dismissals.Dismissal{
			Finding: "f", Fingerprint: "1", Reason: "for <b>now", Until: at.Add(time.Hour), At: at,
			By: rbac.Actor{Issuer: "i", Subject: "s", Email: "e@example.com", Name: "N", Username: "u", Role: rbac.Editor, Auth: "demo"},
		}
		second := first
		second.Fingerprint, second.Reason, second.Until, second.At, second.By.Subject = "2", "for good", time.Time{}, at.Add(time.Minute), "t"
		other := dismissals.Dismissal{Finding: "g", Fingerprint: "3", Reason: "r", At: at}
		stored := func(want ...dismissals.Dismissal) {
			t.Helper()
			all, err := s.Dismissals(t.Context(), "a")
			if err != nil || len(all) != len(want) {
				t.Fatalf("%+v, %v, want %+v", all, err, want)
			}
			for _, w := range want {
				if got := all[0]; fmt.Sprint(got) != fmt.Sprint(w) && fmt.Sprint(all[len(all)-1]) != fmt.Sprint(w) {
					t.Errorf("%+v, want %+v", all, w)
				}
			}
		}
		record := audit.Record{Action: rbac.DismissFinding, Outcome: audit.OutcomeDone, Account: "a"}
		dismiss := func(d dismissals.Dismissal) {
			t.Helper()
			if err := s.Dismiss(t.Context(), "a", d, record); err != nil {
				t.Fatal(err)
			}
		}
		stored()
		dismiss(first)
		stored(first)
		dismiss(second)
		stored(second)
		dismiss(other)
		stored(second, other)
		if all, err := s.Dismissals(t.Context(), "b"); err != nil || len(all) > 0 {
			t.Errorf("of another account: %+v, %v", all, err)
		}
		for i, want := range []bool{true, false} {
			if got, err := s.Restore(t.Context(), "a", "f", audit.Record{Action: rbac.RestoreFinding, Outcome: audit.OutcomeDone, Account: "a"}); err != nil || got != want {
				t.Errorf("restored %d: %v, %v", i, got, err)
			}
		}
		stored(other)
		if seq, _, err := s.Head(t.Context()); err != nil || seq != 4 {
			t.Errorf("%d records, %v", seq, err)
		}
	})
}
