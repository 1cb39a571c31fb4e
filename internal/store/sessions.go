package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/signin"
)

const sessionColumns = `hash, issuer, subject, email, name, role, auth, address, browser, flash, started, seen, expires, ended, member_of, username, end_reason`

// Session returns the session with a hash.
func (s *Store) Session(ctx context.Context, hash string) (session signin.Session, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	session, ok, err = scanSession(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = $1`, text(hash)).Scan)
	if err != nil {
		return signin.Session{}, false, fmt.Errorf("read session: %w", explain(err))
	}
	return session, ok, nil
}

// scanSession scans the columns of a session.
func scanSession(scan func(dest ...any) error) (s signin.Session, ok bool, err error) {
	var role string
	var flash, groups []byte
	var started, seen, expires, ended int64
	err = scan(&s.Hash, &s.Actor.Issuer, &s.Actor.Subject, &s.Actor.Email, &s.Actor.Name, &role, &s.Actor.Auth,
		&s.Address, &s.Browser, &flash, &started, &seen, &expires, &ended, &groups, &s.Actor.Username, &s.EndReason)
	if errors.Is(err, sql.ErrNoRows) {
		return signin.Session{}, false, nil
	}
	if err != nil {
		return signin.Session{}, false, err
	}
	s.Actor.Role = rbac.ParseRole(role)
	s.Refused = s.Actor.Role == rbac.RoleNone
	s.Started, s.Seen, s.Expires, s.Ended = fromMicros(started), fromMicros(seen), fromMicrosOrZero(expires), fromMicrosOrZero(ended)
	if err := json.Unmarshal(flash, &s.Flash); err != nil {
		return signin.Session{}, false, fmt.Errorf("read its notices: %w", err)
	}
	if err := json.Unmarshal(groups, &s.Groups); err != nil {
		return signin.Session{}, false, fmt.Errorf("read its groups: %w", err)
	}
	if s.GroupsUnknown = s.Groups == nil; len(s.Groups) == 0 {
		s.Groups = nil
	}
	return s, true, nil
}

// flashText encodes notices. JSON escapes characters that PostgreSQL refuses.
func flashText(flash []string) (string, error) {
	if len(flash) == 0 {
		return "null", nil
	}
	b, err := json.Marshal(flash)
	return string(b), err
}

// StartSession stores a session and its record, and removes sessions that ended before
// forget.
func (s *Store) StartSession(ctx context.Context, n signin.Session, forget time.Time, record audit.Record) error {
	return s.saveSession(ctx, n, forget, &record)
}

// SaveRefusal stores that a person has no role, without a record.
func (s *Store) SaveRefusal(ctx context.Context, n signin.Session, forget time.Time) error {
	return s.saveSession(ctx, n, forget, nil)
}

func (s *Store) saveSession(ctx context.Context, n signin.Session, forget time.Time, record *audit.Record) error {
	flash, err := flashText(n.Flash)
	groups, errGroups := jsonText(append([]string{}, n.Groups...))
	if err := errors.Join(err, errGroups); err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE ended <> 0 AND ended < $1 AND expires < $1`, micros(forget)); err != nil {
			return err
		}
		a := n.Actor
		if a.Role != rbac.RoleNone {
			if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = $1 AND role = $2`, n.Hash, rbac.RoleNone.String()); err != nil {
				return err
			}
		}
		kept, err := affect(ctx, tx, `INSERT INTO sessions (`+sessionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (hash) DO NOTHING`,
			n.Hash, text(a.Issuer), text(a.Subject), text(a.Email), text(a.Name), a.Role.String(), text(a.Auth),
			text(n.Address), text(n.Browser), flash, micros(n.Started), micros(n.Seen), microsOrZero(n.Expires), microsOrZero(n.Ended),
			groups, text(a.Username), string(n.EndReason))
		if err != nil {
			return err
		}
		if !kept {
			return signin.ErrKnown
		}
		if n.Hint != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE sessions SET hint = $2 WHERE hash = $1`, n.Hash, n.Hint); err != nil {
				return err
			}
		}
		if record != nil {
			_, err = s.append(ctx, tx, *record)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	return nil
}

// SessionHint returns the sealed hint of a session.
func (s *Store) SessionHint(ctx context.Context, hash string) (hint string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read.QueryRowContext(ctx, `SELECT hint FROM sessions WHERE hash = $1 AND ended = 0`, text(hash)).Scan(&hint)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read session hint: %w", explain(err))
	}
	return hint, nil
}

// UpdateSession runs change on Flash and Seen of the current session, one call at a time.
// change must not use the store, and may run again from the start.
func (s *Store) UpdateSession(ctx context.Context, hash string, change func(*signin.Session)) (ok bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// This update changes nothing and locks the row in both engines.
		session, found, err := scanSession(tx.QueryRowContext(ctx,
			`UPDATE sessions SET seen = seen WHERE hash = $1 AND ended = 0 RETURNING `+sessionColumns, hash).Scan)
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

// EndSession ends a session that has not ended, and stores its record. It does not store a
// record without an action.
func (s *Store) EndSession(ctx context.Context, hash string, why signin.EndReason, at time.Time, record audit.Record) (ok bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		ok, err = affect(ctx, tx, `UPDATE sessions SET ended = $2, end_reason = $3, flash = 'null', hint = '' WHERE hash = $1 AND ended = 0`, hash, micros(at), string(why))
		if err != nil || !ok || record.Action == "" {
			return err
		}
		_, err = s.append(ctx, tx, record)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("end session: %w", err)
	}
	return ok, nil
}

// OpenSessions returns the sessions that have not ended and that q selects, newest first.
func (s *Store) OpenSessions(ctx context.Context, q signin.Query) ([]signin.Session, error) {
	query, args := `SELECT `+sessionColumns+` FROM sessions WHERE ended = 0`, []any(nil)
	where := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)), 1)
		}
		query += " AND " + condition
	}
	if q.Subject != "" {
		where("issuer = ? AND subject = ?", text(q.Issuer), text(q.Subject))
	}
	if !q.StartedAfter.IsZero() {
		where("started > ?", micros(q.StartedAfter))
	}
	if !q.SeenAfter.IsZero() {
		where("seen > ?", micros(q.SeenAfter))
	}
	if q.WithRole {
		where("role <> ?", rbac.RoleNone.String())
	}
	if at := q.Before; !at.Started.IsZero() {
		where("(started < ? OR started = ? AND hash > ?)", micros(at.Started), micros(at.Started), text(at.Hash))
	}
	query += ` ORDER BY started DESC, hash`
	if q.Limit > 0 {
		query += ` LIMIT ` + strconv.Itoa(q.Limit)
	}
	var open []signin.Session
	err := s.query(ctx, query, args, func(rows *sql.Rows) error {
		session, _, err := scanSession(rows.Scan)
		open = append(open, session)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return open, nil
}

// SessionsOf returns the stored sessions of a person, also those that have ended, newest
// first.
func (s *Store) SessionsOf(ctx context.Context, issuer, subject string) ([]signin.Session, error) {
	var sessions []signin.Session
	err := s.query(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE issuer = $1 AND subject = $2 ORDER BY started DESC, hash`,
		[]any{text(issuer), text(subject)}, func(rows *sql.Rows) error {
			session, _, err := scanSession(rows.Scan)
			sessions = append(sessions, session)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list the sessions of a person: %w", err)
	}
	return sessions, nil
}
