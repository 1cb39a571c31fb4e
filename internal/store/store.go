// Package store stores Namesake's own data in SQLite or PostgreSQL: the audit trail, the
// use of each create form's key, sessions and saved forms, and plans. Both engines get the
// same query texts. It imports no adapter.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/signin"
)

// The engines.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Options say where the database is.
type Options struct {
	Engine string // SQLite or Postgres
	Path   string // the file, for SQLite; "" keeps everything in memory
	URL    string // for PostgreSQL
	// Existing refuses a database that is missing or needs a migration. It is for commands
	// that read the database of a server that may be running.
	Existing bool
	// Now, Wall and Elapsed replace the shared clock, this machine's clock and the time
	// elapsed at an even pace, in tests.
	Now     func() time.Time
	Wall    func() time.Time
	Elapsed func() time.Duration
	Log     *slog.Logger // slog.Default() when nil
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	read, write *sql.DB // the same pool for engines that allow it
	engine      string
	file        *file            // of SQLite, nil in memory
	group       *group           // of short changes in a file of SQLite, nil otherwise
	anchor      *sql.DB          // stays open as long as the store; see sqlite.go
	now         func() time.Time // the shared clock
	wall        func() time.Time // this machine's
	clock       *clock
	latestSeq   int64         // the newest record when the store was opened
	latest      time.Time     // its time
	latestAt    time.Duration // when latest was read
	log         *slog.Logger
	forgotten   atomic.Int64 // when old submissions were last removed, in microseconds
	spanLength  int64        // see the constants; tests use shorter ones
	pruneBatch  int64
}

var (
	_ audit.Journal      = (*Store)(nil)
	_ audit.Trail        = (*Store)(nil)
	_ change.Submissions = (*Store)(nil)
	_ signin.Store       = (*Store)(nil)
	_ signin.SavedForms  = (*Store)(nil)
	_ signin.Keys        = (*Store)(nil)
)

// writeTimeout limits how long a write waits for others and runs.
const writeTimeout = 5 * time.Second

// Open opens the database and updates its tables. It returns a *TooNewError if a later
// version of the program has migrated them.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{engine: o.Engine, now: o.Now, wall: o.Wall, log: o.Log, spanLength: spanLength, pruneBatch: pruneBatch}
	if s.wall == nil {
		s.wall = time.Now
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	var err error
	switch {
	case o.Engine == Postgres:
		err = s.openPostgres(ctx, o)
	case o.Engine == SQLite && o.Path == "":
		err = s.openMemory(ctx)
	case o.Engine == SQLite:
		err = s.openFile(ctx, o)
	default:
		err = fmt.Errorf("there is no database engine called %q", o.Engine)
	}
	if err == nil {
		err = s.startClock(ctx, o.Elapsed)
	}
	if err == nil {
		err = s.noteLatest(ctx)
	}
	if err == nil && !o.Existing {
		err = s.addMissingWords(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", explain(err)), s.Close())
	}
	return s, nil
}

// SQLite returns the pool that writes to the database, for packages with their own tables
// in it, or nil with PostgreSQL. Callers must not hold its only connection for long.
func (s *Store) SQLite() *sql.DB {
	if s.engine != SQLite {
		return nil
	}
	return s.write
}

// Close closes the database after the queries in progress.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write, s.anchor} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// Ping reports whether the database answers, has the tables of the trail, and is writable.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.head(ctx)
	if err := errors.Join(s.file.check(), err); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	if err := s.change(ctx, s.checkWrite); err != nil {
		return fmt.Errorf("write to database: %w", err)
	}
	return nil
}

// checkWrite writes as much as a record needs, and frees it again: a full database still
// accepts changes that need no space.
func (s *Store) checkWrite(ctx context.Context, tx *sql.Tx) error {
	for _, filler := range []string{strings.Repeat("x", checkedBytes), ""} {
		if _, err := tx.ExecContext(ctx, `UPDATE write_checks SET checked = $1, filler = $2 WHERE id = 1`, micros(s.now()), filler); err != nil {
			return err
		}
	}
	return nil
}

// checkedBytes is the size of checkWrite's data: a few pages of SQLite.
const checkedBytes = 16 << 10

// change runs do in a writing transaction, and once more from the start when the engine
// asks for that. After an error of the commit, the outcome is unknown or nothing was
// written.
func (s *Store) change(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	once := s.changeOnce
	if s.group != nil {
		once = s.group.change
	}
	return changeRepeated(ctx, writeTimeout, once, do)
}

// changeWithTimeout is change for work that takes longer.
func (s *Store) changeWithTimeout(ctx context.Context, limit time.Duration, do func(ctx context.Context, tx *sql.Tx) error) error {
	return changeRepeated(ctx, limit, s.changeOnce, do)
}

type transaction = func(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error

func changeRepeated(ctx context.Context, limit time.Duration, once transaction, do func(ctx context.Context, tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	pause := 5 * time.Millisecond
	for {
		err := once(ctx, do)
		if err == nil || !retryable(err) {
			return explain(err)
		}
		select {
		case <-ctx.Done():
			return explain(err)
		case <-time.After(pause):
			pause *= 2
		}
	}
}

func (s *Store) changeOnce(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) (err error) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			// Only the cause matters: after some errors the transaction has already ended.
			_ = tx.Rollback()
		}
	}()
	if err := do(ctx, tx); err != nil {
		return err
	}
	if err := s.file.check(); err != nil {
		return err
	}
	return tx.Commit()
}

// affect runs a statement, and reports whether it affected a row.
func affect(ctx context.Context, tx *sql.Tx, query string, args ...any) (bool, error) {
	result, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// text makes s storable: PostgreSQL refuses NUL and invalid UTF-8.
func text[T ~string](s T) T {
	valid := true
	for _, r := range s {
		if r == 0 || r == '\uFFFD' {
			valid = false
			break
		}
	}
	if valid {
		return s
	}
	return T(strings.Map(func(r rune) rune {
		if r == 0 {
			return '\uFFFD'
		}
		return r
	}, string(s)))
}

// micros converts a time to its stored form, fromMicros back.
func micros(t time.Time) int64 { return t.UnixMicro() }

func fromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// microsOrZero and fromMicrosOrZero also convert the zero time.
func microsOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

func fromMicrosOrZero(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return fromMicros(us)
}
