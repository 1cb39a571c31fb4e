package pgtest

import (
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// ownClock gives a database a clock_timestamp() of its own, which its search path finds
// before PostgreSQL's.
const ownClock = `
CREATE SCHEMA test_clock;
CREATE TABLE test_clock.step (ahead interval NOT NULL);
INSERT INTO test_clock.step VALUES ('0');
CREATE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
	AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM test_clock.step';
ALTER DATABASE %s SET search_path = public, test_clock, pg_catalog`

// OwnClock lets SetClock move the clock of the database that url names, for connections
// that are opened after it.
func OwnClock(t testing.TB, url string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := do(config.Host, config.Database, fmt.Sprintf(ownClock, config.Database)); err != nil {
		t.Fatal(err)
	}
}

// SetClock sets the clock of the database that url names to the machine's time plus ahead.
func SetClock(t testing.TB, url string, ahead time.Duration) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	if err := do(config.Host, config.Database, fmt.Sprintf("UPDATE test_clock.step SET ahead = '%d microseconds'", ahead.Microseconds())); err != nil {
		t.Fatal(err)
	}
}
