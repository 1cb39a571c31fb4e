package change

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Result says how a change was achieved.
type Result int

// The results.
const (
	Sent        Result = iota // the API answered with the entry
	FoundLater                // the call failed, but a look found its effect
	AlreadyDone               // an earlier use of the same form, or the same operation, had already done it; nothing was sent
)

// Created is a create that has certainly taken effect.
type Created struct {
	Entry   registry.Entry // only the ID is known when Result is AlreadyDone
	Result  Result
	Receipt registry.Receipt
	Cause   *registry.APIError // why the call failed, when Result is FoundLater
}

// CreateNew creates the entry d for who. key is the one-time key of the form: the same key
// with the same values creates at most one entry, however often and however concurrently it
// is used. An empty key gives no such guarantee.
//
// The create is sent again only when it is certain that an earlier one with the
// same key had no effect. confirmed are the reasons to ask the person that they have
// confirmed; the intent records them. Errors:
//
//   - *ForbiddenError: the role does not allow it; nothing was sent.
//   - *InvalidError: the draft breaks rules; nothing was sent.
//   - *UnrecordedError: the audit trail can't be written; nothing was sent.
//   - *KeyUsedError: the form has already created an entry with other values.
//   - *StopError: there are reasons that are not confirmed; nothing was sent.
//   - *InDoubtError: the outcome of another create of the same name and address is unknown,
//     and that create is not confirmed; nothing was sent.
//   - *APIError: the API refused; certainly nothing was created.
//   - *UnsettledError: the call failed; NotDone is true if it certainly had no effect.
func (s *Service) CreateNew(ctx context.Context, who rbac.Caller, key string, d registry.Draft, confirmed registry.Confirmed) (Created, error) {
	return s.createChecked(ctx, who, key, d, confirmed.Doubts, preCheck{decide: func(ctx context.Context) ([]registry.Confirmation, error) {
		return s.checkConfirmed(ctx, d, "", nil, confirmed)
	}})
}

// preCheck decides whether a create may proceed, and returns what the person has confirmed.
type preCheck struct {
	decide func(context.Context) ([]registry.Confirmation, error) // nil for no check
	// again has it decide a second time, when other creates of the name and address have to
	// wait for this one: one of them may have ended since the first time.
	again bool
}

// createChecked is CreateNew with another check. It skips the check if the form has already
// created its entry.
func (s *Service) createChecked(ctx context.Context, who rbac.Caller, key string, d registry.Draft, beside []int64, check preCheck) (Created, error) {
	if err := s.audit.Authorize(ctx, who, rbac.CreateEntry); err != nil {
		return Created{}, err
	}
	ctx = s.PatternWork(ctx, who)
	if err := d.Validate(ctx); err != nil {
		return Created{}, err
	}
	if key == "" {
		key = rand.Text()
	}
	return s.create(ctx, who, key, d, beside, check)
}

// create creates d once for a key that belongs to who.
func (s *Service) create(ctx context.Context, who rbac.Caller, key string, d registry.Draft, beside []int64, check preCheck) (Created, error) {
	key = who.Key() + "\x00" + key
	// A person who closes the page must not leave the outcome unrecorded. The API
	// client bounds the time that its calls take.
	ctx = context.WithoutCancel(registry.ForChange(registry.AskedBy(ctx, who.Key())))
	unlock, err := s.inFlight.Lock(ctx, key)
	if err != nil {
		return Created{}, err
	}
	defer unlock()
	return s.createOnce(ctx, who, key, d, beside, check)
}

// createOnce does the work of create for one key at a time.
func (s *Service) createOnce(ctx context.Context, who rbac.Caller, key string, d registry.Draft, beside []int64, check preCheck) (_ Created, failure error) {
	next := submissionOf(d)
	next.Beside = JoinIntents(beside)
	var from *Submission
	earlier, ok, err := s.submissions.Submission(ctx, key)
	switch {
	case err != nil:
		return Created{}, &audit.UnrecordedError{Err: fmt.Errorf("look up the form's key: %w", err)}
	case ok && earlier.Created != "":
		return createdBefore(earlier, next)
	case ok:
		// An earlier call of this form had no answer: settle that one first.
		found, err := s.settleEarlier(ctx, who, key, earlier)
		if err == nil {
			if earlier.Digest != next.Digest {
				return Created{}, &KeyUsedError{Created: found.Entry.ID}
			}
			return found, nil
		}
		var unsettled *UnsettledError
		switch {
		case !errors.As(err, &unsettled):
			return Created{}, err
		case !unsettled.NotDone && slices.Contains(beside, earlier.Intent):
			// The person has confirmed a second create beside the unsettled one, which
			// keeps its key.
			return s.createOnce(ctx, who, key+"\x00beside "+strconv.FormatInt(earlier.Intent, 10), d, beside, check)
		case !unsettled.NotDone:
			return Created{}, err
		}
		from = &earlier
	}
	given, err := s.othersInDoubt(ctx, who, next)
	if err != nil {
		return Created{}, err
	}
	intended := audit.Record{Action: rbac.CreateEntry, After: d.Values()}
	if check.decide != nil {
		if intended.Confirmed, err = check.decide(ctx); err != nil {
			if _, sent, err := s.submissions.Submission(ctx, key); from == nil && err == nil && sent {
				// Another copy of the program has handled the same form in the meantime, so
				// the duplicate may be its entry.
				return s.createOnce(ctx, who, key, d, beside, check)
			}
			return Created{}, err
		}
	}
	for _, seq := range given {
		intended.Confirmed = append(intended.Confirmed, registry.Confirmation{Kind: registry.KindInDoubt, Field: registry.FieldEmail, Detail: "intent " + strconv.FormatInt(seq, 10)})
	}
	intent, err := s.intend(ctx, who, intended, 0)
	if err != nil {
		return Created{}, err
	}
	defer s.recoverChange(ctx, intent, &failure)
	next.Intent, next.SentAt = intent.Seq, s.now()
	claimed, err := s.submissions.Claim(ctx, key, from, next)
	if err != nil || !claimed {
		s.conclude(ctx, intent, audit.Record{Outcome: audit.OutcomeFailed, Errors: []registry.Problem{{Code: audit.CodeNotSent, Message: "not sent: the form's key could not be claimed"}}})
	}
	if err != nil {
		return Created{}, &audit.UnrecordedError{Err: fmt.Errorf("claim the form's key: %w", err)}
	}
	if !claimed {
		if _, err := s.othersInDoubt(ctx, who, next); err != nil {
			return Created{}, err // claimed at the same moment
		}
		return Created{}, &UnsettledError{SentAt: next.SentAt, LookedAt: s.now(), InProgress: true}
	}
	if check.again {
		if _, err := check.decide(ctx); err != nil {
			closed := s.conclude(ctx, intent, audit.Record{Outcome: audit.OutcomeFailed, Errors: []registry.Problem{{Code: audit.CodeNotSent, Message: "not sent: another change has created the entry at the same time"}}})
			s.saveSubmission(ctx, key, next, Created{}, err, closed)
			return Created{}, err
		}
	}
	created, err := s.send(ctx, d, next)
	closed := s.conclude(ctx, intent, s.outcomeOf(created, err, next.SentAt))
	s.saveSubmission(ctx, key, next, created, err, closed)
	return created, err
}

// settleEarlier determines and records the outcome of an earlier use of the form's key.
func (s *Service) settleEarlier(ctx context.Context, who rbac.Caller, key string, earlier Submission) (Created, error) {
	d, err := s.doubtOf(ctx, earlier.Intent, earlier.SentAt)
	if err != nil {
		return Created{}, audit.Unreadable(err)
	}
	closed, err := s.trail.Records(ctx, audit.Query{Intent: earlier.Intent, Limit: 1})
	if err != nil {
		return Created{}, audit.Unreadable(err)
	}
	if d.ended = earlier.Ended; len(closed) > 0 && closed[0].Outcome != audit.OutcomeUnknown {
		d = doubt{intent: earlier.Intent, sent: earlier.SentAt, ended: true}
	}
	found, err := s.settle(ctx, earlier, d, nil, 2)
	intent := audit.Record{Seq: earlier.Intent, RequestID: who.RequestID, Actor: who.Actor, Address: who.Address, Account: s.account, Action: rbac.CreateEntry}
	if outcome := s.outcomeOf(found, err, s.now()); outcome.Outcome != audit.OutcomeUnknown && s.conclude(ctx, intent, outcome) {
		s.followUp(ctx, intent)
	}
	if err == nil {
		s.saveSubmission(ctx, key, earlier, found, nil, true)
	}
	return found, err
}

// saveSubmission stores the outcome of a claimed submission. A failure to store it does not
// fail the create, and is safe: the form's key then counts as sent without an answer, so
// the next use settles it by looking before it sends anything.
//
// closed says that the outcome of the intent is recorded. Until then the submission
// represents the intent, even if the API has refused the call.
func (s *Service) saveSubmission(ctx context.Context, key string, sub Submission, created Created, err error, closed bool) {
	to := &sub
	var unsettled *UnsettledError
	switch {
	case err == nil:
		sub.Created = created.Entry.ID
	case errors.As(err, &unsettled):
	case !closed:
		sub.Ended = true
	default: // refused: the person may correct the form and send it again
		to = nil
	}
	if err := s.submissions.Settle(ctx, key, to); err != nil {
		s.log.ErrorContext(ctx, "the outcome of a form could not be stored", "error", err)
	}
}

// createdBefore answers a form that has already created its entry.
func createdBefore(earlier, next Submission) (Created, error) {
	if earlier.Digest != next.Digest {
		return Created{}, &KeyUsedError{Created: earlier.Created}
	}
	return Created{Entry: registry.Entry{ID: earlier.Created}, Result: AlreadyDone}, nil
}

// send makes the call, and settles an uncertain outcome.
func (s *Service) send(ctx context.Context, d registry.Draft, sub Submission) (Created, error) {
	entry, receipt, err := s.api.CreateEntry(ctx, d)
	if err == nil {
		if err = s.checkCreated(ctx, &entry, receipt, sub); err == nil {
			return Created{Entry: entry, Result: Sent, Receipt: receipt}, nil
		}
	}
	failed := failedCall("create entry", err)
	if failed.Effect == registry.NoEffect {
		return Created{}, failed
	}
	return s.settle(ctx, sub, s.noteAnswer(ctx, sub.Intent, sub.SentAt, failed), failed, 2)
}

// errOtherEntry reports that the answer to a create has another entry than the one sent.
var errOtherEntry = errors.New("the answer holds another entry than the one that was sent")

// checkCreated returns an *APIError unless the answer to a create has the entry that was
// sent. If the answer has only an id, it reads that entry.
func (s *Service) checkCreated(ctx context.Context, e *registry.Entry, receipt registry.Receipt, sub Submission) error {
	if e.Name == "" && e.Email == "" {
		read, _, err := s.api.Entry(ctx, e.ID)
		if err != nil {
			return &registry.APIError{Op: "create entry", Kind: registry.Unreadable, Effect: registry.HasEffect, Receipt: receipt, Err: fmt.Errorf("%w: it could not be read: %s", errOtherEntry, err.Error())}
		}
		*e = read
	}
	if !sub.matches(*e) {
		return &registry.APIError{Op: "create entry", Kind: registry.Unreadable, Effect: registry.HasEffect, Receipt: receipt, Err: errOtherEntry}
	}
	return nil
}

// failedCall returns the error of a call as an *APIError. For an unknown kind of error the
// effect counts as unknown.
func failedCall(op string, err error) *registry.APIError {
	var failed *registry.APIError
	if !errors.As(err, &failed) {
		failed = &registry.APIError{Op: op, Kind: registry.Lost, Effect: registry.MayStillLand, Err: err}
	}
	return failed
}

// outcomeOf returns the record of the outcome of a create that was sent at sentAt.
func (s *Service) outcomeOf(created Created, err error, sentAt time.Time) audit.Record {
	r := audit.Record{Duration: s.now().Sub(sentAt)}
	receipt := created.Receipt
	var failed *registry.APIError
	var unsettled *UnsettledError
	switch {
	case err == nil:
		r.Outcome, r.Entry, r.After = audit.OutcomeDone, created.Entry.ID, created.Entry.Values()
		r.Shown = &created.Entry
		failed = created.Cause
	case errors.As(err, &unsettled):
		r.Outcome = audit.OutcomeUnknown
		if unsettled.NotDone {
			r.Outcome = audit.OutcomeFailed
		}
		failed = unsettled.Cause
	case errors.As(err, &failed):
		r.Outcome = audit.OutcomeFailed
		if failed.Kind.Refusal() && !failed.HeldBack() {
			r.Outcome = audit.OutcomeRefused
		}
	}
	if r.Outcome == audit.OutcomeFailed && failed == nil {
		r.Errors = []registry.Problem{{Code: audit.CodeSettled, Message: "looked for in the registry, and not found"}}
	}
	if failed != nil {
		receipt, r.Errors = failed.Receipt, failed.Problems
		switch {
		case failed.HeldBack():
			r.Errors = []registry.Problem{{Code: audit.CodeNotSent, Message: "not sent: held back because of the API's limit of calls"}}
		case len(r.Errors) == 0:
			r.Errors = []registry.Problem{{Code: audit.CodeCallFailed, Message: failed.Kind.String()}}
		}
	}
	r.Status, r.Ray, r.Messages = receipt.Status, receipt.Ray, audit.Foreign(receipt.Messages)
	if r.Outcome == audit.OutcomeUnknown && unsettled.Happened {
		r.Messages = append(r.Messages, registry.Problem{Code: audit.CodeHappened, Message: "the API says that it was done; it is looked for until it is found"})
	}
	if created.Result == FoundLater {
		r.Messages = append(r.Messages, registry.Problem{Code: audit.CodeSettled, Message: "found by looking into the registry"})
	}
	return r
}

// submissionOf returns the submission of d before it is sent.
func submissionOf(d registry.Draft) Submission {
	sum := sha256.New()
	// The values that are given, and no others: the digest of a form that is open must not
	// change when a version of Namesake adds a field. Strings, a bool and numbers can always
	// be encoded.
	if err := json.NewEncoder(sum).Encode(d.Values()); err != nil {
		panic(err)
	}
	return Submission{
		Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex, Digest: hex.EncodeToString(sum.Sum(nil)), Identity: identityOf(d),
	}
}
