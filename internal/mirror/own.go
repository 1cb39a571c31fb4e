package mirror

import (
	"context"
	"errors"
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
	derived, err := s.derived(ctx, id, v)
	if err != nil || len(derived) == 0 {
		return v, err
	}
	own := maps.Clone(v)
	for _, field := range derived {
		delete(own, field)
	}
	return own, nil
}

// derived returns the fields of v that Cloudflare derived, such as the entry's former
// numeric id: values of the entry id that no create or edit through Namesake has sent.
func (s *Service) derived(ctx context.Context, id registry.ID, v registry.Values) ([]string, error) {
	var given []string
	for _, f := range registry.Fields() {
		if f.Derived && v[f.Name] != nil {
			given = append(given, f.Name)
		}
	}
	if source, _ := v[registry.FieldProvenance].(string); len(given) == 0 || (source != "" && registry.Provenance(source) != registry.Manual) {
		return nil, nil
	}
	var sent []registry.Values
	for _, id := range registry.IDsOf(id, v) {
		of, err := s.sentValues(ctx, id)
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		sent = append(sent, of...)
	}
	return slices.DeleteFunc(given, func(field string) bool {
		return slices.ContainsFunc(sent, func(change registry.Values) bool { return change[field] == v[field] })
	}), nil
}

// sentValues returns the values that Namesake's create and edits of the entry id have sent.
func (s *Service) sentValues(ctx context.Context, id registry.ID) (sent []registry.Values, err error) {
	var done []audit.Record
	for _, action := range []rbac.Action{rbac.CreateEntry, rbac.EditEntry} {
		records, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: action, Outcome: audit.OutcomeDone})
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %s: %w", id, err)
		}
		done = append(done, records...)
	}
	for _, r := range done {
		intent, err := s.trail.Record(ctx, r.Intent)
		if errors.Is(err, registry.ErrNotFound) { // its record was removed after the retention period
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %s: %w", id, err)
		}
		sent = append(sent, registry.Difference(intent.Before, intent.After))
	}
	return sent, nil
}
