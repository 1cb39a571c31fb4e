package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// tombstoneRetention is how long the copy of the registry keeps a deleted entry. Every copy
// of the program has noticed the deletion by then, or loads the whole registry again.
const tombstoneRetention = 24 * time.Hour

// pruneChanges removes the changes whose records were removed, up to last. From the newest
// of these on all changes are known.
func pruneChanges(ctx context.Context, tx *sql.Tx, last int64) error {
	for _, statement := range []string{
		`UPDATE mirrors SET since = (SELECT MAX(first_seen) FROM registry_changes c WHERE c.account = mirrors.account AND c.record <= $1)
			WHERE since < (SELECT MAX(first_seen) FROM registry_changes c WHERE c.account = mirrors.account AND c.record <= $1)`,
		`DELETE FROM registry_changes WHERE record <= $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, last); err != nil {
			return err
		}
	}
	return nil
}

// ForgetDeleted removes entries from the copy of the registry that were deleted more than a
// day ago.
func (s *Store) ForgetDeleted(ctx context.Context) error {
	before := micros(s.now().Add(-tombstoneRetention))
	return wrap("remove deleted entries from the mirror", s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			`UPDATE mirrors SET forgotten = (SELECT MAX(version) FROM mirror_entries e WHERE e.account = mirrors.account AND e.gone AND e.changed < $1)
				WHERE forgotten < (SELECT MAX(version) FROM mirror_entries e WHERE e.account = mirrors.account AND e.gone AND e.changed < $1)`,
			`DELETE FROM mirror_entries WHERE gone AND changed < $1`,
		} {
			if _, err := tx.ExecContext(ctx, statement, before); err != nil {
				return err
			}
		}
		return nil
	}))
}

// verifyChanges returns a *BrokenError if the changes of a record of changes made elsewhere
// are not those that the record was made of.
func (s *Store) verifyChanges(ctx context.Context, first, last int64) error {
	for {
		records, err := s.records(ctx, `SELECT line, hash FROM audit WHERE action = $1 AND seq >= $2 AND seq <= $3 ORDER BY seq LIMIT $4`,
			string(rbac.ChangedElsewhere), first, last, batch)
		if err != nil {
			return err
		}
		for _, r := range records {
			if err := s.verifyChangesOf(ctx, r); err != nil {
				return err
			}
			first = r.Seq + 1
		}
		if len(records) < batch {
			return nil
		}
	}
}

func (s *Store) verifyChangesOf(ctx context.Context, r audit.Record) error {
	var changes []mirror.Change
	err := s.query(ctx, `SELECT `+changeColumns+` FROM registry_changes WHERE record = $1 AND made_by = $2
		UNION ALL SELECT `+changeColumns+` FROM registry_changes WHERE found_by <> 0 AND found_by = $1`, []any{r.Seq, string(mirror.Elsewhere)}, func(rows *sql.Rows) error {
		change, err := scanChange(rows)
		changes = append(changes, change)
		return err
	})
	if err != nil || mirror.Digest(changes) == r.After["digest"] {
		return err
	}
	if _, err := s.Record(ctx, r.Seq); errors.Is(err, registry.ErrNotFound) {
		return nil // retention has removed the changes with the record
	}
	return &BrokenError{r.Seq, fmt.Sprintf("the %d changes in registry_changes are not those that it was made of", len(changes))}
}
