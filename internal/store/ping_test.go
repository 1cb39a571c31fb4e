package store

import (
	"context"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
)

// A database that is read-only is not ready.
func TestPingWrites(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		engine int
		spoil  func(t *testing.T, s *Store)
		want   string // part of the error, "" for none
	}{
		{"fine", 1, func(*testing.T, *Store) {}, ""},
		{"fine in PostgreSQL", 2, func(*testing.T, *Store) {}, ""},
		{"read-only", 1, func(t *testing.T, s *Store) { exec(t, s, `PRAGMA query_only = 1`) }, "can't be written"},
		{"full", 1, func(t *testing.T, s *Store) {
			exec(t, s, `PRAGMA max_page_count = 1`) // the smallest possible size
			for range 100 {                         // use up free pages
				if _, err := s.Append(t.Context(), audit.Record{Address: strings.Repeat("x", 4000)}); err != nil {
					return
				}
			}
			t.Error("it is never full")
		}, "is full"},
		{"locked", 1, func(t *testing.T, s *Store) {
			exec(t, s, `PRAGMA busy_timeout = 1`)
			other, err := openSQLite(s.file.path, 1, url.Values{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = other.Close() })
			if _, err := other.ExecContext(t.Context(), `BEGIN EXCLUSIVE`); err != nil {
				t.Fatal(err)
			}
		}, "locked"},
		{"a PostgreSQL that is read-only", 2, func(t *testing.T, s *Store) {
			exec(t, s, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = on', current_database()); END $$`)
			s.write.SetMaxIdleConns(0) // so that the next connection has the setting
		}, "can only be read"},
		{"gone", 1, func(t *testing.T, s *Store) {
			s.file.path = filepath.Join(t.TempDir(), "none")
			s.file.infos[s.file.path] = nil
		}, "deleted or replaced"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, engines[tt.engine].options(t))
			if err := s.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			tt.spoil(t, s)
			ctx := t.Context()
			if tt.want == "locked" { // otherwise the test would wait for the lock
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, 300*time.Millisecond)
				defer cancel()
			}
			err := s.Ping(ctx)
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Ping returned %v, want %q", err, tt.want)
			}
		})
	}
}

// Repeated checks do not enlarge the file.
func TestPingKeepsTheSize(t *testing.T) {
	t.Parallel()
	s := open(t, engines[1].options(t))
	pages := func() (n int64) {
		if err := s.write.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	var first int64
	for i := range 20 {
		if err := s.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = pages()
		}
	}
	if n := pages(); n != first {
		t.Errorf("%d pages after 20 times, %d after the first", n, first)
	}
}
