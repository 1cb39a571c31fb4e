package mirror

import (
	"context"
	"slices"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Namesakes looks up the entries of a name with one call, or with two if the name can be
// mistaken for another one that shares no word with it. seen is an entry that is known to
// have the name, "" if there is none: an answer without it shows that the API's search is
// unreliable, and makes the result Partial. It returns a *ForbiddenError or an *APIError.
//
// How exactly the API's search compares is not documented. Namesake searches for one word
// of the name, so that spaces do not matter, and compares the names itself. It trusts the
// search to ignore case, as the sandbox does. The search may miss a name in another normal
// form, so SearchWord prefers a word without accents.
func (s *Service) Namesakes(ctx context.Context, who rbac.Caller, name string, seen registry.ID) (registry.Namesakes, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ListEntries); err != nil {
		return registry.Namesakes{}, err
	}
	found := registry.Namesakes{Name: name}
	folded := registry.FoldName(name)
	if folded == "" {
		return found, nil
	}
	ctx = registry.AskedBy(ctx, who.Key())
	word, other := registry.SearchWords(name)
	entries, certain, err := s.Search(ctx, registry.Query{Search: word, Order: registry.ByEmail, Direction: registry.Ascending, PerPage: registry.MaxPerPage})
	if err != nil {
		return registry.Namesakes{}, err
	}
	for _, e := range entries {
		if registry.FoldName(e.Name) == folded {
			found.Entries = append(found.Entries, e)
		}
	}
	found.LookAlikes = registry.LookAlikes(entries, name)
	if other != "" {
		if more, _, err := s.Search(ctx, registry.Query{Search: other, Order: registry.ByEmail, Direction: registry.Ascending, PerPage: registry.MaxPerPage}); err == nil {
			found.LookAlikes = append(found.LookAlikes, registry.LookAlikes(more, name)...)
		}
	}
	found.Partial = !certain ||
		seen != "" && !slices.ContainsFunc(found.Entries, func(e registry.Entry) bool { return e.ID == seen })
	return found, nil
}
