package registry

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// MaxBatch is how many entries can be deleted in one go: a belt for a slip of the
// hand, and what the API's limits let through in about an hour and a half.
const MaxBatch = 10_000

// ConfirmAbove is how many entries can be deleted together without typing their number.
const ConfirmAbove = 10

// BatchRetention is how long a batch is kept. What it did is in the audit trail for longer.
const BatchRetention = 30 * 24 * time.Hour

// Batch is the deletion of several entries, or the undoing of one: planned, shown,
// confirmed, and then done entry by entry. It goes on when its person leaves, and
// after a restart.
type Batch struct {
	ID      string
	Owner   Caller // who planned it, and whom every record names
	Undoes  string // the batch whose deletions it undoes, "" for a deletion
	Match   *Query // whose entries are meant, nil when they were picked one by one
	Listed  bool   // all of its entries are known
	Undone  bool   // another batch undoes it
	Back    string // where its owner came from, for the page that shows it
	State   BatchState
	Stop    *Fault // why it stopped by itself
	Made    time.Time
	Changed time.Time // when its state changed last
	Leased  time.Time // until when somebody works on it; zero for nobody
	Counts  map[ItemState]int
}

// BatchState is how far a batch has got.
type BatchState string

// The states.
const (
	BatchListing BatchState = "listing" // the entries that match are being looked up
	BatchPlanned BatchState = "planned" // waits for its owner's word
	BatchRunning BatchState = "running"
	BatchStopped BatchState = "stopped" // by a person, or by itself; it can go on
	BatchDone    BatchState = "done"
)

// Moves reports whether the batch is being worked on.
func (b Batch) Moves() bool { return b.State == BatchListing || b.State == BatchRunning }

// Total returns how many entries the batch is about: all, but for those that were
// left out when it was planned.
func (b Batch) Total() int {
	total := 0
	for state, n := range b.Counts {
		if state != ItemLeftOut {
			total += n
		}
	}
	return total
}

// Unfinished returns how many entries were tried without success.
func (b Batch) Unfinished() int {
	return b.Counts[ItemRefused] + b.Counts[ItemFailed] + b.Counts[ItemUnknown]
}

// rests reports whether the batch has been begun and does not move.
func (b Batch) rests() bool { return b.State == BatchDone || b.State == BatchStopped }

// MayResume reports whether there is something to go on with.
func (b Batch) MayResume() bool {
	return b.State == BatchStopped && !b.Undone && (!b.Listed || b.Counts[ItemWaiting] > 0)
}

// MayRetry reports whether entries can be tried again.
func (b Batch) MayRetry() bool { return b.rests() && b.Listed && !b.Undone && b.Unfinished() > 0 }

// MayUndo reports whether the deletions of the batch can still be undone together.
func (b Batch) MayUndo(now time.Time) bool {
	return b.rests() && b.Undoes == "" && !b.Undone && b.Counts[ItemDone] > 0 && now.Sub(b.Changed) < UndoWithin
}

// BatchItem is one entry of a batch.
type BatchItem struct {
	Position int
	Entry    ID
	Before   Values // the entry, nil while nothing is known of it but its id
	State    ItemState
	Fault    *Fault // why it is not done
	Record   int64  // the seq of the record of its deletion
	Made     ID     // the new entry, when the batch is an undo
}

// ItemState is what has become of an entry of a batch.
type ItemState string

// The states.
const (
	ItemWaiting ItemState = "waiting"
	ItemDone    ItemState = "done"
	ItemRefused ItemState = "refused"  // certainly not done, for a reason of this entry's
	ItemFailed  ItemState = "failed"   // certainly not done: the call failed
	ItemUnknown ItemState = "unknown"  // not known whether it was done
	ItemLeftOut ItemState = "left_out" // never meant to be sent: a directory owns the entry
)

// Batches keeps batches.
type Batches interface {
	AddBatch(ctx context.Context, b Batch, items []BatchItem) error
	// Batch returns a batch; ok is false when there is none.
	Batch(ctx context.Context, id string) (b Batch, ok bool, err error)
	// UndoOf returns the batch that undoes another one.
	UndoOf(ctx context.Context, id string) (b Batch, ok bool, err error)
	// RecentBatches returns the newest batches of a person, without counts.
	RecentBatches(ctx context.Context, issuer, subject string, limit int) ([]Batch, error)
	// BatchItems returns items in their order: those in one of states, all when there is none.
	BatchItems(ctx context.Context, id string, states []ItemState, limit int) ([]BatchItem, error)
	// ListItems adds items while the batch is being listed by runner, and reports whether
	// it still is; first drops what was added before.
	ListItems(ctx context.Context, id, runner string, first bool, items []BatchItem) (bool, error)
	// AddUndo keeps a batch that undoes another one, with what is done there. It reports
	// whether it did: not when that one moves, is worked on or is undone already.
	AddUndo(ctx context.Context, b Batch) (bool, error)
	// StopBatch stops a batch that moves; who works on it finishes what is under way.
	StopBatch(ctx context.Context, id string, at time.Time) (bool, error)
	// MoveBatch puts b into a state in which it moves, if it is in the state from, nobody
	// works on it and it is not undone. Items in one of the states again then wait.
	MoveBatch(ctx context.Context, b Batch, from BatchState, again ...ItemState) (bool, error)
	// EndBatch puts a batch that runner works on into the state in which its work ended.
	EndBatch(ctx context.Context, b Batch, from BatchState, runner string) (bool, error)
	// ReleaseLease gives back a batch that runner has worked on.
	ReleaseLease(ctx context.Context, id, runner string) error
	// LeaseBatch gives runner a batch that moves and that nobody works on, until then.
	// ok is false when there is none.
	LeaseBatch(ctx context.Context, runner string, now, until time.Time) (b Batch, ok bool, err error)
	// RenewLease reports whether runner still has the batch, and whether it still moves.
	RenewLease(ctx context.Context, id, runner string, until time.Time) (bool, error)
	// SaveItem records what has become of an item that waits, and reports what RenewLease
	// does.
	SaveItem(ctx context.Context, id, runner string, item BatchItem) (bool, error)
	// SettleItem puts the item that was left without an outcome by an intent, or failed by
	// it, into a state; record is that of the outcome.
	SettleItem(ctx context.Context, intent int64, state ItemState, record int64, made ID) error
}

// Errors of batches.
var (
	ErrNoBatch     = errors.New("no such batch")
	ErrNotYours    = errors.New("another person's batch")
	ErrBatchMoved  = errors.New("the batch is not in a state for that")
	ErrBatchBusy   = errors.New("entries of the batch are still under way")
	ErrNothing     = errors.New("no entries are meant")
	ErrNoneDone    = errors.New("nothing was deleted that could be undone")
	ErrUnconfirmed = errors.New("not confirmed by typing the number of entries")
)

// LongEntriesError reports that entries that are meant are too long to be read, so that it
// is not known which they are.
type LongEntriesError struct{ Entries int }

func (e *LongEntriesError) Error() string {
	return fmt.Sprintf("%d entries are too long to be read", e.Entries)
}

// TooManyError reports that more entries are meant than go into one batch.
type TooManyError struct{ Limit int }

func (e *TooManyError) Error() string { return fmt.Sprintf("more than %d entries", e.Limit) }
