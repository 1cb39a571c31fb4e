package jobs

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

func newID() string { return "namesake-" + rand.Text() }

// polling is a driver without a listener. SQLite's listener would poll every 50 ms;
// PostgreSQL's needs another connection, and does not work behind a pooler. Without a
// listener, a copy learns immediately of its own jobs, and polls for others.
type polling[Tx any] struct{ riverdriver.Driver[Tx] }

func (polling[Tx]) SupportsListener() bool { return false }

// sharedClock makes River use the clock that all programs on the database share, so that a
// copy with a wrong clock neither delays jobs nor takes them from others.
type sharedClock func() time.Time

func (c sharedClock) Now() time.Time { return c() }

func (c sharedClock) NowOrNil() *time.Time {
	now := c()
	return &now
}

// start creates the client over a driver.
func start[Tx any](r *Runner, driver riverdriver.Driver[Tx]) error {
	workers := river.NewWorkers()
	if err := errors.Join(
		river.AddWorkerSafely(workers, river.WorkFunc(r.workPlan)),
		river.AddWorkerSafely(workers, river.WorkFunc(r.workUpkeep)),
	); err != nil {
		return err
	}
	queues := map[string]river.QueueConfig{upkeepKind: {MaxWorkers: maxUpkeep}}
	if r.Plans != nil {
		queues[planKind] = river.QueueConfig{MaxWorkers: maxPlans}
	}
	c, err := river.NewClient(driver, &river.Config{
		ID: r.id, Queues: queues, Workers: workers, PeriodicJobs: r.periodicJobs(),
		FetchPollInterval: r.timing.pollInterval, FetchCooldown: min(r.timing.pollInterval, river.FetchCooldownDefault),
		// Jobs end by themselves, and takeOver replaces River's way to take jobs over.
		JobTimeout: -1,
		// Indexes of this size need no rebuilding.
		ReindexerSchedule: river.NeverSchedule(), ReindexerIndexNames: []string{},
		CompletedJobRetentionPeriod: retention, CancelledJobRetentionPeriod: retention,
		ErrorHandler: panics{r}, Logger: slog.New(quiet{r.Log.Handler()}),
		Test: river.TestConfig{Time: sharedClock(r.Now)},
	})
	if err != nil {
		return err
	}
	r.client, r.rows = c, driver.GetExecutor()
	return nil
}

func (r *Runner) openSQLite(ctx context.Context) error {
	driver := polling[*sql.Tx]{riversqlite.New(r.SQLite)}
	r.close = func() {} // the store closes the pool
	if err := migrateSQLite(ctx, r.SQLite, driver); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return start(r, driver)
}

// migrateSQLite migrates in one transaction: another program that starts at the same time
// waits for it.
func migrateSQLite(ctx context.Context, db *sql.DB, driver riverdriver.Driver[*sql.Tx]) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	//nolint:staticcheck // it is deprecated for migrations of PostgreSQL that can't share a transaction; SQLite has none
	if _, err := migrator.MigrateTx(ctx, tx, rivermigrate.DirectionUp, nil); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// maxConns is the number of connections of a copy for jobs, separate from those of the
// store: jobs and requests must not wait for each other.
const maxConns = 3

func (r *Runner) openPostgres(ctx context.Context) (err error) {
	config, err := pgxpool.ParseConfig(r.PostgresURL) // its error never has the password
	if err != nil {
		return err
	}
	config.MaxConns, config.MinConns = maxConns, 0
	config.MaxConnIdleTime = 5 * time.Minute
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	if _, ok := config.ConnConfig.RuntimeParams["application_name"]; !ok {
		config.ConnConfig.RuntimeParams["application_name"] = "namesake"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	r.close = pool.Close
	defer func() {
		if err != nil {
			pool.Close()
		}
	}()
	driver := polling[pgx.Tx]{riverpgxv5.New(pool)}
	if err := migratePostgres(ctx, pool, driver); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return start(r, driver)
}

// migrationLock identifies the lock of River's migrations among PostgreSQL's advisory
// locks.
const migrationLock = 0x6e616d656a6f6273 // "namejobs"

// migratePostgres migrates under a lock that ends with its connection, since River has
// none.
func migratePostgres(ctx context.Context, pool *pgxpool.Pool, driver riverdriver.Driver[pgx.Tx]) (err error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	defer func() {
		if _, e := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock)); err == nil {
			err = e
		}
	}()
	_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// panics logs jobs that panic.
type panics struct{ *Runner }

func (panics) HandleError(context.Context, *rivertype.JobRow, error) *river.ErrorHandlerResult {
	return nil
}

func (p panics) HandlePanic(ctx context.Context, row *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	p.panicked(ctx, row, value, trace)
	return nil
}

// quiet logs River's Info messages as Debug.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return q.Handler.Enabled(ctx, quieter(level))
}

func (q quiet) Handle(ctx context.Context, record slog.Record) error {
	record.Level = quieter(record.Level)
	if !q.Handler.Enabled(ctx, record.Level) {
		return nil
	}
	return q.Handler.Handle(ctx, record)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }

func quieter(level slog.Level) slog.Level {
	if level < slog.LevelWarn {
		return slog.LevelDebug
	}
	return level
}
