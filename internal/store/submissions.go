package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"namesake/internal/change"
)

// submissionRetention is how long a form's key is stored: longer than people leave a form
// open.
const submissionRetention = 24 * time.Hour

// keyHash returns the stored form of a form's key, which is secret and identifies a person.
func keyHash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// Submission returns the submission of key.
func (s *Store) Submission(ctx context.Context, key string) (change.Submission, bool, error) {
	return s.submission(ctx, "key_hash", keyHash(key))
}

// SubmissionOf returns the submission with the given intent.
func (s *Store) SubmissionOf(ctx context.Context, intent int64) (change.Submission, bool, error) {
	return s.submission(ctx, "intent", intent)
}

func (s *Store) submission(ctx context.Context, column string, value any) (sub change.Submission, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var sent int64
	err = s.read.QueryRowContext(ctx, `SELECT `+submissionColumns+`
		FROM submissions WHERE `+column+` = $1`, value).
		Scan(&sub.Name, &sub.Email, &sub.IsEmailRegex, &sub.Digest, &sent, &sub.Intent, &sub.Ended, &sub.Created, &sub.Identity)
	if errors.Is(err, sql.ErrNoRows) {
		return change.Submission{}, false, nil
	}
	if err != nil {
		return change.Submission{}, false, fmt.Errorf("read submission: %w", explain(err))
	}
	sub.SentAt = fromMicros(sent)
	return sub, true, nil
}

const submissionColumns = `name, email, is_email_regex, digest, sent_at, intent, ended, created, identity`

// values returns the columns of a submission in the order of submissionColumns.
func values(s change.Submission) []any {
	return []any{
		text(s.Name), text(s.Email), s.IsEmailRegex, text(s.Digest),
		micros(s.SentAt), s.Intent, s.Ended, string(text(s.Created)), text(s.Identity),
	}
}

// Claim records that a create is about to be sent, if from is still the submission of key,
// the intent of to is still open, and no other create of its identity is open except those
// in to.Beside.
func (s *Store) Claim(ctx context.Context, key string, from *change.Submission, to change.Submission) (bool, error) {
	query := `INSERT INTO submissions (key_hash, ` + submissionColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key_hash) DO NOTHING`
	args := append([]any{keyHash(key)}, values(to)...)
	if from != nil {
		query = `UPDATE submissions SET name = $2, email = $3, is_email_regex = $4, digest = $5, sent_at = $6, intent = $7, ended = $8, created = $9, identity = $10
			WHERE key_hash = $1 AND name = $11 AND email = $12 AND is_email_regex = $13 AND digest = $14
			AND sent_at = $15 AND intent = $16 AND ended = $17 AND created = $18 AND identity = $19`
		args = append(args, values(*from)...)
	}
	claimed := false
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		claimed = false
		// This update changes nothing and takes a lock: settling the intent has to wait,
		// and then finds it claimed.
		open, err := affect(ctx, tx, `UPDATE open_intents SET seq = seq WHERE seq = $1`, to.Intent)
		if err != nil || !open {
			return err
		}
		if inDoubt, err := othersOpen(ctx, tx, to); err != nil || inDoubt {
			return err
		}
		claimed, err = affect(ctx, tx, query, args...)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("claim submission: %w", err)
	}
	s.forget(ctx, to.SentAt)
	return claimed, nil
}

// forget removes old submissions, at most once an hour, but keeps those with an open
// intent: they show whether the create was sent. Failures are only logged.
func (s *Store) forget(ctx context.Context, now time.Time) {
	last := s.forgotten.Load()
	if micros(now)-last < time.Hour.Microseconds() || !s.forgotten.CompareAndSwap(last, micros(now)) {
		return
	}
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM submissions WHERE sent_at < $1
			AND intent NOT IN (SELECT seq FROM open_intents)`, micros(now.Add(-submissionRetention)))
		return err
	})
	if err != nil {
		s.log.WarnContext(ctx, "old submissions could not be deleted", "error", err)
	}
}

// Settle records the outcome of a claimed submission; nil removes the submission.
func (s *Store) Settle(ctx context.Context, key string, to *change.Submission) error {
	query := `DELETE FROM submissions WHERE key_hash = $1`
	args := []any{keyHash(key)}
	if to != nil {
		query = `INSERT INTO submissions (key_hash, ` + submissionColumns + `)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			ON CONFLICT (key_hash) DO UPDATE SET name = excluded.name, email = excluded.email, is_email_regex = excluded.is_email_regex,
			digest = excluded.digest, sent_at = excluded.sent_at, intent = excluded.intent, ended = excluded.ended, created = excluded.created, identity = excluded.identity`
		args = append(args, values(*to)...)
	}
	err := s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle submission: %w", err)
	}
	return nil
}
