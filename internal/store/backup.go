package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Backup writes a consistent copy of the database, from one moment, into a new file that
// only this user may read. This and other copies of the program may keep writing. It is for
// SQLite only.
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
	// SQLite accepts an empty file: creating it first sets its mode.
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
	// A separate connection leaves those of the writer and the readers free.
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

// syncFolder makes a new file in a folder durable.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	// Some systems can't sync a folder, and don't need to.
	_ = dir.Sync()
	return dir.Close()
}
