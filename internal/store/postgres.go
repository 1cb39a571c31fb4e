package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresConns is the largest number of connections of one copy of the program.
const postgresConns = 10

func (s *Store) openPostgres(ctx context.Context, o Options) error {
	config, err := pgx.ParseConfig(o.URL) // its error never has the password
	if err != nil {
		return err
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = writeTimeout
	}
	if _, ok := config.RuntimeParams["application_name"]; !ok {
		config.RuntimeParams["application_name"] = "namesake"
	}
	s.write = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// A copy that stops within a transaction must not block the writes of others. A
		// pooler would drop a start-up parameter.
		_, err := conn.Exec(ctx, "SET idle_in_transaction_session_timeout = '10s'")
		return err
	}))
	s.write.SetMaxOpenConns(postgresConns)
	s.write.SetMaxIdleConns(postgresConns)
	s.write.SetConnMaxIdleTime(5 * time.Minute)
	s.read = s.write
	if o.Existing {
		return checkVersion(ctx, s.read)
	}
	return lockedMigrate(ctx, s.write)
}

// migrationLock identifies Namesake's lock among PostgreSQL's advisory locks.
const migrationLock = 0x6e616d6573616b65 // "namesake"

// lockedMigrate migrates under a lock that ends with its connection. Goose's own locker
// polls only every few seconds, and does not protect the creation of goose's table.
func lockedMigrate(ctx context.Context, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	defer func() {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock)); err == nil {
			err = e
		}
	}()
	return migrate(ctx, db, Postgres)
}
