package registry

import (
	"context"
	"errors"
	"fmt"
)

// AuditTrail returns the records that q selects, newest first.
func (s *Service) AuditTrail(ctx context.Context, who Caller, q AuditQuery) ([]Record, error) {
	if err := s.Authorize(ctx, who, ViewAudit); err != nil {
		return nil, err
	}
	records, err := s.trail.Records(ctx, q)
	return records, unreadable(err)
}

// AuditRecord returns one record, or ErrNotFound.
func (s *Service) AuditRecord(ctx context.Context, who Caller, seq int64) (Record, error) {
	if err := s.Authorize(ctx, who, ViewAudit); err != nil {
		return Record{}, err
	}
	r, err := s.trail.Record(ctx, seq)
	return r, unreadable(err)
}

// AuditHead returns seq and hash of the newest record: kept elsewhere, they prove
// later that nothing up to it was changed or cut off.
func (s *Service) AuditHead(ctx context.Context, who Caller) (seq int64, hash string, err error) {
	if err := s.Authorize(ctx, who, ViewAudit); err != nil {
		return 0, "", err
	}
	seq, hash, err = s.trail.Head(ctx)
	return seq, hash, unreadable(err)
}

// ExportAudit records the export, and then calls visit with the line of each
// record that q selects, oldest first.
func (s *Service) ExportAudit(ctx context.Context, who Caller, q AuditQuery, visit func(line []byte) error) error {
	if err := s.Authorize(ctx, who, ExportAudit); err != nil {
		return err
	}
	if err := s.note(ctx, who, Record{Action: ExportAudit, Outcome: OutcomeDone, After: q.values()}); err != nil {
		return err
	}
	return s.trail.Each(ctx, q, visit)
}

// unreadable marks an error of the trail as the database's.
func unreadable(err error) error {
	if err == nil || errors.Is(err, ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDatabase, err)
}

// values tells a query's conditions, for the record of an export.
func (q AuditQuery) values() Values {
	v := Values{}
	set := func(name, value string) {
		if value != "" {
			v[name] = value
		}
	}
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
