package change

import (
	"context"

	"namesake/internal/input"
	"namesake/internal/registry"
)

// warnings returns the warnings about d, which becomes the entry self ("" for a new one),
// and corrections. change lists the changed fields; nil means that all are new.
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

// lookAlike looks for entries of another name that looks like name. It looks only for names
// that can be mistaken for one in plain Latin letters. If the look fails, the change
// proceeds.
func (s *Service) lookAlike(ctx context.Context, name string, self registry.ID) (registry.Warning, bool) {
	if _, ok := input.TakenFor(name); !ok {
		return registry.Warning{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	known, err := s.known(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "it is unknown whether the name looks like another one", "error", err)
	}
	w := registry.Warning{Kind: registry.KindLookAlike, Field: registry.FieldName}
	for _, e := range known.Namesakes(name).LookAlikes {
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
