package store

import (
	"context"
	"database/sql"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// Settings returns the settings around an account's registry as they were last read.
func (s *Store) Settings(ctx context.Context, account registry.AccountID) (*policy.Settings, error) {
	settings := &policy.Settings{States: make(map[policy.List]policy.State)}
	err := s.query(ctx, `SELECT list, content, version, read_at, tried_at, failure FROM registry_settings WHERE account = $1`, []any{string(account)}, func(rows *sql.Rows) error {
		var l policy.List
		var content sql.RawBytes
		var version, readAt, triedAt int64
		var failure string
		if err := rows.Scan(&l, &content, &version, &readAt, &triedAt, &failure); err != nil {
			return err
		}
		state := policy.State{ReadAt: fromMicrosOrZero(readAt), TriedAt: fromMicrosOrZero(triedAt)}
		var err error
		if state.Failure, err = parseOptional[policy.Failure](failure); err != nil {
			return err
		}
		settings.States[l] = state
		settings.Version = max(settings.Version, version)
		if len(content) == 0 {
			return nil
		}
		return settings.Decode(l, content)
	})
	return settings, wrap("read the settings around the registry", err)
}

// UpdateSettings writes the state of a list and, unless it is nil, the list itself. A list
// that did not change is not written again.
func (s *Store) UpdateSettings(ctx context.Context, account registry.AccountID, l policy.List, state policy.State, list *policy.Settings) error {
	failure, err := optionalJSON(state.Failure)
	if err != nil {
		return err
	}
	var content []byte
	if list != nil {
		if content, err = list.Encode(l); err != nil {
			return err
		}
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, _, err := s.lockMirror(ctx, tx, account); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO registry_settings (account, list, read_at, tried_at, failure) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (account, list) DO UPDATE SET read_at = excluded.read_at, tried_at = excluded.tried_at, failure = excluded.failure`,
			string(account), string(l), microsOrZero(state.ReadAt), microsOrZero(state.TriedAt), failure)
		if err != nil {
			return err
		}
		if content != nil {
			_, err := tx.ExecContext(ctx, `UPDATE registry_settings SET content = $3,
				version = (SELECT MAX(version) FROM registry_settings WHERE account = $1) + 1
				WHERE account = $1 AND list = $2 AND content <> $3`, string(account), string(l), string(content))
			if err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `UPDATE mirrors SET around = around + 1 WHERE account = $1`, string(account)); err != nil {
			return err
		}
		return s.notifyMirror(ctx, tx, account)
	})
	return wrap("write the settings around the registry", err)
}
