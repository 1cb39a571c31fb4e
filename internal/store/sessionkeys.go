package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"time"

	"namesake/internal/signin"
)

// SessionKeys returns all keys, oldest first.
func (s *Store) SessionKeys(ctx context.Context) ([]signin.Key, error) {
	var keys []signin.Key
	err := s.query(ctx, `SELECT seq, secret, made FROM session_keys ORDER BY seq`, nil, func(rows *sql.Rows) (err error) {
		var k signin.Key
		var secret string
		var made int64
		if err := rows.Scan(&k.Seq, &secret, &made); err != nil {
			return err
		}
		if k.Secret, err = base64.StdEncoding.DecodeString(secret); err != nil {
			return fmt.Errorf("key %d is damaged", k.Seq) // the decoder's error would quote the key
		}
		k.CreatedAt = fromMicros(made)
		keys = append(keys, k)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read session keys: %w", err)
	}
	return keys, nil
}

// AddSessionKey stores a key, unless there is one with the same seq.
func (s *Store) AddSessionKey(ctx context.Context, k signin.Key, forget time.Time) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM session_keys WHERE made < $1`, micros(forget)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO session_keys (seq, secret, made) VALUES ($1, $2, $3) ON CONFLICT (seq) DO NOTHING`,
			k.Seq, base64.StdEncoding.EncodeToString(k.Secret), micros(k.CreatedAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("add session key: %w", err)
	}
	return nil
}
