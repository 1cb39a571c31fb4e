package plan

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// danger returns the rule by which what an operation makes of an entry is dangerous, "" if it is
// not.
func (s *Service) danger(ctx context.Context, o Operation) string {
	if o.Kind == Edit && !o.Before.Diff(o.After.Draft()).Changes(registry.FieldName, registry.FieldEmail, registry.FieldIsEmailRegex) {
		return ""
	}
	found, err := s.judge.Entry(ctx, registry.Entry{ID: o.EntryID}.WithValues(o.After), findings.Facts{Settings: s.mirror.Snapshot().Around.Settings, Now: s.now()})
	if err != nil || len(found) == 0 || found[0].Severity != findings.Danger {
		return "" // a pattern that could not be checked in time is checked when it is sent
	}
	return string(found[0].Rule)
}

// TakeOut leaves operations out of a draft. Errors: those of Apply.
func (s *Service) TakeOut(ctx context.Context, who rbac.Caller, id string, positions []int) (Plan, error) {
	return s.revise(ctx, who, id, Chosen{Positions: positions}, func(_ context.Context, _ Plan, o *Operation) {
		if o.State == OpWaiting {
			o.leaveOut(TakenOut)
		}
	})
}

// TakeIn puts operations back into a draft that were left out for a reason that its owner can
// lift. Errors: those of Apply.
func (s *Service) TakeIn(ctx context.Context, who rbac.Caller, id string, chosen Chosen) (Plan, error) {
	return s.revise(ctx, who, id, chosen, func(ctx context.Context, p Plan, o *Operation) {
		var left *LeftOutError
		if o.State != OpSkipped || o.Fault == nil || !errors.As(o.Fault.Err(), &left) {
			return
		}
		if len(left.More) > 0 {
			o.leaveOut(left.More...)
			return
		}
		s.check(ctx, p, o)
	})
}

// Correct gives one operation of a draft, which creates or edits an entry, other values. Errors:
// those of Apply.
func (s *Service) Correct(ctx context.Context, who rbac.Caller, id string, position int, d registry.Draft) (Plan, error) {
	return s.revise(ctx, who, id, Chosen{Positions: []int{position}}, func(ctx context.Context, p Plan, o *Operation) {
		if o.Kind == Delete || o.State != OpWaiting && o.State != OpSkipped && o.State != OpUnchanged {
			return
		}
		o.After = tidied(d).Values()
		s.check(ctx, p, o)
	})
}

// check decides again whether an operation waits.
func (s *Service) check(ctx context.Context, p Plan, o *Operation) {
	o.State, o.Fault, o.Reason, o.Danger = OpWaiting, nil, "", ""
	if o.Kind == Create {
		if skipPresent(o, s.mirror.Snapshot().View); o.State != OpWaiting {
			return
		}
	}
	s.prepare(ctx, p, o)
}

// Chosen says which operations of a plan are meant.
type Chosen struct {
	Positions []int
	Reason    Reason // all that are left out for it
	Deletions bool   // all deletions
}

// Revisable returns a plan if who may revise it now. Errors: those of Apply.
func (s *Service) Revisable(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	p, err := s.own(ctx, who, id)
	if err == nil && p.State == Listing { // after another revision
		p, err = s.Await(ctx, who, id, busyWait)
	}
	switch {
	case err != nil:
		return Plan{}, err
	case p.State != Draft, p.lookedUp():
		return Plan{}, ErrState
	}
	return p, nil
}

func (s *Service) revise(ctx context.Context, who rbac.Caller, id string, chosen Chosen, change func(context.Context, Plan, *Operation)) (Plan, error) {
	p, err := s.Revisable(ctx, who, id)
	if err != nil {
		return Plan{}, err
	}
	operations, err := s.store.ChosenOperations(ctx, id, chosen)
	if err != nil {
		return Plan{}, databaseError(err)
	}
	ctx = s.changes.PatternWork(ctx, who)
	revised := operations[:0]
	for _, o := range operations {
		was := o
		if change(ctx, p, &o); o.State != was.State || o.Fault != was.Fault || !o.After.Equal(was.After) {
			revised = append(revised, o)
		}
	}
	if len(revised) == 0 {
		return p, nil
	}
	if revised, err = s.keep(ctx, p, revised); err != nil {
		return Plan{}, databaseError(err)
	}
	p.Changed = s.now()
	if ok, err := s.store.RevisePlan(ctx, p, revised); err != nil || !ok {
		if err == nil {
			err = ErrState
		}
		return Plan{}, databaseError(err)
	}
	p, err = s.find(ctx, id)
	if err == nil {
		s.enqueue(ctx, p)
	}
	return p, err
}

// keep adds the deletions that revised rows of an import rule out: of an entry that a row is
// about, and of one with the address of a row that is left out.
func (s *Service) keep(ctx context.Context, p Plan, revised []Operation) ([]Operation, error) {
	if p.Import == nil || p.Import.Mode != Mirror {
		return revised, nil
	}
	view := s.mirror.Snapshot().View
	rows := make(map[registry.ID]*RepeatedError) // nil for one that is left out
	deletions := make(map[int]Operation)         // those that are revised
	for _, o := range revised {
		if o.Kind == Delete {
			deletions[o.Position] = o
			continue
		}
		d := o.After.Draft()
		if o.State == OpSkipped {
			for _, e := range view.Listed(d.Email, d.IsEmailRegex) {
				if _, met := rows[e.ID]; !met {
					rows[e.ID] = nil
				}
			}
		}
		for _, e := range sameEntries(view, d) {
			rows[e.ID] = &RepeatedError{Position: o.Position, Line: o.Line}
		}
		delete(rows, o.EntryID) // which is edited
	}
	if len(rows) == 0 {
		return revised, nil
	}
	all, err := s.store.ChosenOperations(ctx, p.ID, Chosen{Deletions: true})
	if err != nil {
		return nil, err
	}
	kept := slices.DeleteFunc(revised, func(o Operation) bool { return o.Kind == Delete })
	for _, o := range all {
		row, about := rows[o.EntryID]
		now, changed := deletions[o.Position]
		if changed {
			o = now
		}
		switch {
		case about && row != nil: // its owner cannot take it in again
			o.skip(row)
			o.Reason = ""
		case about && o.State == OpWaiting:
			o.leaveOut(Kept)
		case !changed:
			continue
		}
		kept = append(kept, o)
	}
	return kept, nil
}

// Confirmation is what a person has confirmed of a plan.
type Confirmation struct {
	Operations string   // the number of all operations
	Deletions  string   // the number of deletions, for an import that deletes many entries
	Dangers    []string // the rules of dangerous operations
	Tests      []string // the tests that the plan breaks, by mailtests.Test.Key
}

// UnacceptedError reports dangerous operations that the owner of a plan has not accepted.
type UnacceptedError struct{ Rules []string }

func (e *UnacceptedError) Error() string { return "not accepted: " + strings.Join(e.Rules, ", ") }

// TooManyDeletionsError reports an import that deletes a large part of the registry, which needs
// a confirmation of its own.
type TooManyDeletionsError struct{ Deletions, Entries int }

func (e *TooManyDeletionsError) Error() string {
	return strconv.Itoa(e.Deletions) + " of " + strconv.Itoa(e.Entries) + " entries would be deleted"
}

// ManyDeletions reports whether a plan deletes so many entries that it needs a confirmation of
// its own.
func (s *Service) ManyDeletions(p Plan) bool {
	return p.Import != nil && p.Counts.Planned(Delete)*100 > p.Import.Entries*s.deletePercent
}

// PatternWork returns a context for work on patterns for a person.
func (s *Service) PatternWork(ctx context.Context, who rbac.Caller) context.Context {
	return s.changes.PatternWork(ctx, who)
}

// confirmed returns an error unless what the plan needs has been confirmed. It notes the tests
// that the plan may break.
func (s *Service) confirmed(ctx context.Context, who rbac.Caller, p *Plan, c Confirmation) error {
	if p.NeedsConfirmation() && strings.TrimSpace(c.Operations) != strconv.Itoa(p.Counts.Planned()) {
		return ErrUnconfirmed
	}
	broken, err := s.Breaks(ctx, who, *p, s.Edits(ctx, who, *p))
	if err != nil {
		return err
	}
	if err := acceptTests(p, broken, c.Tests); err != nil {
		return err
	}
	if p.Import == nil {
		return nil
	}
	if n := p.Counts.Planned(Delete); s.ManyDeletions(*p) && strings.TrimSpace(c.Deletions) != strconv.Itoa(n) {
		return &TooManyDeletionsError{n, p.Import.Entries}
	}
	marks, err := s.store.PlanMarks(ctx, p.ID)
	if err != nil {
		return databaseError(err)
	}
	var missing []string
	for rule := range marks.Dangers {
		if !slices.Contains(c.Dangers, rule) {
			missing = append(missing, rule)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return &UnacceptedError{missing}
	}
	return nil
}

// Marks are the numbers of operations of a plan by what is special about them.
type Marks struct {
	Reasons map[Reason]int // those that are left out
	Dangers map[string]int // those that wait, by the rule by which they are dangerous
}

// Marks returns the marks of an imported plan. Errors are those of Plan.
func (s *Service) Marks(ctx context.Context, who rbac.Caller, id string) (Marks, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return Marks{}, err
	}
	marks, err := s.store.PlanMarks(ctx, id)
	return marks, databaseError(err)
}
