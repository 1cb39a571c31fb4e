package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/store/pgtest"
)

// TestTwoCopies appends from two programs at the same time, which also start at the same
// time on an empty database.
func TestTwoCopies(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) { twoCopies(t, o, 40) })
}

// BenchmarkTwoCopies is TestTwoCopies with more records, on PostgreSQL.
func BenchmarkTwoCopies(b *testing.B) {
	const each = 5000
	for b.Loop() {
		twoCopies(b, Options{Engine: Postgres, URL: pgtest.NewDatabase(b)}, each)
	}
	b.ReportMetric(2*each*float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func twoCopies(t testing.TB, o Options, each int) {
	var copies [2]*Store
	var wg sync.WaitGroup
	for i := range copies {
		wg.Go(func() {
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			copies[i] = s
		})
	}
	wg.Wait()
	for _, s := range copies {
		if s == nil {
			return
		}
		defer func() { _ = s.Close() }()
	}
	const writers = 4
	for _, s := range copies {
		for range writers {
			wg.Go(func() {
				for range each / writers {
					if _, err := s.Append(t.Context(), audit.Record{Action: rbac.CreateEntry}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	checkWhole(t, copies[0], int64(2*each))
	checkWhole(t, copies[1], int64(2*each))
}

// TestLocked appends while another connection holds the lock.
func TestLocked(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		s, other := open(t, o), open(t, o)
		tx, err := other.write.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.ExecContext(t.Context(), `UPDATE audit_head SET seq = seq`); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		if _, err := s.Append(ctx, audit.Record{}); err == nil {
			t.Error("Append returned no error")
		}
		if _, err := s.Records(t.Context(), audit.Query{}); err != nil {
			t.Errorf("reading: %v", err)
		}
		time.AfterFunc(50*time.Millisecond, func() { _ = tx.Rollback() })
		add(t, s, audit.Record{}) // waits
		checkWhole(t, s, 1)
	})
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	for _, engine := range engines[:2] {
		t.Run(engine.name, func(t *testing.T) {
			s := open(t, engine.options(t))
			exec(t, s, `PRAGMA max_page_count = 60`)
			written := int64(0)
			var err error
			for err == nil && written < 1000 {
				if _, err = s.Append(t.Context(), audit.Record{RequestID: strings.Repeat("x", 2000)}); err == nil {
					written++
				}
			}
			if err == nil || !strings.Contains(err.Error(), "the disk is full") {
				t.Errorf("Append returned %v", err)
			}
			checkWhole(t, s, written)
			exec(t, s, `PRAGMA max_page_count = 10000`)
			add(t, s, audit.Record{})
			checkWhole(t, s, written+1)
		})
	}
}

// TestFileGone removes the files of an open database.
func TestFileGone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		take func(path string) error
	}{
		{"deleted", os.Remove},
		{"moved", func(path string) error { return os.Rename(path, path+".old") }},
		{"WAL deleted", func(path string) error { return os.Remove(path + "-wal") }},
		{"replaced", func(path string) error {
			return errors.Join(os.Rename(path, path+".old"), os.WriteFile(path, nil, 0o600))
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test.db")
			s := open(t, Options{Engine: SQLite, Path: path})
			add(t, s, audit.Record{})
			if err := test.take(path); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Append(t.Context(), audit.Record{}); !errors.Is(err, ErrGone) {
				t.Errorf("Append returned %v", err)
			}
			if err := s.Ping(t.Context()); !errors.Is(err, ErrGone) {
				t.Errorf("Ping returned %v", err)
			}
			if _, err := s.Append(t.Context(), audit.Record{}); !errors.Is(err, ErrGone) {
				t.Errorf("the second Append returned %v", err)
			}
		})
	}
}

// TestConnectionLost cuts the connections to PostgreSQL during an append.
func TestConnectionLost(t *testing.T) {
	t.Parallel()
	o := Options{Engine: Postgres, URL: pgtest.NewDatabase(t)}
	s := open(t, o)
	add(t, s, audit.Record{})
	err := s.change(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if _, err := s.append(ctx, tx, audit.Record{}); err != nil {
			return err
		}
		pgtest.Kill(t, o.URL)
		return nil // so that the commit fails
	})
	if err == nil {
		t.Error("the lost commit returned no error")
	}
	for range postgresConns {
		_ = s.Ping(t.Context()) // each call finds at most one dead connection
	}
	add(t, s, audit.Record{})
	checkWhole(t, s, 2)
}

func TestClosedWhileWaiting(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		s, err := Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		var written atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					if _, err := s.Append(t.Context(), audit.Record{}); err != nil {
						return
					}
					written.Add(1)
				}
			})
		}
		time.Sleep(50 * time.Millisecond)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		result, err := open(t, o).Verify(t.Context(), nil)
		if err != nil || result.Records < written.Load() {
			t.Errorf("%+v, %v, want %d records", result, err, written.Load())
		}
	})
}
