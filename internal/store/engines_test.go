package store

import (
	"context"
	"path/filepath"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/store/pgtest"
)

// engines are the databases that every test of the suite uses. options returns those of a
// new one without rows.
var engines = []struct {
	name    string
	options func(t testing.TB) Options
}{
	{"memory", func(testing.TB) Options { return Options{Engine: SQLite} }},
	{"sqlite", func(t testing.TB) Options {
		return Options{Engine: SQLite, Path: filepath.Join(t.TempDir(), "test.db")}
	}},
	{"postgres", func(t testing.TB) Options {
		return Options{Engine: Postgres, URL: migrated(t)}
	}},
}

// migrated makes PostgreSQL databases that have all tables, in half the time that Open takes to
// make them.
var migrated = pgtest.Template(func(url string) error {
	s, err := Open(context.Background(), Options{Engine: Postgres, URL: url})
	if err != nil {
		return err
	}
	return s.Close()
})

// onAll runs test with an open, empty store of each engine.
func onAll(t *testing.T, test func(t *testing.T, s *Store)) {
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel() // tests mostly wait for the disk
			test(t, open(t, engine.options(t)))
		})
	}
}

// onShared runs test with the options of an empty database, on each engine that several
// programs can use at once.
func onShared(t *testing.T, test func(t *testing.T, o Options)) {
	for _, engine := range engines[1:] {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			test(t, engine.options(t))
		})
	}
}

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func add(t testing.TB, s *Store, r audit.Record) audit.Record {
	t.Helper()
	sealed, err := s.Append(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// exec runs SQL that the program never runs.
func exec(t testing.TB, s *Store, query string, args ...any) {
	t.Helper()
	if _, err := s.write.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}

// checkWhole fails unless the trail is valid and has want records.
func checkWhole(t testing.TB, s *Store, want int64) {
	t.Helper()
	result, err := s.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if result.Records != want {
		t.Errorf("the trail has %d records, want %d", result.Records, want)
	}
}
