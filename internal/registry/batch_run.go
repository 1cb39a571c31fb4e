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
	for {
		lease := rand.Text()
		b, ok, err := s.batches.LeaseBatch(ctx, lease, s.now(), s.now().Add(batchLease))
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "batches could not be looked for", "error", err)
		}
		if ok {
			running.Go(func() { s.runBatch(ctx, lease, b) })
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

// runBatch works on a batch under a lease.
func (s *Service) runBatch(ctx context.Context, lease string, b Batch) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer s.keepLease(ctx, cancel, lease, b.ID)()
	work := ShortWait(Background(ctx)) // it waits outside of what it holds: see whenLet
	var stop *Fault
	var err error
	from := b.State
	if from == BatchListing {
		b.State = BatchPlanned
		stop, err = s.listBatch(work, lease, b)
	} else {
		b.State = BatchDone
		stop, err = s.runItems(work, lease, b)
	}
	ended := false
	if err == nil {
		if b.Listed, b.Changed, b.Stop = true, s.now(), stop; stop != nil {
			b.State, b.Listed = BatchStopped, from == BatchRunning
		}
		ended, err = s.batches.EndBatch(context.WithoutCancel(ctx), b, from, lease)
	}
	if err != nil && ctx.Err() == nil && !errors.Is(err, errNotOurs) {
		s.log.ErrorContext(ctx, "a batch was interrupted; it goes on later", "batch", b.ID, "error", err)
		_ = s.pause(ctx, batchLook) // the lease keeps it from being taken up at once
	}
	if !ended {
		if err := s.batches.ReleaseLease(context.WithoutCancel(ctx), b.ID, lease); err != nil {
			s.log.WarnContext(ctx, "the lease of a batch could not be given back; it runs out", "batch", b.ID, "error", err)
		}
	}
	s.wake()
}

// keepLease renews a lease until the function that it returns is called, and cancels
// the work when the batch was stopped or taken over.
func (s *Service) keepLease(ctx context.Context, cancel context.CancelFunc, lease, id string) (end func()) {
	ctx = context.WithoutCancel(ctx)
	ended := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() {
		for {
			select {
			case <-ended:
				return
			case <-time.After(batchRenew):
			}
			if goOn, err := s.batches.RenewLease(ctx, id, lease, s.now().Add(batchLease)); err == nil && !goOn {
				cancel()
			}
		}
	})
	return func() {
		close(ended)
		renewing.Wait()
	}
}

// errNotOurs reports that a batch was stopped, or taken over by another program.
var errNotOurs = errors.New("the batch is no longer this program's")

// stalePages is how many pages of a list may hold nothing new. An API that gives the same
// page for ever must not keep us for ever.
const stalePages = 5

// listBatch looks up the entries that match. It returns why it stopped, if it did.
func (s *Service) listBatch(ctx context.Context, lease string, b Batch) (*Fault, error) {
	position, met, tooLong := 0, map[ID]bool{}, 0
	last, stale := 0, 0 // entries on the page before, and pages one after the other without a new one
	for q := *b.Match; ; q.Page++ {
		var list Page
		err := s.whenLet(ctx, 2, func() (err error) {
			list, err = s.api.ListEntries(ctx, q)
			return err
		})
		if err != nil {
			if ctx.Err() != nil {
				return nil, errNotOurs
			}
			fault, _ := faultOf(err)
			return fault, nil
		}
		tooLong += list.TooLong
		items := make([]BatchItem, 0, len(list.Entries))
		for _, e := range list.Entries {
			if e.ID != "" && !met[e.ID] { // pages shift when entries are created or deleted
				met[e.ID] = true
				items = append(items, itemOf(e, position))
				position++
			}
		}
		if n := list.Count(); n > 0 {
			if last > 0 {
				s.paging.observe(q.PerPage, q.Page-1, last, s.now())
			}
			if last, stale = n, stale+1; len(items) > 0 {
				stale = 0
			}
		}
		if stale >= stalePages {
			fault, _ := faultOf(&APIError{Op: "list entries", Kind: Unreadable, Effect: NoEffect, Receipt: list.Receipt})
			return fault, nil
		}
		if position > MaxBatch {
			fault, _ := faultOf(&TooManyError{MaxBatch})
			return fault, nil
		}
		if goOn, err := s.batches.ListItems(ctx, b.ID, lease, q.Page == 1, items); err != nil || !goOn {
			return nil, errors.Join(err, errNotOurs)
		}
		if list.Count() == 0 && tooLong > 0 { // what can't be named can't be deleted: never say all
			fault, _ := faultOf(&LongEntriesError{tooLong})
			return fault, nil
		}
		if list.Count() == 0 {
			return nil, nil //nolint:nilnil // it did not stop, and nothing failed
		}
	}
}

// runItems does what is waiting. It returns why it stopped by itself, if it did.
func (s *Service) runItems(ctx context.Context, lease string, b Batch) (*Fault, error) {
	r := &batchRun{Service: s, batch: b, lease: lease}
	for {
		items, err := s.batches.BatchItems(ctx, b.ID, []ItemState{ItemWaiting}, 100)
		if err != nil || len(items) == 0 {
			return nil, err
		}
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
		r.retryAside(ctx)
		if !r.goesOn(ctx) {
			return r.stop.Load(), r.interrupted(ctx)
		}
	}
}

// batchRun is the work on one batch.
type batchRun struct {
	*Service
	batch  Batch
	lease  string
	inARow atomic.Int32 // calls that failed one after the other
	stop   atomic.Pointer[Fault]
	broken atomic.Pointer[error]
	worked atomic.Bool // a call succeeded

	mu    sync.Mutex
	aside []BatchItem  // whose credentials were refused, while that may be about the call alone
	again map[int]bool // positions of those that were aside before
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
		r.worked.Store(true)
	} else if r.inARow.Add(1) >= stopsAfter {
		r.stop.CompareAndSwap(nil, item.Fault)
	}
	if !r.putAside(item) {
		r.save(ctx, item)
	}
}

// putAside keeps an item whose credentials were refused for one more try, unless it has
// had that. It stays as it is in the database.
func (r *batchRun) putAside(item BatchItem) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if item.Fault == nil || item.Fault.What != faultAPI || item.Fault.Kind != Denied || r.again[item.Position] {
		return false
	}
	r.aside = append(r.aside, item)
	return true
}

// retryAside leaves the items that were put aside waiting when other calls with the same
// credentials succeeded. Otherwise, or when the batch has stopped, they have failed.
func (r *batchRun) retryAside(ctx context.Context) {
	for _, item := range r.aside {
		if r.worked.Load() && r.goesOn(ctx) {
			if r.again == nil {
				r.again = map[int]bool{}
			}
			r.again[item.Position] = true
		} else {
			r.save(ctx, item)
		}
	}
	r.aside = nil
}

// save records what has become of an item.
func (r *batchRun) save(ctx context.Context, item BatchItem) {
	goOn, err := r.batches.SaveItem(context.WithoutCancel(ctx), r.batch.ID, r.lease, item)
	if err == nil && !goOn {
		err = errNotOurs
	}
	if err != nil {
		r.broken.CompareAndSwap(nil, &err)
	}
}

// do deletes the item's entry, or creates it anew.
func (r *batchRun) do(ctx context.Context, item *BatchItem) error {
	return r.whenLet(ctx, 0, func() error { // an item is put aside instead

		if r.batch.Undoes != "" {
			return r.restore(ctx, item)
		}
		changed, err := r.deleteSeen(ctx, r.batch.Owner, item.Entry, item.Before, r.batch.Made.Add(-UndoWithin))
		if err == nil {
			item.Record, item.Before = changed.Record, changed.Before
		}
		return err
	})
}

func (r *batchRun) restore(ctx context.Context, item *BatchItem) error {
	if item.Before == nil {
		return errors.New("nothing is known of the entry that was deleted")
	}
	before, err := r.wholeBefore(ctx, item)
	if err != nil {
		return err
	}
	own, err := r.ownValues(ctx, item.Entry, before)
	if err != nil {
		return err
	}
	// Twins are created one after the other: of two at once, each is in the other's doubt.
	unlock, err := r.inFlight.Lock(ctx, "twins\x00"+identityOf(own.Draft()))
	if err != nil {
		return err
	}
	defer unlock()
	created, err := r.create(ctx, r.batch.Owner, undoKey(r.batch, *item), own.Draft(), nil, nil)
	item.Made = created.Entry.ID
	return err
}

// wholeBefore returns what the entry of an item was. A list may have cut texts that are
// longer than Namesake sends; the record of the deletion has them whole.
func (r *batchRun) wholeBefore(ctx context.Context, item *BatchItem) (Values, error) {
	if !item.Before.tooLong(FieldComments) && !item.Before.tooLong(FieldExternalDirectoryNodeID) {
		return item.Before, nil
	}
	deleted, err := r.trail.Records(ctx, AuditQuery{Entry: item.Entry, Action: DeleteEntry, Outcome: OutcomeDone, Limit: 1})
	if err != nil {
		return nil, unreadable(err)
	}
	if len(deleted) == 0 || deleted[0].Before == nil {
		return item.Before, nil
	}
	return deleted[0].Before, nil
}

// whenLet makes a call, and again when the API's limit of calls was in its way, or, so
// many times, when credentials were refused with which such a call succeeded a moment
// before.
func (s *Service) whenLet(ctx context.Context, tries int, call func() error) error {
	for began := s.now(); ; {
		err := call()
		var api *APIError
		if !errors.As(err, &api) || api.Effect != NoEffect {
			return err
		}
		var wait time.Duration
		switch {
		case api.Kind == RateLimited && s.now().Sub(began) <= throttledFor:
			wait = max(api.RetryAfter, batchLook)
		case api.Kind == Denied && api.Sporadic && tries > 0:
			wait = batchLook
			tries--
		default:
			return err
		}
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
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
