package plan

import (
	"context"
	"slices"
	"strings"
	"time"
	"weak"

	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// BrokenTestsError reports a plan that breaks tests which its owner has not accepted.
type BrokenTestsError struct{ Tests []mailtests.Result }

func (e *BrokenTestsError) Error() string {
	parts := make([]string, len(e.Tests))
	for i, t := range e.Tests {
		parts[i] = t.Detail()
	}
	return "breaks tests: " + strings.Join(parts, ", ")
}

// Breaks returns the tests that a draft would break. Errors are those of Plan.
func (s *Service) Breaks(ctx context.Context, who rbac.Caller, p Plan) (mailtests.Breaks, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return mailtests.Breaks{}, err
	}
	if s.tests == nil || p.State != Draft || p.Counts.Of(OpWaiting) == 0 {
		return mailtests.Breaks{}, nil
	}
	known := s.mirror.Snapshot()
	tests, err := s.tests.Tests(ctx)
	if err != nil || len(tests) == 0 {
		return mailtests.Breaks{}, err
	}
	kept := keptBreaks{plan: p.ID, changed: p.Changed, view: weak.Make(known.View), around: weak.Make(known.Around), tests: keysOf(tests)}
	if last := s.lastBreaks.Load(); last != nil && last.same(kept) {
		return last.breaks, nil
	}
	operations, err := s.all(ctx, p.ID, OpWaiting)
	if err != nil {
		return mailtests.Breaks{}, databaseError(err)
	}
	kept.breaks, err = s.breaks(ctx, who, known, operations)
	if err == nil && kept.breaks.Pending == 0 {
		s.lastBreaks.Store(&kept)
	}
	return kept.breaks, err
}

// keptBreaks is what the plan breaks that was looked at last: reading all its operations for
// each of its pages would take long.
type keptBreaks struct {
	plan    string
	changed time.Time
	view    weak.Pointer[mirror.View]
	around  weak.Pointer[policy.Index]
	tests   string
	breaks  mailtests.Breaks
}

func (k *keptBreaks) same(other keptBreaks) bool {
	return k.plan == other.plan && k.changed.Equal(other.changed) && k.view == other.view && k.around == other.around && k.tests == other.tests
}

// keysOf identifies a set of tests.
func keysOf(tests []mailtests.Test) string {
	keys := make([]string, len(tests))
	for i, t := range tests {
		keys[i] = t.Key()
	}
	return strings.Join(keys, " ")
}

func (s *Service) breaks(ctx context.Context, who rbac.Caller, known *mirror.Snapshot, operations []Operation) (mailtests.Breaks, error) {
	edits := make([]registry.Edit, 0, len(operations))
	for _, o := range operations {
		switch o.Kind {
		case Delete:
			edits = append(edits, registry.Edit{Entry: o.EntryID})
		case Edit:
			d := o.After.Draft()
			edits = append(edits, registry.Edit{Entry: o.EntryID, After: &d})
		case Create:
			d := o.After.Draft()
			edits = append(edits, registry.Edit{After: &d})
		}
	}
	return s.tests.Breaks(s.changes.PatternWork(ctx, who), known, edits)
}

// testsAccepted returns a *BrokenTestsError unless accepted names all of the tests.
func testsAccepted(broken mailtests.Breaks, accepted []string) error {
	if slices.ContainsFunc(broken.Tests, func(t mailtests.Result) bool { return !slices.Contains(accepted, t.Key()) }) {
		return &BrokenTestsError{broken.Tests}
	}
	return nil
}

// deletionBreaks returns an error if the deletion of entries breaks tests that are not
// accepted.
func (s *Service) deletionBreaks(ctx context.Context, who rbac.Caller, ids []registry.ID, accepted []string) error {
	if s.tests == nil {
		return nil
	}
	broken, err := s.breaks(ctx, who, s.mirror.Snapshot(), deletions(ids, nil))
	if err != nil {
		return err
	}
	return testsAccepted(broken, accepted)
}
