package mirror

import (
	"context"
	"errors"
	"fmt"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MovedError reports a former numeric id for which the API has no entry.
type MovedError struct {
	ID   registry.ID     // the requested id
	Now  registry.ID     // the entry's id today, "" if it was not found
	Last registry.Values // the entry's last known values by the audit trail, nil if unknown
	Err  error           // of reading ID; ErrNotFound is in its chain
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("entry %s was looked for under its former id: %v", e.ID, e.Err)
}

func (e *MovedError) Unwrap() error { return e.Err }

// findMoved finds the entry that had a numeric id before ids became UUIDs, with one search
// for the address that the audit trail knows. missing is the error of reading id; findMoved
// returns it unchanged for other ids.
func (s *Service) findMoved(ctx context.Context, id registry.ID, missing error) error {
	if !id.Numeric() || !errors.Is(missing, registry.ErrNotFound) {
		return missing
	}
	moved := &MovedError{ID: id, Err: missing}
	records, err := s.trail.Records(ctx, audit.Query{Entry: id, Outcome: audit.OutcomeDone, Limit: 1})
	if err != nil {
		s.log.WarnContext(ctx, "an entry with a former id could not be looked up in the audit trail", "entry", id, "error", err)
	}
	if len(records) == 0 {
		return moved
	}
	if moved.Last = records[0].After; moved.Last == nil {
		moved.Last = records[0].Before
	}
	email, _ := moved.Last[registry.FieldEmail].(string)
	if email == "" {
		return moved
	}
	found, _, err := s.Search(ctx, registry.Query{Search: email, PerPage: registry.MaxPerPage})
	if err != nil { // the id is gone in any case
		s.log.WarnContext(ctx, "an entry with a former id could not be looked for", "entry", id, "error", err)
	}
	for _, e := range found {
		if now, err := registry.ParseID(string(e.ID)); err == nil && e.FormerID() == id {
			moved.Now = now
		}
	}
	return moved
}

// List returns a page of entries; GroupByName groups them. If API calls are scarce, it may
// be a recent answer: see Page.AsOf. It returns a *ForbiddenError or an *APIError. A
// *StaleError wraps an error that may pass, if there is an earlier answer to the same
// query.
func (s *Service) List(ctx context.Context, who rbac.Caller, q registry.Query) (registry.Page, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ListEntries); err != nil {
		return registry.Page{}, err
	}
	if q.Grouped {
		if q.Order = registry.ByName; q.Direction == "" {
			q.Direction = registry.Ascending
		}
	}
	list, err := s.api.ListEntries(registry.AskedBy(ctx, who.Key()), q)
	if err == nil {
		list = s.locate(registry.AskedBy(ctx, who.Key()), q, list)
		s.lists.put(q, list, s.now())
		return list, nil
	}
	var failed *registry.APIError
	if !errors.As(err, &failed) || !failed.Kind.Passing() {
		return registry.Page{}, err
	}
	kept, ok := s.lists.get(q)
	switch {
	case !ok:
		return registry.Page{}, err
	case s.reusable(failed, kept.at) && !s.changedSince(kept.at):
		kept.list.AsOf = kept.at
		return kept.list, nil
	}
	return registry.Page{}, &StaleError{List: kept.list, At: kept.at, Age: s.now().Sub(kept.at), Cause: failed}
}

// Entry returns one entry and the receipt of the call. If API calls are scarce, it may be a
// recent answer: see Receipt.AsOf. It returns an error with ErrNotFound in its chain, a
// *ForbiddenError or an *APIError.
func (s *Service) Entry(ctx context.Context, who rbac.Caller, id registry.ID) (registry.Entry, registry.Receipt, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewEntry); err != nil {
		return registry.Entry{}, registry.Receipt{}, err
	}
	entry, receipt, err := s.api.Entry(registry.AskedBy(ctx, who.Key()), id)
	if err == nil {
		s.entries.putEntry(entry, receipt, s.now())
		return entry, receipt, nil
	}
	var failed *registry.APIError
	if kept, ok := s.entries.get(entryQuery(id)); ok && errors.As(err, &failed) && s.reusable(failed, kept.at) {
		kept.list.Receipt.AsOf = kept.at
		return kept.list.Entries[0], kept.list.Receipt, nil
	}
	return registry.Entry{}, receipt, fmt.Errorf("entry %s: %w", id, s.findMoved(registry.AskedBy(ctx, who.Key()), id, err))
}

// EntryToChange returns one entry as it is now, for a person who is about to do what. Its
// errors are those of Entry.
func (s *Service) EntryToChange(ctx context.Context, who rbac.Caller, id registry.ID, what rbac.Action) (registry.Entry, error) {
	if err := s.audit.Authorize(ctx, who, what); err != nil {
		return registry.Entry{}, err
	}
	entry, receipt, err := s.api.Entry(registry.ForChange(registry.AskedBy(ctx, who.Key())), id)
	if err != nil {
		return registry.Entry{}, fmt.Errorf("entry %s: %w", id, s.findMoved(registry.AskedBy(ctx, who.Key()), id, err))
	}
	s.entries.putEntry(entry, receipt, s.now())
	return entry, nil
}
