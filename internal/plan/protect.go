package plan

import (
	"context"
	"errors"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
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
	entries, partial, err := s.read(ctx, p.Owner, newNames(operations), len(unknown) > 0)
	if err != nil {
		if ctx.Err() != nil {
			return errClaimLost
		}
		protection.Fault, _ = FaultOf(err)
		p.Protection = protection
		return nil
	}
	var filled []Operation
	for _, e := range entries {
		if i, ok := unknown[e.ID]; ok {
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
	for _, e := range entries {
		names.add(e)
	}
	protection.Partial = partial || len(filled) < len(unknown)
	protection.Names = names.changes(operations)
	if n := len(protection.Names); n > maxNames {
		protection.Names, protection.More = protection.Names[:maxNames], n-maxNames
	}
	p.Protection = protection
	return nil
}

// Limits of reading the registry for a plan.
const (
	maxSearches  = 20 // names to search one by one if the registry is large
	maxReadPages = 20
)

// MaxCompared is the largest number of entries that are read to tell what a plan does to
// names.
const MaxCompared = maxReadPages * registry.MaxPerPage

// Reasons to stop reading page by page.
var (
	errSearch = errors.New("searching takes fewer calls")
	errEnough = errors.New("the registry is too large to be read")
)

// read returns the entries of the names, or all entries that it reads. For one name it
// searches; for more it reads page by page, until searching clearly takes fewer calls.
// whole asks for the whole registry. partial is true if there may be more entries.
func (s *Service) read(ctx context.Context, who rbac.Caller, n *names, whole bool) (entries []registry.Entry, partial bool, err error) {
	if !whole && len(n.order) <= 1 {
		return s.search(ctx, who, n)
	}
	err = s.mirror.EachPage(ctx, who, registry.Query{}, func(page int, more []registry.Entry) error {
		switch {
		case len(more) == 0:
		case page == 2 && !whole && len(n.order) <= maxSearches:
			return errSearch
		case page > maxReadPages:
			return errEnough
		}
		entries = append(entries, more...)
		return nil
	})
	var long *mirror.LongEntriesError
	switch {
	case errors.Is(err, errSearch):
		return s.search(ctx, who, n)
	case errors.Is(err, errEnough), errors.As(err, &long):
		return entries, true, nil
	}
	return entries, false, err
}

// search returns the entries of each name, by one search for each.
func (s *Service) search(ctx context.Context, who rbac.Caller, n *names) (entries []registry.Entry, partial bool, err error) {
	for _, folded := range n.order {
		var found registry.Namesakes
		err := s.mirror.RetryRateLimited(ctx, 2, func() (err error) {
			found, err = s.mirror.Namesakes(ctx, who, n.spelled[folded], "")
			return err
		})
		if err != nil {
			return nil, false, err
		}
		partial = partial || found.Partial
		entries = append(entries, found.Entries...)
	}
	return entries, partial, nil
}
