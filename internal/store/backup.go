package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the database, as it is at one moment, into a
// new file that only this user may read. The program may go on writing meanwhile,
// also another copy of it. It is for SQLite only.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.engine != SQLite {
		return errors.New("back up: for PostgreSQL, use pg_dump")
	}
	if s.file == nil {
		return errors.New("back up: the database is in memory only")
	}
	if err := s.backup(ctx, file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, explain(err))
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) (err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return err
	}
	// SQLite writes into an empty file: this one has the mode it should have.
	out, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, out.Close())
		if err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	// A connection of its own, for writer and readers are needed meanwhile.
	db, err := openSQLite(s.file.path, 1, url.Values{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return err
	}
	if err := s.file.check(); err != nil {
		return err
	}
	return errors.Join(out.Sync(), syncFolder(filepath.Dir(path)))
}

// syncFolder makes a new file in a folder last.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	// Some systems can't sync a folder, and don't have to.
	_ = dir.Sync()
	return dir.Close()
}
