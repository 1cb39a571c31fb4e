package plan

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"namesake/internal/change"
	"namesake/internal/registry"
)

// errClaimLost reports that a plan was paused, or taken over by another worker.
var errClaimLost = errors.New("the plan is no longer this worker's")

// list looks up the operations of a plan, and what they do to names. stop is why it could
// not.
func (s *Service) list(ctx context.Context, worker string, p *Plan) (stop *Fault, err error) {
	if p.Owner, err = s.owner(ctx, *p); err != nil {
		var withdrawn *WithdrawnError
		if errors.As(err, &withdrawn) {
			stop, _ = FaultOf(err)
			return stop, nil
		}
		return nil, err
	}
	switch {
	case p.Query != nil:
		stop, err = s.listMatching(ctx, worker, *p)
	case p.Undoes != "":
		err = s.listInverse(ctx, worker, *p)
	}
	if stop != nil || err != nil {
		return stop, err
	}
	return nil, s.protect(ctx, worker, p)
}

// listMatching lists the deletion of the entries that the plan's query finds.
func (s *Service) listMatching(ctx context.Context, worker string, p Plan) (*Fault, error) {
	known, err := s.mirror.Known(ctx, p.Owner)
	if err == nil && known.State.ReadAt.IsZero() {
		err = &registry.APIError{Op: "list entries", Kind: registry.Unreadable, Err: errors.New("the registry was never read completely")}
	}
	if err == nil {
		err = s.addDeletions(ctx, worker, p, known.View.Select(*p.Query))
	}
	if err == nil && known.State.TooLong > 0 { // whether they match is unknown
		err = &LongEntriesError{Entries: known.State.TooLong}
	}
	switch {
	case err == nil:
		return nil, nil //nolint:nilnil // nothing stopped it, and nothing failed
	case ctx.Err() != nil, errors.Is(err, errClaimLost):
		return nil, errors.Join(err, errClaimLost)
	}
	fault, _ := FaultOf(err)
	return fault, nil
}

// LongEntriesError reports the number of entries that are too long to be read.
type LongEntriesError struct{ Entries int }

func (e *LongEntriesError) Error() string {
	return fmt.Sprintf("%d entries are too long to be read", e.Entries)
}

// addDeletions adds the deletions of entries to a plan.
func (s *Service) addDeletions(ctx context.Context, worker string, p Plan, entries iter.Seq[registry.Entry]) error {
	var operations []Operation
	position := 0
	add := func() error {
		goOn, err := s.store.AddListed(ctx, p.ID, worker, position == len(operations), operations)
		operations = operations[:0]
		if err != nil || !goOn {
			return errors.Join(err, errClaimLost)
		}
		return nil
	}
	for e := range entries {
		if position == MaxOperations {
			return &TooManyError{MaxOperations}
		}
		o := Operation{Position: position, Kind: Delete, EntryID: e.ID, Before: e.Values(), State: OpWaiting}
		o.prepare(ctx)
		operations = append(operations, o)
		if position++; len(operations) == chunkSize {
			if err := add(); err != nil {
				return err
			}
		}
	}
	if position > 0 && len(operations) == 0 {
		return nil
	}
	return add()
}

// chunkSize is the number of operations to read or write at once.
const chunkSize = 500

// listInverse lists the operations that undo the done operations of the plan that p undoes,
// in reverse order, except those that another plan undoes.
func (s *Service) listInverse(ctx context.Context, worker string, p Plan) error {
	done, err := allPages(func(after int) ([]Operation, error) {
		return s.store.OperationsToUndo(ctx, p.Undoes, p.ID, after, chunkSize)
	})
	if err != nil {
		return err
	}
	slices.Reverse(done)
	operations := make([]Operation, 0, len(done))
	for i, o := range done {
		inverse := Operation{Position: i, State: OpWaiting, Line: o.Line}
		switch o.Kind {
		case Create:
			inverse.Kind, inverse.EntryID, inverse.Before = Delete, o.Created, o.After
		case Edit:
			inverse.Kind, inverse.EntryID, inverse.Before, inverse.After = Edit, o.EntryID, o.After, o.Before
		case Delete:
			own, err := s.changes.Restorable(ctx, o.EntryID, o.Before)
			if err != nil {
				return err
			}
			inverse.Kind, inverse.EntryID, inverse.After = Create, o.EntryID, own
			if inverse.Key = "undo " + p.Undoes + " " + strconv.Itoa(o.Position); o.Record > 0 {
				inverse.Key = change.RestoreKey(o.Record)
			}
		}
		operations = append(operations, inverse)
	}
	first := true
	for part := range slices.Chunk(operations, chunkSize) {
		if goOn, err := s.store.AddListed(ctx, p.ID, worker, first, part); err != nil || !goOn {
			return errors.Join(err, errClaimLost)
		}
		first = false
	}
	return nil
}

// all returns all operations of a plan that are in one of the states.
func (s *Service) all(ctx context.Context, id string, states ...OperationState) ([]Operation, error) {
	return allPages(func(after int) ([]Operation, error) {
		return s.store.PlanOperations(ctx, id, states, after, chunkSize)
	})
}

// allPages returns the operations of all pages of chunkSize, each read after a position.
func allPages(read func(after int) ([]Operation, error)) ([]Operation, error) {
	var out []Operation
	for after := -1; ; {
		part, err := read(after)
		if err != nil {
			return nil, err
		}
		if out = append(out, part...); len(part) < chunkSize {
			return out, nil
		}
		after = part[len(part)-1].Position
	}
}
