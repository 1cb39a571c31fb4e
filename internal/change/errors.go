package change

import (
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// UnsettledError reports a create, an edit or a deletion whose call failed with an unknown
// effect, after a look at the registry.
type UnsettledError struct {
	Action   rbac.Action        // "" for CreateEntry
	Intent   int64              // of the change; 0 if it was not sent
	Cause    *registry.APIError // why the call failed; nil for an earlier call, made at SentAt
	SentAt   time.Time          // when the call was made
	LookedAt time.Time
	// NotDone is true when the look showed that the call had no effect, so that it is safe
	// to repeat it. False means unknown.
	NotDone bool
	// SafeAt is when a look can prove that the call had no effect, as it may still take
	// effect until then. It is zero if the time is not the obstacle. For an edit or a
	// deletion with Happened, it is when the entry can be changed again.
	SafeAt time.Time
	// Happened is true when the API said that it made the change but the registry does not
	// show it yet. Looks for it continue until they find it.
	Happened bool
	// Look is why the look could not tell, nil if it could.
	Look error
	// InProgress is true when nothing was sent because the same change was being sent from
	// somewhere else.
	InProgress bool
}

func (e *UnsettledError) Error() string {
	verdict := "not known whether it took effect"
	if e.NotDone {
		verdict = "it had no effect"
	}
	if e.Cause == nil {
		return verdict
	}
	return verdict + ": " + e.Cause.Error()
}

func (e *UnsettledError) Unwrap() []error {
	var errs []error
	if e.Cause != nil {
		errs = append(errs, e.Cause)
	}
	if e.Look != nil {
		errs = append(errs, e.Look)
	}
	return errs
}

// KeyUsedError reports that the form has already created an entry with other values.
type KeyUsedError struct{ Created registry.ID }

func (e *KeyUsedError) Error() string {
	return "this form has already created entry " + string(e.Created)
}
