package entries

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

const historyItems = 20

// history returns what the page of an entry shows of the audit trail and of changes made
// elsewhere, nil for people who may not see it.
func (s *Handlers) history(ctx context.Context, who rbac.Caller, e registry.Entry) (*templates.EntryHistory, error) {
	if !who.May(rbac.ViewAudit) || !who.May(rbac.ViewChanges) {
		return nil, nil
	}
	records, err := s.Mirror.EntryRecords(ctx, who, e, historyItems+1)
	if err != nil {
		return nil, fmt.Errorf("history of entry %s: %w", e.ID, err)
	}
	state, err := s.Mirror.State(ctx)
	if err != nil {
		return nil, err
	}
	h := &templates.EntryHistory{All: templates.EntryAuditURL(e.ID)}
	if !state.Since.IsZero() {
		h.Since = words.Moment(state.Since)
	}
	if who.May(rbac.RunPlan) {
		h.PutBackURL = s.ChangesURL() + web.PutBackPath
	}
	for _, r := range records {
		h.Items = append(h.Items, templates.HistoryItem{Record: new(web.AuditRow(r, s.Now()))})
	}
	for _, id := range registry.IDsOf(e.ID, e.Values()) {
		changes, _, err := s.Mirror.Changes(ctx, who, mirror.ChangeQuery{Entry: id, By: mirror.Elsewhere, Limit: historyItems + 1})
		if err != nil {
			return nil, fmt.Errorf("history of entry %s: %w", e.ID, err)
		}
		rows, err := s.ChangeRows(ctx, who, changes)
		if err != nil {
			return nil, fmt.Errorf("history of entry %s: %w", e.ID, err)
		}
		for i := range rows {
			h.Items = append(h.Items, templates.HistoryItem{Change: &rows[i]})
		}
	}
	slices.SortStableFunc(h.Items, newestFirst)
	if h.More = len(h.Items) > historyItems; h.More {
		h.Items = h.Items[:historyItems]
	}
	if former := e.FormerID(); former != "" {
		h.Former, h.FormerAll = former, templates.EntryAuditURL(former)
	}
	return h, nil
}

// newestFirst orders records and changes by time. Records stay in their own order.
func newestFirst(a, b templates.HistoryItem) int {
	switch {
	case a.Record != nil && b.Record != nil:
		return cmp.Compare(b.Record.Seq, a.Record.Seq)
	case a.Record != nil:
		return b.Change.At.Compare(a.Record.Time)
	case b.Record != nil:
		return b.Record.Time.Compare(a.Change.At)
	}
	return cmp.Compare(b.Change.Seq, a.Change.Seq)
}
