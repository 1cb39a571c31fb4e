package change

import (
	"context"

	"namesake/internal/input"
	"namesake/internal/registry"
)

// warnings are those about d, which is to become the entry self, "" for a new one, with
// what to type instead. change is what it changes; nil says that all of it is new.
func (s *Service) warnings(ctx context.Context, d registry.Draft, self registry.ID, change registry.Values) (*registry.StopError, error) {
	a, err := d.AdviseFields(ctx, change.Changes(registry.FieldEmail, registry.FieldIsEmailRegex))
	if err != nil {
		return nil, err
	}
	a = a.Of(change)
	if change.Changes(registry.FieldName) {
		if w, alike := s.lookAlike(ctx, d.Name, self); alike {
			a.Warnings = append(a.Warnings, w)
			a.Fix(registry.FieldName, registry.Values{registry.FieldName: w.Detail})
		}
	}
	return &registry.StopError{Warnings: a.Warnings, Fixes: a.Fixes}, nil
}

// lookAlike looks for entries of another name that looks like name. Only a name that can
// be taken for one in plain Latin letters is looked for, with one call: a call for every
// name would cost more than it finds. Like the look for twins it is a courtesy.
func (s *Service) lookAlike(ctx context.Context, name string, self registry.ID) (registry.Warning, bool) {
	latin, ok := input.TakenFor(name)
	if !ok {
		return registry.Warning{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	entries, _, err := s.mirror.Search(ctx, registry.Query{Search: registry.SearchWord(latin), Order: registry.ByEmail, Direction: registry.Ascending, PerPage: registry.MaxPerPage})
	if err != nil {
		s.log.WarnContext(ctx, "not known whether the name looks like another one", "error", err)
		return registry.Warning{}, false
	}
	w := registry.Warning{Kind: registry.KindLookAlike, Field: registry.FieldName}
	for _, e := range registry.LookAlikes(entries, name) {
		if (self == "" || e.ID != self) && len(w.About) < registry.MaxLookAlikes {
			w.About = append(w.About, e)
		}
	}
	if len(w.About) == 0 {
		return registry.Warning{}, false
	}
	w.Detail = w.About[0].Name
	return w, true
}
