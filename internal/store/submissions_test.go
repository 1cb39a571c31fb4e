package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/rbac"
)

// intend appends n intents, from seq 1 in a new store.
func intend(t *testing.T, s *Store, n int) {
	t.Helper()
	for range n {
		if _, err := s.Append(t.Context(), audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSubmissions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	first := change.Submission{Name: "Grace", Email: "g@example.com", IsEmailRegex: true, Digest: "d", SentAt: now, Intent: 7}
	claim := func(t *testing.T, s *Store, key string, from *change.Submission, to change.Submission, want bool) {
		t.Helper()
		if got, err := s.Claim(t.Context(), key, from, to); got != want || err != nil {
			t.Errorf("Claim returned %v, %v, want %v", got, err, want)
		}
	}
	stands := func(t *testing.T, s *Store, key string, want *change.Submission) {
		t.Helper()
		got, ok, err := s.Submission(t.Context(), key)
		if err != nil || ok != (want != nil) || ok && got != *want {
			t.Errorf("Submission returned %+v, %v, %v, want %+v", got, ok, err, want)
		}
	}
	onAll(t, func(t *testing.T, s *Store) {
		intend(t, s, 9)
		stands(t, s, "k\x00\xff", nil)
		claim(t, s, "k\x00\xff", nil, first, true)
		stands(t, s, "k\x00\xff", &first)
		claim(t, s, "k\x00\xff", nil, first, false)
		claim(t, s, "other", &first, first, false)

		// A difference in any field counts.
		next := first
		next.SentAt, next.Intent = now.Add(time.Minute), 9
		for _, change := range []func(*change.Submission){
			func(s *change.Submission) { s.Name = "x" },
			func(s *change.Submission) { s.Email = "x" },
			func(s *change.Submission) { s.IsEmailRegex = false },
			func(s *change.Submission) { s.Digest = "x" },
			func(s *change.Submission) { s.SentAt = s.SentAt.Add(time.Microsecond) },
			func(s *change.Submission) { s.Intent++ },
			func(s *change.Submission) { s.Ended = true },
			func(s *change.Submission) { s.Created = "x" },
		} {
			from := first
			change(&from)
			claim(t, s, "k\x00\xff", &from, next, false)
		}
		claim(t, s, "k\x00\xff", &first, next, true)
		stands(t, s, "k\x00\xff", &next)

		next.Ended, next.Created = true, "id"
		for _, to := range []*change.Submission{&next, nil, &first} {
			if err := s.Settle(t.Context(), "k\x00\xff", to); err != nil {
				t.Fatal(err)
			}
			stands(t, s, "k\x00\xff", to)
		}

		if of, ok, err := s.SubmissionOf(t.Context(), 7); err != nil || !ok || of != first {
			t.Errorf("SubmissionOf returned %+v, %v, %v, want %+v", of, ok, err, first)
		}
		if _, err := s.Append(t.Context(), audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeFailed, Intent: 7}); err != nil {
			t.Fatal(err)
		}
		claim(t, s, "settled", nil, first, false)

		later := first
		later.SentAt, later.Intent = now.Add(25*time.Hour), 9
		claim(t, s, "later", nil, later, true)
		stands(t, s, "k\x00\xff", nil)
		stands(t, s, "later", &later)
	})
}

// TestClaimOnce claims the same key by many callers at the same time, both new and known.
func TestClaimOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		intend(t, s, 2)
		var from *change.Submission
		for round := range int64(2) {
			to := change.Submission{SentAt: fromMicros(round), Intent: round + 1}
			var wg sync.WaitGroup
			var claimed atomic.Int64
			for range 10 {
				wg.Go(func() {
					ok, err := s.Claim(t.Context(), "key", from, to)
					if err != nil {
						t.Error(err)
					}
					if ok {
						claimed.Add(1)
					}
				})
			}
			wg.Wait()
			if n := claimed.Load(); n != 1 && round == 0 {
				t.Errorf("round %d: %d claims were granted", round, n)
			}
			from = &to
		}
	})
}
