package audit

import (
	"context"
	"fmt"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Codes of problems that Namesake itself puts into the audit trail.
const (
	codeRole       = "namesake.role"        // the role does not allow the action
	CodeNotSent    = "namesake.not_sent"    // the intent was recorded, but the call was not made
	CodeCallFailed = "namesake.call_failed" // the call failed without a reason from the API
	CodeSettled    = "namesake.settled"     // found out by a later look
	CodeHappened   = "namesake.happened"    // the API says that it was done, but the registry does not show it yet
	CodeSignIn     = "namesake.sign_in"     // the sign-in was refused
)

// UnrecordedError reports that the database could not store the intent, or what prevents a
// second call. The call was not made.
type UnrecordedError struct{ Err error }

func (e *UnrecordedError) Error() string { return "not recorded, so not done: " + e.Err.Error() }

func (e *UnrecordedError) Unwrap() error { return e.Err }

// Authorize returns nil when who may do what. Otherwise it records the refusal and returns
// a *ForbiddenError.
func (s *Log) Authorize(ctx context.Context, who rbac.Caller, what rbac.Action) error {
	if who.May(what) {
		return nil
	}
	forbidden := &rbac.ForbiddenError{Actor: who.Actor, Action: what}
	refusal := Record{Action: what, Outcome: OutcomeRefused, Errors: []registry.Problem{{Code: codeRole, Message: forbidden.Error()}}}
	if err := s.Note(context.WithoutCancel(ctx), who, refusal); err != nil {
		s.log.ErrorContext(ctx, "a refusal could not be recorded", "error", err) // the action is refused nevertheless
	}
	return forbidden
}

// Note appends a record that is neither an intent nor an outcome of one.
func (s *Log) Note(ctx context.Context, who rbac.Caller, r Record) error {
	_, err := s.append(ctx, who, r)
	return err
}

// Of returns r with the caller's details and the account filled in.
func (s *Log) Of(who rbac.Caller, r Record) Record {
	r.RequestID, r.Actor, r.Address, r.Account = who.RequestID, who.Actor, who.Address, s.account
	return r
}

func (s *Log) append(ctx context.Context, who rbac.Caller, r Record) (Record, error) {
	appended, err := s.journal.Append(ctx, s.Of(who, r))
	if err != nil {
		return Record{}, &UnrecordedError{fmt.Errorf("record %s: %w", r.Action, err)}
	}
	return appended, nil
}
