package mirror

import (
	"context"
	"time"

	"namesake/internal/audit"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// State says how the copy of the registry came about.
type State struct {
	Version int64     // increases with each change of the copy
	Since   time.Time // from when on all changes are known; zero before the first complete pass
	ReadAt  time.Time // when the last complete pass started; zero if there was none
	Took    time.Duration
	TooLong int // entries that are too long to be read
	// Forgotten is the highest version of a tombstone that was removed from the database. A
	// copy in memory that is older may have the entry still.
	Forgotten int64
	// TriedAt is when the last pass ended. Failure says why it was not complete, nil if it
	// was.
	TriedAt time.Time
	Failure *Failure
	// Around increases with each reading of the settings around the registry.
	Around int64
}

// Failure says why a pass was not complete.
type Failure struct {
	Kind   string `json:"kind"` // the text of a registry.Kind, Unsteady or Internal
	Status int    `json:"status,omitempty"`
	Detail string `json:"detail"` // for the log and for operators
}

// Kinds of failures beside those of the API's calls.
const (
	Unsteady = "unsteady" // the pages of the list contradicted each other
	Internal = "internal" // a fault in Namesake
)

// ChangeKind says what happened to an entry.
type ChangeKind string

// The kinds of changes.
const (
	Created ChangeKind = "created"
	Edited  ChangeKind = "edited"
	Deleted ChangeKind = "deleted"
)

// ChangedBy says where a change was made.
type ChangedBy string

// The places of changes: in this Namesake, or in another tool.
const (
	Here      ChangedBy = "here"
	Elsewhere ChangedBy = "elsewhere"
)

// Change is one change of an entry in the registry.
type Change struct {
	Seq    int64
	Entry  registry.ID
	Kind   ChangeKind
	By     ChangedBy
	Before *registry.Entry // nil for a new entry
	After  *registry.Entry // nil for a deleted entry
	// The change happened after LastSeen, when the registry was last known to be as before,
	// and before FirstSeen.
	LastSeen, FirstSeen time.Time
	Record              int64 // the seq of its audit record
	// ReadFrom is when the pass that found the change started, zero for one that no pass
	// found. It is only written: the registry at that time has the change.
	ReadFrom time.Time
}

// ChangeQuery selects changes. Zero values select all.
type ChangeQuery struct {
	Seqs         []int64 // of these changes only; nil for all
	Entry        registry.ID
	By           ChangedBy
	Kind         ChangeKind
	Record       int64     // their audit record
	Name         string    // part of the name, before or after
	Since, Until time.Time // of FirstSeen: inclusive, exclusive
	Skip         int       // how many of the newest ones to leave out
	Limit        int       // 0 for no limit
}

// Current is the part of the copy that an update is about, while no one else can change it.
type Current struct {
	State State
	Rows  map[registry.ID]Row // the rows of the requested ids that exist
	Open  []audit.Record      // the open intents of the account
	// LeftOut are the entries of which the last passes left out a change, in doubt whether it
	// was Namesake's, with the time when the registry was last read before it.
	LeftOut map[registry.ID]time.Time
	Now     time.Time
}

// Update is what to write to the copy.
type Update struct {
	Rows    []Row                     // to add or replace; the store sets Version and ChangedAt
	Changes []Change                  // to add; the store sets Seq and Record
	Record  *audit.Record             // the audit record of Changes, nil for none
	State   State                     // the new state; the store sets Version
	LeftOut map[registry.ID]time.Time // for the next pass, see Current
}

// Store stores the copy of the registry.
type Store interface {
	// State returns the state of the copy, the zero State if there is none.
	State(ctx context.Context, account registry.AccountID) (State, error)
	// Rows returns the rows that changed after a version, tombstones included, and a state
	// that is not newer than they are.
	Rows(ctx context.Context, account registry.AccountID, after int64) ([]Row, State, error)
	// UpdateMirror locks the copy, calls decide with the rows of ids, and writes what it
	// returns, all in one transaction. decide may be called again if that fails.
	UpdateMirror(ctx context.Context, account registry.AccountID, ids []registry.ID, decide func(Current) Update) (Update, error)
	// Changes returns the changes that q selects, newest first.
	Changes(ctx context.Context, account registry.AccountID, q ChangeQuery) ([]Change, error)
	// CountChanges returns how many changes q selects, regardless of Skip and Limit.
	CountChanges(ctx context.Context, account registry.AccountID, q ChangeQuery) (int, error)
	// RowsAt returns, for each entry that has changed after a time, its row as it was known at
	// that time: a tombstone if the entry did not exist.
	RowsAt(ctx context.Context, account registry.AccountID, at time.Time) ([]Row, error)
	// Lives returns the entries that were deleted by changes after a seq, in their order.
	Lives(ctx context.Context, account registry.AccountID, after int64) ([]Life, error)
	// Settings returns the settings around the registry as they were last read.
	Settings(ctx context.Context, account registry.AccountID) (*policy.Settings, error)
	// UpdateSettings writes the state of a list and, unless it is nil, the list itself.
	UpdateSettings(ctx context.Context, account registry.AccountID, l policy.List, state policy.State, list *policy.Settings) error
}
