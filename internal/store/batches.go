package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"namesake/internal/registry"
)

// addsWithin bounds how long it takes to add all the items of a batch.
const addsWithin = 30 * time.Second

var _ registry.Batches = (*Store)(nil)

const batchColumns = `id, owner, undoes, query, listed, undone, back, state, stop, made, changed, leased`

// jsonText is how values are stored that have no column of their own. JSON escapes what
// PostgreSQL does not take.
func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// scanBatch reads the columns of a batch by means of scan.
func scanBatch(scan func(dest ...any) error) (b registry.Batch, ok bool, err error) {
	var owner, query, stop string
	var made, changed, leased int64
	err = scan(&b.ID, &owner, &b.Undoes, &query, &b.Listed, &b.Undone, &b.Back, &b.State, &stop, &made, &changed, &leased)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.Batch{}, false, nil
	}
	if err != nil {
		return registry.Batch{}, false, err
	}
	b.Made, b.Changed, b.Leased = fromMicros(made), fromMicros(changed), fromMicrosOrNever(leased)
	err = errors.Join(json.Unmarshal([]byte(owner), &b.Owner), json.Unmarshal([]byte(query), &b.Match), json.Unmarshal([]byte(stop), &b.Stop))
	if err != nil {
		return registry.Batch{}, false, fmt.Errorf("batch %s: %w", b.ID, err)
	}
	return b, true, nil
}

// AddBatch keeps a new batch with its items, and forgets old ones.
func (s *Store) AddBatch(ctx context.Context, b registry.Batch, items []registry.BatchItem) error {
	err := s.changeWithin(ctx, addsWithin, func(ctx context.Context, tx *sql.Tx) error {
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		return addItems(ctx, tx, b.ID, items)
	})
	if err != nil {
		return fmt.Errorf("add batch: %w", err)
	}
	return nil
}

// AddUndo keeps a batch that undoes another one, with an item for each that is done
// there.
func (s *Store) AddUndo(ctx context.Context, b registry.Batch) (added bool, err error) {
	err = s.changeWithin(ctx, addsWithin, func(ctx context.Context, tx *sql.Tx) (err error) {
		added, err = affect(ctx, tx, `UPDATE batches SET undone = TRUE
			WHERE id = $1 AND NOT undone AND state IN ('stopped', 'done') AND leased <= $2`, b.Undoes, micros(b.Made))
		if err != nil || !added {
			return err
		}
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO batch_items (batch, position, entry_id, before, state, fault, record, made)
			SELECT $1, position, entry_id, before, 'waiting', 'null', record, '' FROM batch_items WHERE batch = $2 AND state = 'done'`, b.ID, b.Undoes)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("add batch: %w", err)
	}
	return added, nil
}

// insertBatch adds the row of a batch, and forgets old batches.
func insertBatch(ctx context.Context, tx *sql.Tx, b registry.Batch) error {
	owner, err := jsonText(b.Owner)
	query, errQuery := jsonText(b.Match)
	stop, errStop := jsonText(b.Stop)
	if err := errors.Join(err, errQuery, errStop); err != nil {
		return err
	}
	old := micros(b.Made.Add(-registry.BatchRetention))
	for _, forget := range []string{
		`DELETE FROM batch_items WHERE batch IN (SELECT id FROM batches WHERE made < $1)`, `DELETE FROM batches WHERE made < $1`,
	} {
		if _, err := tx.ExecContext(ctx, forget, old); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO batches (`+batchColumns+`, issuer, subject, runner)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, '')`,
		b.ID, owner, b.Undoes, query, b.Listed, b.Undone, text(b.Back), string(b.State), stop, micros(b.Made), micros(b.Changed), microsOrNever(b.Leased),
		text(b.Owner.Issuer), text(b.Owner.Subject))
	return err
}

// addItems adds items, but for entries that the batch has already.
func addItems(ctx context.Context, tx *sql.Tx, id string, items []registry.BatchItem) error {
	insert, err := tx.PrepareContext(ctx, `INSERT INTO batch_items (batch, position, entry_id, before, state, fault, record, made)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, item := range items {
		values, err := itemValues(item)
		if err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, append([]any{id, item.Position}, values...)...); err != nil {
			return err
		}
	}
	return nil
}

// itemValues returns the columns of an item behind its position.
func itemValues(item registry.BatchItem) ([]any, error) {
	before, err := jsonText(item.Before)
	fault, errFault := jsonText(item.Fault)
	return []any{string(text(item.Entry)), before, string(item.State), fault, item.Record, string(text(item.Made))}, errors.Join(err, errFault)
}

// Batch returns a batch with its counts.
func (s *Store) Batch(ctx context.Context, id string) (registry.Batch, bool, error) {
	return s.batch(ctx, "id", id)
}

// UndoOf returns the batch that undoes another one.
func (s *Store) UndoOf(ctx context.Context, id string) (registry.Batch, bool, error) {
	return s.batch(ctx, "undoes", id)
}

func (s *Store) batch(ctx context.Context, column, value string) (registry.Batch, bool, error) {
	if value == "" {
		return registry.Batch{}, false, nil
	}
	limited, cancel := context.WithTimeout(ctx, readsWithin)
	defer cancel()
	b, ok, err := scanBatch(s.read.QueryRowContext(limited, `SELECT `+batchColumns+` FROM batches WHERE `+column+` = $1`, text(value)).Scan)
	if err != nil {
		return registry.Batch{}, false, fmt.Errorf("read batch: %w", explain(err))
	}
	if !ok {
		return registry.Batch{}, false, nil
	}
	b.Counts = map[registry.ItemState]int{}
	err = s.query(ctx, `SELECT state, COUNT(*) FROM batch_items WHERE batch = $1 GROUP BY state`, []any{b.ID}, func(rows *sql.Rows) error {
		var state registry.ItemState
		var n int
		err := rows.Scan(&state, &n)
		b.Counts[state] = n
		return err
	})
	if err != nil {
		return registry.Batch{}, false, fmt.Errorf("count the items of a batch: %w", err)
	}
	return b, true, nil
}

// RecentBatches returns the newest batches of a person.
func (s *Store) RecentBatches(ctx context.Context, issuer, subject string, limit int) ([]registry.Batch, error) {
	var batches []registry.Batch
	err := s.query(ctx, `SELECT `+batchColumns+` FROM batches WHERE issuer = $1 AND subject = $2 ORDER BY made DESC, id LIMIT $3`,
		[]any{text(issuer), text(subject), limit}, func(rows *sql.Rows) error {
			b, _, err := scanBatch(rows.Scan)
			batches = append(batches, b)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list batches: %w", err)
	}
	return batches, nil
}

// BatchItems returns items of a batch in their order.
func (s *Store) BatchItems(ctx context.Context, id string, states []registry.ItemState, limit int) ([]registry.BatchItem, error) {
	query, args := `SELECT position, entry_id, before, state, fault, record, made FROM batch_items WHERE batch = $1`, []any{id}
	if len(states) > 0 {
		in, more := oneOf(states, len(args))
		query, args = query+` AND state `+in, append(args, more...)
	}
	args = append(args, limit)
	var items []registry.BatchItem
	err := s.query(ctx, fmt.Sprintf(`%s ORDER BY position LIMIT $%d`, query, len(args)), args, func(rows *sql.Rows) error {
		item, err := scanItem(rows.Scan)
		items = append(items, item)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the items of a batch: %w", err)
	}
	return items, nil
}

// oneOf is the condition that a column has one of values, behind n other arguments.
func oneOf[T ~string](values []T, n int) (string, []any) {
	places, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		places[i], args[i] = fmt.Sprintf("$%d", n+i+1), string(v)
	}
	return "IN (" + strings.Join(places, ", ") + ")", args
}

func scanItem(scan func(dest ...any) error) (item registry.BatchItem, err error) {
	var before, fault string
	err = scan(&item.Position, &item.Entry, &before, &item.State, &fault, &item.Record, &item.Made)
	if err != nil {
		return item, err
	}
	item.Before, err = registry.ParseValues(before)
	return item, errors.Join(err, json.Unmarshal([]byte(fault), &item.Fault))
}

// ListItems adds items while runner lists them, from the start when first is true.
func (s *Store) ListItems(ctx context.Context, id, runner string, first bool, items []registry.BatchItem) (goOn bool, err error) {
	err = s.changeWithin(ctx, addsWithin, func(ctx context.Context, tx *sql.Tx) (err error) {
		goOn, err = affect(ctx, tx, `UPDATE batches SET runner = runner WHERE id = $1 AND runner = $2 AND state = $3`,
			id, runner, string(registry.BatchListing))
		if err != nil || !goOn {
			return err
		}
		if first {
			if _, err := tx.ExecContext(ctx, `DELETE FROM batch_items WHERE batch = $1`, id); err != nil {
				return err
			}
		}
		return addItems(ctx, tx, id, items)
	})
	if err != nil {
		return false, fmt.Errorf("add the items of a batch: %w", err)
	}
	return goOn, nil
}

// StopBatch stops a batch that moves. Whoever works on it keeps it until the entries
// under way are finished.
func (s *Store) StopBatch(ctx context.Context, id string, at time.Time) (bool, error) {
	return s.updateBatch(ctx, `UPDATE batches SET state = 'stopped', changed = $2 WHERE id = $1 AND `+moving, id, micros(at))
}

// MoveBatch puts a batch that nobody works on into a state in which it moves, for its
// owner, and sets its items waiting that are in one of the states again.
func (s *Store) MoveBatch(ctx context.Context, b registry.Batch, from registry.BatchState, again ...registry.ItemState) (moved bool, err error) {
	owner, err := jsonText(b.Owner)
	if err != nil {
		return false, fmt.Errorf("move batch: %w", err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		moved, err = affect(ctx, tx, `UPDATE batches SET state = $2, owner = $3, stop = 'null', changed = $4
			WHERE id = $1 AND state = $5 AND leased <= $4 AND NOT undone`, b.ID, string(b.State), owner, micros(b.Changed), string(from))
		if err != nil || !moved || len(again) == 0 {
			return err
		}
		args := []any{b.ID}
		in, more := oneOf(again, len(args))
		_, err = tx.ExecContext(ctx, `UPDATE batch_items SET state = 'waiting', fault = 'null' WHERE batch = $1 AND state `+in, append(args, more...)...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("move batch: %w", err)
	}
	return moved, nil
}

// EndBatch puts a batch that runner works on into the state in which its work has
// ended, and gives it back. It does not where the batch has been stopped meanwhile, or
// where something is waiting in a batch that is to be done.
func (s *Store) EndBatch(ctx context.Context, b registry.Batch, from registry.BatchState, runner string) (bool, error) {
	stop, err := jsonText(b.Stop)
	if err != nil {
		return false, fmt.Errorf("end batch: %w", err)
	}
	return s.updateBatch(ctx, `UPDATE batches SET state = $4, stop = $5, listed = $6, changed = $7, runner = '', leased = 0
		WHERE id = $1 AND runner = $2 AND state = $3
		AND ($4 <> 'done' OR NOT EXISTS (SELECT 1 FROM batch_items WHERE batch = $1 AND state = 'waiting'))`,
		b.ID, runner, string(from), string(b.State), stop, b.Listed, micros(b.Changed))
}

// ReleaseLease gives a batch back that runner has worked on.
func (s *Store) ReleaseLease(ctx context.Context, id, runner string) error {
	_, err := s.updateBatch(ctx, `UPDATE batches SET runner = '', leased = 0 WHERE id = $1 AND runner = $2`, id, runner)
	return err
}

func (s *Store) updateBatch(ctx context.Context, query string, args ...any) (updated bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		updated, err = affect(ctx, tx, query, args...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("update batch: %w", err)
	}
	return updated, nil
}

const moving = `state IN ('listing', 'running')`

// LeaseBatch gives runner a batch that nobody works on.
func (s *Store) LeaseBatch(ctx context.Context, runner string, now, until time.Time) (b registry.Batch, ok bool, err error) {
	// Most of the time there is none: that is found out without a write.
	var any bool
	limited, cancel := context.WithTimeout(ctx, readsWithin)
	defer cancel()
	err = s.read.QueryRowContext(limited, `SELECT EXISTS (SELECT 1 FROM batches WHERE `+moving+` AND leased <= $1)`, micros(now)).Scan(&any)
	if err == nil && any {
		err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			b, ok, err = scanBatch(tx.QueryRowContext(ctx, `UPDATE batches SET runner = $1, leased = $2
				WHERE `+moving+` AND leased <= $3 AND id = (SELECT id FROM batches WHERE `+moving+` AND leased <= $3 ORDER BY made, id LIMIT 1)
				RETURNING `+batchColumns, runner, micros(until), micros(now)).Scan)
			return err
		})
	}
	if err != nil {
		return registry.Batch{}, false, fmt.Errorf("lease a batch: %w", explain(err))
	}
	return b, ok, nil
}

// RenewLease reports whether runner still has the batch, and whether it still moves.
func (s *Store) RenewLease(ctx context.Context, id, runner string, until time.Time) (goOn bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE batches SET leased = $3 WHERE id = $1 AND runner = $2`, id, runner, micros(until)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, goesOn, id, runner).Scan(&goOn)
	})
	if err != nil {
		return false, fmt.Errorf("renew a batch's lease: %w", err)
	}
	return goOn, nil
}

const goesOn = `SELECT EXISTS (SELECT 1 FROM batches WHERE id = $1 AND runner = $2 AND ` + moving + `)`

// SaveItem records what has become of an item, whoever works on the batch by now.
func (s *Store) SaveItem(ctx context.Context, id, runner string, item registry.BatchItem) (goOn bool, err error) {
	values, err := itemValues(item)
	if err != nil {
		return false, fmt.Errorf("save an item of a batch: %w", err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE batch_items SET entry_id = $3, before = $4, state = $5, fault = $6, record = $7, made = $8, intent = $9
			WHERE batch = $1 AND position = $2 AND state = 'waiting'`, append(append([]any{id, item.Position}, values...), item.Intent())...)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, goesOn, id, runner).Scan(&goOn)
	})
	if err != nil {
		return false, fmt.Errorf("save an item of a batch: %w", err)
	}
	return goOn, nil
}

// SettleItem puts the item that an intent has left without an outcome, or failed, into a
// state. An item that was tried again since belongs to another intent.
func (s *Store) SettleItem(ctx context.Context, intent int64, state registry.ItemState, record int64, made registry.ID) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		query := `UPDATE batch_items SET state = $2 WHERE intent <> 0 AND intent = $1 AND state IN ('unknown', 'failed', 'refused')`
		args := []any{intent, string(state)}
		if state == registry.ItemDone {
			query = `UPDATE batch_items SET state = $2, fault = 'null', made = $4,
				record = CASE WHEN $4 = '' THEN $3 ELSE record END
				WHERE intent <> 0 AND intent = $1 AND state IN ('unknown', 'failed', 'refused')`
			args = append(args, record, string(text(made)))
		}
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle an item of a batch: %w", err)
	}
	return nil
}
