package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

// Records returns the records that q selects, newest first. A limit selects the newest
// ones; with After and without Before, the oldest ones after After.
func (s *Store) Records(ctx context.Context, q audit.Query) ([]audit.Record, error) {
	upwards, direction := q.After > 0 && q.Before == 0 && q.Limit > 0, "DESC"
	if upwards {
		direction = "ASC"
	}
	query, args, err := s.selection(ctx, q, direction)
	if err != nil {
		return nil, fmt.Errorf("read audit trail: %w", err)
	}
	records, err := s.records(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read audit trail: %w", err)
	}
	if upwards {
		slices.Reverse(records)
	}
	return records, nil
}

// Record returns one record, or ErrNotFound.
func (s *Store) Record(ctx context.Context, seq int64) (audit.Record, error) {
	records, err := s.records(ctx, `SELECT line, hash FROM audit WHERE seq = $1`, seq)
	if err == nil && len(records) == 0 {
		err = registry.ErrNotFound
	}
	if err != nil {
		return audit.Record{}, fmt.Errorf("read audit record %d: %w", seq, err)
	}
	return records[0], nil
}

// batch is the number of records that Each holds in memory.
const batch = 256

// Each calls visit with the lines of the records that q selects, oldest first, up to the
// newest one at the start. visit must not keep the line.
//
// Each reads in batches, so that a slow visit does not prolong a transaction, and visit may
// use the store.
func (s *Store) Each(ctx context.Context, q audit.Query, visit func(line []byte) error) error {
	h, err := s.head(ctx)
	if err != nil {
		return fmt.Errorf("read audit trail: %w", err)
	}
	if q.Before == 0 || q.Before > h.seq+1 {
		q.Before = h.seq + 1
	}
	left := q.Limit
	if left <= 0 {
		left = math.MaxInt
	}
	for {
		q.Limit = min(batch, left)
		lines, last, err := s.lines(ctx, q)
		if err != nil {
			return fmt.Errorf("read audit trail: %w", err)
		}
		for _, line := range lines {
			if err := visit(line); err != nil {
				return err
			}
		}
		left -= len(lines)
		if len(lines) < q.Limit || left == 0 {
			return nil
		}
		q.After = last
	}
}

// lines returns the lines of at most q.Limit records, oldest first, and the seq of the last
// one.
func (s *Store) lines(ctx context.Context, q audit.Query) (lines [][]byte, last int64, err error) {
	query, args, err := s.selection(ctx, q, "ASC")
	if err != nil {
		return nil, 0, err
	}
	err = s.query(ctx, query, args, func(rows *sql.Rows) error {
		var line, hash sql.RawBytes
		if err := rows.Scan(&line, &hash, &last); err != nil {
			return err
		}
		if len(line) == 0 {
			return fmt.Errorf("record %d is empty", last)
		}
		lines = append(lines, audit.AppendLine(make([]byte, 0, len(line)+len(hash)+12), line, string(hash)))
		return nil
	})
	return lines, last, err
}

// records returns the records of a query for line and hash.
func (s *Store) records(ctx context.Context, query string, args ...any) ([]audit.Record, error) {
	var records []audit.Record
	err := s.query(ctx, query, args, func(rows *sql.Rows) error {
		var line, hash sql.RawBytes
		dest := []any{&line, &hash, new(int64)}
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		if err := rows.Scan(dest[:len(columns)]...); err != nil {
			return err
		}
		r, err := audit.ParseRecord(line)
		if err != nil {
			return err
		}
		r.Hash = string(hash)
		records = append(records, r)
		return nil
	})
	return records, err
}

// queryer is a pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query calls scan for each row. The rows are closed when it returns.
func (s *Store) query(ctx context.Context, text string, args []any, scan func(*sql.Rows) error) error {
	return query(ctx, s.read, text, args, scan)
}

func query(ctx context.Context, db queryer, text string, args []any, scan func(*sql.Rows) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return explain(err)
	}
	defer func() { err = explain(errors.Join(err, rows.Close())) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// selection returns the query for line, hash and seq of the records that q selects.
func (s *Store) selection(ctx context.Context, q audit.Query, direction string) (query string, args []any, err error) {
	var where []string
	param := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	if err := s.bound(ctx, &q); err != nil {
		return "", nil, err
	}
	if q.Seqs != nil {
		where = append(where, s.hasNumber("seq", param(numbersText(q.Seqs))))
	}
	if q.After > 0 {
		where = append(where, "seq > "+param(q.After))
	}
	if q.Before > 0 {
		where = append(where, "seq < "+param(q.Before))
	}
	// The + keeps the engines from using the index of these columns: the query reads the
	// trail in the order of seq, within the range of bound.
	if !q.Since.IsZero() {
		where = append(where, "+time >= "+param(micros(q.Since)))
	}
	if !q.Until.IsZero() {
		where = append(where, "+time < "+param(micros(q.Until)))
	}
	if q.Entry != "" {
		where = append(where, "entry_id <> '' AND entry_id = "+param(string(text(q.Entry))))
	}
	if q.Entries != nil {
		in, ids := oneOf(q.Entries, len(args))
		args = append(args, ids...)
		where = append(where, "entry_id <> '' AND entry_id "+in)
	}
	if q.Intent != 0 {
		where = append(where, "intent <> 0 AND intent = "+param(q.Intent))
	}
	action, outcome := "action", "outcome"
	if q.Entry != "" || q.Entries != nil || q.Intent != 0 {
		action, outcome = s.unindexed(action), s.unindexed(outcome)
	}
	if q.Action != "" {
		where = append(where, action+" = "+param(string(text(q.Action))))
	}
	if q.Outcome != "" {
		where = append(where, outcome+" = "+param(string(text(q.Outcome))))
	}
	if q.Newest {
		where = append(where, "NOT EXISTS (SELECT 1 FROM audit later WHERE later.intent <> 0 AND later.seq > audit.seq AND later.intent = CASE audit.intent WHEN 0 THEN audit.seq ELSE audit.intent END)")
	}
	if folded := audit.Fold(q.Search); folded != "" {
		words := []string{"words LIKE " + param(likeText(folded)) + ` ESCAPE '\'`}
		if q.After > 0 {
			words = append(words, "seq > "+param(q.After))
		}
		if q.Before > 0 {
			words = append(words, "seq < "+param(q.Before))
		}
		where = append(where, "seq IN (SELECT seq FROM audit_words"+conditions(words)+")")
	}
	order := " ORDER BY seq " + direction
	if q.Limit > 0 {
		order += " LIMIT " + param(q.Limit)
	}
	if q.Person == "" {
		return "SELECT line, hash, seq FROM audit" + conditions(where) + order, args, nil
	}
	// Two columns, each with an index in the order of seq: an OR would need a sort.
	person := param(text(q.Person))
	part := func(name, condition string) string {
		return "SELECT seq FROM (SELECT seq FROM audit" + conditions(append(where[:len(where):len(where)], condition)) + order + ") AS by_" + name
	}
	seqs := part("email", "email = "+person) + " UNION " + part("subject", "subject = "+person) +
		" UNION " + part("username", "subject IN (SELECT subject FROM usernames WHERE username = "+person+")")
	return "SELECT line, hash, seq FROM audit WHERE seq IN (" + seqs + ")" + order, args, nil
}

// unindexed returns a column of text for a condition that is not to be looked up in an index.
// SQLite knows no better than that all records of an action are as few as those of an entry;
// PostgreSQL has statistics.
func (s *Store) unindexed(column string) string {
	if s.engine == SQLite {
		return "+" + column
	}
	return column
}

// hasNumber returns the condition that a column has one of the numbers of a parameter, which
// numbersText makes. One parameter holds any number of them: the engines limit parameters.
func (s *Store) hasNumber(column, param string) string {
	if s.engine == Postgres {
		return column + " = ANY(CAST(string_to_array(" + param + ", ',') AS BIGINT[]))"
	}
	return column + " IN (SELECT value FROM json_each('[' || " + param + " || ']'))"
}

func numbersText(numbers []int64) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(texts, ",")
}

func conditions(where []string) string {
	if len(where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(where, " AND ")
}

// bound converts the times of q to a range of seq that includes all records that q selects.
// Times follow the order of seq except for the lag, the largest difference between a time
// and an earlier record's later time. So all records before one that is older than Since by
// more than the lag are too old, and all records after one that is younger than Until by at
// least the lag are too young.
func (s *Store) bound(ctx context.Context, q *audit.Query) error {
	if q.Since.IsZero() && q.Until.IsZero() {
		return nil
	}
	h, err := s.head(ctx)
	if err != nil {
		return err
	}
	seq := func(query string, arg int64) (found int64, err error) {
		err = s.query(ctx, query, []any{arg}, func(rows *sql.Rows) error { return rows.Scan(&found) })
		return found, err
	}
	if !q.Since.IsZero() {
		after, err := seq(`SELECT seq FROM audit WHERE time < $1 ORDER BY time DESC, seq DESC LIMIT 1`, micros(q.Since)-h.lag)
		if err != nil {
			return err
		}
		q.After = max(q.After, after)
	}
	if !q.Until.IsZero() {
		before, err := seq(`SELECT seq FROM audit WHERE time >= $1 ORDER BY time, seq LIMIT 1`, micros(q.Until)+h.lag)
		if err != nil {
			return err
		}
		if before > 0 && (q.Before == 0 || before < q.Before) {
			q.Before = before
		}
	}
	return nil
}
