package store

import (
	"context"
	"database/sql"

	"namesake/internal/audit"
	"namesake/internal/dismissals"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Dismissals returns the dismissals of an account.
func (s *Store) Dismissals(ctx context.Context, account registry.AccountID) (all []dismissals.Dismissal, err error) {
	err = s.query(ctx, `SELECT finding, fingerprint, reason, until, dismissed, person FROM dismissals WHERE account = $1`, []any{text(account)}, func(rows *sql.Rows) error {
		var d dismissals.Dismissal
		var until, at int64
		var person string
		if err := rows.Scan(&d.Finding, &d.Fingerprint, &d.Reason, &until, &at, &person); err != nil {
			return err
		}
		who, err := parseOwner(person)
		if err != nil {
			return err
		}
		if d.At, d.By = fromMicros(at), who.Actor; until != 0 {
			d.Until = fromMicros(until)
		}
		all = append(all, d)
		return nil
	})
	return all, wrap("read dismissals", err)
}

// Dismiss stores a dismissal instead of an earlier one of the same finding, and its record.
func (s *Store) Dismiss(ctx context.Context, account registry.AccountID, d dismissals.Dismissal, record audit.Record) error {
	person, err := jsonText(ownerRowOf(rbac.Caller{Actor: d.By}))
	if err != nil {
		return wrap("dismiss a finding", err)
	}
	until := int64(0)
	if !d.Until.IsZero() {
		until = micros(d.Until)
	}
	return wrap("dismiss a finding", s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO dismissals (account, finding, fingerprint, reason, until, dismissed, person) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account, finding) DO UPDATE SET fingerprint = excluded.fingerprint, reason = excluded.reason, until = excluded.until,
				dismissed = excluded.dismissed, person = excluded.person`,
			text(account), text(d.Finding), text(d.Fingerprint), text(d.Reason), until, micros(d.At), person)
		if err != nil {
			return err
		}
		if _, err = s.append(ctx, tx, record); err != nil {
			return err
		}
		return s.notifyMirror(ctx, tx, account)
	}))
}

// Restore removes the dismissal of a finding, and stores the record. It returns false, and
// stores nothing, if there is none.
func (s *Store) Restore(ctx context.Context, account registry.AccountID, finding string, record audit.Record) (restored bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		restored, err = affect(ctx, tx, `DELETE FROM dismissals WHERE account = $1 AND finding = $2`, text(account), text(finding))
		if err != nil || !restored {
			return err
		}
		if _, err = s.append(ctx, tx, record); err != nil {
			return err
		}
		return s.notifyMirror(ctx, tx, account)
	})
	return restored && err == nil, wrap("restore a finding", err)
}
