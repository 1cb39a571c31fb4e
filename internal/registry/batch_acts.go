package registry

import (
	"context"
	"crypto/rand"
	"slices"
	"strconv"
	"strings"
	"time"
)

// PlanDeletion plans the deletion of the entries ids; known says what of them is
// known, so that they can be shown. Errors: *ForbiddenError, ErrNothing, *TooManyError,
// ErrDatabase in the chain.
func (s *Service) PlanDeletion(ctx context.Context, who Caller, ids []ID, known []Entry, back string) (Batch, error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return Batch{}, err
	}
	var items []BatchItem
	seen := make(map[ID]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		item := BatchItem{Position: len(items), Entry: id, State: ItemWaiting}
		if i := slices.IndexFunc(known, func(e Entry) bool { return e.ID == id }); i >= 0 {
			item = itemOf(known[i], len(items))
		}
		items = append(items, item)
	}
	switch {
	case len(items) == 0:
		return Batch{}, ErrNothing
	case len(items) > MaxBatch:
		return Batch{}, &TooManyError{MaxBatch}
	}
	return s.addBatch(ctx, Batch{Owner: who, Listed: true, Back: back, State: BatchPlanned}, items)
}

// PlanDeletionOf plans the deletion of all entries that match q. They are looked up in
// the background. Errors are those of PlanDeletion.
func (s *Service) PlanDeletionOf(ctx context.Context, who Caller, q Query, back string) (Batch, error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return Batch{}, err
	}
	// The oldest first: what is created meanwhile comes behind them.
	q.Order, q.Direction, q.Page, q.PerPage = ByCreated, Ascending, 1, MaxPerPage
	return s.addBatch(ctx, Batch{Owner: who, Match: &q, Back: back, State: BatchListing}, nil)
}

func itemOf(e Entry, position int) BatchItem {
	item := BatchItem{Position: position, Entry: e.ID, Before: e.Values(), State: ItemWaiting}
	if e.Synced() {
		item.State, item.Fault = ItemLeftOut, &Fault{What: faultSynced}
	}
	return item
}

func (s *Service) addBatch(ctx context.Context, b Batch, items []BatchItem) (Batch, error) {
	b.ID, b.Made = rand.Text(), s.now()
	b.Changed = b.Made
	if err := s.batches.AddBatch(ctx, b, items); err != nil {
		return Batch{}, unreadable(err)
	}
	s.wake()
	b.Counts = map[ItemState]int{}
	for _, item := range items {
		b.Counts[item.State]++
	}
	return b, nil
}

// Batch returns a batch, for anybody who may delete entries. Errors: *ForbiddenError,
// ErrNoBatch, ErrDatabase in the chain.
func (s *Service) Batch(ctx context.Context, who Caller, id string) (Batch, error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return Batch{}, err
	}
	b, ok, err := s.batches.Batch(ctx, id)
	if err != nil {
		return Batch{}, unreadable(err)
	}
	if !ok {
		return Batch{}, ErrNoBatch
	}
	return b, nil
}

// UndoOf returns the batch that undoes another one; ok is false when none does.
func (s *Service) UndoOf(ctx context.Context, who Caller, id string) (b Batch, ok bool, err error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return Batch{}, false, err
	}
	b, ok, err = s.batches.UndoOf(ctx, id)
	if err != nil {
		return Batch{}, false, unreadable(err)
	}
	return b, ok, nil
}

// Batches returns who's newest batches, without their counts.
func (s *Service) Batches(ctx context.Context, who Caller, limit int) ([]Batch, error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return nil, err
	}
	batches, err := s.batches.RecentBatches(ctx, who.Issuer, who.Subject, limit)
	if err != nil {
		return nil, unreadable(err)
	}
	return batches, nil
}

// BatchItems returns at most limit items of a batch that are in one of states, all
// when none is given.
func (s *Service) BatchItems(ctx context.Context, who Caller, id string, limit int, states ...ItemState) ([]BatchItem, error) {
	if err := s.Authorize(ctx, who, DeleteEntry); err != nil {
		return nil, err
	}
	items, err := s.batches.BatchItems(ctx, id, states, limit)
	if err != nil {
		return nil, unreadable(err)
	}
	for i, item := range items {
		if item.State == ItemFailed && item.Fault != nil && item.Fault.What == faultUnsettled {
			items[i].Fault.NotDone = true // it was found out since
		}
	}
	return items, nil
}

// own returns a batch that who may act upon.
func (s *Service) own(ctx context.Context, who Caller, id string) (Batch, error) {
	b, err := s.Batch(ctx, who, id)
	if err == nil && !b.Owner.Same(who.Actor) {
		return Batch{}, ErrNotYours
	}
	return b, err
}

// StartBatch begins a planned batch. typed is what its owner has typed to confirm it:
// the number of entries, when they are more than ConfirmAbove. A batch that was begun
// before stays as it is. Errors: *ForbiddenError, ErrNoBatch, ErrNotYours,
// ErrUnconfirmed, ErrNothing, ErrBatchMoved, ErrDatabase in the chain.
func (s *Service) StartBatch(ctx context.Context, who Caller, id, typed string) (Batch, error) {
	b, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Batch{}, err
	case b.State == BatchListing:
		return Batch{}, ErrBatchMoved
	case b.State != BatchPlanned:
		return b, nil // pressed twice
	case b.Total() == 0:
		return Batch{}, ErrNothing
	case b.Total() > ConfirmAbove && strings.TrimSpace(typed) != strconv.Itoa(b.Total()):
		return Batch{}, ErrUnconfirmed
	}
	return s.move(ctx, who, b, BatchRunning)
}

// StopBatch stops a batch; the entries that are under way are finished. Anybody may who
// may delete entries.
func (s *Service) StopBatch(ctx context.Context, who Caller, id string) (Batch, error) {
	b, err := s.Batch(ctx, who, id)
	if err != nil || !b.Moves() {
		return b, err
	}
	if _, err := s.batches.StopBatch(ctx, id, s.now()); err != nil {
		return Batch{}, unreadable(err)
	}
	return s.Batch(ctx, who, id)
}

// ResumeBatch lets a batch that was stopped go on.
func (s *Service) ResumeBatch(ctx context.Context, who Caller, id string) (Batch, error) {
	b, err := s.own(ctx, who, id)
	switch {
	case err != nil || b.Moves():
		return b, err
	case !b.MayResume():
		return Batch{}, ErrBatchMoved
	case !b.Listed:
		return s.move(ctx, who, b, BatchListing)
	}
	return s.move(ctx, who, b, BatchRunning)
}

// RetryBatch tries those entries of a batch again that were tried without success.
func (s *Service) RetryBatch(ctx context.Context, who Caller, id string) (Batch, error) {
	b, err := s.own(ctx, who, id)
	switch {
	case err != nil || b.Moves():
		return b, err
	case !b.MayRetry():
		return Batch{}, ErrBatchMoved
	}
	return s.move(ctx, who, b, BatchRunning, ItemRefused, ItemFailed, ItemUnknown)
}

// UndoBatch creates anew, in a batch of its own, the entries that a batch has deleted.
// However often it is asked for, there is one. Errors are those of StartBatch, and
// ErrNoneDone, ErrTooLate and ErrBatchBusy.
func (s *Service) UndoBatch(ctx context.Context, who Caller, id string) (Batch, error) {
	if err := s.Authorize(ctx, who, CreateEntry); err != nil {
		return Batch{}, err
	}
	b, err := s.own(ctx, who, id)
	switch {
	case err != nil:
		return Batch{}, err
	case b.Undone:
		undo, _, err := s.UndoOf(ctx, who, id)
		return undo, err
	case !b.rests() || b.Undoes != "":
		return Batch{}, ErrBatchMoved
	case b.Counts[ItemDone] == 0:
		return Batch{}, ErrNoneDone
	case !b.MayUndo(s.now()):
		return Batch{}, ErrTooLate
	}
	undo := Batch{ID: rand.Text(), Owner: who, Undoes: id, Listed: true, Back: b.Back, State: BatchRunning}
	if err := s.whenFree(ctx, who, id, func(at time.Time) (bool, error) {
		undo.Made, undo.Changed = at, at
		return s.batches.AddUndo(ctx, undo)
	}); err != nil {
		return Batch{}, err
	}
	undo, ok, err := s.UndoOf(ctx, who, id)
	if err == nil && !ok {
		err = ErrBatchMoved
	}
	return undo, err
}

// move lets b move, for the owner as they are now. When somebody else was quicker, it
// stays as they have left it.
func (s *Service) move(ctx context.Context, who Caller, b Batch, to BatchState, again ...ItemState) (Batch, error) {
	from := b.State
	b.Owner, b.State = who, to
	err := s.whenFree(ctx, who, b.ID, func(at time.Time) (bool, error) {
		b.Changed = at
		return s.batches.MoveBatch(ctx, b, from, again...)
	})
	if err != nil {
		return Batch{}, err
	}
	return s.Batch(ctx, who, b.ID)
}

// busyFor is how long is waited for entries that are under way.
const busyFor = 3 * time.Second

// whenFree does what nobody may do while somebody works on the batch id. It waits a
// little for that, and then returns ErrBatchBusy. Where the batch has moved on meanwhile,
// it does nothing.
func (s *Service) whenFree(ctx context.Context, who Caller, id string, do func(at time.Time) (bool, error)) error {
	free := false // it was just seen to be
	for waited := time.Duration(0); ; waited += 50 * time.Millisecond {
		done, err := do(s.now())
		if err != nil {
			return unreadable(err)
		}
		if done {
			s.wake()
			return nil
		}
		b, err := s.Batch(ctx, who, id)
		switch {
		case err != nil:
			return err
		case b.Moves(), free:
			return nil
		case !b.Leased.After(s.now()): // since it was tried
			free = true
			continue
		case waited >= busyFor:
			return ErrBatchBusy
		}
		if s.pause(ctx, 50*time.Millisecond) != nil {
			return ErrBatchBusy
		}
	}
}

// AwaitBatch waits until a batch no longer moves, but not longer than d, and returns it.
func (s *Service) AwaitBatch(ctx context.Context, who Caller, id string, d time.Duration) (Batch, error) {
	deadline, wait := time.Now().Add(d), 10*time.Millisecond
	for {
		b, err := s.Batch(ctx, who, id)
		if err != nil || !b.Moves() || time.Now().After(deadline) {
			return b, err
		}
		select {
		case <-ctx.Done():
			return b, nil
		case <-time.After(wait):
			wait = min(2*wait, 200*time.Millisecond)
		}
	}
}
