package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"modernc.org/sqlite"
)

// memoryDatabases counts the databases in memory, to number them.
var memoryDatabases atomic.Int64

// sqliteURI returns a data source name. It includes every pragma: a pragma that runs on a
// pool reaches only one connection.
func sqliteURI(path string, params url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	if !params.Has("vfs") {
		params.Set("mode", "rw") // do not create a file that is gone; see ensureFile
	}
	params.Set("_dqs", "0")
	params.Set("_error_rc", "1")
	if !params.Has("_busy_timeout") {
		params.Set("_busy_timeout", fmt.Sprint(writeTimeout.Milliseconds()))
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: params.Encode()}).String()
}

func openSQLite(path string, conns int, params url.Values) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(sqliteURI(path, params))
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(statementKeeper{connector})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// openMemory opens a database in memory. Its readers and its writer share one connection: a
// database in memory has no WAL, so they would only wait for each other.
func (s *Store) openMemory(ctx context.Context) (err error) {
	name := fmt.Sprintf("/namesake-%d", memoryDatabases.Add(1))
	params := func() url.Values {
		return url.Values{"vfs": {"memdb"}, "_txlock": {"immediate"}, "_foreign_keys": {"1"}}
	}
	// The database exists as long as a connection to it.
	if s.anchor, err = openSQLite(name, 1, params()); err != nil {
		return err
	}
	if err := s.anchor.PingContext(ctx); err != nil {
		return err
	}
	if s.write, err = openSQLite(name, 1, params()); err != nil {
		return err
	}
	s.read = s.write
	if _, err := s.write.ExecContext(ctx, newSchema); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	return migrate(ctx, s.write, SQLite)
}

// readers is the number of queries that SQLite runs beside the writer.
const readers = 4

func (s *Store) openFile(ctx context.Context, o Options) (err error) {
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", path, explain(err))
		}
	}()
	if err := ensureFile(path, !o.Existing); err != nil {
		return err
	}
	// With one writing connection, writers wait in a queue instead of polling for the lock.
	s.write, err = openSQLite(path, 1, url.Values{
		"_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_foreign_keys": {"1"}, "_txlock": {"immediate"},
	})
	if err != nil {
		return err
	}
	s.read, err = openSQLite(path, readers, url.Values{"_query_only": {"1"}})
	if err != nil {
		return err
	}
	if err := s.prepareFile(ctx, path, o.Existing); err != nil {
		return err
	}
	// An unused connection keeps SQLite from deleting and recreating the WAL, so that
	// file.check can tell when another program does.
	s.anchor, err = openSQLite(path, 1, url.Values{"_query_only": {"1"}})
	if err != nil {
		return err
	}
	if _, err := s.anchor.ExecContext(ctx, "SELECT seq FROM audit_head"); err != nil {
		return err
	}
	if s.file, err = watchFile(path); err != nil {
		return err
	}
	s.group = &group{db: s.write, check: s.file.check}
	return nil
}

func (s *Store) prepareFile(ctx context.Context, path string, existing bool) (err error) {
	if existing {
		return checkVersion(ctx, s.read)
	}
	unlock, err := lockFile(ctx, path+"-migrate.lock")
	if err != nil {
		return fmt.Errorf("wait for another copy that migrates the database: %w", err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return migrate(ctx, s.write, SQLite)
}

// ensureFile checks that path is a readable file. With create it must be writable, and a
// missing one is created for this user only.
func ensureFile(path string, create bool) error {
	flag := os.O_RDONLY
	if create {
		flag = os.O_RDWR | os.O_CREATE
	}
	f, err := os.OpenFile(path, flag, 0o600)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("its folder is missing: %w", err)
		}
		return fmt.Errorf("there is no such file: %w", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user has no permission: %w", err)
	}
	return err
}

// lockFile holds the migration lock: SQLite's lock on a separate, empty database, so that
// it works wherever SQLite works and ends with the process.
func lockFile(ctx context.Context, path string) (unlock func() error, err error) {
	if err := ensureFile(path, true); err != nil {
		return nil, err
	}
	// A migration may take some time; ctx limits the wait too.
	db, err := openSQLite(path, 1, url.Values{"_txlock": {"exclusive"}, "_busy_timeout": {"300000"}})
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// file detects that the database was deleted or replaced. SQLite would keep writing into
// the old file, and all of that would be lost with the process. It watches the database
// and, if there is one, its WAL, which has the newest records.
type file struct {
	path  string
	infos map[string]os.FileInfo // by path
}

// ErrGone reports that the database file was deleted or replaced while it was open. The
// program has to be restarted.
var ErrGone = errors.New("the database file was deleted or replaced while it was in use")

func watchFile(path string) (*file, error) {
	f := &file{path, map[string]os.FileInfo{}}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		switch {
		case err == nil:
			f.infos[name] = info
		case name == path || !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return f, nil
}

// check returns ErrGone when the file has been deleted or replaced. A nil file is a
// database in memory or on a server.
func (f *file) check() error {
	if f == nil {
		return nil
	}
	for name, opened := range f.infos {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		if !os.SameFile(info, opened) {
			return fmt.Errorf("%w: %s", ErrGone, name)
		}
	}
	return nil
}
