package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"namesake/internal/audit"
	"namesake/internal/mailtests"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Tests returns the tests of an account, by name and address.
func (s *Store) Tests(ctx context.Context, account registry.AccountID) (all []mailtests.Test, err error) {
	err = s.query(ctx, `SELECT id, name, email, expect, note, created, person FROM mail_tests WHERE account = $1`, []any{text(account)}, func(rows *sql.Rows) error {
		var t mailtests.Test
		var at int64
		var person string
		if err := rows.Scan(&t.ID, &t.Name, &t.Email, &t.Expect, &t.Note, &at, &person); err != nil {
			return err
		}
		who, err := parseOwner(person)
		t.At, t.By = fromMicros(at), who.Actor
		all = append(all, t)
		return err
	})
	slices.SortFunc(all, func(a, b mailtests.Test) int {
		return cmp.Or(cmp.Compare(registry.FoldName(a.Name), registry.FoldName(b.Name)), cmp.Compare(a.Email, b.Email), cmp.Compare(a.ID, b.ID))
	})
	return all, wrap("read tests", err)
}

// AddTests stores tests, each with its record, or none of them: if one is there already, the
// error is *mailtests.ExistsError, and if there would be more than limit,
// mailtests.ErrTooMany.
func (s *Store) AddTests(ctx context.Context, account registry.AccountID, tests []mailtests.Test, records []audit.Record, limit int) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for i, t := range tests {
			if _, err := s.append(ctx, tx, records[i]); err != nil { // first: others wait for its lock
				return err
			}
			person, err := jsonText(ownerRowOf(rbac.Caller{Actor: t.By}))
			if err != nil {
				return err
			}
			added, err := affect(ctx, tx, `INSERT INTO mail_tests (account, id, name, email, expect, note, created, person) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
				ON CONFLICT (account, id) DO NOTHING`,
				text(account), text(t.ID), text(t.Name), text(t.Email), text(t.Expect), text(t.Note), micros(t.At), person)
			if err != nil {
				return err
			}
			if !added {
				return &mailtests.ExistsError{ID: t.ID}
			}
		}
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mail_tests WHERE account = $1`, text(account)).Scan(&n); err != nil {
			return err
		}
		if n > limit {
			return mailtests.ErrTooMany
		}
		return nil
	})
	var exists *mailtests.ExistsError
	if errors.As(err, &exists) {
		return exists
	}
	return wrap("add tests", err)
}

// RemoveTest removes a test, stores the record and returns its seq: 0, with nothing stored, if
// there is no such test.
func (s *Store) RemoveTest(ctx context.Context, account registry.AccountID, id string, record audit.Record) (seq int64, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		removed, err := affect(ctx, tx, `DELETE FROM mail_tests WHERE account = $1 AND id = $2`, text(account), text(id))
		if seq = 0; err != nil || !removed {
			return err
		}
		stored, err := s.append(ctx, tx, record)
		seq = stored.Seq
		return err
	})
	if err != nil {
		return 0, wrap("remove a test", err)
	}
	return seq, nil
}
