package audit

import (
	"context"
	"errors"
	"fmt"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Records returns the records that q selects, newest first.
func (s *Log) Records(ctx context.Context, who rbac.Caller, q Query) ([]Record, error) {
	if err := s.Authorize(ctx, who, rbac.ViewAudit); err != nil {
		return nil, err
	}
	records, err := s.trail.Records(ctx, q)
	return records, Unreadable(err)
}

// Record returns one record, or ErrNotFound.
func (s *Log) Record(ctx context.Context, who rbac.Caller, seq int64) (Record, error) {
	if err := s.Authorize(ctx, who, rbac.ViewAudit); err != nil {
		return Record{}, err
	}
	r, err := s.trail.Record(ctx, seq)
	return r, Unreadable(err)
}

// Head returns seq and hash of the newest record. A copy stored elsewhere proves later that
// no record up to it was changed or removed.
func (s *Log) Head(ctx context.Context, who rbac.Caller) (seq int64, hash string, err error) {
	if err := s.Authorize(ctx, who, rbac.ViewAudit); err != nil {
		return 0, "", err
	}
	seq, hash, err = s.trail.Head(ctx)
	return seq, hash, Unreadable(err)
}

// Export records the export in a format, then calls visit with the line of each record that
// q selects, oldest first.
func (s *Log) Export(ctx context.Context, who rbac.Caller, q Query, format string, visit func(line []byte) error) error {
	if err := s.Authorize(ctx, who, rbac.ExportAudit); err != nil {
		return err
	}
	what := q.values()
	what["format"] = format
	if err := s.Note(ctx, who, Record{Action: rbac.ExportAudit, Outcome: OutcomeDone, After: what}); err != nil {
		return err
	}
	return s.trail.Each(ctx, q, visit)
}

// Unreadable marks an error of the trail as one of the database.
func Unreadable(err error) error {
	if err == nil || errors.Is(err, registry.ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", registry.ErrDatabase, err)
}

// values returns the query's conditions for the record of an export.
func (q Query) values() registry.Values {
	v := registry.Values{}
	set := func(name, value string) {
		if value != "" {
			v[name] = value
		}
	}
	set("search", q.Search)
	set("person", q.Person)
	set("action", string(q.Action))
	set("entry", string(q.Entry))
	set("outcome", string(q.Outcome))
	if !q.Since.IsZero() {
		v["since"] = q.Since.UTC().Format(timeFormat)
	}
	if !q.Until.IsZero() {
		v["until"] = q.Until.UTC().Format(timeFormat)
	}
	return v
}
