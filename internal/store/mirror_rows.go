package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// maxNamed is the number of rows that a query names one by one. SQLite takes long for statements
// with many parameters.
const maxNamed = 50

const rowColumns = `entry_id, entry, gone, version, changed`

func entryText(e registry.Entry) (string, error) {
	e.CreatedAt, e.ModifiedAt = e.CreatedAt.UTC(), e.ModifiedAt.UTC()
	return jsonText(e)
}

func parseEntry(id registry.ID, text []byte) (registry.Entry, error) {
	e := registry.Entry{ID: id}
	if err := json.Unmarshal(text, &e); err != nil {
		return registry.Entry{}, fmt.Errorf("read entry %s: %w", id, err)
	}
	return e, nil
}

// mirrorRows appends the rows of a query for rowColumns to found.
func mirrorRows(ctx context.Context, db queryer, found []mirror.Row, text string, args ...any) ([]mirror.Row, error) {
	err := query(ctx, db, text, args, func(rows *sql.Rows) error {
		var row mirror.Row
		var id registry.ID
		var entry sql.RawBytes
		var changed int64
		if err := rows.Scan(&id, &entry, &row.Gone, &row.Version, &changed); err != nil {
			return err
		}
		row.ChangedAt = fromMicros(changed)
		var err error
		row.Entry, err = parseEntry(id, entry)
		found = append(found, row)
		return err
	})
	return found, err
}

func (s *Store) insertRows(ctx context.Context, tx *sql.Tx, account registry.AccountID, rows []mirror.Row) error {
	return insertMany(ctx, tx, s.engine, `INSERT INTO mirror_entries (account, `+rowColumns+`) VALUES `,
		` ON CONFLICT (account, entry_id) DO UPDATE SET entry = excluded.entry, gone = excluded.gone, version = excluded.version, changed = excluded.changed`,
		rows, func(row mirror.Row) ([]any, error) {
			entry, err := entryText(row.Entry)
			return []any{string(account), string(row.Entry.ID), entry, row.Gone, row.Version, micros(row.ChangedAt)}, err
		})
}

// openIntents returns the intents without a final outcome.
func openIntents(ctx context.Context, tx *sql.Tx) (open []audit.Record, err error) {
	err = query(ctx, tx, `SELECT a.line FROM open_intents o JOIN audit a ON a.seq = o.seq ORDER BY o.seq`, nil, func(rows *sql.Rows) error {
		var line sql.RawBytes
		if err := rows.Scan(&line); err != nil {
			return err
		}
		r, err := audit.ParseRecord(line)
		open = append(open, r)
		return err
	})
	return open, err
}
