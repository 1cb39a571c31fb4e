package mirror

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// TimeError reports a time at which the registry is not known.
type TimeError struct {
	At    time.Time
	Since time.Time // from when on it is known; zero if it was never read completely
	Now   time.Time // until when
}

func (e *TimeError) Error() string {
	return fmt.Sprintf("the registry at %s is not known: only from %s to %s", e.At.Format(time.RFC3339), e.Since.Format(time.RFC3339), e.Now.Format(time.RFC3339))
}

// Changes returns the changes that q selects, newest first, and how many there are on all
// pages. Errors: *rbac.ForbiddenError, registry.ErrDatabase in the chain.
func (s *Service) Changes(ctx context.Context, who rbac.Caller, q ChangeQuery) (changes []Change, total int, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewChanges); err != nil {
		return nil, 0, err
	}
	if changes, err = s.copy.store.Changes(ctx, s.copy.account, q); err == nil && q.Limit > 0 {
		total, err = s.copy.store.CountChanges(ctx, s.copy.account, q)
	} else {
		total = len(changes)
	}
	return changes, total, audit.Unreadable(err)
}

// State returns how the copy of the registry in the database came about. It may be newer
// than that of Snapshot.
func (s *Service) State(ctx context.Context) (State, error) {
	state, err := s.copy.store.State(ctx, s.copy.account)
	return state, audit.Unreadable(err)
}

// Past is the registry as it was known at a time.
type Past struct {
	At      time.Time
	View    *View
	now     *View         // that it was made of
	changed []registry.ID // the entries that have changed since
}

// maxPasts is the number of times whose registry is kept in memory. They share with the current
// view what has not changed since; in all, they keep as many rows of their own as that view has.
const maxPasts = 4

// pasts has the registry at the times that were requested last, the last one first.
type pasts struct {
	mu   sync.Mutex
	list []*Past
}

func (p *pasts) get(at time.Time, view *View) *Past {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.list, func(past *Past) bool { return past.now == view && past.At.Equal(at) })
	if i < 0 {
		return nil
	}
	past := p.list[i]
	p.list = slices.Insert(slices.Delete(p.list, i, i+1), 0, past)
	return past
}

func (p *pasts) put(past *Past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, own := []*Past{past}, past.ownRows()
	for _, other := range p.list {
		if own += other.ownRows(); other.now == past.now && len(list) < maxPasts && own <= past.now.rows {
			list = append(list, other)
		}
	}
	p.list = list
}

func (p *pasts) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = nil
}

// ownRows returns how many rows the view has that it does not share with the one that it was
// made of.
func (p *Past) ownRows() int {
	n := 0
	for i, b := range p.View.blocks {
		if i >= len(p.now.blocks) || b != p.now.blocks[i] {
			n += len(b.rows)
		}
	}
	return n
}

// At returns the registry as it was known at a time: as it is now, without the changes that
// were noticed after that, by a later pass if by one. A whole second stands for its end, since
// people and programs are told times in seconds. Errors: *rbac.ForbiddenError, *TimeError,
// registry.ErrDatabase in the chain.
func (s *Service) At(ctx context.Context, who rbac.Caller, at time.Time) (*Past, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewChanges); err != nil {
		return nil, err
	}
	at = at.UTC().Truncate(time.Microsecond) // as the database has times
	until := at
	if at.Equal(at.Truncate(time.Second)) {
		until = at.Add(time.Second - time.Microsecond)
	}
	view := s.Snapshot().View
	past := s.pasts.get(at, view)
	known := past != nil
	if !known {
		rows, err := s.copy.store.RowsAt(ctx, s.copy.account, until)
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		past = &Past{At: at, now: view, changed: make([]registry.ID, len(rows))}
		for i := range rows {
			rows[i].Version = view.Version()
			past.changed[i] = rows[i].Entry.ID
		}
		past.View = view.With(rows, view.Version())
	}
	state, err := s.State(ctx) // after the rows: old changes may just have been removed
	if err != nil {
		return nil, err
	}
	if now := s.now(); state.Since.IsZero() || until.Before(state.Since) || at.After(now) {
		return nil, &TimeError{At: at, Since: state.Since, Now: now}
	}
	if !known {
		s.pasts.put(past)
	}
	return past, nil
}

// Difference is an entry that differs between two times.
type Difference struct {
	Entry  registry.ID
	Kind   ChangeKind
	Before *registry.Entry // nil if it did not exist at the first time
	After  *registry.Entry // nil if it did not exist at the second time
}

// Compare returns the entries that differ between two times, by name. Errors are those of
// At.
func (s *Service) Compare(ctx context.Context, who rbac.Caller, from, to time.Time) ([]Difference, error) {
	first, err := s.At(ctx, who, from)
	if err != nil {
		return nil, err
	}
	second, err := s.At(ctx, who, to)
	if err != nil {
		return nil, err
	}
	return differences(first.View, second.View, slices.Concat(first.changed, second.changed)), nil
}

// ChangedSince returns the entries that differ between a time and now. Errors are those of
// At.
func (s *Service) ChangedSince(ctx context.Context, who rbac.Caller, at time.Time) ([]Difference, error) {
	past, err := s.At(ctx, who, at)
	if err != nil {
		return nil, err
	}
	return differences(past.View, past.now, slices.Clone(past.changed)), nil
}

// differences compares the entries ids of two views.
func differences(from, to *View, ids []registry.ID) []Difference {
	var found []Difference
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		before, was := from.Entry(id)
		after, is := to.Entry(id)
		d := Difference{Entry: id}
		switch {
		case was && is && sameFields(before, after), !was && !is:
			continue
		case was && is:
			d.Kind, d.Before, d.After = Edited, &before, &after
		case was:
			d.Kind, d.Before = Deleted, &before
		default:
			d.Kind, d.After = Created, &after
		}
		found = append(found, d)
	}
	slices.SortStableFunc(found, func(a, b Difference) int { return cmp.Compare(foldedName(a), foldedName(b)) })
	return found
}

func foldedName(d Difference) string {
	if d.After != nil {
		return registry.FoldName(d.After.Name)
	}
	return registry.FoldName(d.Before.Name)
}
