package plan

import (
	"errors"
	"slices"
	"time"

	"namesake/internal/change"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Fault is the stored form of an error: the facts for a message to a person.
type Fault struct {
	What    string          `json:"what"`
	Call    *FaultCall      `json:"call,omitempty"`
	Entry   *FaultEntry     `json:"entry,omitempty"` // as it is now
	Fields  []FaultField    `json:"fields,omitempty"`
	Action  string          `json:"action,omitempty"`
	Unsure  *FaultUnsettled `json:"unsure,omitempty"`
	Intents []int64         `json:"intents,omitempty"` // the intents without a known outcome
	Number  int             `json:"number,omitempty"`
	Owner   *FaultOwner     `json:"owner,omitempty"`
	Line    int             `json:"line,omitempty"`   // of the imported file, from 1
	Column  int             `json:"column,omitempty"` // likewise
	Row     *RowFault       `json:"row,omitempty"`
	Reasons []Reason        `json:"reasons,omitempty"`
}

// FaultOwner is what the owner of the plan may still do.
type FaultOwner struct {
	Role    string `json:"role,omitempty"`
	Ended   bool   `json:"ended,omitempty"`
	Unknown bool   `json:"unknown,omitempty"`
}

// FaultCall is a failed API call.
type FaultCall struct {
	Kind         string         `json:"kind"`
	Status       int            `json:"status,omitempty"`
	Ray          string         `json:"ray,omitempty"`
	Problems     []FaultProblem `json:"problems,omitempty"`
	RetryAfterMS int64          `json:"retry_after_ms,omitempty"`
	Denial       string         `json:"denial,omitempty"`
	Address      string         `json:"address,omitempty"`
	Sporadic     bool           `json:"sporadic,omitempty"`
}

// FaultProblem is an error in an answer of the API.
type FaultProblem struct {
	Code             string         `json:"code,omitempty"`
	Message          string         `json:"message,omitempty"`
	DocumentationURL string         `json:"documentation_url,omitempty"`
	Pointer          string         `json:"pointer,omitempty"`
	Chain            []FaultProblem `json:"chain,omitempty"`
}

// FaultEntry is an entry as the operation found it.
type FaultEntry struct {
	ID     registry.ID     `json:"id"`
	Values registry.Values `json:"values"`
}

// FaultField is a broken rule of a field.
type FaultField struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
	Param string `json:"param,omitempty"`
}

// FaultUnsettled describes a change in doubt.
type FaultUnsettled struct {
	NotDone    bool      `json:"not_done,omitempty"`
	SentAt     time.Time `json:"sent_at,omitzero"`
	LookedAt   time.Time `json:"looked_at,omitzero"`
	SafeAt     time.Time `json:"safe_at,omitzero"`
	LookFailed bool      `json:"look_failed,omitempty"`
	Happened   bool      `json:"happened,omitempty"`
	// Of another change that stands in the way: whether the owner of the plan made it, and
	// otherwise the e-mail address or user name of the person who did.
	Mine bool   `json:"mine,omitempty"`
	By   string `json:"by,omitempty"`
}

// The kinds of faults.
const (
	faultAPI       = "api"
	faultUnsettled = "unsettled"
	faultMissing   = "missing"
	faultSynced    = "synced"
	faultConflict  = "conflict"
	faultForbidden = "forbidden"
	faultInvalid   = "invalid"
	faultInDoubt   = "in_doubt"
	faultBusy      = "busy"
	faultTooMany   = "too_many"
	faultLong      = "long_entries"
	faultDuplicate = "duplicate"
	faultRepeated  = "repeated"
	faultWithdrawn = "withdrawn"
	faultPanic     = "panic"
	faultUnchecked = "unchecked"
	faultKeyUsed   = "key_used"
	faultRow       = "row"
	faultLeftOut   = "left_out"
	faultOther     = "other"
)

// ErrLogged stands for errors without a stored form, which are in the log.
var ErrLogged = errors.New("an error described in the log")

// FaultOf returns the stored form of err, and the resulting state of the operation.
func FaultOf(err error) (*Fault, OperationState) {
	var (
		api       *registry.APIError
		unsettled *change.UnsettledError
		synced    *change.SyncedError
		conflict  *change.ConflictError
		forbidden *rbac.ForbiddenError
		invalid   *registry.InvalidError
		inDoubt   *change.InDoubtError
		busy      *change.EntryBusyError
		found     *registry.DuplicateError
		tooMany   *TooManyError
		long      *LongEntriesError
		repeated  *RepeatedError
		withdrawn *WithdrawnError
		panicked  *change.PanicError
		unchecked *patterns.BusyError
		used      *change.KeyUsedError
		row       *RowError
		left      *LeftOutError
	)
	switch {
	case errors.As(err, &unsettled):
		f := &Fault{What: faultUnsettled, Action: string(unsettled.Action), Call: callOf(unsettled.Cause), Unsure: &FaultUnsettled{
			NotDone: unsettled.NotDone, SentAt: unsettled.SentAt, LookedAt: unsettled.LookedAt, SafeAt: unsettled.SafeAt,
			LookFailed: unsettled.Look != nil, Happened: unsettled.Happened,
		}}
		if unsettled.Intent != 0 {
			f.Intents = []int64{unsettled.Intent}
		}
		if unsettled.NotDone {
			return f, OpFailed
		}
		return f, OpUnknown
	case errors.Is(err, registry.ErrNotFound):
		f := &Fault{What: faultMissing}
		if errors.As(err, &api) {
			f.Call = callOf(api)
		}
		return f, OpRefused
	case errors.As(err, &api):
		if api.Kind == registry.Refused || api.Kind == registry.Conflicting {
			return &Fault{What: faultAPI, Call: callOf(api)}, OpRefused
		}
		return &Fault{What: faultAPI, Call: callOf(api)}, OpFailed
	case errors.As(err, &synced):
		return &Fault{What: faultSynced, Entry: entryOf(synced.Entry)}, OpRefused
	case errors.As(err, &conflict):
		return &Fault{What: faultConflict, Action: string(conflict.Action), Entry: entryOf(conflict.Now)}, OpSkipped
	case errors.As(err, &found) && len(found.Duplicates) > 0:
		return &Fault{What: faultDuplicate, Entry: entryOf(found.Duplicates[0])}, OpUnchanged
	case errors.As(err, &forbidden):
		return &Fault{What: faultForbidden, Action: string(forbidden.Action), Owner: &FaultOwner{Role: forbidden.Actor.Role.String()}}, OpRefused
	case errors.As(err, &invalid):
		f := &Fault{What: faultInvalid}
		for _, field := range invalid.Fields {
			f.Fields = append(f.Fields, FaultField(field))
		}
		return f, OpRefused
	case errors.As(err, &inDoubt):
		f := &Fault{What: faultInDoubt, Action: string(inDoubt.Action), Intents: inDoubt.Intents, Unsure: &FaultUnsettled{
			SentAt: inDoubt.SentAt, SafeAt: inDoubt.SafeAt, Happened: inDoubt.Happened, Mine: inDoubt.Mine,
		}}
		if !inDoubt.Mine {
			f.Unsure.By = inDoubt.Actor.Contact()
		}
		return f, OpFailed
	case errors.As(err, &busy):
		return &Fault{What: faultBusy}, OpFailed
	case errors.As(err, &tooMany):
		return &Fault{What: faultTooMany, Number: tooMany.Limit}, OpFailed
	case errors.As(err, &long):
		return &Fault{What: faultLong, Number: long.Entries}, OpFailed
	case errors.As(err, &repeated):
		return &Fault{What: faultRepeated, Number: repeated.Position, Line: repeated.Line}, OpSkipped
	case errors.As(err, &row):
		return &Fault{What: faultRow, Line: row.Line, Row: &row.RowFault}, OpSkipped
	case errors.As(err, &left):
		return &Fault{What: faultLeftOut, Reasons: append([]Reason{left.Reason}, left.More...)}, OpSkipped
	case errors.As(err, &withdrawn):
		now := withdrawn.Standing
		return &Fault{What: faultWithdrawn, Action: string(withdrawn.Action), Owner: &FaultOwner{now.Role.String(), now.Ended, now.Unknown}}, OpRefused
	case errors.As(err, &panicked):
		return &Fault{What: faultPanic}, OpFailed
	case errors.As(err, &unchecked):
		return &Fault{What: faultUnchecked}, OpWaiting
	case errors.As(err, &used):
		return &Fault{What: faultKeyUsed, Entry: &FaultEntry{ID: used.Created}}, OpRefused
	}
	return &Fault{What: faultOther}, OpFailed
}

func callOf(e *registry.APIError) *FaultCall {
	if e == nil {
		return nil
	}
	return &FaultCall{
		Kind: e.Kind.String(), Status: e.Receipt.Status, Ray: e.Receipt.Ray, Problems: problemsOf(e.Problems),
		RetryAfterMS: e.RetryAfter.Milliseconds(), Denial: denials[e.Denial], Address: e.Address, Sporadic: e.Sporadic,
	}
}

func problemsOf(problems []registry.Problem) []FaultProblem {
	var out []FaultProblem
	for _, p := range problems {
		out = append(out, FaultProblem{p.Code, p.Message, p.DocumentationURL, p.Pointer, problemsOf(p.Chain)})
	}
	return out
}

func toProblems(problems []FaultProblem) []registry.Problem {
	var out []registry.Problem
	for _, p := range problems {
		out = append(out, registry.Problem{Code: p.Code, Message: p.Message, DocumentationURL: p.DocumentationURL, Pointer: p.Pointer, Chain: toProblems(p.Chain)})
	}
	return out
}

func entryOf(e registry.Entry) *FaultEntry { return &FaultEntry{e.ID, e.Values()} }

// denials are the stored names of the reasons of a denial.
var denials = map[registry.Denial]string{
	registry.DenialAddress: "address", registry.DenialExpired: "expired", registry.DenialEarly: "early", registry.DenialDisabled: "disabled",
	registry.DenialUnknown: "unknown", registry.DenialMalformed: "malformed", registry.DenialTries: "tries", registry.DenialAccount: "account",
	registry.DenialRights: "rights",
}

// aboutCall reports whether the fault is unrelated to the entry, so that the next operation
// is likely to fail too.
func (f *Fault) aboutCall() bool {
	return f.What == faultOther || f.What == faultForbidden || f.What == faultUnsettled || f.What == faultAPI && !f.refusal()
}

func (f *Fault) refusal() bool {
	return f.Call != nil && slices.Contains([]string{registry.Refused.String(), registry.Conflicting.String()}, f.Call.Kind)
}

// denied reports whether the API refused the credentials.
func (f *Fault) denied() bool {
	return f.What == faultAPI && f.Call != nil && f.Call.Kind == registry.Denied.String()
}

// LeftOut reports whether the fault excluded an operation from the plan when it was
// drafted, which is no failure of the plan.
func (f *Fault) LeftOut() bool { return f == nil || f.What != faultConflict && f.What != faultMissing }

// Withdrawn reports whether the plan paused because its owner may no longer run it.
func (f *Fault) Withdrawn() bool { return f != nil && f.What == faultWithdrawn }

// Panicked reports whether the plan paused because an operation panicked.
func (f *Fault) Panicked() bool { return f != nil && f.What == faultPanic }

// Existing returns the entry that exists in place of the one to be created, "" if there is
// none.
func (f *Fault) Existing() registry.ID {
	if f == nil || f.Entry == nil || f.What != faultDuplicate && f.What != faultKeyUsed {
		return ""
	}
	return f.Entry.ID
}

// Err returns the error from which the fault was made, as far as it is stored.
func (f *Fault) Err() error {
	var entry registry.Entry
	if f.Entry != nil {
		d := f.Entry.Values.Draft()
		entry = registry.Entry{ID: f.Entry.ID, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex, Provenance: d.Provenance}
	}
	unsure := FaultUnsettled{}
	if f.Unsure != nil {
		unsure = *f.Unsure
	}
	action := rbac.Action(f.Action)
	switch f.What {
	case faultAPI:
		if api := f.call(); api != nil {
			return api
		}
	case faultUnsettled:
		u := &change.UnsettledError{
			Action: action, Cause: f.call(), SentAt: unsure.SentAt, LookedAt: unsure.LookedAt, SafeAt: unsure.SafeAt, NotDone: unsure.NotDone, Happened: unsure.Happened,
		}
		if unsure.LookFailed {
			u.Look = ErrLogged
		}
		if len(f.Intents) > 0 {
			u.Intent = f.Intents[0]
		}
		return u
	case faultMissing:
		return registry.ErrNotFound
	case faultSynced:
		return &change.SyncedError{Entry: entry}
	case faultConflict:
		return &change.ConflictError{Action: action, Now: entry}
	case faultForbidden:
		forbidden := &rbac.ForbiddenError{Action: action}
		if f.Owner != nil {
			forbidden.Actor.Role = rbac.ParseRole(f.Owner.Role)
		}
		return forbidden
	case faultInvalid:
		invalid := &registry.InvalidError{}
		for _, field := range f.Fields {
			invalid.Fields = append(invalid.Fields, registry.FieldError(field))
		}
		return invalid
	case faultInDoubt:
		return &change.InDoubtError{Action: action, Intents: f.Intents, SentAt: unsure.SentAt, SafeAt: unsure.SafeAt, Happened: unsure.Happened, Mine: unsure.Mine, Actor: rbac.Actor{Email: unsure.By}}
	case faultBusy:
		return &change.EntryBusyError{}
	case faultLong:
		return &LongEntriesError{Entries: f.Number}
	case faultTooMany:
		return &TooManyError{Limit: f.Number}
	case faultDuplicate:
		return &DuplicateError{entry}
	case faultRepeated:
		return &RepeatedError{f.Number, f.Line}
	case faultRow:
		if f.Row != nil {
			return &RowError{f.Line, *f.Row}
		}
	case faultLeftOut:
		if len(f.Reasons) > 0 {
			return &LeftOutError{f.Reasons[0], f.Reasons[1:]}
		}
	case faultWithdrawn:
		withdrawn := &WithdrawnError{Action: action}
		if f.Owner != nil {
			withdrawn.Standing = rbac.Standing{Role: rbac.ParseRole(f.Owner.Role), Ended: f.Owner.Ended, Unknown: f.Owner.Unknown}
		}
		return withdrawn
	case faultPanic:
		return &change.PanicError{}
	case faultUnchecked:
		return &patterns.BusyError{}
	case faultKeyUsed:
		return &change.KeyUsedError{Created: entry.ID}
	}
	return ErrLogged
}

// call returns the failed call, nil if there was none.
func (f *Fault) call() *registry.APIError {
	if f.Call == nil {
		return nil
	}
	api := &registry.APIError{
		Op: f.Action, Problems: toProblems(f.Call.Problems), Receipt: registry.Receipt{Status: f.Call.Status, Ray: f.Call.Ray},
		RetryAfter: time.Duration(f.Call.RetryAfterMS) * time.Millisecond, Address: f.Call.Address, Sporadic: f.Call.Sporadic,
	}
	if kind, ok := registry.KindNamed(f.Call.Kind); ok {
		api.Kind = kind
	}
	for denial, name := range denials {
		if name == f.Call.Denial {
			api.Denial = denial
		}
	}
	return api
}
