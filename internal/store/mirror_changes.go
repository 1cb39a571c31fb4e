package store

import (
	"context"
	"database/sql"
	"strconv"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

const changeColumns = `seq, entry_id, kind, made_by, old, new, last_seen, first_seen, record`

// Changes returns the changes of an account's registry that q selects, newest first.
func (s *Store) Changes(ctx context.Context, account registry.AccountID, q mirror.ChangeQuery) (changes []mirror.Change, err error) {
	var where []string
	var args []any
	add := func(condition string, value any) {
		args = append(args, value)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	add("account =", string(account))
	if q.Entry != "" {
		add("entry_id =", string(text(q.Entry)))
	}
	if q.By != "" {
		add("made_by =", string(text(q.By)))
	}
	if q.Kind != "" {
		add("kind =", string(text(q.Kind)))
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
	if q.Before > 0 {
		add("seq <", q.Before)
	}
	order := " ORDER BY seq DESC"
	if q.Limit > 0 {
		args = append(args, q.Limit)
		order += " LIMIT $" + strconv.Itoa(len(args))
	}
	err = s.query(ctx, `SELECT `+changeColumns+` FROM registry_changes`+conditions(where)+order, args, func(rows *sql.Rows) error {
		change, err := scanChange(rows)
		changes = append(changes, change)
		return err
	})
	return changes, wrap("read the registry's changes", err)
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

func insertChanges(ctx context.Context, tx *sql.Tx, account registry.AccountID, changes []mirror.Change) error {
	return insertMany(ctx, tx, `INSERT INTO registry_changes (account, `+changeColumns+`, name) VALUES `, "", changes, func(c mirror.Change) ([]any, error) {
		before, err := optionalEntryText(c.Before)
		if err != nil {
			return nil, err
		}
		after, err := optionalEntryText(c.After)
		return []any{
			string(account), c.Seq, string(text(c.Entry)), string(c.Kind), string(c.By), before, after,
			microsOrZero(c.LastSeen), microsOrZero(c.FirstSeen), c.Record, text(foldedNames(c)),
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
