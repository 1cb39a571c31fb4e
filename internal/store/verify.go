package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// VerifyResult describes a valid trail.
type VerifyResult struct {
	Records  int64 // number of records
	FirstSeq int64 // greater than 1 if retention has removed older ones
	HeadSeq  int64
	HeadHash string // a copy stored elsewhere proves later that no record up to HeadSeq was changed
}

// BrokenError reports a trail that was tampered with or damaged.
type BrokenError struct {
	Seq    int64 // the first wrong record
	Reason string
}

func (e *BrokenError) Error() string { return fmt.Sprintf("audit record %d: %s", e.Seq, e.Reason) }

// spanLength is the number of records that one query reads: long queries keep the engine
// from cleaning up.
const spanLength = 8192

// Verify checks the trail up to the newest record at the start, and returns a *BrokenError
// if it is broken. It calls report, unless that is nil, at intervals with the number of
// records checked so far. Records may be written in the meantime.
//
// Verify can't detect that the end of the trail was removed or rewritten together with the
// row of audit_head: that needs a copy of an earlier hash.
func (s *Store) Verify(ctx context.Context, report func(checked int64)) (VerifyResult, error) {
	if report == nil {
		report = func(int64) {}
	}
	for {
		ends, err := s.ends(ctx)
		if err != nil {
			return VerifyResult{}, fmt.Errorf("verify audit trail: %w", err)
		}
		result, err := s.verify(ctx, ends, report)
		var broken *BrokenError
		if errors.As(err, &broken) {
			// Retention may have just removed records. This can't repeat endlessly: it
			// removes only records older than the current head.
			now, again := s.ends(ctx)
			if again == nil && now.first > ends.first && !ends.empty {
				continue
			}
		}
		if err != nil {
			return VerifyResult{}, fmt.Errorf("verify audit trail: %w", err)
		}
		return result, nil
	}
}

// ends are the two ends of a trail at one moment.
type ends struct {
	first, last int64 // of the existing records
	empty       bool  // the trail has no records
	head
	hasHead bool
}

func (s *Store) ends(ctx context.Context) (e ends, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var first, last, id, seq, latest, lag sql.NullInt64
	var hash sql.NullString
	err = s.read.QueryRowContext(ctx, `SELECT t.first, t.last, h.id, h.seq, h.hash, h.latest, h.lag
		FROM (SELECT (SELECT MIN(seq) FROM audit) AS first, (SELECT MAX(seq) FROM audit) AS last) AS t
		LEFT JOIN audit_head h ON h.id = 1`).Scan(&first, &last, &id, &seq, &hash, &latest, &lag)
	e.head = head{seq.Int64, hash.String, latest.Int64, lag.Int64}
	e.first, e.last, e.empty, e.hasHead = first.Int64, last.Int64, !first.Valid, id.Valid
	return e, explain(err)
}

func (s *Store) verify(ctx context.Context, e ends, report func(int64)) (VerifyResult, error) {
	if !e.hasHead {
		return VerifyResult{}, &BrokenError{e.last, "the row of audit_head, which tells that it is the last one, is missing"}
	}
	if e.first < 1 && !e.empty {
		return VerifyResult{}, &BrokenError{e.first, "added: the first record of all is number 1"}
	}
	if e.first > 1 || e.empty && e.seq > 0 {
		if err := s.checkRemoved(ctx, e); err != nil {
			return VerifyResult{}, err
		}
	}
	whole, err := s.walk(ctx, max(e.first, 1), e.seq, report)
	lost := int64(0)
	if err == nil {
		lost = s.lostIntent(ctx, whole.open)
	}
	switch {
	case err != nil:
		return VerifyResult{}, err
	case e.last > e.seq:
		return VerifyResult{}, &BrokenError{e.seq + 1, fmt.Sprintf("the row of audit_head says that record %d is the last one", e.seq)}
	case whole.lastHash != e.hash:
		return VerifyResult{}, &BrokenError{e.seq, "changed: the row of audit_head has another hash of it"}
	case lost != 0:
		return VerifyResult{}, &BrokenError{lost, "it has no outcome, and its row in open_intents, by which it would be settled, is missing"}
	case e.seq > 0 && (whole.latest > e.latest || whole.lag > e.lag):
		return VerifyResult{}, &BrokenError{e.seq, "the row of audit_head has other times, by which searches go"}
	}
	if err := s.verifyChanges(ctx, max(e.first, 1), e.seq); err != nil {
		return VerifyResult{}, err
	}
	return VerifyResult{Records: whole.records, FirstSeq: e.first, HeadSeq: e.seq, HeadHash: e.hash}, nil
}

// checkRemoved returns a *BrokenError unless a checkpoint says that the records before the
// first one were removed. The checkpoint is then part of the records to check.
func (s *Store) checkRemoved(ctx context.Context, e ends) error {
	var prev string
	if !e.empty {
		err := s.query(ctx, `SELECT line FROM audit WHERE seq = $1`, []any{e.first}, func(rows *sql.Rows) error {
			var line sql.RawBytes
			if err := rows.Scan(&line); err != nil {
				return err
			}
			hash, _ := prevHash(line)
			prev = string(hash)
			return nil
		})
		if err != nil {
			return err
		}
	}
	var through int64
	said := false
	err := s.query(ctx, `SELECT line FROM audit WHERE action = $1`, []any{string(rbac.CheckpointAudit)}, func(rows *sql.Rows) error {
		var line sql.RawBytes
		if err := rows.Scan(&line); err != nil {
			return err
		}
		r, err := audit.ParseRecord(line)
		if err != nil {
			return nil // the checkpoint was changed, which the check of the records detects
		}
		seq, _ := r.After[removedSeq].(int64)
		if seq < e.first || e.empty {
			through = max(through, seq)
		}
		said = said || seq == e.first-1 && r.After[removedHash] == prev
		return nil
	})
	switch {
	case err != nil || said:
		return err
	case through == e.first-1 && through > 0:
		return &BrokenError{e.first, "changed: the checkpoint of what was removed before it has another hash"}
	}
	return &BrokenError{through + 1, "removed, and no checkpoint says so"}
}

// lostIntent returns the first intent that would never be settled, because it has neither a
// final outcome nor a row in open_intents. It returns 0 if there is none.
func (s *Store) lostIntent(ctx context.Context, open map[int64]bool) (lost int64) {
	for _, seq := range slices.Sorted(maps.Keys(open)) {
		known := true // a failed query is no fault of the trail
		_ = query(ctx, s.read, `SELECT EXISTS (SELECT 1 FROM open_intents WHERE seq = $1)
			OR EXISTS (SELECT 1 FROM audit WHERE intent <> 0 AND intent = $1 AND outcome IN ('done', 'refused', 'failed'))`,
			[]any{seq}, func(rows *sql.Rows) error { return rows.Scan(&known) })
		if !known {
			return seq
		}
	}
	return 0
}

// A span is a valid part of the trail.
type span struct {
	records             int64
	firstPrev, lastHash string
	latest, earliest    int64 // highest and lowest time
	lag                 int64 // the largest difference between a time and an earlier record's later time

	open   map[int64]bool // intents without a final outcome
	closed []int64        // intents of an earlier span with their final outcome in this one
}

// note updates open and closed for a record.
func (a *span) note(seq, intent int64, outcome audit.Outcome) {
	switch outcome {
	case audit.OutcomeIntent:
		if a.open == nil {
			a.open = make(map[int64]bool)
		}
		a.open[seq] = true
	case audit.OutcomeDone, audit.OutcomeRefused, audit.OutcomeFailed:
		if a.open[intent] {
			delete(a.open, intent)
		} else if intent != 0 {
			a.closed = append(a.closed, intent)
		}
	case audit.OutcomeUnknown:
	}
}

// join appends the span next to the span a.
func (a span) join(next span) span {
	if a.records == 0 {
		return next
	}
	for _, intent := range next.closed {
		delete(a.open, intent)
	}
	if a.open == nil {
		a.open = make(map[int64]bool)
	}
	maps.Copy(a.open, next.open)
	return span{
		open: a.open, records: a.records + next.records, firstPrev: a.firstPrev, lastHash: next.lastHash,
		latest: max(a.latest, next.latest), earliest: min(a.earliest, next.earliest),
		lag: max(a.lag, next.lag, a.latest-next.earliest),
	}
}

// walk checks the records from first to last, several spans at once.
func (s *Store) walk(ctx context.Context, first, last int64, report func(int64)) (whole span, err error) {
	if last < first {
		return span{}, nil
	}
	type result struct {
		span
		err error
	}
	results := make([]chan result, (last-first)/s.spanLength+1)
	for i := range results {
		results[i] = make(chan result, 1)
	}
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), readers) {
		workers.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(len(results)) || ctx.Err() != nil {
					return
				}
				from := first + i*s.spanLength
				var r result
				r.span, r.err = checkSpan(ctx, s.read, from, min(from+s.spanLength-1, last))
				results[i] <- r
			}
		})
	}
	for i := range results {
		var r result
		select {
		case r = <-results[i]:
		case <-ctx.Done():
			return span{}, ctx.Err()
		}
		if i == 0 && first == 1 && r.records > 0 && r.firstPrev != "" {
			return span{}, &BrokenError{1, "changed: it names the hash of a record before it"}
		}
		if whole.records > 0 && r.records > 0 && r.firstPrev != whole.lastHash {
			return span{}, blame(ctx, s.read, first+int64(i)*s.spanLength)
		}
		if r.err != nil {
			return span{}, r.err
		}
		whole = whole.join(r.span)
		report(whole.records)
	}
	return whole, nil
}

// blame returns the error for record seq if its prev_hash differs from the hash of the
// record before. Both records agree with their own hashes, so one of them was rehashed.
// That is the one before if the record after seq, or the head, still has the hash of seq.
func blame(ctx context.Context, db queryer, seq int64) error {
	var hash, after sql.NullString
	err := query(ctx, db, `SELECT (SELECT hash FROM audit WHERE seq = $1), (SELECT line FROM audit WHERE seq = $2)`, []any{seq, seq + 1}, func(rows *sql.Rows) error {
		return rows.Scan(&hash, &after)
	})
	if err != nil {
		return err
	}
	known, ok := prevHash([]byte(after.String))
	if !ok {
		err := query(ctx, db, `SELECT hash FROM audit_head`, nil, func(rows *sql.Rows) error { return rows.Scan(&known) })
		if err != nil {
			return err
		}
	}
	if string(known) == hash.String {
		return &BrokenError{seq - 1, fmt.Sprintf("changed, and given a new hash: record %d names another one", seq)}
	}
	return &BrokenError{seq, fmt.Sprintf("changed, and given a new hash: it names a hash that record %d does not have", seq-1)}
}

// checkSpan checks the records from first to last. It may return the part before the bad
// record together with a *BrokenError.
func checkSpan(ctx context.Context, db queryer, first, last int64) (part span, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := db.QueryContext(ctx, `SELECT seq, time, subject, email, action, entry_id, intent, outcome, line, hash
		FROM audit WHERE seq >= $1 AND seq <= $2 ORDER BY seq`, first, last)
	if err != nil {
		return span{}, explain(err)
	}
	bad := int64(0) // a record that does not continue the one before it
	defer func() {
		err = explain(errors.Join(err, rows.Close()))
		if err == nil && bad > 0 {
			err = blame(ctx, db, bad)
		}
	}()
	part = span{latest: math.MinInt64, earliest: math.MaxInt64}
	var row row
	prev := make([]byte, 0, hashLength)
	want := first
	for rows.Next() {
		if err := row.scan(rows); err != nil {
			return part, err
		}
		if row.seq != want {
			return part, removedError(want, row.seq-1)
		}
		names, reason := row.check()
		if reason != "" {
			return part, &BrokenError{row.seq, reason}
		}
		if part.records == 0 {
			part.firstPrev = string(names)
		} else if string(names) != string(prev) {
			bad = row.seq
			return part, nil
		}
		prev = append(prev[:0], row.hash...)
		part.records++
		part.note(row.seq, row.intent, audit.Outcome(row.outcome))
		part.latest, part.earliest = max(part.latest, row.time), min(part.earliest, row.time)
		part.lag = max(part.lag, part.latest-row.time)
		want++
	}
	if err := rows.Err(); err != nil {
		return part, err
	}
	part.lastHash = string(prev)
	if want <= last {
		return part, removedError(want, last)
	}
	return part, nil
}

func removedError(from, to int64) error {
	if from == to {
		return &BrokenError{from, "removed"}
	}
	return &BrokenError{from, fmt.Sprintf("removed, and so are the following ones up to %d at least", to)}
}
