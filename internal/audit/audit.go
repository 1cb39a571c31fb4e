package audit

import (
	"context"
	"errors"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Outcome says how far an action has come, or how it ended.
type Outcome string

// The outcomes. A change has at least two records: its intent, written before anything is
// sent, and its outcome.
const (
	OutcomeIntent  Outcome = "intent"
	OutcomeDone    Outcome = "done"
	OutcomeRefused Outcome = "refused" // by a role or by the API
	OutcomeFailed  Outcome = "failed"  // it had no effect
	OutcomeUnknown Outcome = "unknown" // it may have had an effect; a later record of the same intent settles it
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
	Entry     registry.ID // "" when it is about no entry, or about an entry that does not exist yet
	Intent    int64       // the seq of the intent that this is the outcome of, 0 if there is none
	Outcome   Outcome
	Before    registry.Values
	After     registry.Values
	Errors    []registry.Problem
	Messages  []registry.Problem
	Status    int    // HTTP status of the API's answer, 0 without an answer
	Ray       string // Cf-Ray of the call
	Duration  time.Duration
	Confirmed []registry.Confirmation // in an intent: the questions that the person has confirmed
	PrevHash  string                  // the hash of the previous record; see chain.go
	Hash      string                  // the hash of this record

	// Shown is the entry in the API's answer, for the mirror; it is not part of the record.
	Shown *registry.Entry
}

// Query selects records of the audit trail. The zero Query selects all.
type Query struct {
	Seqs    []int64 // selects these records; nil selects all
	Person  string  // the e-mail address, the user name or the subject, exactly
	Search  string  // a part of one of the record's words, see Record.Words
	Action  rbac.Action
	Entry   registry.ID
	Entries []registry.ID // selects the records of these entries; nil selects all
	Outcome Outcome
	Intent  int64     // selects the outcomes of this intent
	Since   time.Time // inclusive
	Until   time.Time // exclusive
	// Before and After are exclusive limits of the seq; 0 means no limit.
	Before, After int64
	Limit         int // 0 means no limit
	// Newest leaves out each record of which there is a later one of the same intent, so
	// that an action is selected once, with its result.
	Newest bool
}

// ErrSettled reports an outcome for an intent that already has a final one.
var ErrSettled = errors.New("the intent has its outcome already")

// ErrCreatedBefore reports a second record of creating the same entry.
var ErrCreatedBefore = errors.New("the entry is already recorded as created")

// ErrEntryMoved reports a record that was not written because the entry has newer records
// than the caller read, or because another change of the entry is in progress.
var ErrEntryMoved = errors.New("another change of the entry was recorded first")

// Journal writes records.
type Journal interface {
	// Append writes r after the last record, and returns it with Seq, Time (if it was
	// zero), PrevHash and Hash set. It writes nothing and returns ErrSettled when r is an
	// outcome of an intent that already has a final one; OutcomeUnknown is not final. It
	// returns ErrCreatedBefore when r is the second create of one entry.
	//
	// The intent of a change of an entry locks the entry, for all programs that share the
	// journal, until the intent has an outcome, OutcomeUnknown included. Until then Append
	// returns ErrEntryMoved for another such intent.
	Append(ctx context.Context, r Record) (Record, error)
	// AppendAsOf is Append, but writes nothing and returns ErrEntryMoved when there are
	// records of r.Entry after newest: the caller may have read outdated values.
	AppendAsOf(ctx context.Context, r Record, newest int64) (Record, error)
	// EntryTrail returns the seq of the newest record of an entry and of the intent that
	// locks it, 0 if there is none.
	EntryTrail(ctx context.Context, account registry.AccountID, id registry.ID) (newest, lockedBy int64, err error)
	// Unsettled returns the intents without a final outcome, oldest first.
	Unsettled(ctx context.Context) ([]Record, error)
	// OpenChanges returns the open intents of an entry, oldest first.
	OpenChanges(ctx context.Context, id registry.ID) ([]Record, error)
	// NoteAnswer stores when the call of an open intent was answered or given up, and
	// whether the API said that it made the change.
	NoteAnswer(ctx context.Context, intent int64, at time.Time, happened bool) error
	// Answer returns what NoteAnswer has stored, a zero time if nothing.
	Answer(ctx context.Context, intent int64) (at time.Time, happened bool, err error)
}

// Trail reads records.
type Trail interface {
	// Records returns the records that q selects, newest first. A limit selects the newest
	// ones; with After and without Before, the oldest ones after After.
	Records(ctx context.Context, q Query) ([]Record, error)
	// Record returns one record, or ErrNotFound.
	Record(ctx context.Context, seq int64) (Record, error)
	// Each calls visit with the line of each record that q selects, oldest first, without
	// holding all in memory.
	Each(ctx context.Context, q Query, visit func(line []byte) error) error
	// Head returns seq and hash of the newest record, 0 and "" if there is none.
	Head(ctx context.Context) (seq int64, hash string, err error)
}
