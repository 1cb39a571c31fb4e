package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// rowsPerInsert is how many rows a statement of insertMany has. PostgreSQL answers each statement
// over the network, and for each the driver of SQLite starts a goroutine that waits for its context.
const rowsPerInsert = 100

// insertMany inserts rows by statements for many of them, which are prepared once. insert is the
// statement up to the values, conflict what comes after them.
func insertMany[T any](ctx context.Context, tx *sql.Tx, engine, insert, conflict string, rows []T, values func(T) ([]any, error)) error {
	full := len(rows) - len(rows)%rowsPerInsert
	if err := insertAll(ctx, tx, engine, rowsPerInsert, insert, conflict, rows[:full], values); err != nil {
		return err
	}
	rest := len(rows) - full
	if engine == SQLite {
		rest = 1 // a connection keeps its statements, which have few texts this way
	}
	return insertAll(ctx, tx, engine, rest, insert, conflict, rows[full:], values)
}

// insertAll is insertMany for a multiple of n rows.
func insertAll[T any](ctx context.Context, tx *sql.Tx, engine string, n int, insert, conflict string, rows []T, values func(T) ([]any, error)) (err error) {
	if len(rows) == 0 {
		return nil
	}
	var statement *sql.Stmt
	var args []any
	for some := range slices.Chunk(rows, n) {
		args = args[:0]
		for _, row := range some {
			more, err := values(row)
			if err != nil {
				return err
			}
			args = append(args, more...)
		}
		if statement == nil {
			if statement, err = tx.PrepareContext(ctx, insert+placesFor(engine, n, len(args)/n)+conflict); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, statement.Close()) }()
		}
		if _, err := statement.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

// placesFor returns the placeholders of rows: ($1, $2), ($3, $4), or (?, ?), (?, ?) for SQLite, which
// takes a number for a name, and looks up each parameter by its name, among all.
func placesFor(engine string, rows, columns int) string {
	var text strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			text.WriteByte('(')
		case i%columns == 0:
			text.WriteString("), (")
		default:
			text.WriteString(", ")
		}
		if engine == SQLite {
			text.WriteByte('?')
		} else {
			text.WriteString("$" + strconv.Itoa(i+1))
		}
	}
	text.WriteByte(')')
	return text.String()
}
