package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

// The migrations are in the SQL that both engines share. A released migration is never
// changed: add a new one.
//
//go:embed migrations/*.sql
var migrations embed.FS

// newSchema makes what the migrations, and those of River, have made at their end, in a tenth of
// the time: a database in memory is new at each start.
//
//go:embed schema.sql
var newSchema string

// TooNewError reports a database that a later version of the program has migrated.
type TooNewError struct{ Database, Program int64 }

func (e *TooNewError) Error() string {
	return fmt.Sprintf("the database is of version %d, and this program knows versions up to %d: start the newer program that it was last used with", e.Database, e.Program)
}

func newProvider(db *sql.DB, engine string) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	if engine == Postgres {
		dialect = goose.DialectPostgres
	}
	return goose.NewProvider(dialect, db, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
}

// migrate applies the missing migrations. The caller holds a lock.
func migrate(ctx context.Context, db *sql.DB, engine string) error {
	provider, err := newProvider(db, engine)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	has, knows, err := provider.GetVersions(ctx)
	if err != nil {
		return err // goose describes what failed
	}
	if has > knows {
		return &TooNewError{Database: has, Program: knows}
	}
	if has == knows {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// checkVersion returns an error unless the database has the program's version.
func checkVersion(ctx context.Context, db *sql.DB) error {
	provider, err := newProvider(db, SQLite) // only to read the files
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	sources := provider.ListSources()
	knows := sources[len(sources)-1].Version
	var has int64
	err = db.QueryRowContext(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&has)
	switch {
	case err != nil:
		return fmt.Errorf("find its version: %w", err)
	case has > knows:
		return &TooNewError{Database: has, Program: knows}
	case has < knows:
		return fmt.Errorf("the database is of version %d, and this program needs version %d: start the server with it first", has, knows)
	}
	return nil
}
