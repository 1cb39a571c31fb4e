package plan

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/change"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Draft drafts a plan of operations, to be shown before it runs. It takes the kind, the
// entry, the line, and the values before and after of each operation. It shows an operation
// in the state OpSkipped or OpUnchanged as left out, for the reason in its fault. Draft
// also leaves out operations that break a rule, that are about a synced entry or about the
// entry of an earlier operation, and edits without an effect. returnTo is the query of the
// list that who came from. Errors: *rbac.ForbiddenError, ErrEmpty, *TooManyError,
// *OperationError, registry.ErrDatabase in the chain.
func (s *Service) Draft(ctx context.Context, who rbac.Caller, origin Origin, operations []Operation, returnTo string) (Plan, error) {
	return s.draft(ctx, who, Plan{Origin: origin, State: Listing, ReturnTo: returnTo}, slices.Clone(operations))
}

// DraftDeletion drafts a plan that deletes the entries ids; known has the known ones of
// these entries, for display. Errors are those of Draft.
func (s *Service) DraftDeletion(ctx context.Context, who rbac.Caller, ids []registry.ID, known []registry.Entry, returnTo string) (Plan, error) {
	return s.Draft(ctx, who, Selection, deletions(ids, known), returnTo)
}

// DraftDeletionOf drafts a plan that deletes all entries that match q. A worker looks them
// up. Errors are those of Draft.
func (s *Service) DraftDeletionOf(ctx context.Context, who rbac.Caller, q registry.Query, returnTo string) (Plan, error) {
	if err := s.authorize(ctx, who, Delete); err != nil {
		return Plan{}, err
	}
	return s.add(ctx, Plan{Owner: who, Origin: Search, Query: new(q.Selection()), ReturnTo: returnTo, State: Listing}, nil)
}

// DeleteNow deletes the entries ids by a plan that starts at once. More than ConfirmAbove
// entries need their number, and tests that this breaks have to be named: otherwise DeleteNow
// returns the draft with ErrUnconfirmed or *BrokenTestsError. Its other errors are those of Draft.
func (s *Service) DeleteNow(ctx context.Context, who rbac.Caller, ids []registry.ID, returnTo string, confirmed Confirmation) (Plan, error) {
	operations := deletions(ids, nil)
	if n := len(operations); n > ConfirmAbove && strings.TrimSpace(confirmed.Operations) != strconv.Itoa(n) {
		p, err := s.Draft(ctx, who, Selection, operations, returnTo)
		if err == nil {
			err = ErrUnconfirmed
		}
		return p, err
	}
	var broken *BrokenTestsError
	var accepting Plan
	if stop := s.acceptDeletions(ctx, who, &accepting, ids, confirmed.Tests); errors.As(stop, &broken) {
		p, err := s.Draft(ctx, who, Selection, operations, returnTo)
		if err == nil {
			err = stop
		}
		return p, err
	} else if stop != nil {
		return Plan{}, stop
	}
	p, err := s.draft(ctx, who, Plan{Origin: Selection, State: Draft, Listed: true, ReturnTo: returnTo, AcceptedTests: accepting.AcceptedTests}, operations)
	if err != nil {
		return Plan{}, err
	}
	return s.move(ctx, who, p, Running)
}

// deletions returns the operations that delete the entries, each once.
func deletions(ids []registry.ID, known []registry.Entry) []Operation {
	var operations []Operation
	at := make(map[registry.ID]int, len(ids))
	for _, id := range ids {
		if _, met := at[id]; met {
			continue
		}
		at[id] = len(operations)
		operations = append(operations, Operation{Kind: Delete, EntryID: id})
	}
	for _, e := range known {
		if i, met := at[e.ID]; met {
			operations[i].Before = e.Values()
		}
	}
	return operations
}

// authorize returns a *rbac.ForbiddenError unless who may run operations of all the kinds.
func (s *Service) authorize(ctx context.Context, who rbac.Caller, kinds ...Kind) error {
	if err := s.audit.Authorize(ctx, who, rbac.RunPlan); err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := s.audit.Authorize(ctx, who, kind.Action()); err != nil {
			return err
		}
	}
	return nil
}

// draft is Draft for a plan; it changes operations.
func (s *Service) draft(ctx context.Context, who rbac.Caller, p Plan, operations []Operation) (Plan, error) {
	var kinds []Kind
	for _, kind := range Kinds() {
		if slices.ContainsFunc(operations, func(o Operation) bool { return o.Kind == kind }) {
			kinds = append(kinds, kind)
		}
	}
	switch err := s.authorize(ctx, who, kinds...); {
	case err != nil:
		return Plan{}, err
	case len(operations) == 0:
		return Plan{}, ErrEmpty
	case len(operations) > p.limit():
		return Plan{}, &TooManyError{p.limit()}
	}
	p.ID, p.Owner = rand.Text(), who
	ctx = s.changes.PatternWork(ctx, who)
	first := make(map[registry.ID]int, len(operations))
	for i := range operations {
		o := &operations[i]
		o.Position = i
		if err := o.check(); err != nil {
			return Plan{}, err
		}
		if o.State != OpSkipped && o.State != OpUnchanged {
			o.State, o.Fault = OpWaiting, nil
		}
		if o.Kind == Create && o.Key == "" {
			o.Key = "plan " + p.ID + " " + strconv.Itoa(i)
		}
		if earlier, met := first[o.EntryID]; met && o.EntryID != "" && o.State == OpWaiting {
			o.skip(&RepeatedError{Position: earlier})
		} else if o.State == OpWaiting {
			first[o.EntryID] = i
			if p.Import != nil { // its wrong rows are left out
				s.markDanger(ctx, o)
			} else {
				s.prepare(ctx, p, o)
			}
		}
	}
	return s.add(ctx, p, operations)
}

// limit is the largest number of operations of a plan.
func (p Plan) limit() int {
	if p.Origin == Import {
		return 2 * MaxRows // the rows, and the entries that they leave out
	}
	return MaxOperations
}

// prepare prepares an operation. In an imported list, one that is dangerous is marked.
func (s *Service) prepare(ctx context.Context, p Plan, o *Operation) {
	if p.Origin != Import {
		o.prepare(ctx)
		return
	}
	o.prepareRow(ctx)
	s.markDanger(ctx, o)
}

func (s *Service) markDanger(ctx context.Context, o *Operation) {
	if o.State == OpWaiting && o.Kind != Delete {
		o.Danger = s.danger(ctx, *o)
	}
}

// prepareRow prepares an operation of an imported list. One that breaks a rule is Wrong.
func (o *Operation) prepareRow(ctx context.Context) {
	if o.prepare(ctx); o.State == OpSkipped && o.Fault.What == faultInvalid {
		o.Reason = Wrong
	}
}

// check returns an error if an operation lacks what its kind needs.
func (o Operation) check() error {
	reason := ""
	switch o.Kind {
	case Create:
		if o.After == nil {
			reason = "a create needs the values of the entry"
		}
	case Edit:
		if o.EntryID == "" || o.Before == nil || o.After == nil {
			reason = "an edit needs the entry, and its values before and after"
		}
	case Delete:
		if o.EntryID == "" || o.After != nil {
			reason = "a deletion needs the entry, and no values after"
		}
	default:
		reason = "there is no kind " + strconv.Quote(string(o.Kind))
	}
	if reason == "" {
		return nil
	}
	return &OperationError{o.Position, reason}
}

// prepare leaves out an operation that is impossible or needless.
func (o *Operation) prepare(ctx context.Context) {
	if source, _ := o.Before[registry.FieldProvenance].(string); o.Kind != Create && source != "" {
		e := registry.Entry{ID: o.EntryID, Provenance: registry.Provenance(source)}
		if d := o.Before.Draft(); e.Synced() {
			e.Name, e.Email, e.IsEmailRegex = d.Name, d.Email, d.IsEmailRegex
			o.skip(&change.SyncedError{Entry: e})
			return
		}
	}
	var err error
	switch {
	case o.Kind == Create && !o.Restores():
		err = o.After.Draft().Validate(ctx)
	case o.Kind == Edit:
		change := o.Before.Diff(o.After.Draft())
		if len(change) == 0 {
			o.State = OpUnchanged
			return
		}
		err = o.After.Draft().ValidateChange(ctx, change)
	}
	// If there was no time to check a pattern, it is checked when the operation runs.
	if busy := (*patterns.BusyError)(nil); err != nil && !errors.As(err, &busy) {
		o.skip(err)
	}
}

func (o *Operation) skip(err error) {
	o.Fault, _ = FaultOf(err)
	o.State = OpSkipped
}

// leaveOut leaves an operation out until its owner lifts all of the reasons.
func (o *Operation) leaveOut(reasons ...Reason) {
	o.skip(&LeftOutError{reasons[0], reasons[1:]})
	o.Reason = reasons[0]
}

// add stores a new plan, and enqueues it if it is active.
func (s *Service) add(ctx context.Context, p Plan, operations []Operation) (Plan, error) {
	if p.ID == "" {
		p.ID = rand.Text()
	}
	p.Account, p.Created = s.account, s.now()
	p.Changed = p.Created
	if err := s.store.AddPlan(ctx, p, operations); err != nil {
		return Plan{}, databaseError(err)
	}
	p.Counts = Counts{}
	for _, o := range operations {
		p.Counts[Cell{o.Kind, o.State}]++
	}
	s.enqueue(ctx, p)
	return p, nil
}

// enqueue enqueues an active plan. It only logs an error, because the queue regularly looks
// for active plans without a worker.
func (s *Service) enqueue(ctx context.Context, p Plan) {
	if !p.Active() {
		return
	}
	if err := s.queue.Enqueue(ctx, p.ID); err != nil {
		s.log.ErrorContext(ctx, "a plan could not be enqueued", "plan", p.ID, "error", err)
	}
}
