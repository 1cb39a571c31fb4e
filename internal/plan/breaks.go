package plan

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"

	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// BrokenTestsError reports a plan that breaks tests, or may break some that could not be
// evaluated, which its owner has not accepted.
type BrokenTestsError struct{ mailtests.Breaks }

func (e *BrokenTestsError) Error() string {
	var parts []string
	for _, t := range e.Tests {
		parts = append(parts, t.Detail())
	}
	for _, t := range e.Pending {
		parts = append(parts, "perhaps "+t.Detail())
	}
	return "breaks tests: " + strings.Join(parts, ", ")
}

// Breaks returns the tests that a draft with these edits would break. Errors are those of Plan.
func (s *Service) Breaks(ctx context.Context, who rbac.Caller, p Plan, edits Edits) (mailtests.Breaks, error) {
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
	kept := keptBreaks{changed: p.Changed, view: weak.Make(known.View), around: weak.Make(known.Around), tests: keysOf(tests)}
	if last, ok := s.keptBreaks.Get(p.ID); ok && last.same(kept) {
		return last.breaks, nil
	}
	all, err := edits()
	if err != nil {
		return mailtests.Breaks{}, err
	}
	kept.breaks, err = s.breaks(ctx, who, known, all)
	if err == nil && len(kept.breaks.Pending) == 0 {
		s.keptBreaks.Add(p.ID, kept)
	}
	return kept.breaks, err
}

// maxKeptBreaks is of how many plans keptBreaks are kept.
const maxKeptBreaks = 8

// keptBreaks is what a draft breaks: reading all its operations for each of its pages would
// take long.
type keptBreaks struct {
	changed time.Time
	view    weak.Pointer[mirror.View]
	around  weak.Pointer[policy.Index]
	tests   string
	breaks  mailtests.Breaks
}

func (k keptBreaks) same(other keptBreaks) bool {
	return k.changed.Equal(other.changed) && k.view == other.view && k.around == other.around && k.tests == other.tests
}

// keysOf identifies a set of tests.
func keysOf(tests []mailtests.Test) string {
	keys := make([]string, len(tests))
	for i, t := range tests {
		keys[i] = t.Key()
	}
	return strings.Join(keys, " ")
}

func (s *Service) breaks(ctx context.Context, who rbac.Caller, known *mirror.Snapshot, edits []registry.Edit) (mailtests.Breaks, error) {
	return s.tests.Breaks(s.changes.PatternWork(ctx, who), known, edits)
}

// Edits returns the changes that a plan has still to make. It reads them once, when they are
// needed first. Errors are those of Plan.
type Edits func() ([]registry.Edit, error)

// Edits returns the Edits of a plan.
func (s *Service) Edits(ctx context.Context, who rbac.Caller, p Plan) Edits {
	return sync.OnceValues(func() ([]registry.Edit, error) {
		if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
			return nil, err
		}
		return s.edits(ctx, p.ID, OpWaiting)
	})
}

// edits returns the changes of the operations of a plan in these states.
func (s *Service) edits(ctx context.Context, id string, states ...OperationState) ([]registry.Edit, error) {
	operations, err := s.all(ctx, id, states...)
	return editsOf(operations), databaseError(err)
}

func editsOf(operations []Operation) []registry.Edit {
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
	return edits
}

// acceptTests adds the tests that break to those that a plan may break. It returns a
// *BrokenTestsError unless they were accepted, now or before.
func acceptTests(p *Plan, broken mailtests.Breaks, accepted []string) error {
	accepted = slices.Clone(accepted)
	for _, c := range p.AcceptedTests {
		if d, ok := mailtests.ParseDetail(c.Detail); ok {
			accepted = append(accepted, mailtests.AcceptedKey(d, c.Kind == registry.KindUnevaluatedTest))
		}
	}
	if !broken.AcceptedBy(accepted) {
		return &BrokenTestsError{broken}
	}
	accept := func(kind string, t mailtests.Test) {
		c := registry.Confirmation{Kind: kind, Field: registry.FieldEmail, Detail: t.Detail()}
		if !slices.Contains(p.AcceptedTests, c) {
			p.AcceptedTests = append(p.AcceptedTests, c)
		}
	}
	for _, t := range broken.Tests {
		accept(registry.KindBreaksTest, t.Test)
	}
	for _, t := range broken.Pending {
		accept(registry.KindUnevaluatedTest, t)
	}
	return nil
}

// acceptDeletions is acceptTests for the deletion of entries. Those that a directory owns stay.
func (s *Service) acceptDeletions(ctx context.Context, who rbac.Caller, p *Plan, ids []registry.ID, accepted []string) error {
	if s.tests == nil {
		return nil
	}
	known := s.mirror.Snapshot()
	edits := slices.DeleteFunc(editsOf(deletions(ids, nil)), func(e registry.Edit) bool {
		entry, ok := known.View.Entry(e.Entry)
		return ok && entry.Synced()
	})
	broken, err := s.breaks(ctx, who, known, edits)
	if err != nil {
		return err
	}
	return acceptTests(p, broken, accepted)
}

// acceptRest is acceptTests for the operations of a plan that run again, in these states: the
// registry may have changed since it was applied.
func (s *Service) acceptRest(ctx context.Context, who rbac.Caller, p *Plan, accepted []string, states ...OperationState) error {
	if s.tests == nil {
		return nil
	}
	edits, err := s.edits(ctx, p.ID, states...)
	if err != nil {
		return err
	}
	broken, err := s.breaks(ctx, who, s.mirror.Snapshot(), edits)
	if err != nil {
		return err
	}
	return acceptTests(p, broken, accepted)
}

// acceptedTests returns the tests that a plan may break and that are about a name of an
// operation.
func (s *Service) acceptedTests(p Plan, o Operation) (of []registry.Confirmation) {
	if len(p.AcceptedTests) == 0 {
		return nil
	}
	before := o.Before
	if e, ok := s.mirror.Snapshot().View.Entry(o.EntryID); ok && before == nil {
		before = e.Values()
	}
	for _, c := range p.AcceptedTests {
		d, ok := mailtests.ParseDetail(c.Detail)
		name := registry.PlainName(d.Name)
		if !ok || before != nil && registry.PlainName(before.Draft().Name) == name || o.After != nil && registry.PlainName(o.After.Draft().Name) == name {
			of = append(of, c)
		}
	}
	return of
}
