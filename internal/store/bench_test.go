package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// million is the number of records in the benchmarks.
const million = 1_000_000

// sample returns a typical record: every second one is an outcome.
func sample(seq int64) audit.Record {
	r := audit.Record{
		Time:      time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(seq) * time.Second),
		RequestID: fmt.Sprintf("request-%08d", seq/2),
		Actor: rbac.Actor{
			Issuer: "https://id.example.com", Subject: fmt.Sprintf("subject-%d", seq/2%50),
			Email: fmt.Sprintf("admin%d@example.com", seq/2%50), Role: rbac.Editor, Auth: "oidc",
		},
		Address: "192.0.2.1", Account: "0123456789abcdef0123456789abcdef", Action: rbac.CreateEntry,
		Entry: registry.ID(fmt.Sprintf("00000000-0000-4000-8000-%012d", seq/2%40_000)), Outcome: audit.OutcomeIntent,
		After: registry.Values{"name": "Grace Hopper", "email": "grace@example.com", "is_email_regex": false, "comments": nil},
	}
	if seq%2 == 0 {
		r.Outcome, r.Intent = audit.OutcomeDone, seq-1
		if seq%200 == 0 {
			r.Outcome = audit.OutcomeRefused
		}
		r.Status, r.Ray, r.Duration = 200, "8f0f0f0f0f0f0f0f-FRA", 123*time.Millisecond
	}
	return r
}

// fill appends n samples as Append does, but in one transaction.
func (s *Store) fill(ctx context.Context, n int64) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fillIn(ctx, tx, n); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func fillIn(ctx context.Context, tx *sql.Tx, n int64) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO audit (seq, time, subject, email, action, entry_id, intent, outcome, line, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	prev := ""
	var latest int64
	for seq := range n {
		r, line, err := sample(seq+1).Seal(seq+1, prev)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, r.Seq, micros(r.Time), r.Actor.Subject, r.Actor.Email, string(r.Action),
			string(r.Entry), r.Intent, string(r.Outcome), string(line), r.Hash); err != nil {
			return err
		}
		prev, latest = r.Hash, micros(r.Time)
	}
	_, err = tx.ExecContext(ctx, `UPDATE audit_head SET seq = $1, hash = $2, latest = $3 WHERE id = 1`, n, prev, latest)
	return err
}

// BenchmarkTrail measures the queries of pages, on a SQLite file with a million records,
// which takes a minute to build.
func BenchmarkTrail(b *testing.B) {
	s, err := Open(b.Context(), Options{Engine: SQLite, Path: filepath.Join(b.TempDir(), "million.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	began := time.Now()
	if err := s.fill(b.Context(), million); err != nil {
		b.Fatal(err)
	}
	if err := s.addMissingWords(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("built in %v", time.Since(began))
	day := func(n int) time.Time { return sample(1).Time.Add(time.Duration(n) * 24 * time.Hour) }
	for _, page := range []struct {
		name  string
		query audit.Query
		want  int
	}{
		{"newest", audit.Query{Limit: 50}, 50},
		{"deep", audit.Query{Limit: 50, Before: 500_000}, 50},
		{"history", audit.Query{Limit: 50, Entry: sample(1).Entry}, 25},
		{"person", audit.Query{Limit: 50, Person: "admin7@example.com", Before: 500_000}, 50},
		{"action", audit.Query{Limit: 50, Action: rbac.CreateEntry}, 50},
		{"outcome", audit.Query{Limit: 50, Outcome: audit.OutcomeRefused}, 50},
		{"action_outcome", audit.Query{Limit: 50, Action: rbac.CreateEntry, Outcome: audit.OutcomeRefused, Before: 300_000}, 50},
		{"no_such_pair", audit.Query{Limit: 50, Action: rbac.CreateEntry, Outcome: audit.OutcomeFailed}, 0},
		{"day", audit.Query{Limit: 50, Since: day(3), Until: day(4)}, 50},
		{"person_and_day", audit.Query{Limit: 50, Person: "subject-7", Since: day(3), Until: day(4)}, 50},
		{"outcome_and_day", audit.Query{Limit: 50, Outcome: audit.OutcomeRefused, Since: day(3), Until: day(4)}, 50},
		{"actions", audit.Query{Limit: 50, Newest: true}, 50},
		{"search", audit.Query{Limit: 50, Newest: true, Search: "admin7@"}, 50},
		{"search_of_nothing", audit.Query{Limit: 50, Newest: true, Search: "nowhere"}, 0},
		{"person_and_rare_outcome", audit.Query{Limit: 50, Person: "subject-7", Outcome: audit.OutcomeFailed}, 0},
	} {
		b.Run("page/"+page.name, func(b *testing.B) {
			for b.Loop() {
				records, err := s.Records(b.Context(), page.query)
				if err != nil || len(records) != page.want {
					b.Fatal(len(records), err)
				}
			}
		})
	}
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			result, err := s.Verify(b.Context(), nil)
			if err != nil || result.Records != million {
				b.Fatal(result, err)
			}
		}
		b.ReportMetric(float64(million)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
	b.Run("export", func(b *testing.B) {
		for b.Loop() {
			n := 0
			if err := s.Each(b.Context(), audit.Query{}, func([]byte) error { n++; return nil }); err != nil || n != million {
				b.Fatal(n, err)
			}
		}
		b.ReportMetric(float64(million)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Append(b.Context(), audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeDone}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
