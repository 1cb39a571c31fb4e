package mirror

import (
	"context"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// EntryRecords returns the newest records of the entry e under all ids that it has had, one
// for each action, at most limit (0 for all).
func (s *Service) EntryRecords(ctx context.Context, who rbac.Caller, e registry.Entry, limit int) ([]audit.Record, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewAudit); err != nil {
		return nil, err
	}
	var records []audit.Record
	for _, id := range registry.IDsOf(e.ID, e.Values()) { // newest id first, so its records are newer too
		left := 0
		if limit > 0 {
			if left = limit - len(records); left == 0 {
				break
			}
		}
		of, err := s.trail.Records(ctx, audit.Query{Entry: id, Limit: left, Newest: true})
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		records = append(records, of...)
	}
	return records, nil
}
