package plan

import (
	"context"
	"errors"

	"namesake/internal/registry"
)

// protect determines what the operations of a plan do to names, and completes what is known
// about their entries. If it fails, the page says so, and the plan proceeds.
func (s *Service) protect(ctx context.Context, worker string, p *Plan) error {
	operations, err := s.all(ctx, p.ID, OpWaiting)
	if err != nil || len(operations) == 0 {
		return err
	}
	protection := &Protection{AsOf: s.now()}
	unknown := map[registry.ID]int{} // operations on entries that are not known yet
	for i, o := range operations {
		if o.Kind == Delete && o.Before == nil {
			unknown[o.EntryID] = i
		}
	}
	known, err := s.mirror.Known(ctx, p.Owner)
	if err != nil {
		if ctx.Err() != nil {
			return errClaimLost
		}
		protection.Fault, _ = FaultOf(err)
		p.Protection = protection
		return nil
	}
	protection.AsOf = known.State.ReadAt
	protection.Overdue = s.mirror.Freshness(known).Overdue
	var filled []Operation
	for id, i := range unknown {
		if e, ok := known.View.Entry(id); ok {
			operations[i].Before = e.Values()
			operations[i].prepare(ctx)
			filled = append(filled, operations[i])
		}
	}
	if len(filled) > 0 {
		if goOn, err := s.store.SaveListed(ctx, p.ID, worker, filled); err != nil || !goOn {
			return errors.Join(err, errClaimLost)
		}
	}
	names := newNames(operations)
	for _, folded := range names.order {
		for _, e := range known.View.Named(names.spelled[folded]) {
			names.add(e)
		}
	}
	protection.Partial = !known.Complete() || len(filled) < len(unknown)
	protection.Names = names.changes(operations)
	if n := len(protection.Names); n > maxNames {
		protection.Names, protection.More = protection.Names[:maxNames], n-maxNames
	}
	p.Protection = protection
	return nil
}
