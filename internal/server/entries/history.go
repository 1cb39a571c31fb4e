package entries

import (
	"context"
	"fmt"

	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

const historyRecords = 20

// history returns what the page of an entry shows of the audit trail, nil for
// people who may not see it.
func (s *Handlers) history(ctx context.Context, who rbac.Caller, e registry.Entry) (*templates.EntryHistory, error) {
	if !who.May(rbac.ViewAudit) {
		return nil, nil
	}
	records, err := s.Mirror.EntryRecords(ctx, who, e, historyRecords+1)
	if err != nil {
		return nil, fmt.Errorf("history of entry %s: %w", e.ID, err)
	}
	more := len(records) > historyRecords
	h := &templates.EntryHistory{
		Records: records[:min(len(records), historyRecords)], More: more, All: templates.EntryAuditURL(e.ID),
	}
	if former := e.FormerID(); former != "" {
		h.Former, h.FormerAll = former, templates.EntryAuditURL(former)
	}
	return h, nil
}
