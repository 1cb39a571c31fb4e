package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Copy is a draft with the values of the entry. A copy of an entry that is synced from
// a directory is one of one's own, so what the directory gives is left out.
func (e Entry) Copy() Draft {
	d := e.Values().Draft()
	for _, f := range fields {
		if e.Synced() && f.Directory {
			write(f.ofDraft(&d), nil)
		}
	}
	return d
}

// Own returns e without what Cloudflare derived, and the names of the fields that it
// left out: directory fields of a manual entry that were not typed in Namesake. An
// entry that is synced from a directory stays as it is. It returns a *ForbiddenError,
// or ErrDatabase in the chain.
func (s *Service) Own(ctx context.Context, who Caller, e Entry) (own Entry, derived []string, err error) {
	if err := s.Authorize(ctx, who, ViewEntry); err != nil {
		return Entry{}, nil, err
	}
	derived, err = s.derived(ctx, e.ID, e.Values())
	if err != nil {
		return Entry{}, nil, err
	}
	for _, f := range fields {
		if slices.Contains(derived, f.Name) {
			write(f.ofEntry(&e), nil)
		}
	}
	return e, derived, nil
}

// OwnValues is Own for the values that the entry id has, or had.
func (s *Service) OwnValues(ctx context.Context, who Caller, id ID, v Values) (Values, error) {
	if err := s.Authorize(ctx, who, ViewEntry); err != nil {
		return nil, err
	}
	return s.ownValues(ctx, id, v)
}

func (s *Service) ownValues(ctx context.Context, id ID, v Values) (Values, error) {
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

// derived returns the fields of v that Cloudflare derived, such as the id that the entry had
// when ids were numbers: the values of the entry id that no create or edit through Namesake has sent.
func (s *Service) derived(ctx context.Context, id ID, v Values) ([]string, error) {
	var given []string
	for _, f := range fields {
		if f.Derived && v[f.Name] != nil {
			given = append(given, f.Name)
		}
	}
	if source, _ := v[FieldProvenance].(string); len(given) == 0 || (source != "" && Provenance(source) != Manual) {
		return nil, nil
	}
	var sent []Values
	for _, id := range idsOf(id, v) {
		of, err := s.sentValues(ctx, id)
		if err != nil {
			return nil, unreadable(err)
		}
		sent = append(sent, of...)
	}
	return slices.DeleteFunc(given, func(field string) bool {
		return slices.ContainsFunc(sent, func(change Values) bool { return change[field] == v[field] })
	}), nil
}

// sentValues returns what was sent to Cloudflare for the entry id: of its create and
// of each edit.
func (s *Service) sentValues(ctx context.Context, id ID) (sent []Values, err error) {
	var done []Record
	for _, action := range []Action{CreateEntry, EditEntry} {
		records, err := s.trail.Records(ctx, AuditQuery{Entry: id, Action: action, Outcome: OutcomeDone})
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %s: %w", id, err)
		}
		done = append(done, records...)
	}
	for _, r := range done {
		intent, err := s.trail.Record(ctx, r.Intent)
		if errors.Is(err, ErrNotFound) { // retention has removed it
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up what was sent for %s: %w", id, err)
		}
		sent = append(sent, difference(intent.Before, intent.After))
	}
	return sent, nil
}
