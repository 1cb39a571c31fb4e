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

// Members of After in a checkpoint record.
const (
	removedSeq    = "removed_through_seq"
	removedHash   = "removed_through_hash"
	removedCount  = "removed_count"
	removedBefore = "before"
)

// pruneBatch is the number of records that one transaction removes, so that appends do not
// wait long.
const pruneBatch = 10_000

// pruneTimeout limits one such transaction.
const pruneTimeout = time.Minute

// pruneSpan limits, by the times of the records, the part of the trail that a day's pruning
// removes: a wrong clock must not remove more.
const pruneSpan = 24 * time.Hour

// noteLatest stores the time of the newest record before this program adds records. For an
// empty trail it is the current time.
func (s *Store) noteLatest(ctx context.Context) error {
	s.latest, s.latestAt = s.now(), s.clock.elapsed()
	return s.query(ctx, `SELECT seq, time FROM audit ORDER BY seq DESC LIMIT 1`, nil, func(rows *sql.Rows) error {
		var at int64
		err := rows.Scan(&s.latestSeq, &at)
		s.latest = fromMicros(at)
		return err
	})
}

// PruneDay removes records that are older than retention, at most those of one day, and
// once a day however often it is called. api is the time of the API's clock. To guard
// against a wrong clock, a record counts as old only if it is old by the database's clock,
// by the API's, and by the newest record from before the start of this program plus the
// time since then.
func (s *Store) PruneDay(ctx context.Context, retention time.Duration, api time.Time, template audit.Record) (removed int64, err error) {
	now := s.now()
	last, err := s.Records(ctx, audit.Query{Action: rbac.CheckpointAudit, Limit: 1})
	if err != nil || len(last) > 0 && now.Sub(last[0].Time).Abs() < pruneSpan-time.Hour {
		return 0, err
	}
	for _, other := range []time.Time{api, s.latest.Add(s.clock.elapsed() - s.latestAt)} {
		if other.Before(now) {
			now = other
		}
	}
	var oldest int64
	err = s.query(ctx, `SELECT time FROM audit ORDER BY seq LIMIT 1`, nil, func(rows *sql.Rows) error { return rows.Scan(&oldest) })
	if err != nil {
		return 0, fmt.Errorf("prune audit trail: %w", err)
	}
	before := now.Add(-retention)
	if limit := fromMicros(oldest).Add(pruneSpan); limit.Before(before) {
		before = limit
	}
	return s.Prune(ctx, before, template)
}

// Prune removes the records that are older than before, up to the first intent without a
// final outcome, and returns their number. Each transaction also appends a checkpoint,
// which tells Verify that these records were removed; template has its author and reason.
//
// Prune checks the records before it removes them, and returns a *BrokenError if they were
// tampered with: retention must not remove the evidence.
func (s *Store) Prune(ctx context.Context, before time.Time, template audit.Record) (removed int64, err error) {
	end, err := s.head(ctx)
	if err != nil {
		return 0, fmt.Errorf("prune audit trail: %w", err)
	}
	for {
		var n int64
		err := s.changeWithTimeout(ctx, pruneTimeout, func(ctx context.Context, tx *sql.Tx) (err error) {
			n, err = s.prune(ctx, tx, before, end.seq, template)
			return err
		})
		if err != nil {
			return removed, fmt.Errorf("prune audit trail: %w", err)
		}
		removed += n
		if n < s.pruneBatch {
			return removed, nil
		}
	}
}

// prune removes one batch of records, up to end.
func (s *Store) prune(ctx context.Context, tx *sql.Tx, before time.Time, end int64, r audit.Record) (removed int64, err error) {
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET seq = seq WHERE id = 1`); err != nil { // wait for appends
		return 0, err
	}
	var first, open int64
	err = tx.QueryRowContext(ctx, `SELECT (SELECT COALESCE(MIN(seq), 0) FROM audit), (SELECT COALESCE(MIN(seq), 0) FROM open_intents)`).Scan(&first, &open)
	if err != nil || first == 0 {
		return 0, err
	}
	last := min(first+s.pruneBatch-1, end)
	if open > 0 {
		last = min(last, open-1)
	}
	var young int64
	err = tx.QueryRowContext(ctx, `SELECT seq FROM audit WHERE seq >= $1 AND seq <= $2 AND +time >= $3 ORDER BY seq LIMIT 1`, first, last, micros(before)).Scan(&young)
	switch {
	case err == nil:
		last = young - 1
	case !errors.Is(err, sql.ErrNoRows):
		return 0, err
	}
	if last < first {
		return 0, nil
	}
	part, err := checkSpan(ctx, tx, first, last)
	if err != nil {
		return 0, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM audit WHERE seq <= $1`, last); err != nil {
		return 0, err
	}
	if err := pruneChanges(ctx, tx, last); err != nil {
		return 0, err
	}
	r.Action, r.Outcome, r.Intent, r.Before = rbac.CheckpointAudit, audit.OutcomeDone, 0, nil
	r.After = registry.Values{
		removedSeq: last, removedHash: part.lastHash, removedCount: part.records,
		removedBefore: before.UTC().Format(time.RFC3339),
	}
	if _, err := s.append(ctx, tx, r); err != nil {
		return 0, err
	}
	return part.records, nil
}
