package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// TestTampering changes a trail of ten records by SQL.
func TestTampering(t *testing.T) {
	t.Parallel()
	// forge gives record seq another line, and the hash that belongs to it.
	forge := func(seq int64, old, changed string) func(testing.TB, *Store) {
		return func(t testing.TB, s *Store) {
			t.Helper()
			var line string
			if err := s.read.QueryRowContext(t.Context(), `SELECT line FROM audit WHERE seq = $1`, seq).Scan(&line); err != nil {
				t.Fatal(err)
			}
			forged := strings.Replace(line, old, changed, 1)
			if forged == line {
				t.Fatalf("%s is not in %s", old, line)
			}
			exec(t, s, `UPDATE audit SET line = $1, hash = $2 WHERE seq = $3`, forged, audit.HashOf([]byte(forged)), seq)
		}
	}
	sql := func(queries ...string) func(testing.TB, *Store) {
		return func(t testing.TB, s *Store) {
			t.Helper()
			for _, query := range queries {
				exec(t, s, query)
			}
		}
	}
	swap := func(t testing.TB, s *Store) {
		exec(t, s, `UPDATE audit SET seq = 100 WHERE seq = 4`)
		exec(t, s, `UPDATE audit SET seq = 4 WHERE seq = 5`)
		exec(t, s, `UPDATE audit SET seq = 5 WHERE seq = 100`)
	}
	tests := []struct {
		name       string
		tamper     func(testing.TB, *Store)
		wantSeq    int64
		wantReason string
	}{
		{"line", sql(`UPDATE audit SET line = REPLACE(line, 'Grace', 'Ada') WHERE seq = 4`), 4, "its hash is not that of its line"},
		{"hash", sql(`UPDATE audit SET hash = 'x' WHERE seq = 4`), 4, "its hash is not that of its line"},
		{"line and hash", forge(4, "Grace", "Ada"), 4, "record 5 names another one"},
		{"line and hash of the first", forge(1, "Grace", "Ada"), 1, "record 2 names another one"},
		{"line and hash of the last but one", forge(9, "Grace", "Ada"), 9, "record 10 names another one"},
		{"line and hash of the last", forge(10, "Grace", "Ada"), 10, "audit_head has another hash"},
		{"prev_hash and hash", forge(4, `"prev_hash":"`, `"prev_hash":"0`), 4, "not the canonical form"},
		{"prev_hash of the first", forge(1, `"prev_hash":""`, `"prev_hash":"`+strings.Repeat("0", 64)+`"`), 1, "names the hash of a record before it"},
		{"no line", forge(4, `{`, ``), 4, "not the canonical form"},
		{"another order of members", forge(4, `"seq":4,`, ``), 4, "not the canonical form"},
		{"time", sql(`UPDATE audit SET time = time + 1 WHERE seq = 4`), 4, "its column time differs"},
		{"subject", sql(`UPDATE audit SET subject = 'x' WHERE seq = 4`), 4, "its column subject differs"},
		{"email", sql(`UPDATE audit SET email = 'x' WHERE seq = 4`), 4, "its column email differs"},
		{"action", sql(`UPDATE audit SET action = 'x' WHERE seq = 4`), 4, "its column action differs"},
		{"entry", sql(`UPDATE audit SET entry_id = '' WHERE seq = 4`), 4, "its column entry_id differs"},
		{"intent", sql(`UPDATE audit SET intent = 2 WHERE seq = 4`), 4, "its column intent differs"},
		{"outcome", sql(`UPDATE audit SET outcome = 'failed' WHERE seq = 4`), 4, "its column outcome differs"},
		{"removed", sql(`DELETE FROM audit WHERE seq = 4`), 4, "removed"},
		{"removed, two", sql(`DELETE FROM audit WHERE seq IN (4, 5)`), 4, "up to 5"},
		{"removed, the first", sql(`DELETE FROM audit WHERE seq = 1`), 1, "removed, and no checkpoint says so"},
		{"removed, the last", sql(`DELETE FROM audit WHERE seq = 10`), 10, "removed"},
		{"removed, the last three", sql(`DELETE FROM audit WHERE seq > 7`), 8, "up to 10"},
		{"removed, all", sql(`DELETE FROM audit`), 1, "removed"},
		{"reordered", swap, 4, "it is not in its place, its line is that of record 5"},
		{"moved", sql(`UPDATE audit SET seq = 0 WHERE seq = 4`), 0, "the first record of all is number 1"},
		{"copied behind the end", sql(`INSERT INTO audit SELECT 11, time, subject, email, action, entry_id, intent, outcome, line, hash FROM audit WHERE seq = 10`), 11, "record 10 is the last"},
		{"head: seq", sql(`UPDATE audit_head SET seq = 8`), 9, "record 8 is the last"},
		{"head: later seq", sql(`UPDATE audit_head SET seq = 12`), 11, "up to 12"},
		{"head: hash", sql(`UPDATE audit_head SET hash = ''`), 10, "audit_head has another hash"},
		{"head: latest", sql(`UPDATE audit_head SET latest = latest - 1`), 10, "other times"},
		{"head: lag", sql(`UPDATE audit_head SET lag = lag - 1`), 10, "other times"},
		{"head: none", sql(`DELETE FROM audit_head`), 10, "audit_head"},
		{"two faults", sql(`DELETE FROM audit WHERE seq = 7`, `UPDATE audit SET hash = '' WHERE seq = 3`), 3, "its hash is not"},
	}
	onAll(t, func(t *testing.T, s *Store) {
		for i := range int64(10) {
			r := sample(i + 1)
			r.Intent = 0
			if i == 5 {
				r.Time = r.Time.Add(-time.Minute)
			}
			if r.Outcome == audit.OutcomeIntent {
				r.Outcome = audit.OutcomeUnknown
			}
			add(t, s, r)
		}
		checkWhole(t, s, 10)
		exec(t, s, `CREATE TABLE audit_copy AS SELECT * FROM audit`)
		exec(t, s, `CREATE TABLE head_copy AS SELECT * FROM audit_head`)
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				test.tamper(t, s)
				_, err := s.Verify(t.Context(), nil)
				var broken *BrokenError
				if !errors.As(err, &broken) {
					t.Fatalf("Verify returned %v, want a BrokenError", err)
				}
				if broken.Seq != test.wantSeq || !strings.Contains(broken.Reason, test.wantReason) {
					t.Errorf("record %d: %s, want record %d: %s", broken.Seq, broken.Reason, test.wantSeq, test.wantReason)
				}
				exec(t, s, `DELETE FROM audit`)
				exec(t, s, `DELETE FROM audit_head`)
				exec(t, s, `INSERT INTO audit SELECT * FROM audit_copy`)
				exec(t, s, `INSERT INTO audit_head SELECT * FROM head_copy`)
				checkWhole(t, s, 10)
			})
		}
	})
}

// TestVerifySpans goes beyond one span, and finds faults at and near the seam.
func TestVerifySpans(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		const spanLength = 100
		s.spanLength = spanLength
		if err := s.fill(t.Context(), 2*spanLength+50); err != nil {
			t.Fatal(err)
		}
		var told []int64
		if _, err := s.Verify(t.Context(), func(n int64) { told = append(told, n) }); err != nil {
			t.Fatal(err)
		}
		if len(told) != 3 || told[2] != 2*spanLength+50 {
			t.Errorf("report was told %v", told)
		}
		for _, seq := range []int64{2*spanLength + 50, 2*spanLength + 1, 2 * spanLength, spanLength + 1, spanLength, 1} {
			// Each is before the last one, so it is the first bad one now.
			exec(t, s, `UPDATE audit SET hash = '' WHERE seq = $1`, seq)
			_, err := s.Verify(t.Context(), nil)
			var broken *BrokenError
			if !errors.As(err, &broken) || broken.Seq != seq {
				t.Errorf("Verify returned %v, want record %d", err, seq)
			}
		}
	})
}

func TestVerifyEmpty(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		checkWhole(t, s, 0)
		if n, err := s.Prune(t.Context(), time.Now(), audit.Record{}); n != 0 || err != nil {
			t.Errorf("Prune: %d, %v", n, err)
		}
		checkWhole(t, s, 0)
	})
}

// An intent that was taken off the list of open ones would never be settled.
func TestLostIntent(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		intend(t, s, 3)
		if _, err := s.Append(t.Context(), audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Intent: 1}); err != nil {
			t.Fatal(err)
		}
		if result, err := s.Verify(t.Context(), nil); err != nil || result.Records != 4 {
			t.Fatal(result, err)
		}
		exec(t, s, `DELETE FROM open_intents WHERE seq = 2`)
		var broken *BrokenError
		if _, err := s.Verify(t.Context(), nil); !errors.As(err, &broken) || broken.Seq != 2 {
			t.Errorf("got %v, want record 2", err)
		}
	})
}

// An entry is created once, even if two copies record it.
func TestAnEntryIsCreatedOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		intend(t, s, 2)
		done := audit.Record{Action: rbac.CreateEntry, Entry: "7", Outcome: audit.OutcomeDone, Intent: 1}
		if _, err := s.Append(t.Context(), done); err != nil {
			t.Fatal(err)
		}
		done.Intent = 2
		if _, err := s.Append(t.Context(), done); !errors.Is(err, audit.ErrCreatedBefore) {
			t.Errorf("got %v", err)
		}
		if open, err := s.Unsettled(t.Context()); err != nil || len(open) != 1 || open[0].Seq != 2 {
			t.Errorf("open intents %v, %v", open, err)
		}
	})
}
