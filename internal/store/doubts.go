package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/registry"
)

// othersOpen reports whether another create of the same identity is open that to.Beside
// does not include.
func othersOpen(ctx context.Context, tx *sql.Tx, to change.Submission) (bool, error) {
	if to.Identity == "" {
		return false, nil
	}
	// This update changes nothing and takes a lock: of two creates of one identity that are
	// claimed at the same time, the second has to see the first.
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET seq = seq WHERE id = 1`); err != nil {
		return false, err
	}
	beside := change.ParseIntents(to.Beside)
	open, err := openCreates(ctx, tx, to.Identity)
	return slices.ContainsFunc(open, func(intent int64) bool {
		return intent != to.Intent && !slices.Contains(beside, intent)
	}), err
}

// OpenCreates returns the intents of the claimed creates of an identity without a final
// outcome, oldest first.
func (s *Store) OpenCreates(ctx context.Context, identity string) ([]int64, error) {
	intents, err := openCreates(ctx, s.read, identity)
	if err != nil {
		return nil, fmt.Errorf("find open creates: %w", err)
	}
	return intents, nil
}

func openCreates(ctx context.Context, db queryer, identity string) (intents []int64, err error) {
	err = query(ctx, db, `SELECT o.seq FROM submissions s JOIN open_intents o ON o.seq = s.intent
		WHERE s.identity = $1 AND s.identity <> '' ORDER BY o.seq`, []any{identity}, func(rows *sql.Rows) error {
		var seq int64
		if err := rows.Scan(&seq); err != nil {
			return err
		}
		intents = append(intents, seq)
		return nil
	})
	return intents, err
}

// CreatedSince returns the entries of an identity that were created after since.
func (s *Store) CreatedSince(ctx context.Context, identity string, since time.Time) (ids []registry.ID, err error) {
	err = s.query(ctx, `SELECT created FROM submissions WHERE identity = $1 AND identity <> '' AND sent_at > $2 AND created <> ''
		UNION SELECT a.entry_id FROM submissions s JOIN audit a ON a.intent = s.intent
		WHERE s.identity = $1 AND s.identity <> '' AND s.sent_at > $2 AND a.intent <> 0 AND a.outcome = 'done' AND a.entry_id <> ''`, []any{identity, micros(since)}, func(rows *sql.Rows) error {
		var id registry.ID
		if err := rows.Scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find what was created: %w", err)
	}
	return ids, nil
}

// OpenChanges returns the open intents of an entry, oldest first.
func (s *Store) OpenChanges(ctx context.Context, id registry.ID) ([]audit.Record, error) {
	records, err := s.records(ctx, `SELECT a.line, a.hash FROM open_intents o JOIN audit a ON a.seq = o.seq
		WHERE a.entry_id <> '' AND a.entry_id = $1 ORDER BY o.seq`, string(text(id)))
	if err != nil {
		return nil, fmt.Errorf("find open changes of %s: %w", id, err)
	}
	return records, nil
}

// NoteAnswer stores when the call of an open intent was answered, and whether the API said
// that it made the change.
func (s *Store) NoteAnswer(ctx context.Context, intent int64, at time.Time, happened bool) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := affect(ctx, tx, `UPDATE open_intents SET answered = $1, happened = $2 WHERE seq = $3`, micros(at), happened, intent)
		return err
	})
	if err != nil {
		return fmt.Errorf("note the answer to intent %d: %w", intent, err)
	}
	return nil
}

// Answer returns what NoteAnswer has stored for an open intent, a zero time if nothing.
func (s *Store) Answer(ctx context.Context, intent int64) (at time.Time, happened bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var answered int64
	err = s.read.QueryRowContext(ctx, `SELECT answered, happened FROM open_intents WHERE seq = $1`, intent).Scan(&answered, &happened)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	if err != nil {
		return time.Time{}, false, fmt.Errorf("read the answer to intent %d: %w", intent, explain(err))
	}
	return fromMicrosOrZero(answered), happened, nil
}
