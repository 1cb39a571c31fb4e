package change

import (
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// UnsettledError reports a create, an edit or a deletion whose call failed without
// saying whether it took effect, after the registry was looked at.
type UnsettledError struct {
	Action   rbac.Action        // "" for CreateEntry
	Intent   int64              // of the change; 0 when it was not sent
	Cause    *registry.APIError // what went wrong with the call; nil when that was an earlier one, at SentAt
	SentAt   time.Time          // when it was sent
	LookedAt time.Time
	// NotDone is true when the look-up showed that the call had no effect, so
	// that it is safe to send it again. False means: not known.
	NotDone bool
	// SafeAt is when a look-up can show that the call had no effect: until then it may
	// still have one. Zero when that is not the obstacle. Of an edit or a deletion that
	// Happened, it is when the entry can be changed again.
	SafeAt time.Time
	// Happened is true when the API said that the change was made, but the registry does
	// not show it yet. It is looked for until it is found.
	Happened bool
	// Look is why the look-up could not tell, nil when it could.
	Look error
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

// KeyUsedError reports that the form has already created an entry, with other
// values than the ones it is sent with now.
type KeyUsedError struct{ Created registry.ID }

func (e *KeyUsedError) Error() string {
	return "this form has already created entry " + string(e.Created)
}
