package store

import (
	"errors"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

func TestPrune(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	who := audit.Record{Actor: rbac.Actor{Subject: "retention"}, Time: began.Add(time.Hour)}
	onAll(t, func(t *testing.T, s *Store) {
		for i := range 20 {
			r := audit.Record{Time: began.Add(time.Duration(i) * time.Minute), Outcome: audit.OutcomeRefused}
			if i == 11 {
				r.Outcome = audit.OutcomeIntent // seq 12
			}
			add(t, s, r)
		}
		prune := func(minute int, want int64) {
			t.Helper()
			n, err := s.Prune(t.Context(), began.Add(time.Duration(minute)*time.Minute), who)
			if err != nil || n != want {
				t.Errorf("Prune returned %d, %v, want %d", n, err, want)
			}
		}
		prune(0, 0)
		checkWhole(t, s, 20)

		removed, err := s.Record(t.Context(), 5)
		if err != nil {
			t.Fatal(err)
		}
		prune(5, 5) // seq 1 to 5, adds 21
		checkWhole(t, s, 16)
		if _, err := s.Record(t.Context(), 5); !errors.Is(err, registry.ErrNotFound) {
			t.Errorf("record 5 is still there: %v", err)
		}
		point, err := s.Record(t.Context(), 21)
		if err != nil {
			t.Fatal(err)
		}
		if point.Action != rbac.CheckpointAudit || point.Outcome != audit.OutcomeDone || point.Actor.Subject != "retention" ||
			point.After[removedSeq] != int64(5) || point.After[removedHash] != removed.Hash ||
			point.After[removedCount] != int64(5) || point.After[removedBefore] != "2026-01-01T00:05:00Z" {
			t.Errorf("the checkpoint is %+v", point)
		}

		prune(15, 6) // up to the open intent, adds 22
		checkWhole(t, s, 11)
		add(t, s, audit.Record{Time: began.Add(time.Hour), Intent: 12, Outcome: audit.OutcomeDone}) // 23
		result, err := s.Verify(t.Context(), nil)
		if err != nil || result.FirstSeq != 12 || result.HeadSeq != 23 {
			t.Errorf("Verify: %+v, %v", result, err)
		}
		prune(15, 4) // seq 12 to 15, adds 24
		checkWhole(t, s, 9)
		prune(100_000, 9) // all up to the head, also the checkpoints
		checkWhole(t, s, 1)
		prune(0, 0)
		add(t, s, audit.Record{})
		checkWhole(t, s, 2)
	})
}

// TestPruneTampered removes records, by SQL, that no checkpoint covers.
func TestPruneTampered(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 10 {
			add(t, s, audit.Record{Time: began.Add(time.Duration(i) * time.Minute)})
		}
		if _, err := s.Prune(t.Context(), began.Add(3*time.Minute), audit.Record{}); err != nil {
			t.Fatal(err)
		}
		checkWhole(t, s, 8)
		exec(t, s, `DELETE FROM audit WHERE seq <= 5`)
		_, err := s.Verify(t.Context(), nil)
		var broken *BrokenError
		if !errors.As(err, &broken) || broken.Seq != 4 {
			t.Errorf("Verify returned %v, want record 4", err)
		}
		exec(t, s, `UPDATE audit SET hash = '' WHERE seq = 7`)
		n, err := s.Prune(t.Context(), began.Add(time.Hour), audit.Record{})
		if n != 0 || !errors.As(err, &broken) || broken.Seq != 7 {
			t.Errorf("Prune returned %d, %v, want record 7", n, err)
		}
		if _, err := s.Record(t.Context(), 6); err != nil {
			t.Errorf("record 6 is gone: %v", err)
		}
	})
}

// TestPruneBatches verifies and appends during the pruning of a long trail.
func TestPruneBatches(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		s.pruneBatch, s.spanLength = 200, 50
		n := 2*s.pruneBatch + 150
		if err := s.fill(t.Context(), n); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() {
			for range 5 {
				if _, err := s.Verify(t.Context(), nil); err != nil {
					done <- err
					return
				}
				if _, err := s.Append(t.Context(), audit.Record{}); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		removed, err := s.Prune(t.Context(), sample(n-100).Time, audit.Record{})
		if err != nil || removed != n-101 {
			t.Errorf("Prune: %d, %v", removed, err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		checkWhole(t, s, 101+3+5)
	})
}
