package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// How tells how a create came to its end.
type How int

// The ways.
const (
	Sent      How = iota // the call was answered with the entry
	Recovered            // the call failed, but the entry was found in the registry
	Again                // the same form had created the entry before; nothing was sent
)

// Created is a create that is certain to have taken effect.
type Created struct {
	Entry   Entry // only the ID is known when How is Again
	How     How
	Receipt Receipt
	Cause   *APIError // what went wrong with the call, when How is Recovered
}

// Create creates the entry d for who. key is the one-time key of the form: the
// same key with the same values never creates a second entry, however often and
// however concurrently it is sent. An empty key makes no such promise.
//
// The create is sent again only when it is certain that an earlier one with the
// same key had no effect. Errors:
//
//   - *ForbiddenError: the role does not allow it; nothing was sent.
//   - *InvalidError: the draft breaks rules; nothing was sent.
//   - *KeyUsedError: the form has already created an entry with other values.
//   - *APIError: the API refused; certainly nothing was created.
//   - *UnsettledError: the call failed; NotCreated tells whether that is certain.
func (s *Service) Create(ctx context.Context, who Actor, key string, d Draft) (Created, error) {
	if err := authorize(who, CreateEntry); err != nil {
		return Created{}, err
	}
	if err := d.Validate(); err != nil {
		return Created{}, err
	}
	// A person who closes the page must not leave the outcome unrecorded. The API
	// client bounds the time that its calls take.
	ctx = context.WithoutCancel(ctx)
	if key == "" {
		return s.send(ctx, d, s.submission(d))
	}
	key = who.Issuer + "\x00" + who.Subject + "\x00" + key
	unlock := s.inFlight.lock(key)
	defer unlock()
	return s.createOnce(ctx, key, d)
}

// createOnce does the work of Create for one key at a time.
func (s *Service) createOnce(ctx context.Context, key string, d Draft) (Created, error) {
	next := s.submission(d)
	var from *Submission
	earlier, ok, err := s.submissions.Submission(ctx, key)
	switch {
	case err != nil:
		return Created{}, fmt.Errorf("look up the form's key: %w", err)
	case ok && earlier.Created != "":
		return again(earlier, next)
	case ok:
		// Sent before without an answer: whether that one took effect comes first.
		found, err := s.settle(ctx, earlier, nil)
		if err == nil {
			return s.recovered(ctx, key, earlier, next, found)
		}
		var unsettled *UnsettledError
		if !errors.As(err, &unsettled) || !unsettled.NotCreated {
			return Created{}, err
		}
		from = &earlier
	}
	next.SentAt = s.now() // settling took its time
	claimed, err := s.submissions.Claim(ctx, key, from, next)
	if err != nil {
		return Created{}, fmt.Errorf("claim the form's key: %w", err)
	}
	if !claimed {
		return Created{}, &UnsettledError{SentAt: next.SentAt, LookedAt: s.now()}
	}
	created, err := s.send(ctx, d, next)
	s.record(ctx, key, next, created, err)
	return created, err
}

// record keeps what became of a claimed submission. That it can't be kept is no
// fault of the create, and safe: the form's key then stands as sent without an
// answer, which is settled by looking before anything is sent again.
func (s *Service) record(ctx context.Context, key string, sub Submission, created Created, err error) {
	to := &sub
	var unsettled *UnsettledError
	switch {
	case err == nil:
		sub.Created = created.Entry.ID
	case errors.As(err, &unsettled):
		sub.Ended = unsettled.Cause != nil && unsettled.Cause.Effect == UnknownEffect
	default: // refused: the form may be mended and sent again
		to = nil
	}
	if err := s.submissions.Settle(ctx, key, to); err != nil {
		s.log.ErrorContext(ctx, "the outcome of a form could not be recorded", "error", err)
	}
}

// again answers a form that has created an entry before.
func again(earlier, next Submission) (Created, error) {
	if earlier.Digest != next.Digest {
		return Created{}, &KeyUsedError{Created: earlier.Created}
	}
	return Created{Entry: Entry{ID: earlier.Created}, How: Again}, nil
}

// recovered answers a form whose earlier, unanswered call turns out to have
// created found.
func (s *Service) recovered(ctx context.Context, key string, earlier, next Submission, found Created) (Created, error) {
	earlier.Created = found.Entry.ID
	s.record(ctx, key, earlier, found, nil)
	if earlier.Digest != next.Digest {
		return Created{}, &KeyUsedError{Created: found.Entry.ID}
	}
	return found, nil
}

// send makes the call, and settles the matter when its outcome is uncertain.
func (s *Service) send(ctx context.Context, d Draft, sub Submission) (Created, error) {
	entry, receipt, err := s.api.CreateEntry(ctx, d)
	if err == nil {
		return Created{Entry: entry, How: Sent, Receipt: receipt}, nil
	}
	var failed *APIError
	if !errors.As(err, &failed) {
		// A fault outside the API's vocabulary promises nothing about the effect.
		failed = &APIError{Op: "create entry", Kind: Lost, Effect: MayStillLand, Err: err}
	}
	if failed.Effect == NoEffect {
		return Created{}, failed
	}
	sub.Ended = failed.Effect == UnknownEffect
	return s.settle(ctx, sub, failed)
}

func (s *Service) submission(d Draft) Submission {
	sum := sha256.New()
	// A Draft always has a JSON form: strings, a bool and numbers.
	if err := json.NewEncoder(sum).Encode(d); err != nil {
		panic(err)
	}
	return Submission{
		Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex,
		Digest: hex.EncodeToString(sum.Sum(nil)), SentAt: s.now(),
	}
}

// Times that settle goes by.
const (
	// lookAgainAfter is the pause before the second look: a list may lag behind.
	lookAgainAfter = time.Second
	// landsWithin is how long a create without an answer may still take effect.
	// Cloudflare's edge gives up on its origin after 100 seconds (error 524):
	// https://developers.cloudflare.com/fundamentals/reference/connection-limits/
	landsWithin = 100 * time.Second
	// settlesWithin bounds all the looking for one submission.
	settlesWithin = 25 * time.Second
	// clockSkew is how far the clocks of the API's servers may differ: the one that
	// sets Date, by whole seconds, and the one that sets created_at.
	clockSkew = 15 * time.Second
)
