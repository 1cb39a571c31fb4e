package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"slices"
	"strings"
)

// maxKeptStatements is the largest number of prepared statements that a connection keeps.
// The program has about a hundred texts, and each connection uses some of them.
const maxKeptStatements = 64

// statementKeeper opens connections that keep their prepared statements for later queries with
// the same text: SQLite takes longer to prepare a short statement than to run it.
type statementKeeper struct{ driver.Connector }

func (k statementKeeper) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &keepingConn{sqliteConn: conn.(sqliteConn), kept: map[string]*keptStatement{}}, nil //nolint:forcetypeassert // the driver documents these interfaces
}

// sqliteConn is what a connection of the driver can do.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepingConn is a connection with the statements that nothing uses at the moment. database/sql
// calls its methods, and those of its statements and rows, one at a time.
type keepingConn struct {
	sqliteConn
	kept map[string]*keptStatement // by text; nil when the connection is closed
	uses int64
}

// keptStatement is a prepared statement of a connection.
type keptStatement struct {
	sqliteStatement
	conn   *keepingConn
	text   string
	used   int64 // conn.uses when it was last used
	failed bool
}

// keepable reports whether the statement may be kept: a single statement that reads or changes
// rows. Others, such as PRAGMA, may have an effect when they are prepared.
func keepable(text string) bool {
	verb, _, _ := strings.Cut(text, " ")
	return slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "DELETE"}, verb) && !strings.Contains(text, ";")
}

// take returns a statement that nothing else uses.
func (c *keepingConn) take(ctx context.Context, text string) (*keptStatement, error) {
	c.uses++
	if s := c.kept[text]; s != nil {
		delete(c.kept, text)
		s.used = c.uses
		return s, nil
	}
	prepared, err := c.sqliteConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &keptStatement{sqliteStatement: prepared.(sqliteStatement), conn: c, text: text, used: c.uses}, nil //nolint:forcetypeassert // as above
}

// Close keeps the statement, or closes it if it has failed: the next use prepares it again.
func (s *keptStatement) Close() error {
	c := s.conn
	if s.failed || c.kept == nil || c.kept[s.text] != nil {
		return s.sqliteStatement.Close()
	}
	c.kept[s.text] = s
	if len(c.kept) <= maxKeptStatements {
		return nil
	}
	oldest := s
	for _, other := range c.kept {
		if other.used < oldest.used {
			oldest = other
		}
	}
	delete(c.kept, oldest.text)
	return oldest.sqliteStatement.Close()
}

func (s *keptStatement) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	result, err := s.sqliteStatement.ExecContext(ctx, args)
	s.failed = s.failed || err != nil
	return result, err
}

func (s *keptStatement) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := s.sqliteStatement.QueryContext(ctx, args)
	if err != nil {
		s.failed = true
		return nil, err
	}
	return &keptRows{Rows: rows, statement: s}, nil
}

// keptRows are the rows of a query.
type keptRows struct {
	driver.Rows
	statement *keptStatement
	closes    bool // the statement is closed with the rows
}

func (r *keptRows) Next(dest []driver.Value) error {
	err := r.Rows.Next(dest)
	if err != nil && !errors.Is(err, io.EOF) {
		r.statement.failed = true
	}
	return err
}

func (r *keptRows) Close() error {
	err := r.Rows.Close()
	if err != nil {
		r.statement.failed = true
	}
	if r.closes {
		if closing := r.statement.Close(); err == nil {
			err = closing
		}
	}
	return err
}

func (c *keepingConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if !keepable(text) {
		return c.sqliteConn.PrepareContext(ctx, text)
	}
	return c.take(ctx, text)
}

func (c *keepingConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if !keepable(text) {
		return c.sqliteConn.ExecContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if closing := s.Close(); err == nil {
		err = closing
	}
	return result, err
}

func (c *keepingConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if !keepable(text) {
		return c.sqliteConn.QueryContext(ctx, text, args)
	}
	s, err := c.take(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = s.Close() // the cause matters
		return nil, err
	}
	rows.(*keptRows).closes = true //nolint:forcetypeassert // see keptStatement.QueryContext
	return rows, nil
}

// Close closes the statements and the connection.
func (c *keepingConn) Close() error {
	var errs []error
	for _, s := range c.kept {
		errs = append(errs, s.sqliteStatement.Close())
	}
	c.kept = nil
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// Unwrap returns the connection of the driver.
func (c *keepingConn) Unwrap() driver.Conn { return c.sqliteConn }
