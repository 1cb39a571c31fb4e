package plan

import (
	"context"
	"reflect"
	"slices"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// DraftFixes drafts a plan that fixes findings in the registry view: what has changed since
// then conflicts with the fixes. An edit that several fixes have is made once; of different
// edits of one entry, all but the first are left out. Errors are those of Draft.
func (s *Service) DraftFixes(ctx context.Context, who rbac.Caller, view *mirror.View, found []findings.Finding) (Plan, error) {
	if err := s.authorize(ctx, who); err != nil {
		return Plan{}, err
	}
	var operations []Operation
	of := make(map[registry.ID][]Operation)
	for _, f := range found {
		for _, edit := range f.Fix {
			o := fixing(edit, view.Entry)
			if !hasOperation(of[o.EntryID], o) {
				of[o.EntryID] = append(of[o.EntryID], o)
				operations = append(operations, o)
			}
		}
	}
	return s.Draft(ctx, who, Finding, operations, "")
}

// fixing returns the operation that makes an edit.
func fixing(edit registry.Edit, entry func(registry.ID) (registry.Entry, bool)) Operation {
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

// hasOperation reports whether o is in operations of the same entry already.
func hasOperation(operations []Operation, o Operation) bool {
	return slices.ContainsFunc(operations, func(other Operation) bool {
		return other.Kind == o.Kind && reflect.DeepEqual(other.After, o.After)
	})
}
