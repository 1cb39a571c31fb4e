package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// sqliteWords explains SQLite's primary result codes to an operator.
var sqliteWords = map[int]string{
	lib.SQLITE_FULL:     "the disk is full",
	lib.SQLITE_BUSY:     "another program has locked the database",
	lib.SQLITE_READONLY: "the database can't be written",
	lib.SQLITE_CANTOPEN: "the database can't be opened",
	lib.SQLITE_IOERR:    "the disk can't be read or written",
	lib.SQLITE_NOTADB:   "the file is no SQLite database",
	lib.SQLITE_CORRUPT:  "the database is damaged: restore a backup",
}

// postgresWords explains PostgreSQL's SQLSTATE codes.
var postgresWords = map[string]string{
	"28P01": "the database refuses the password",
	"28000": "the database refuses this user",
	"3D000": "there is no database of that name",
	"42P01": "the tables are missing: start the server once",
	"42501": "the database user lacks a permission",
	"53100": "the database server's disk is full",
	"53300": "the database server has too many connections",
	"25006": "the database can only be read",
	"57P01": "the database server is shutting down",
	"57P03": "the database server is starting or stopping",
}

// explain adds an explanation to a driver's error with a known code.
func explain(err error) error {
	var own *explained
	if err == nil || errors.As(err, &own) {
		return err
	}
	var words string
	var lite *sqlite.Error
	var pg *pgconn.PgError
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &lite):
		words = sqliteWords[lite.Code()&0xff]
	case errors.As(err, &pg):
		words = postgresWords[pg.Code]
	case errors.As(err, &connect):
		words = "the database server can't be reached"
	case errors.Is(err, context.DeadlineExceeded):
		words = "the database did not answer in time"
	}
	if words == "" {
		return err
	}
	return &explained{words, err}
}

type explained struct {
	words string
	err   error
}

func (e *explained) Error() string { return fmt.Sprintf("%s: %v", e.words, e.err) }

func (e *explained) Unwrap() error { return e.err }

// retryable reports whether a transaction was certainly rolled back, for a reason that may
// not recur.
func retryable(err error) bool {
	if errors.Is(err, errLost) {
		return true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code()&0xff == lib.SQLITE_BUSY
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01" // serialization failure, deadlock
	}
	return false
}
