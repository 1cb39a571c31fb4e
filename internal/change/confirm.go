package change

import (
	"context"
	"slices"

	"namesake/internal/registry"
)

// checkConfirmed returns a *StopError unless confirmed includes all reasons to ask the
// person about d. Otherwise it returns what was confirmed, for the record. It may also
// return a *patterns.BusyError.
func (s *Service) checkConfirmed(ctx context.Context, d registry.Draft, self registry.ID, change registry.Values, confirmed registry.Confirmed) ([]registry.Confirmation, error) {
	stop, err := s.warnings(ctx, d, self, change)
	if err != nil {
		return nil, err
	}
	if change.Changes(registry.FieldName, registry.FieldEmail, registry.FieldIsEmailRegex) {
		stop.Duplicates = s.duplicates(ctx, d, self)
		// A person who changes only the name has seen the address already.
		if stop.Duplicates != nil && !stop.Duplicates.Exact && !change.Changes(registry.FieldEmail, registry.FieldIsEmailRegex) {
			stop.Duplicates = nil
		}
		broken, err := s.brokenTests(ctx, self, d, false)
		if err != nil {
			return nil, err
		}
		stop.Warnings = append(stop.Warnings, broken...)
	}
	var given []registry.Confirmation
	asks := false
	for i := range stop.Warnings {
		w := &stop.Warnings[i]
		w.ID = w.DigestID(d)
		asks = asks || !slices.Contains(confirmed.Warnings, w.ID)
		given = append(given, w.Confirmations()...)
	}
	if stop.Duplicates != nil {
		for _, e := range stop.Duplicates.Duplicates {
			asks = asks || !slices.Contains(confirmed.Duplicates, e.ID)
			given = append(given, registry.Confirmation{Kind: registry.KindDuplicate, Field: registry.FieldEmail, Entry: e.ID})
		}
	}
	if asks {
		return nil, stop
	}
	return given, nil
}
