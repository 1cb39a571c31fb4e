package registry

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// How batches are worked on.
const (
	// batchWorkers is how many entries of a batch are under way at a time.
	batchWorkers = 4
	// batchLease is how long a batch belongs to the program that works on it without
	// being renewed, so that another one takes over where that one was killed.
	batchLease = time.Minute
	batchRenew = 15 * time.Second
	// batchLook is how often batches are looked for that another program left behind.
	batchLook = 5 * time.Second
	// stopsAfter is how many calls have to fail one after the other, for reasons that
	// are not the entry's, until a batch stops: what is wrong will not go away by
	// trying the remaining entries.
	stopsAfter = 5
	// heldFor bounds how long a change in the background waits for its turn once its
	// intent is on record.
	heldFor = 30 * time.Second
	// throttledFor bounds how long a batch waits on the API's rate limit for one entry.
	throttledFor = 10 * time.Minute
)

// wake makes KeepBatches look for work at once.
func (s *Service) wake() {
	select {
	case s.batchWork <- struct{}{}:
	default:
	}
}

// KeepBatches works on batches until ctx ends, and then finishes the entries that are
// under way.
func (s *Service) KeepBatches(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	runner := rand.Text()
	for {
		b, ok, err := s.batches.LeaseBatch(ctx, runner, s.now(), s.now().Add(batchLease))
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "batches could not be looked for", "error", err)
		}
		if ok {
			if s.runs.start(b.ID) {
				running.Go(func() {
					defer s.wake() // it may have been begun anew meanwhile
					defer s.runs.end(b.ID)
					s.runBatch(ctx, runner, b)
				})
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-s.batchWork:
		case <-time.After(batchLook):
		}
	}
}

// runs are the batches that this program works on.
type runs struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (r *runs) start(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ids[id] {
		return false
	}
	if r.ids == nil {
		r.ids = make(map[string]bool)
	}
	r.ids[id] = true
	return true
}

func (r *runs) end(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.ids, id)
}

// runBatch works on a batch that runner has leased.
func (s *Service) runBatch(ctx context.Context, runner string, b Batch) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			select {
			case <-ctx.Done():
			case <-time.After(batchRenew):
				if goOn, err := s.batches.RenewLease(ctx, b.ID, runner, s.now().Add(batchLease)); err == nil && !goOn {
					cancel()
				}
			}
		}
	}()
	var stop *Fault
	var err error
	next := BatchDone
	if b.State == BatchListing {
		next = BatchPlanned
		stop, err = s.listBatch(Background(ctx), runner, b)
	} else {
		stop, err = s.runItems(Background(ctx), runner, b)
	}
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, errNotOurs) {
			s.log.ErrorContext(ctx, "a batch was interrupted; it goes on later", "batch", b.ID, "error", err)
			_ = s.pause(ctx, batchLook) // the lease keeps it from being taken up at once
		}
		if _, err := s.batches.RenewLease(context.WithoutCancel(ctx), b.ID, runner, s.now()); err != nil {
			s.log.WarnContext(ctx, "the lease of a batch could not be given back; it runs out", "batch", b.ID, "error", err)
		}
		return
	}
	from := b.State
	b.State, b.Changed = next, s.now()
	b.Listed = b.Listed || next == BatchPlanned
	if stop != nil {
		b.State, b.Stop, b.Listed = BatchStopped, stop, from == BatchRunning
	}
	if _, err := s.batches.MoveBatch(context.WithoutCancel(ctx), b, []BatchState{from}); err != nil {
		s.log.ErrorContext(ctx, "the end of a batch could not be kept; it is looked at again later", "batch", b.ID, "error", err)
	}
}

// errNotOurs reports that a batch was stopped, or taken over by another program.
var errNotOurs = errors.New("the batch is no longer this program's")

// listBatch looks up the entries that match. It returns why it stopped, if it did.
func (s *Service) listBatch(ctx context.Context, runner string, b Batch) (*Fault, error) {
	position := 0
	for q := *b.Match; ; q.Page++ {
		list, err := s.api.ListEntries(ctx, q)
		if err != nil {
			if ctx.Err() != nil {
				return nil, errNotOurs
			}
			fault, _ := faultOf(err)
			return fault, nil
		}
		items := make([]BatchItem, 0, len(list.Entries))
		for _, e := range list.Entries {
			if e.ID != "" {
				items = append(items, itemOf(e, position))
				position++
			}
		}
		if position > MaxBatch {
			fault, _ := faultOf(&TooManyError{MaxBatch})
			return fault, nil
		}
		if goOn, err := s.batches.ListItems(ctx, b.ID, runner, q.Page == 1, items); err != nil || !goOn {
			return nil, errors.Join(err, errNotOurs)
		}
		if list.Last() {
			return nil, nil //nolint:nilnil // it did not stop, and nothing failed
		}
	}
}

// runItems does what is waiting. It returns why it stopped by itself, if it did.
func (s *Service) runItems(ctx context.Context, runner string, b Batch) (*Fault, error) {
	r := &batchRun{Service: s, batch: b, runner: runner}
	for after := -1; ; {
		items, err := s.batches.BatchItems(ctx, b.ID, []ItemState{ItemWaiting}, after, 100)
		if err != nil || len(items) == 0 {
			return nil, err
		}
		after = items[len(items)-1].Position
		work := make(chan BatchItem)
		var workers sync.WaitGroup
		for range min(batchWorkers, len(items)) {
			workers.Go(func() {
				for item := range work {
					r.run(ctx, item)
				}
			})
		}
		for _, item := range items {
			if !r.goesOn(ctx) {
				break
			}
			work <- item
		}
		close(work)
		workers.Wait()
		if !r.goesOn(ctx) {
			return r.stop.Load(), r.interrupted(ctx)
		}
	}
}

// batchRun is the work on one batch.
type batchRun struct {
	*Service
	batch  Batch
	runner string
	inARow atomic.Int32 // calls that failed one after the other
	stop   atomic.Pointer[Fault]
	broken atomic.Pointer[error]
}

func (r *batchRun) goesOn(ctx context.Context) bool {
	return r.stop.Load() == nil && r.broken.Load() == nil && ctx.Err() == nil
}

func (r *batchRun) interrupted(ctx context.Context) error {
	if err := r.broken.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

// run does one item, and keeps what has become of it.
func (r *batchRun) run(ctx context.Context, item BatchItem) {
	err := r.do(ctx, &item)
	var unrecorded *UnrecordedError
	if errors.As(err, &unrecorded) || errors.Is(err, ErrDatabase) || errors.Is(err, context.Canceled) {
		r.broken.CompareAndSwap(nil, &err) // nothing was sent: it stays as it is
		return
	}
	item.State, item.Fault = ItemDone, nil
	if err != nil {
		item.Fault, item.State = faultOf(err)
		if item.Fault.What == faultOther {
			r.log.ErrorContext(ctx, "an entry of a batch failed", "batch", r.batch.ID, "entry", item.Entry, "error", err)
		}
	}
	if item.Fault == nil || !item.Fault.ofTheCall() {
		r.inARow.Store(0)
	} else if r.inARow.Add(1) >= stopsAfter {
		r.stop.CompareAndSwap(nil, item.Fault)
	}
	goOn, err := r.batches.SaveItem(context.WithoutCancel(ctx), r.batch.ID, r.runner, item)
	if err == nil && !goOn {
		err = errNotOurs
	}
	if err != nil {
		r.broken.CompareAndSwap(nil, &err)
	}
}

// do deletes the item's entry, or creates it anew, and waits where the API asks to.
func (r *batchRun) do(ctx context.Context, item *BatchItem) error {
	for began := r.now(); ; {
		err := r.doOnce(ctx, item)
		var api *APIError
		if !errors.As(err, &api) || api.Kind != RateLimited || api.Effect != NoEffect || r.now().Sub(began) > throttledFor {
			return err
		}
		if err := r.pause(ctx, max(api.RetryAfter, batchLook)); err != nil {
			return err
		}
	}
}

func (r *batchRun) doOnce(ctx context.Context, item *BatchItem) error {
	if r.batch.Undoes != "" {
		created, err := r.create(ctx, r.batch.Owner, undoKey(r.batch, *item), item.Before.Draft(), nil)
		item.Made = created.Entry.ID
		return err
	}
	changed, err := r.deleteSeen(ctx, r.batch.Owner, item.Entry, item.Before, r.batch.Made)
	if err != nil {
		return err
	}
	item.Record = changed.Record
	if changed.Entry.Name != "" || changed.Entry.Email != "" {
		item.Before = changed.Entry.Values()
	}
	return nil
}

// undoKey is the key of the form, as it were, that undoes a deletion: that of Undo, so
// that undoing it in both ways makes one entry.
func undoKey(b Batch, item BatchItem) string {
	if item.Record > 0 {
		return keyOfUndo(item.Record)
	}
	return fmt.Sprintf("undo %s %d", b.Undoes, item.Position)
}

func keyOfUndo(seq int64) string { return "undo " + strconv.FormatInt(seq, 10) }

// held limits how long a change waits for its turn in the background.
func held(ctx context.Context) (context.Context, context.CancelFunc) {
	if !InBackground(ctx) {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, heldFor)
}
