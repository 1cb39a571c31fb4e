package change

import (
	"context"
	"slices"

	"namesake/internal/mailtests"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// brokenTests returns a warning for each test that a change of an entry would break, or may
// break because there was no time to evaluate it. d is what the entry becomes, or what it was
// if it is deleted.
func (s *Service) brokenTests(ctx context.Context, id registry.ID, d registry.Draft, deleted bool) ([]registry.Warning, error) {
	if s.tests == nil {
		return nil, nil
	}
	if _, err := s.known(ctx); err != nil {
		s.log.WarnContext(ctx, "tests are evaluated over a registry that may be out of date", "error", err)
	}
	edit := registry.Edit{Entry: id}
	if !deleted {
		edit.After = &d
	}
	breaks, err := s.tests.Breaks(ctx, s.mirror.Snapshot(), []registry.Edit{edit})
	if err != nil {
		return nil, err
	}
	var warnings []registry.Warning
	warn := func(kind string, t mailtests.Test) {
		w := registry.Warning{Kind: kind, Field: registry.FieldEmail, Detail: t.Detail()}
		w.ID = w.DigestID(d)
		warnings = append(warnings, w)
	}
	for _, t := range breaks.Tests {
		warn(registry.KindBreaksTest, t.Test)
	}
	for _, t := range breaks.Pending {
		warn(registry.KindUnevaluatedTest, t)
	}
	return warnings, nil
}

// testsConfirmed returns a *StopError unless confirmed includes all tests that a change would
// break. Otherwise it returns these, for the record.
func (s *Service) testsConfirmed(ctx context.Context, id registry.ID, d registry.Draft, deleted bool, confirmed registry.Confirmed) ([]registry.Confirmation, error) {
	warnings, err := s.brokenTests(ctx, id, d, deleted)
	if err != nil {
		return nil, err
	}
	var given []registry.Confirmation
	for _, w := range warnings {
		if !slices.Contains(confirmed.Warnings, w.ID) {
			return nil, &registry.StopError{Warnings: warnings}
		}
		given = append(given, w.Confirmations()...)
	}
	return given, nil
}

// DeletionBreaks returns a warning for each test that the deletion of an entry would or may
// break. Delete takes their IDs.
func (s *Service) DeletionBreaks(ctx context.Context, who rbac.Caller, e registry.Entry) ([]registry.Warning, error) {
	if err := s.audit.Authorize(ctx, who, rbac.DeleteEntry); err != nil {
		return nil, err
	}
	return s.brokenTests(s.PatternWork(ctx, who), e.ID, e.Values().Draft(), true)
}
