package plan

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// DraftPutBack drafts a plan that puts back the changes that q selects and that were made
// elsewhere: it deletes what was created, restores the former values of what was edited, and
// creates again what was deleted. What has changed since in other fields stays. Errors are
// those of Draft.
func (s *Service) DraftPutBack(ctx context.Context, who rbac.Caller, q mirror.ChangeQuery) (Plan, error) {
	if err := s.authorize(ctx, who); err != nil {
		return Plan{}, err
	}
	q.By, q.Limit = mirror.Elsewhere, 2*MaxOperations
	changes, total, err := s.mirror.Changes(ctx, who, q)
	if err != nil {
		return Plan{}, err
	}
	if total > q.Limit {
		return Plan{}, &TooManyError{MaxOperations}
	}
	view := s.mirror.Snapshot().View
	wanted := make(map[registry.ID]registry.Values, len(changes)) // nil for an entry that must not exist
	var ids []registry.ID
	for _, c := range changes { // the newest first
		values, met := wanted[c.Entry]
		if !met {
			ids = append(ids, c.Entry)
			if e, exists := view.Entry(c.Entry); exists {
				values = e.Values()
			}
		}
		wanted[c.Entry] = without(values, c)
	}
	return s.draftStates(ctx, who, Drift, view, ids, wanted)
}

// without returns the values of an entry without the effect of a change of it; nil stands
// for no entry.
func without(now registry.Values, c mirror.Change) registry.Values {
	switch {
	case c.Before == nil:
		return nil
	case now == nil && c.After == nil:
		return c.Before.Values()
	case now != nil && c.After != nil:
		return now.With(registry.Difference(c.After.Values(), c.Before.Values()))
	}
	return now
}

// DraftRestore drafts a plan that makes the registry what it was at a time. Errors are those
// of Draft, and *mirror.TimeError.
func (s *Service) DraftRestore(ctx context.Context, who rbac.Caller, at time.Time) (Plan, error) {
	if err := s.authorize(ctx, who); err != nil {
		return Plan{}, err
	}
	changed, err := s.mirror.ChangedSince(ctx, who, at)
	if err != nil {
		return Plan{}, err
	}
	wanted := make(map[registry.ID]registry.Values, len(changed))
	ids := make([]registry.ID, len(changed))
	for i, d := range changed {
		ids[i], wanted[d.Entry] = d.Entry, nil
		if d.Before != nil {
			wanted[d.Entry] = d.Before.Values()
		}
	}
	return s.draftStates(ctx, who, Restore, s.mirror.Snapshot().View, ids, wanted)
}

// RestoreNow creates a deleted entry again, by a plan that starts at once. If it can't, the
// draft says why. Errors are those of Draft, and registry.ErrNotFound if no such deletion is
// known.
func (s *Service) RestoreNow(ctx context.Context, who rbac.Caller, id registry.ID) (Plan, error) {
	if err := s.authorize(ctx, who, Create); err != nil {
		return Plan{}, err
	}
	changes, _, err := s.mirror.Changes(ctx, who, mirror.ChangeQuery{Entry: id, Limit: 1})
	if err != nil {
		return Plan{}, err
	}
	if len(changes) == 0 || changes[0].Kind != mirror.Deleted || changes[0].Before == nil {
		return Plan{}, fmt.Errorf("restore entry %s: %w", id, registry.ErrNotFound)
	}
	deleted := changes[0]
	own, err := s.changes.Restorable(ctx, id, deleted.Before.Values())
	if err != nil {
		return Plan{}, err
	}
	o := Operation{Kind: Create, EntryID: id, After: own, State: OpWaiting, Key: "restore change " + strconv.FormatInt(deleted.Seq, 10)}
	if deleted.By == mirror.Here && deleted.Record > 0 {
		o.Key = change.RestoreKey(deleted.Record)
	}
	skipPresent(&o, s.mirror.Snapshot().View)
	p, err := s.draft(ctx, who, Plan{Origin: Restore, State: Draft, Listed: true}, []Operation{o})
	if err != nil || o.State != OpWaiting {
		return p, err
	}
	return s.move(ctx, who, p, Running)
}

// draftStates drafts a plan that gives each entry the wanted values; nil stands for no entry.
func (s *Service) draftStates(ctx context.Context, who rbac.Caller, origin Origin, view *mirror.View, ids []registry.ID, wanted map[registry.ID]registry.Values) (Plan, error) {
	if len(ids) > MaxOperations {
		return Plan{}, &TooManyError{MaxOperations}
	}
	for _, id := range ids { // what was created again in the meantime stays, with its new id
		if _, exists := view.Entry(id); exists || wanted[id] == nil {
			continue
		}
		if other, ok := present(view, wanted[id]); ok {
			if values, planned := wanted[other.ID]; planned && values == nil {
				wanted[other.ID] = keepDerived(wanted[id], other.Values())
			}
		}
	}
	operations := make([]Operation, len(ids))
	for i, id := range ids {
		o := Operation{EntryID: id, State: OpWaiting}
		e, exists := view.Entry(id)
		switch want := wanted[id]; {
		case exists && want != nil:
			o.Kind, o.Before, o.After = Edit, e.Values(), want
		case exists:
			o.Kind, o.Before = Delete, e.Values()
		case want == nil:
			o.Kind = Delete
			if row, ok := view.Row(id); ok {
				o.Before = row.Entry.Values()
			}
			o.skip(registry.ErrNotFound)
		default:
			own, err := s.changes.Restorable(ctx, id, want)
			if err != nil {
				return Plan{}, err
			}
			o.Kind, o.After = Create, own
			skipPresent(&o, view)
		}
		operations[i] = o
	}
	return s.Draft(ctx, who, origin, operations, "")
}

// keepDerived returns want with the values of now in fields that Cloudflare derives.
func keepDerived(want, now registry.Values) registry.Values {
	out := want.With(nil)
	for _, f := range registry.Fields() {
		if f.Derived {
			out = out.With(registry.Values{f.Name: now[f.Name]})
		}
	}
	return out
}

// present returns the entry of the registry that has the name and address of v.
func present(view *mirror.View, v registry.Values) (registry.Entry, bool) {
	found := sameEntries(view, v.Draft())
	if len(found) == 0 {
		return registry.Entry{}, false
	}
	return found[0], true
}

// sameEntries returns the entries of the registry that have the name and address of d.
func sameEntries(view *mirror.View, d registry.Draft) []registry.Entry {
	return slices.DeleteFunc(view.Named(d.Name), func(e registry.Entry) bool {
		return e.IsEmailRegex != d.IsEmailRegex || !registry.SameAddress(e.Email, d.Email, d.IsEmailRegex)
	})
}

// skipPresent leaves out the create of a deleted entry that a directory owned, or that the
// registry has under another id.
func skipPresent(o *Operation, view *mirror.View) {
	e := registry.Entry{ID: o.EntryID}.WithValues(o.After)
	if e.Synced() {
		o.skip(&change.SyncedError{Entry: e})
		return
	}
	if other, ok := present(view, o.After); ok {
		o.Fault, o.State = FaultOf(&registry.DuplicateError{Duplicates: []registry.Entry{other}, Exact: true})
	}
}
