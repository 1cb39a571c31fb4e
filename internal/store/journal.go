package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Append writes r after the last record.
//
// A record keeps its own time; without one it gets the time of writing. So times may
// decrease where clocks differ: seq defines the order of the trail.
func (s *Store) Append(ctx context.Context, r audit.Record) (audit.Record, error) {
	var sealed audit.Record
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		sealed, err = s.append(ctx, tx, r)
		return err
	})
	if err != nil {
		return audit.Record{}, fmt.Errorf("append to audit trail: %w", err)
	}
	return sealed, nil
}

// AppendAsOf is Append, unless the trail of r.Entry has records after newest.
func (s *Store) AppendAsOf(ctx context.Context, r audit.Record, newest int64) (audit.Record, error) {
	var sealed audit.Record
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if sealed, err = s.append(ctx, tx, r); err != nil {
			return err
		}
		var moved bool
		err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit WHERE entry_id <> '' AND entry_id = $1 AND seq > $2 AND seq < $3)`,
			string(sealed.Entry), newest, sealed.Seq).Scan(&moved)
		if err == nil && moved {
			err = audit.ErrEntryMoved
		}
		return err
	})
	if err != nil {
		return audit.Record{}, fmt.Errorf("append to audit trail: %w", err)
	}
	return sealed, nil
}

// EntryTrail returns the newest record of an entry, and the intent that locks it.
func (s *Store) EntryTrail(ctx context.Context, account registry.AccountID, id registry.ID) (newest, lockedBy int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read.QueryRowContext(ctx, `SELECT (SELECT COALESCE(MAX(seq), 0) FROM audit WHERE entry_id <> '' AND entry_id = $1),
		(SELECT COALESCE(MAX(seq), 0) FROM open_intents WHERE entry_lock = $2)`, string(text(id)), entryLock(account, id)).Scan(&newest, &lockedBy)
	if err != nil {
		return 0, 0, fmt.Errorf("read the state of entry %s: %w", id, explain(err))
	}
	return newest, lockedBy, nil
}

// entryLock returns the lock of an entry of an account.
func entryLock(account registry.AccountID, id registry.ID) string {
	if id == "" {
		return ""
	}
	return string(text(account)) + "/" + string(text(id))
}

func (s *Store) append(ctx context.Context, tx *sql.Tx, r audit.Record) (audit.Record, error) {
	r.Actor.Subject, r.Actor.Email, r.Actor.Username = text(r.Actor.Subject), text(r.Actor.Email), text(r.Actor.Username)
	r.Action, r.Entry, r.Outcome = text(r.Action), text(r.Entry), text(r.Outcome)
	var seq, latest, lag int64
	var prev string
	// This update comes first: other appends wait for its lock.
	err := tx.QueryRowContext(ctx, `UPDATE audit_head SET seq = seq + 1 WHERE id = 1 RETURNING seq, hash, latest, lag`).Scan(&seq, &prev, &latest, &lag)
	if errors.Is(err, sql.ErrNoRows) {
		return r, errors.New("the row of audit_head is missing: verify the trail")
	}
	if err != nil {
		return r, err
	}
	if r.Time.IsZero() {
		r.Time = s.now()
	}
	if r.Action == rbac.CreateEntry && r.Outcome == audit.OutcomeDone && r.Entry != "" {
		var made bool
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit
			WHERE entry_id <> '' AND entry_id = $1 AND `+s.unindexed("action")+` = $2 AND `+s.unindexed("outcome")+` = $3)`, string(r.Entry), string(r.Action), string(r.Outcome)).Scan(&made); err != nil {
			return r, err
		}
		if made {
			return r, audit.ErrCreatedBefore
		}
	}
	r, line, err := r.Seal(seq, prev)
	if err != nil {
		return r, err
	}
	at := micros(r.Time)
	if _, err := tx.ExecContext(ctx, `INSERT INTO audit (seq, time, subject, email, action, entry_id, intent, outcome, line, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		seq, at, r.Actor.Subject, r.Actor.Email, string(r.Action), string(r.Entry), r.Intent, string(r.Outcome), string(line), r.Hash); err != nil {
		return r, err
	}
	if err := saveWords(ctx, tx, r); err != nil {
		return r, err
	}
	if name := r.Actor.Recorded().Username; name != "" {
		if _, err := tx.ExecContext(ctx, `INSERT INTO usernames (username, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, r.Actor.Subject); err != nil {
			return r, err
		}
	}
	latest = max(latest, at)
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET hash = $1, latest = $2, lag = $3 WHERE id = 1`, r.Hash, latest, max(lag, latest-at)); err != nil {
		return r, err
	}
	if err := track(ctx, tx, r); err != nil {
		return r, err
	}
	err = s.mirrorOwn(ctx, tx, r)
	r.Shown = nil
	return r, err
}

// track updates open_intents for r.
func track(ctx context.Context, tx *sql.Tx, r audit.Record) error {
	switch {
	case r.Outcome == audit.OutcomeIntent:
		opened, err := affect(ctx, tx, `INSERT INTO open_intents (seq, entry_lock) VALUES ($1, $2) ON CONFLICT DO NOTHING`, r.Seq, entryLock(r.Account, r.Entry))
		if err == nil && !opened {
			err = audit.ErrEntryMoved // another change of the entry is in progress
		}
		return err
	case r.Intent == 0:
		return nil
	case r.Corrects() != 0:
		return corrects(ctx, tx, r)
	case r.Outcome == audit.OutcomeUnknown:
		if open, err := affect(ctx, tx, `UPDATE open_intents SET entry_lock = '' WHERE seq = $1`, r.Intent); err != nil || open {
			return err
		}
		return audit.ErrSettled
	}
	if closed, err := affect(ctx, tx, `DELETE FROM open_intents WHERE seq = $1`, r.Intent); err != nil || closed {
		return err
	}
	return audit.ErrSettled
}

// corrects returns ErrSettled unless r corrects the last record of its intent, which says
// that nothing was done.
func corrects(ctx context.Context, tx *sql.Tx, r audit.Record) error {
	var last int64
	var outcome audit.Outcome
	err := tx.QueryRowContext(ctx, `SELECT seq, outcome FROM audit WHERE intent <> 0 AND intent = $1 AND seq < $2 ORDER BY seq DESC LIMIT 1`, r.Intent, r.Seq).Scan(&last, &outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return audit.ErrSettled
	}
	if err != nil {
		return err
	}
	if last != r.Corrects() || outcome != audit.OutcomeFailed && outcome != audit.OutcomeRefused {
		return audit.ErrSettled
	}
	return nil
}

// Unsettled returns the intents without a final outcome, oldest first.
func (s *Store) Unsettled(ctx context.Context) ([]audit.Record, error) {
	records, err := s.records(ctx, `SELECT a.line, a.hash FROM open_intents o JOIN audit a ON a.seq = o.seq ORDER BY o.seq`)
	if err != nil {
		return nil, fmt.Errorf("find unsettled intents: %w", err)
	}
	return records, nil
}

// Head returns seq and hash of the newest record.
func (s *Store) Head(ctx context.Context) (seq int64, hash string, err error) {
	h, err := s.head(ctx)
	if err != nil {
		return 0, "", fmt.Errorf("read the head of the audit trail: %w", err)
	}
	return h.seq, h.hash, nil
}

type head struct {
	seq         int64
	hash        string
	latest, lag int64
}

func (s *Store) head(ctx context.Context) (h head, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read.QueryRowContext(ctx, `SELECT seq, hash, latest, lag FROM audit_head WHERE id = 1`).Scan(&h.seq, &h.hash, &h.latest, &h.lag)
	return h, explain(err)
}

// readTimeout limits a reading query.
const readTimeout = 30 * time.Second
