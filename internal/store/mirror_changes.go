package store

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

const changeColumns = `seq, entry_id, kind, made_by, old, new, last_seen, first_seen, record`

// Changes returns the changes of an account's registry that q selects, newest first.
func (s *Store) Changes(ctx context.Context, account registry.AccountID, q mirror.ChangeQuery) (changes []mirror.Change, err error) {
	where, args := s.changesWhere(account, q)
	order := " ORDER BY seq DESC"
	if q.Limit > 0 {
		args = append(args, q.Limit, q.Skip)
		order += " LIMIT $" + strconv.Itoa(len(args)-1) + " OFFSET $" + strconv.Itoa(len(args))
	}
	err = s.query(ctx, `SELECT `+changeColumns+` FROM registry_changes`+conditions(where)+order, args, func(rows *sql.Rows) error {
		change, err := scanChange(rows)
		changes = append(changes, change)
		return err
	})
	return changes, wrap("read the registry's changes", err)
}

// CountChanges returns the number of changes that q selects.
func (s *Store) CountChanges(ctx context.Context, account registry.AccountID, q mirror.ChangeQuery) (n int, err error) {
	where, args := s.changesWhere(account, q)
	err = s.query(ctx, `SELECT COUNT(*) FROM registry_changes`+conditions(where), args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, wrap("count the registry's changes", err)
}

// changesWhere returns the conditions of a query for changes.
func (s *Store) changesWhere(account registry.AccountID, q mirror.ChangeQuery) (where []string, args []any) {
	param := func(value any) string {
		args = append(args, value)
		return "$" + strconv.Itoa(len(args))
	}
	add := func(condition string, value any) { where = append(where, condition+" "+param(value)) }
	add("account =", string(account))
	if q.Seqs != nil {
		where = append(where, s.hasNumber("seq", param(numbersText(q.Seqs))))
	}
	if q.Entry != "" {
		add("entry_id =", string(text(q.Entry)))
	}
	if q.By != "" {
		add("made_by =", string(text(q.By)))
	}
	if q.Kind != "" {
		add("kind =", string(text(q.Kind)))
	}
	if q.Record != 0 {
		add("record =", q.Record)
	}
	if name := registry.FoldName(q.Name); name != "" {
		args = append(args, text(name))
		where = append(where, s.contains("name", len(args)))
	}
	if !q.Since.IsZero() {
		add("first_seen >=", micros(q.Since))
	}
	if !q.Until.IsZero() {
		add("first_seen <", micros(q.Until))
	}
	return where, args
}

// RowsAt returns, for each entry that has changed after a time, its row as it was known then.
// What a pass has found is known from the start of the pass.
func (s *Store) RowsAt(ctx context.Context, account registry.AccountID, at time.Time) (known []mirror.Row, err error) {
	// The state before the earliest of these changes; the changes of an entry follow from
	// each other in the order of seq.
	err = s.query(ctx, `SELECT c.entry_id, c.old, c.new FROM registry_changes c
		JOIN (SELECT MIN(seq) AS seq FROM registry_changes WHERE account = $1 AND first_seen > $2 AND (read_from = 0 OR read_from > $2) GROUP BY entry_id) AS earliest ON earliest.seq = c.seq
		WHERE c.account = $1`, []any{string(account), micros(at)}, func(rows *sql.Rows) error {
		var id registry.ID
		var before, after sql.RawBytes
		if err := rows.Scan(&id, &before, &after); err != nil {
			return err
		}
		row := mirror.Row{Gone: len(before) == 0}
		if row.Gone {
			before = after
		}
		row.Entry, err = parseEntry(id, before)
		known = append(known, row)
		return err
	})
	return known, wrap("read the registry at an earlier time", err)
}

// Lives returns the entries that were deleted by changes after a seq, in their order.
func (s *Store) Lives(ctx context.Context, account registry.AccountID, after int64) (lives []mirror.Life, err error) {
	err = s.query(ctx, `SELECT seq, entry_id, old, first_seen FROM registry_changes WHERE account = $1 AND seq > $2 AND kind = $3 ORDER BY seq`,
		[]any{string(account), after, string(mirror.Deleted)}, func(rows *sql.Rows) error {
			var life mirror.Life
			var before sql.RawBytes
			var deleted int64
			if err := rows.Scan(&life.Seq, &life.Entry, &before, &deleted); err != nil {
				return err
			}
			e, err := parseEntry(life.Entry, before)
			life.Created, life.Deleted = e.CreatedAt, fromMicrosOrZero(deleted)
			lives = append(lives, life)
			return err
		})
	return lives, wrap("read the deleted entries", err)
}

// contains returns the condition that a column contains the text of an argument.
func (s *Store) contains(column string, arg int) string {
	if s.engine == Postgres {
		return "strpos(" + column + ", $" + strconv.Itoa(arg) + ") > 0"
	}
	return "instr(" + column + ", $" + strconv.Itoa(arg) + ") > 0"
}

func scanChange(rows *sql.Rows) (c mirror.Change, err error) {
	var before, after sql.RawBytes
	var lastSeen, firstSeen int64
	if err := rows.Scan(&c.Seq, &c.Entry, &c.Kind, &c.By, &before, &after, &lastSeen, &firstSeen, &c.Record); err != nil {
		return c, err
	}
	c.LastSeen, c.FirstSeen = fromMicrosOrZero(lastSeen), fromMicrosOrZero(firstSeen)
	if c.Before, err = optionalEntry(c.Entry, before); err != nil {
		return c, err
	}
	c.After, err = optionalEntry(c.Entry, after)
	return c, err
}

func optionalEntry(id registry.ID, text []byte) (*registry.Entry, error) {
	if len(text) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	e, err := parseEntry(id, text)
	return &e, err
}

func (s *Store) insertChanges(ctx context.Context, tx *sql.Tx, account registry.AccountID, changes []mirror.Change) error {
	return insertMany(ctx, tx, s.engine, `INSERT INTO registry_changes (account, `+changeColumns+`, name, read_from) VALUES `, "", changes, func(c mirror.Change) ([]any, error) {
		before, err := optionalEntryText(c.Before)
		if err != nil {
			return nil, err
		}
		after, err := optionalEntryText(c.After)
		return []any{
			string(account), c.Seq, string(text(c.Entry)), string(c.Kind), string(c.By), before, after,
			microsOrZero(c.LastSeen), microsOrZero(c.FirstSeen), c.Record, text(foldedNames(c)), microsOrZero(c.ReadFrom),
		}, err
	})
}

func optionalEntryText(e *registry.Entry) (string, error) {
	if e == nil {
		return "", nil
	}
	return entryText(*e)
}

// foldedNames returns the names of a change to search by, on a line each.
func foldedNames(c mirror.Change) string {
	var names string
	for _, e := range []*registry.Entry{c.Before, c.After} {
		if e != nil {
			names += registry.FoldName(e.Name) + "\n"
		}
	}
	return names
}
