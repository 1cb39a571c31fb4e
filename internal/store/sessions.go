package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"namesake/internal/registry"
)

const sessionColumns = `hash, issuer, subject, email, name, role, auth, address, browser, flash, started, seen`

// Session returns the session of a hash.
func (s *Store) Session(ctx context.Context, hash string) (session registry.Session, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readsWithin)
	defer cancel()
	session, ok, err = scanSession(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, hash))
	if err != nil {
		return registry.Session{}, false, fmt.Errorf("read session: %w", explain(err))
	}
	return session, ok, nil
}

func scanSession(row *sql.Row) (s registry.Session, ok bool, err error) {
	var role string
	var flash []byte
	var started, seen int64
	err = row.Scan(&s.Hash, &s.Actor.Issuer, &s.Actor.Subject, &s.Actor.Email, &s.Actor.Name, &role, &s.Actor.Auth,
		&s.Address, &s.Browser, &flash, &started, &seen)
	if errors.Is(err, sql.ErrNoRows) {
		return registry.Session{}, false, nil
	}
	if err != nil {
		return registry.Session{}, false, err
	}
	s.Actor.Role = registry.ParseRole(role)
	s.Started, s.Seen = fromMicros(started), fromMicros(seen)
	if err := json.Unmarshal(flash, &s.Flash); err != nil {
		return registry.Session{}, false, fmt.Errorf("read its notices: %w", err)
	}
	return s, true, nil
}

// flashText is how notices are stored. JSON escapes what PostgreSQL does not take.
func flashText(flash []string) (string, error) {
	if len(flash) == 0 {
		return "null", nil
	}
	b, err := json.Marshal(flash)
	return string(b), err
}

// AddSession keeps a session, and forgets those begun before expired.
func (s *Store) AddSession(ctx context.Context, n registry.Session, expired time.Time) error {
	flash, err := flashText(n.Flash)
	if err != nil {
		return fmt.Errorf("add session: %w", err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE started < $1`, micros(expired)); err != nil {
			return err
		}
		a := n.Actor
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (`+sessionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
			n.Hash, text(a.Issuer), text(a.Subject), text(a.Email), text(a.Name), a.Role.String(), text(a.Auth),
			text(n.Address), text(n.Browser), flash, micros(n.Started), micros(n.Seen))
		return err
	})
	if err != nil {
		return fmt.Errorf("add session: %w", err)
	}
	return nil
}

// UpdateSession lets change work on Flash and Seen of the session as it is now,
// alone. change must not use the store, and may be called again from the start.
func (s *Store) UpdateSession(ctx context.Context, hash string, change func(*registry.Session)) (ok bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// An update that changes nothing locks the row in both engines.
		session, found, err := scanSession(tx.QueryRowContext(ctx, `UPDATE sessions SET seen = seen WHERE hash = $1 RETURNING `+sessionColumns, hash))
		ok = found
		if err != nil || !ok {
			return err
		}
		change(&session)
		flash, err := flashText(session.Flash)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE sessions SET flash = $2, seen = $3 WHERE hash = $1`, hash, flash, micros(session.Seen))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("update session: %w", err)
	}
	return ok, nil
}

// DeleteSession ends a session.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1`, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("delete session: %w", err)
	}
	return nil
}
