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
// over the network. SQLite looks up each parameter of a statement by its name, among all.
func (s *Store) rowsPerInsert() int {
	if s.engine == SQLite {
		return 1
	}
	return 100
}

// insertMany inserts rows by statements for n of them, which are prepared once. insert is the
// statement up to the values, conflict what comes after them.
func insertMany[T any](ctx context.Context, tx *sql.Tx, n int, insert, conflict string, rows []T, values func(T) ([]any, error)) error {
	full := len(rows) - len(rows)%n
	if err := insertAll(ctx, tx, n, insert, conflict, rows[:full], values); err != nil {
		return err
	}
	return insertAll(ctx, tx, len(rows)-full, insert, conflict, rows[full:], values)
}

// insertAll is insertMany for a multiple of n rows.
func insertAll[T any](ctx context.Context, tx *sql.Tx, n int, insert, conflict string, rows []T, values func(T) ([]any, error)) (err error) {
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
			if statement, err = tx.PrepareContext(ctx, insert+placesFor(n, len(args)/n)+conflict); err != nil {
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

// placesFor returns the placeholders of rows: ($1, $2), ($3, $4).
func placesFor(rows, columns int) string {
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
		text.WriteString("$" + strconv.Itoa(i+1))
	}
	text.WriteByte(')')
	return text.String()
}
