package store

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/store/pgtest"
)

func TestTooNew(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		s := open(t, o)
		exec(t, s, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`)
		for _, o.Existing = range []bool{false, true} {
			_, err := Open(t.Context(), o)
			var tooNew *TooNewError
			if !errors.As(err, &tooNew) || *tooNew != (TooNewError{Database: 99, Program: newest(t)}) {
				t.Errorf("Existing %v: Open returned %v", o.Existing, err)
			}
		}
	})
}

// newest returns the number of the latest migration.
func newest(t *testing.T) int64 {
	t.Helper()
	names, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	number, _, _ := strings.Cut(names[len(names)-1].Name(), "_")
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func TestOpenAgain(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		if o.Engine == Postgres {
			o.URL = pgtest.NewDatabase(t) // an empty one
		}
		missing := o
		missing.Existing = true
		if _, err := Open(t.Context(), missing); err == nil {
			t.Error("an empty database was opened as an existing one")
		}
		for n := range int64(3) {
			s, err := Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			checkWhole(t, s, n)
			add(t, s, audit.Record{})
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		existing := open(t, missing)
		checkWhole(t, existing, 3)
		if err := existing.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestOpenFaults(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noDatabase := filepath.Join(dir, "text")
	if err := os.WriteFile(noDatabase, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		options Options
		want    string
	}{
		{"no folder", Options{Engine: SQLite, Path: filepath.Join(dir, "no", "x.db")}, "its folder is missing"},
		{"a folder", Options{Engine: SQLite, Path: dir}, "is a directory"},
		{"no database", Options{Engine: SQLite, Path: noDatabase}, "the file is no SQLite database"},
		{"missing", Options{Engine: SQLite, Path: filepath.Join(dir, "x.db"), Existing: true}, "there is no such file"},
		{"no server", Options{Engine: Postgres, URL: "postgres://u:secret@localhost/x?host=" + dir}, "the database server can't be reached"},
		{"no such database", Options{Engine: Postgres, URL: strings.Replace(pgtest.NewDatabase(t), "/test_", "/none_", 1)}, "there is no database of that name"},
		{"bad URL", Options{Engine: Postgres, URL: "postgres://u:secret@localhost:x/x"}, "cannot parse"},
		{"no engine", Options{Engine: "mysql"}, `"mysql"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Open(t.Context(), test.options)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("Open returned %v, want %q in it", err, test.want)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the password is in: %v", err)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "x.db")); err == nil {
		t.Error("the missing file was made")
	}
}

func TestFileMode(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b#c%20?d")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := open(t, Options{Engine: SQLite, Path: filepath.Join(dir, "test.db")})
	add(t, s, audit.Record{})
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", file.Name(), info.Mode())
		}
	}
	if len(files) != 4 { // database, WAL, shared memory, lock of migrations
		t.Errorf("the folder has %v", files)
	}
}

// TestBackup copies a database during writes.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := Options{Engine: SQLite, Path: filepath.Join(dir, "test.db")}
	s := open(t, o)
	stop, stopped := make(chan bool), make(chan bool)
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := s.Append(t.Context(), audit.Record{}); err != nil {
					t.Error(err)
					return
				}
			}
		}
	}()
	o.Existing = true
	other := open(t, o) // like another process
	last := int64(-1)
	for _, name := range []string{"1.db", "2.db", "3.db"} {
		copied := filepath.Join(dir, name)
		if err := other.Backup(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(copied); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
		if err := s.Backup(t.Context(), copied); !errors.Is(err, os.ErrExist) {
			t.Errorf("a backup over an existing file: %v", err)
		}
		result, err := open(t, Options{Engine: SQLite, Path: copied, Existing: true}).Verify(t.Context(), nil)
		if err != nil || result.Records < last {
			t.Errorf("%+v, %v", result, err)
		}
		last = result.Records
	}
	close(stop)
	<-stopped
	if err := open(t, Options{Engine: SQLite}).Backup(t.Context(), filepath.Join(dir, "4.db")); err == nil {
		t.Error("a database in memory was backed up")
	}
	if err := open(t, Options{Engine: Postgres, URL: pgtest.NewDatabase(t)}).Backup(t.Context(), filepath.Join(dir, "5.db")); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("backup of PostgreSQL: %v", err)
	}
	if err := s.Backup(t.Context(), filepath.Join(dir, "no", "6.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("backup into a missing folder: %v", err)
	}
}
