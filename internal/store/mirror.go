package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// updateTimeout limits the time to write what a pass found.
const updateTimeout = time.Minute

const mirrorColumns = `version, changes, since, read_at, took, too_long, tried_at, failure, forgotten, around`

// State returns the state of the copy of an account's registry.
func (s *Store) State(ctx context.Context, account registry.AccountID) (mirror.State, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	state, _, err := scanState(s.read.QueryRowContext(ctx, `SELECT `+mirrorColumns+` FROM mirrors WHERE account = $1`, string(account)).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return state, wrap("read the mirror's state", err)
}

// scanState scans mirrorColumns. changes is the seq of the newest change.
func scanState(scan func(dest ...any) error) (state mirror.State, changes int64, err error) {
	var since, readAt, took, triedAt int64
	var failure string
	if err := scan(&state.Version, &changes, &since, &readAt, &took, &state.TooLong, &triedAt, &failure, &state.Forgotten, &state.Around); err != nil {
		return mirror.State{}, 0, err
	}
	state.Since, state.ReadAt, state.TriedAt = fromMicrosOrZero(since), fromMicrosOrZero(readAt), fromMicrosOrZero(triedAt)
	state.Took = time.Duration(took) * time.Microsecond
	state.Failure, err = parseOptional[mirror.Failure](failure)
	return state, changes, err
}

// Rows returns the rows of the copy that changed after a version, tombstones included, and
// a state that is not newer than they are.
func (s *Store) Rows(ctx context.Context, account registry.AccountID, after int64) ([]mirror.Row, mirror.State, error) {
	state, err := s.State(ctx, account)
	if err != nil || state.Version <= after {
		return nil, state, err
	}
	var n int
	if after == 0 { // of many rows, a slice that grows would need the memory twice
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM mirror_entries WHERE account = $1`, string(account)).Scan(&n); err != nil {
			return nil, state, wrap("read the mirror", err)
		}
	}
	rows, err := mirrorRows(ctx, s.read, make([]mirror.Row, 0, n), `SELECT `+rowColumns+` FROM mirror_entries WHERE account = $1 AND version > $2`, string(account), after)
	return rows, state, wrap("read the mirror", err)
}

// UpdateMirror locks the copy, calls decide with the rows of ids, and writes what it
// returns, in one transaction.
func (s *Store) UpdateMirror(ctx context.Context, account registry.AccountID, ids []registry.ID, decide func(mirror.Current) mirror.Update) (u mirror.Update, err error) {
	err = s.changeWithTimeout(ctx, updateTimeout, func(ctx context.Context, tx *sql.Tx) error {
		if len(ids) > 0 { // there may be a record, and appends lock the head before the mirror
			if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET seq = seq WHERE id = 1`); err != nil {
				return err
			}
		}
		state, newest, err := s.lockMirror(ctx, tx, account)
		if err != nil {
			return err
		}
		current := mirror.Current{State: state, Rows: make(map[registry.ID]mirror.Row, len(ids)), Now: s.now()}
		if len(ids) > 0 {
			if current.Open, err = openIntents(ctx, tx); err != nil {
				return err
			}
		}
		for some := range slices.Chunk(ids, maxNamed) {
			in, args := oneOf(some, 1)
			rows, err := mirrorRows(ctx, tx, nil, `SELECT `+rowColumns+` FROM mirror_entries WHERE account = $1 AND entry_id `+in, append([]any{string(account)}, args...)...)
			if err != nil {
				return err
			}
			for _, row := range rows {
				current.Rows[row.Entry.ID] = row
			}
		}
		if current.LeftOut, err = leftOut(ctx, tx, account); err != nil {
			return err
		}
		u = decide(current)
		if err := writeLeftOut(ctx, tx, account, current.LeftOut, u.LeftOut); err != nil {
			return err
		}
		return s.writeUpdate(ctx, tx, account, newest, &u)
	})
	return u, wrap("update the mirror", err)
}

func leftOut(ctx context.Context, tx *sql.Tx, account registry.AccountID) (map[registry.ID]time.Time, error) {
	var text []byte
	if err := tx.QueryRowContext(ctx, `SELECT left_out FROM mirrors WHERE account = $1`, string(account)).Scan(&text); err != nil || len(text) == 0 {
		return nil, err
	}
	var stored map[registry.ID]int64
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, fmt.Errorf("entries that passes left out: %w", err)
	}
	ids := make(map[registry.ID]time.Time, len(stored))
	for id, at := range stored {
		ids[id] = fromMicrosOrZero(at)
	}
	return ids, nil
}

func writeLeftOut(ctx context.Context, tx *sql.Tx, account registry.AccountID, was, ids map[registry.ID]time.Time) error {
	if maps.EqualFunc(was, ids, time.Time.Equal) {
		return nil
	}
	text := ""
	if len(ids) > 0 {
		stored := make(map[registry.ID]int64, len(ids))
		for id, at := range ids {
			stored[id] = microsOrZero(at)
		}
		list, err := json.Marshal(stored)
		if err != nil {
			return err
		}
		text = string(list)
	}
	_, err := tx.ExecContext(ctx, `UPDATE mirrors SET left_out = $2 WHERE account = $1`, string(account), text)
	return err
}

// lockMirror locks the state of the copy, and adds it if it is missing.
func (s *Store) lockMirror(ctx context.Context, tx *sql.Tx, account registry.AccountID) (state mirror.State, newest int64, err error) {
	if _, err := tx.ExecContext(ctx, `INSERT INTO mirrors (account) VALUES ($1) ON CONFLICT DO NOTHING`, string(account)); err != nil {
		return mirror.State{}, 0, err
	}
	return scanState(tx.QueryRowContext(ctx, `UPDATE mirrors SET version = version WHERE account = $1 RETURNING `+mirrorColumns, string(account)).Scan)
}

func (s *Store) writeUpdate(ctx context.Context, tx *sql.Tx, account registry.AccountID, newest int64, u *mirror.Update) error {
	if u.Record != nil {
		u.Record.Account = account
		sealed, err := s.append(ctx, tx, *u.Record)
		if err != nil {
			return err
		}
		*u.Record = sealed
	}
	if len(u.Rows) > 0 {
		u.State.Version++
	}
	for i := range u.Rows {
		u.Rows[i].Version, u.Rows[i].ChangedAt = u.State.Version, s.now()
	}
	for i := range u.Changes {
		newest++
		u.Changes[i].Seq = newest
		if u.Record != nil && u.Changes[i].Record == 0 {
			u.Changes[i].Record = u.Record.Seq
		}
	}
	if err := s.insertRows(ctx, tx, account, u.Rows); err != nil {
		return err
	}
	if err := s.insertChanges(ctx, tx, account, u.Changes); err != nil {
		return err
	}
	failure, err := optionalJSON(u.State.Failure)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE mirrors SET version = $2, changes = $3, since = $4, read_at = $5, took = $6, too_long = $7, tried_at = $8, failure = $9
		WHERE account = $1`, string(account), u.State.Version, newest, microsOrZero(u.State.Since), microsOrZero(u.State.ReadAt),
		u.State.Took.Microseconds(), u.State.TooLong, microsOrZero(u.State.TriedAt), failure)
	if err != nil {
		return err
	}
	return s.notifyMirror(ctx, tx, account)
}
