package audit

import (
	"context"
	"errors"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Outcome is how far an action has come, or how it ended.
type Outcome string

// The outcomes. A change has two records at least: its intent, written before
// anything is sent, and what came of it.
const (
	OutcomeIntent  Outcome = "intent"
	OutcomeDone    Outcome = "done"
	OutcomeRefused Outcome = "refused" // by a role or by the API
	OutcomeFailed  Outcome = "failed"  // it had no effect
	OutcomeUnknown Outcome = "unknown" // it may have had one; a later record of the same intent settles it
)

// Outcomes returns all outcomes.
func Outcomes() []Outcome {
	return []Outcome{OutcomeIntent, OutcomeDone, OutcomeRefused, OutcomeFailed, OutcomeUnknown}
}

// Record is one line of the audit trail. It is written once and never changed.
type Record struct {
	Seq       int64     // from 1, without a gap
	Time      time.Time // UTC, to the microsecond
	RequestID string
	Actor     rbac.Actor
	Address   string // the person's network address
	Account   registry.AccountID
	Action    rbac.Action
	Entry     registry.ID // "" when it is about no entry, or about one that does not exist yet
	Intent    int64       // the seq of the intent that this is the outcome of, 0 for none
	Outcome   Outcome
	Before    registry.Values
	After     registry.Values
	Errors    []registry.Problem
	Messages  []registry.Problem
	Status    int    // HTTP status of the API's answer, 0 when there was none
	Ray       string // Cf-Ray of the call
	Duration  time.Duration
	Confirmed []registry.Confirmation // in an intent: what the person was asked about, and went on with
	PrevHash  string                  // the hash of the record before; see chain.go
	Hash      string                  // of this record
}

// Query selects records of the audit trail. Zero values select all.
type Query struct {
	Person  string // the e-mail address, the user name or the subject, exactly
	Action  rbac.Action
	Entry   registry.ID
	Outcome Outcome
	Intent  int64     // the outcomes of this intent
	Since   time.Time // inclusive
	Until   time.Time // exclusive
	// Before and After bound the seq, both exclusive; 0 bounds nothing.
	Before, After int64
	Limit         int // 0 for no limit
}

// ErrSettled reports an outcome for an intent that has its final one already.
var ErrSettled = errors.New("the intent has its outcome already")

// ErrCreatedBefore reports a record of a create whose entry is on record as created
// already: an entry is created once.
var ErrCreatedBefore = errors.New("the entry is on record as created already")

// ErrEntryMoved reports a record that was not written because the trail of its entry
// has gone on since it was read, or because another change of the entry is under way.
var ErrEntryMoved = errors.New("another change of the entry was recorded first")

// Journal is where records are written.
type Journal interface {
	// Append writes r behind the last record, and returns it with Seq, Time (when it
	// was zero), PrevHash and Hash set. It returns ErrSettled, and writes nothing,
	// when r is the outcome of an intent that has its final outcome already; an
	// OutcomeUnknown is not final. It returns ErrCreatedBefore for a second create
	// of one entry.
	//
	// The intent of a change of an entry locks the entry, for all programs that share
	// the journal, until it has an outcome, even an unknown one. While it is locked,
	// another such intent is refused with ErrEntryMoved.
	Append(ctx context.Context, r Record) (Record, error)
	// AppendAsOf is Append, but returns ErrEntryMoved, and writes nothing, when the trail
	// has records of r.Entry after newest: what the caller knows of the entry may be out
	// of date.
	AppendAsOf(ctx context.Context, r Record, newest int64) (Record, error)
	// EntryTrail returns the seq of the newest record of an entry, and of the intent that
	// locks it; 0 for none.
	EntryTrail(ctx context.Context, account registry.AccountID, id registry.ID) (newest, lockedBy int64, err error)
	// Unsettled returns the intents without a final outcome, oldest first.
	Unsettled(ctx context.Context) ([]Record, error)
	// OpenChanges returns the open intents of an entry, oldest first.
	OpenChanges(ctx context.Context, id registry.ID) ([]Record, error)
	// NoteAnswer records of an open intent when its call was answered, or was no longer
	// waited for, and whether the API said that the change was made.
	NoteAnswer(ctx context.Context, intent int64, at time.Time, happened bool) error
	// Answer returns what NoteAnswer has recorded of an open intent: a zero time when that
	// is nothing.
	Answer(ctx context.Context, intent int64) (at time.Time, happened bool, err error)
}

// Trail is where records are read.
type Trail interface {
	// Records returns the records that q selects, newest first. A limit lets the
	// newest ones through; with After and without Before, those that come next.
	Records(ctx context.Context, q Query) ([]Record, error)
	// Record returns one record, or ErrNotFound.
	Record(ctx context.Context, seq int64) (Record, error)
	// Each calls visit with the records that q selects, oldest first, without
	// holding them all. The record is given with its line: see Record.Line.
	Each(ctx context.Context, q Query, visit func(line []byte) error) error
	// Head returns seq and hash of the newest record, 0 and "" when there is none.
	Head(ctx context.Context) (seq int64, hash string, err error)
}
