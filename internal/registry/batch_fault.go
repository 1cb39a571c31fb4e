package registry

import (
	"errors"
	"time"
)

// Fault is an error in a form that can be kept: what a person has to be told of it.
type Fault struct {
	What       string        `json:"what"`
	Kind       Kind          `json:"kind,omitempty"`
	Status     int           `json:"status,omitempty"`
	Ray        string        `json:"ray,omitempty"`
	Problems   []Problem     `json:"problems,omitempty"`
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	Entry      *Entry        `json:"entry,omitempty"` // as it is now
	NotDone    bool          `json:"not_done,omitempty"`
	Action     Action        `json:"action,omitempty"`
	SentAt     time.Time     `json:"sent_at,omitzero"`
	LookedAt   time.Time     `json:"looked_at,omitzero"`
	SafeAt     time.Time     `json:"safe_at,omitzero"`
	LookFailed bool          `json:"look_failed,omitempty"`
	Happened   bool          `json:"happened,omitempty"`
	Intents    []int64       `json:"intents,omitempty"` // those whose outcome is not known
	Limit      int           `json:"limit,omitempty"`
	Denial     Denial        `json:"denial,omitempty"`
	Address    string        `json:"address,omitempty"`
	Sporadic   bool          `json:"sporadic,omitempty"`
}

// What a fault can be.
const (
	faultAPI       = "api"
	faultUnsettled = "unsettled"
	faultMissing   = "missing"
	faultSynced    = "synced"
	faultConflict  = "conflict"
	faultForbidden = "forbidden"
	faultInDoubt   = "in_doubt"
	faultBusy      = "busy"
	faultTooMany   = "too_many"
	faultLong      = "long_entries"
	faultOther     = "other"
)

// errOther stands for errors that have no form to be kept in.
var errOther = errors.New("an error that the log tells of")

// faultOf returns the form of err that is kept, and what has become of the entry.
func faultOf(err error) (*Fault, ItemState) {
	var (
		api       *APIError
		unsettled *UnsettledError
		synced    *SyncedError
		conflict  *ConflictError
		forbidden *ForbiddenError
		tooMany   *TooManyError
		long      *LongEntriesError
		inDoubt   *InDoubtError
		busy      *EntryBusyError
	)
	f, state := &Fault{What: faultOther}, ItemFailed
	switch {
	case errors.As(err, &unsettled):
		f.What, f.NotDone, f.Action, f.SentAt, f.LookedAt = faultUnsettled, unsettled.NotDone, unsettled.Action, unsettled.SentAt, unsettled.LookedAt
		f.SafeAt, f.LookFailed, f.Happened = unsettled.SafeAt, unsettled.Look != nil, unsettled.Happened
		if f.call(unsettled.Cause); unsettled.Intent != 0 {
			f.Intents = []int64{unsettled.Intent}
		}
		if !f.NotDone {
			state = ItemUnknown
		}
	case errors.Is(err, ErrNotFound):
		f.What, state = faultMissing, ItemRefused
		if errors.As(err, &api) {
			f.call(api)
		}
	case errors.As(err, &api):
		f.What = faultAPI
		f.call(api)
		if api.Kind == Refused || api.Kind == Conflicting {
			state = ItemRefused
		}
	case errors.As(err, &synced):
		f.What, f.Entry, state = faultSynced, &synced.Entry, ItemRefused
	case errors.As(err, &conflict):
		f.What, f.Entry, state = faultConflict, &conflict.Now, ItemRefused
	case errors.As(err, &forbidden):
		f.What, f.Action, state = faultForbidden, forbidden.Action, ItemRefused
	case errors.As(err, &inDoubt):
		f.What, f.Action, f.Intents, f.SentAt, f.SafeAt = faultInDoubt, inDoubt.Action, inDoubt.Intents, inDoubt.SentAt, inDoubt.SafeAt
		f.Happened = inDoubt.Happened
	case errors.As(err, &busy):
		f.What = faultBusy
	case errors.As(err, &tooMany):
		f.What, f.Limit = faultTooMany, tooMany.Limit
	case errors.As(err, &long):
		f.What, f.Limit = faultLong, long.Entries
	}
	return f, state
}

func (f *Fault) call(e *APIError) {
	if e != nil {
		f.Kind, f.Status, f.Ray, f.Problems, f.RetryAfter = e.Kind, e.Receipt.Status, e.Receipt.Ray, e.Problems, e.RetryAfter
		f.Denial, f.Address, f.Sporadic = e.Denial, e.Address, e.Sporadic
	}
}

// Err returns the error that the fault was made of, as far as it was kept.
func (f *Fault) Err() error {
	api := &APIError{Op: string(f.Action), Kind: f.Kind, Problems: f.Problems, Receipt: Receipt{Status: f.Status, Ray: f.Ray}, RetryAfter: f.RetryAfter, Denial: f.Denial, Address: f.Address, Sporadic: f.Sporadic}
	var entry Entry
	if f.Entry != nil {
		entry = *f.Entry
	}
	switch f.What {
	case faultAPI:
		return api
	case faultUnsettled:
		u := &UnsettledError{Action: f.Action, SentAt: f.SentAt, LookedAt: f.LookedAt, SafeAt: f.SafeAt, NotDone: f.NotDone, Happened: f.Happened}
		if f.Kind != Refused { // a refusal leaves no doubt, so this is no kind
			u.Cause = api
		}
		if f.LookFailed {
			u.Look = errOther
		}
		if len(f.Intents) > 0 {
			u.Intent = f.Intents[0]
		}
		return u
	case faultMissing:
		return ErrNotFound
	case faultSynced:
		return &SyncedError{Entry: entry}
	case faultConflict:
		return &ConflictError{Now: entry}
	case faultForbidden:
		return &ForbiddenError{Action: f.Action}
	case faultInDoubt:
		return &InDoubtError{Action: f.Action, Intents: f.Intents, SentAt: f.SentAt, SafeAt: f.SafeAt, Happened: f.Happened}
	case faultBusy:
		return &EntryBusyError{}
	case faultLong:
		return &LongEntriesError{Entries: f.Limit}
	case faultTooMany:
		return &TooManyError{Limit: f.Limit}
	}
	return errOther
}

// Intent returns the seq of the intent whose outcome is not known, 0 when there is none.
func (i BatchItem) Intent() int64 {
	if i.Fault == nil || i.Fault.What != faultUnsettled || len(i.Fault.Intents) == 0 {
		return 0
	}
	return i.Fault.Intents[0]
}

// ofTheCall reports whether the fault says nothing of the entry, so that the next one
// is likely to meet it too.
func (f *Fault) ofTheCall() bool {
	return f.What == faultOther || f.What == faultForbidden || f.What == faultUnsettled ||
		f.What == faultAPI && f.Kind != Refused && f.Kind != Conflicting
}
