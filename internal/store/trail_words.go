package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"namesake/internal/audit"
)

// wordsBatch is the number of records whose words one transaction adds.
const wordsBatch = 1000

// saveWords stores the words by which a record is found, unless the record is gone.
func saveWords(ctx context.Context, tx *sql.Tx, r audit.Record) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit_words (seq, words)
		SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT) WHERE EXISTS (SELECT 1 FROM audit WHERE seq = $1) ON CONFLICT DO NOTHING`, r.Seq, text(r.Words()))
	return err
}

// addMissingWords stores the words of records that have none: those of earlier versions of
// the program, which may still be running beside this one.
func (s *Store) addMissingWords(ctx context.Context) error {
	for after := int64(0); ; {
		records, err := s.records(ctx, `SELECT a.line, a.hash FROM audit a LEFT JOIN audit_words w ON w.seq = a.seq
			WHERE w.seq IS NULL AND a.seq > $1 ORDER BY a.seq LIMIT $2`, after, wordsBatch)
		if err != nil {
			return fmt.Errorf("add the words of records: %w", err)
		}
		if len(records) == 0 {
			return nil
		}
		err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
			for _, r := range records {
				if err := saveWords(ctx, tx, r); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("add the words of records: %w", err)
		}
		after = records[len(records)-1].Seq
	}
}

// likeText is the pattern of LIKE for texts that contain part.
func likeText(part string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text(part)) + "%"
}
