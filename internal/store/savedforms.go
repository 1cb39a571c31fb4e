package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"namesake/internal/signin"
)

// maxFormsPerPerson is the number of forms stored for one person.
const maxFormsPerPerson = 20

// SaveForm stores a form.
func (s *Store) SaveForm(ctx context.Context, id string, f signin.SavedForm, forget time.Time) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM kept_forms WHERE kept < $1`, micros(forget)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO kept_forms (id_hash, issuer, subject, path, form, kept) VALUES ($1, $2, $3, $4, $5, $6)`,
			keyHash(id), text(f.Issuer), text(f.Subject), text(f.Path), f.Values.Encode(), micros(f.SavedAt)); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM kept_forms WHERE issuer = $1 AND subject = $2 AND id_hash NOT IN
			(SELECT id_hash FROM kept_forms WHERE issuer = $1 AND subject = $2 ORDER BY kept DESC, id_hash LIMIT $3)`,
			text(f.Issuer), text(f.Subject), maxFormsPerPerson)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	return nil
}

// SavedForm returns a form to its owner only.
func (s *Store) SavedForm(ctx context.Context, id, issuer, subject string) (f signin.SavedForm, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var form string
	var kept int64
	err = s.read.QueryRowContext(ctx, `SELECT issuer, subject, path, form, kept FROM kept_forms WHERE id_hash = $1 AND issuer = $2 AND subject = $3`,
		keyHash(id), text(issuer), text(subject)).Scan(&f.Issuer, &f.Subject, &f.Path, &form, &kept)
	if errors.Is(err, sql.ErrNoRows) {
		return signin.SavedForm{}, false, nil
	}
	if err == nil {
		f.Values, err = url.ParseQuery(form)
	}
	if err != nil {
		return signin.SavedForm{}, false, fmt.Errorf("read kept form: %w", explain(err))
	}
	f.SavedAt = fromMicros(kept)
	return f, true, nil
}

// DropForm deletes a form.
func (s *Store) DropForm(ctx context.Context, id, issuer, subject string) error {
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM kept_forms WHERE id_hash = $1 AND issuer = $2 AND subject = $3`, keyHash(id), text(issuer), text(subject))
		return err
	})
	if err != nil {
		return fmt.Errorf("drop form: %w", err)
	}
	return nil
}
