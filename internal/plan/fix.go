package plan

import (
	"context"
	"reflect"

	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// DraftFixes drafts a plan that fixes findings. An edit that several fixes have is made
// once; of different edits of one entry, all but the first are left out. Errors are those of
// Draft.
func (s *Service) DraftFixes(ctx context.Context, who rbac.Caller, found []findings.Finding, returnTo string) (Plan, error) {
	if err := s.authorize(ctx, who); err != nil {
		return Plan{}, err
	}
	view := s.mirror.Snapshot().View
	var operations []Operation
	for _, f := range found {
		for _, edit := range f.Fix {
			o := fixing(edit, view.Entry)
			if !hasOperation(operations, o) {
				operations = append(operations, o)
			}
		}
	}
	return s.Draft(ctx, who, Finding, operations, returnTo)
}

// fixing returns the operation that makes an edit.
func fixing(edit findings.Edit, entry func(registry.ID) (registry.Entry, bool)) Operation {
	o := Operation{EntryID: edit.Entry}
	e, exists := entry(edit.Entry)
	if exists {
		o.Before = e.Values()
	}
	switch {
	case edit.After == nil:
		o.Kind = Delete
	case edit.Entry == "":
		o.Kind, o.After = Create, edit.After.Values()
	default:
		o.Kind, o.After = Edit, edit.After.Values()
		if exists {
			o.After = o.Before.With(o.Before.Change(*edit.After))
		}
	}
	if edit.Entry != "" && !exists {
		o.Before = registry.Values{}
		o.skip(registry.ErrNotFound)
	}
	return o
}

// hasOperation reports whether o is in operations already.
func hasOperation(operations []Operation, o Operation) bool {
	for _, other := range operations {
		if other.Kind == o.Kind && other.EntryID == o.EntryID && reflect.DeepEqual(other.After, o.After) {
			return true
		}
	}
	return false
}
