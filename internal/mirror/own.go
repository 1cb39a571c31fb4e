package mirror

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Own returns e without the values that Cloudflare derived, and the names of the fields it
// left out: directory fields of a manual entry that were not entered in Namesake. A synced
// entry stays as it is. Own returns a *ForbiddenError, or an error with ErrDatabase in its
// chain.
func (s *Service) Own(ctx context.Context, who rbac.Caller, e registry.Entry) (own registry.Entry, derived []string, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewEntry); err != nil {
		return registry.Entry{}, nil, err
	}
	derived, err = s.derived(ctx, e.ID, e.Values())
	if err != nil {
		return registry.Entry{}, nil, err
	}
	for _, f := range registry.Fields() {
		if slices.Contains(derived, f.Name) {
			registry.Write(f.OfEntry(&e), nil)
		}
	}
	return e, derived, nil
}

// OwnValues is Own for the current or former values of the entry id.
func (s *Service) OwnValues(ctx context.Context, who rbac.Caller, id registry.ID, v registry.Values) (registry.Values, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewEntry); err != nil {
		return nil, err
	}
	return s.WithoutDerived(ctx, id, v)
}

// WithoutDerived returns v, the values of the entry id, without those that Cloudflare
// derived.
func (s *Service) WithoutDerived(ctx context.Context, id registry.ID, v registry.Values) (registry.Values, error) {
	own, err := s.AllWithoutDerived(ctx, []EntryValues{{id, v}})
	if err != nil {
		return nil, err
	}
	return own[0], nil
}

// EntryValues are the current or former values of an entry.
type EntryValues struct {
	ID     registry.ID
	Values registry.Values
}

// AllWithoutDerived returns the values of entries without those that Cloudflare derived.
func (s *Service) AllWithoutDerived(ctx context.Context, entries []EntryValues) ([]registry.Values, error) {
	derived, err := s.allDerived(ctx, entries)
	if err != nil {
		return nil, err
	}
	own := make([]registry.Values, len(entries))
	for i, e := range entries {
		own[i] = e.Values
		if len(derived[i]) > 0 {
			own[i] = maps.Clone(e.Values)
		}
		for _, field := range derived[i] {
			delete(own[i], field)
		}
	}
	return own, nil
}

func (s *Service) derived(ctx context.Context, id registry.ID, v registry.Values) ([]string, error) {
	derived, err := s.allDerived(ctx, []EntryValues{{id, v}})
	if err != nil {
		return nil, err
	}
	return derived[0], nil
}

// allDerived returns the fields of entries that Cloudflare derived, such as their former
// numeric ids: values of an entry that no create or edit through Namesake has sent.
func (s *Service) allDerived(ctx context.Context, entries []EntryValues) ([][]string, error) {
	derived := make([][]string, len(entries))
	var ids []registry.ID
	for i, e := range entries {
		if derived[i] = mayBeDerived(e.Values); len(derived[i]) > 0 {
			ids = append(ids, registry.IDsOf(e.ID, e.Values)...)
		}
	}
	sent, err := s.sentValues(ctx, ids)
	if err != nil {
		return nil, audit.Unreadable(err)
	}
	for i, e := range entries {
		derived[i] = slices.DeleteFunc(derived[i], func(field string) bool {
			return slices.ContainsFunc(registry.IDsOf(e.ID, e.Values), func(id registry.ID) bool {
				return slices.ContainsFunc(sent[id], func(change registry.Values) bool { return change[field] == e.Values[field] })
			})
		})
	}
	return derived, nil
}

// mayBeDerived returns the fields with values that Cloudflare may have derived.
func mayBeDerived(v registry.Values) (given []string) {
	if source, _ := v[registry.FieldProvenance].(string); source != "" && registry.Provenance(source) != registry.Manual {
		return nil
	}
	for _, f := range registry.Fields() {
		if f.Derived && v[f.Name] != nil {
			given = append(given, f.Name)
		}
	}
	return given
}

// maxSelected is the number of entries that one query of the trail names.
const maxSelected = 100

// sentValues returns the values that Namesake's create and edits of each of the entries have
// sent.
func (s *Service) sentValues(ctx context.Context, ids []registry.ID) (map[registry.ID][]registry.Values, error) {
	sent := map[registry.ID][]registry.Values{}
	for some := range slices.Chunk(ids, maxSelected) {
		records, err := s.trail.Records(ctx, audit.Query{Entries: some, Outcome: audit.OutcomeDone})
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %d entries: %w", len(some), err)
		}
		entries, intents := map[int64]registry.ID{}, []int64{}
		for _, r := range records {
			if r.Action == rbac.CreateEntry || r.Action == rbac.EditEntry {
				entries[r.Intent], intents = r.Entry, append(intents, r.Intent)
			}
		}
		if len(intents) == 0 {
			continue
		}
		found, err := s.trail.Records(ctx, audit.Query{Seqs: intents}) // one is missing after the retention period
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %d entries: %w", len(some), err)
		}
		for _, intent := range found {
			id := entries[intent.Seq]
			sent[id] = append(sent[id], registry.Difference(intent.Before, intent.After))
		}
	}
	return sent, nil
}
