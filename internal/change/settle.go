package change

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Times of settling.
const (
	// secondLookDelay is the pause before the second look: a list may lag.
	secondLookDelay = time.Second
	// claimTimeout must exceed the time between recording an intent and claiming its
	// submission.
	claimTimeout = 10 * time.Second
	// settleTimeout limits all looks for one submission together.
	settleTimeout = 25 * time.Second
	// maxClockSkew is the largest assumed difference between the clocks of the API's
	// servers: one sets Date, in whole seconds, another sets created_at.
	maxClockSkew = 15 * time.Second
)

// settle looks, at most looks times, whether the create sub took effect, and returns the
// entry or an *UnsettledError. cause is why the call failed.
func (s *Service) settle(ctx context.Context, sub Submission, d doubt, cause *registry.APIError, looks int) (Created, error) {
	created := Created{Result: FoundLater, Cause: cause}
	unsettled := s.seek(ctx, &UnsettledError{Cause: cause}, d, looks, func(ctx context.Context) (err error) {
		created.Entry, created.Receipt, err = s.look(ctx, sub, d)
		return err
	})
	if unsettled != nil {
		return Created{}, unsettled
	}
	return created, nil
}

// seek runs look until it finds the effect of a call, at most looks times. look returns nil
// if it finds the effect, and errAbsent if the registry does not show it. seek returns nil
// if the effect was found, and otherwise u, completed.
func (s *Service) seek(ctx context.Context, u *UnsettledError, d doubt, looks int, look func(context.Context) error) *UnsettledError {
	u.Intent, u.SentAt, u.Happened = d.intent, d.sent, d.happened
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for round := range looks {
		if round > 0 {
			if u.Look = s.pause(ctx, secondLookDelay); u.Look != nil {
				return u
			}
		}
		began := s.now()
		err := look(ctx)
		u.LookedAt = began // the look may not have seen anything later
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, errAbsent):
			u.Look = err
			return u
		}
	}
	switch safe := d.safeAt(); {
	case d.happened:
		u.SafeAt = d.shownSafe(u.Action)
	case u.LookedAt.Before(safe):
		u.SafeAt = safe
	default:
		u.NotDone = true
	}
	return u
}

// errAbsent reports that the registry shows no effect of the call.
var errAbsent = errors.New("not in the registry")

// errInconclusive reports that the list could not show whether there is an effect.
var errInconclusive = errors.New("the list does not say enough about its entries")

// lookPages are the pages of one look: the newest entries, then older ones until they are
// older than the submission.
var lookPages = []registry.Query{
	{Page: 1, PerPage: 100},
	{Page: 1, PerPage: registry.MaxPerPage},
	{Page: 2, PerPage: registry.MaxPerPage},
	{Page: 3, PerPage: registry.MaxPerPage},
	{Page: 4, PerPage: registry.MaxPerPage},
	{Page: 5, PerPage: registry.MaxPerPage},
	{Page: 6, PerPage: registry.MaxPerPage}, // for an API that gives shorter pages than requested
	{Page: 7, PerPage: registry.MaxPerPage},
	{Page: 8, PerPage: registry.MaxPerPage},
	{Page: 9, PerPage: registry.MaxPerPage},
	{Page: 10, PerPage: registry.MaxPerPage},
}

// maxLookEntries limits the entries that one look reads.
const maxLookEntries = 5 * registry.MaxPerPage

// look searches the newest entries for the submission's name and address. It does not use
// the API's search, whose behaviour "may change": an entry that the search missed would be
// created twice. It returns errAbsent if the entry is certainly not there.
func (s *Service) look(ctx context.Context, sub Submission, d doubt) (registry.Entry, registry.Receipt, error) {
	d.sent = sub.SentAt
	since, until := d.window(0)
	absent, seen := errAbsent, 0
	for i, q := range lookPages {
		q.Order, q.Direction = registry.ByCreated, registry.Descending
		list, err := s.listPage(ctx, q)
		if err != nil {
			return registry.Entry{}, registry.Receipt{}, err
		}
		if served := list.Receipt.ServedAt; served.IsZero() {
			absent = errInconclusive // proof needs the API's clock, which sets created_at
		} else if i == 0 {
			since, until = d.window(served.Sub(s.now()))
		}
		for _, e := range list.Entries {
			if !sub.matches(e) || (!e.CreatedAt.IsZero() && (e.CreatedAt.Before(since) || e.CreatedAt.After(until))) {
				continue
			}
			if e.CreatedAt.IsZero() || e.ID == "" {
				return registry.Entry{}, registry.Receipt{}, errInconclusive
			}
			// The order matters: a concurrent create is open until its record is written.
			another, err := s.anotherInProgress(ctx, sub)
			if err != nil || another {
				return registry.Entry{}, registry.Receipt{}, cmp.Or(err, errInconclusive)
			}
			if other, err := s.createdByAnother(ctx, e.ID, sub.Intent); err != nil || other {
				if err != nil {
					return registry.Entry{}, registry.Receipt{}, err
				}
				continue
			}
			return e, list.Receipt, nil
		}
		if !newestFirst(list.Entries) {
			return registry.Entry{}, registry.Receipt{}, errInconclusive
		}
		if n := len(list.Entries); n > 0 && list.Entries[n-1].CreatedAt.Before(since) {
			return registry.Entry{}, registry.Receipt{}, absent
		}
		ended, err := s.endsAt(ctx, q, list.Count()) // Namesake did not send what is too long to be read
		if err != nil {
			return registry.Entry{}, registry.Receipt{}, err
		}
		if ended {
			return registry.Entry{}, registry.Receipt{}, absent
		}
		if seen += list.Count(); seen > maxLookEntries {
			break
		}
	}
	return registry.Entry{}, registry.Receipt{}, errInconclusive
}

// endsAt reports whether the list ends with the page of q, which has n entries. A short
// page is no proof.
func (s *Service) endsAt(ctx context.Context, q registry.Query, n int) (bool, error) {
	if n == 0 || n >= q.PerPage {
		return n == 0, nil
	}
	q.Page++
	list, err := s.api.ListEntries(ctx, q)
	return err == nil && list.Count() == 0, err
}

// anotherInProgress reports whether another create of the same identity may be in progress,
// in any copy of the program: a look may then find the effect of that one.
func (s *Service) anotherInProgress(ctx context.Context, sub Submission) (bool, error) {
	open, err := s.submissions.OpenCreates(ctx, sub.Identity)
	if err != nil {
		return false, err
	}
	for _, seq := range open {
		if seq == sub.Intent {
			continue
		}
		other, sent, err := s.submissions.SubmissionOf(ctx, seq)
		if err != nil {
			return false, err
		}
		d, err := s.doubtOf(ctx, seq, other.SentAt)
		if err != nil {
			return false, err
		}
		if sent && (s.inProgress.has(seq) || d.unanswered(s.now())) {
			return true, nil
		}
	}
	return false, nil
}

// createdByAnother reports whether the audit trail says that another intent created the
// entry: a duplicate that another person made at the same time.
func (s *Service) createdByAnother(ctx context.Context, id registry.ID, intent int64) (bool, error) {
	made, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look up who created %s: %w", id, err)
	}
	return len(made) > 0 && made[0].Intent != intent, nil
}

// newestFirst reports whether entries are sorted as lookPages ask: only then an older entry
// proves that no newer one follows.
func newestFirst(entries []registry.Entry) bool {
	return slices.IsSortedFunc(entries, func(a, b registry.Entry) int { return b.CreatedAt.Compare(a.CreatedAt) }) &&
		!slices.ContainsFunc(entries, func(e registry.Entry) bool { return e.CreatedAt.IsZero() })
}

// SettleOpen determines the outcomes of the intents without a final one: those of a program
// that was stopped before the end, or of calls without an answer. If record is true, it
// records OutcomeUnknown, once, for an intent that can't be settled yet. That intent is
// tried again the next time.
func (s *Service) SettleOpen(ctx context.Context, record bool) error {
	open, err := s.journal.Unsettled(ctx)
	if err != nil {
		return fmt.Errorf("open intents: %w", err)
	}
	// The newest first: a repeated change would not have been sent if the first one had
	// taken effect by then.
	for _, intent := range slices.Backward(open) {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := s.doubtOf(ctx, intent.Seq, intent.Time)
		if err != nil {
			return err
		}
		if !s.mayLook(ctx, intent, d) {
			continue
		}
		if err := s.settleOne(ctx, intent, record, 2); err != nil {
			return err
		}
	}
	return nil
}

// leftBehind reports whether the program that recorded an open intent has abandoned it.
func (s *Service) leftBehind(intent audit.Record) bool {
	return !s.inProgress.has(intent.Seq) && (s.settleAfter == 0 || s.inProgress.isUnrecorded(intent.Seq) || s.now().Sub(intent.Time) >= s.settleAfter)
}

// settleOne settles one open intent unless another change of its entry is in progress; the
// next run tries it again then.
func (s *Service) settleOne(ctx context.Context, intent audit.Record, record bool, looks int) error {
	if intent.Entry != "" {
		unlock, err := s.inFlight.Lock(ctx, string(intent.Entry))
		if err != nil {
			return err
		}
		defer unlock()
	}
	return s.settleLocked(ctx, intent, record, looks)
}

// settleLocked is settleOne for a caller who holds the entry's lock within this program.
func (s *Service) settleLocked(ctx context.Context, intent audit.Record, record bool, looks int) error {
	write, lockedBy, err := s.outcomeWriter(ctx, intent)
	if err != nil || lockedBy != 0 && lockedBy != intent.Seq {
		return err
	}
	outcome, err := s.settleIntent(ctx, intent, looks)
	if err != nil {
		return err
	}
	if outcome.Outcome == audit.OutcomeUnknown {
		said, err := s.trail.Records(ctx, audit.Query{Intent: intent.Seq, Limit: 1})
		if err != nil || len(said) > 0 || !record && lockedBy == 0 { // the record unlocks the entry
			return err // recorded already
		}
	}
	if s.concludeWith(ctx, intent, outcome, write) {
		s.followUp(ctx, intent)
	}
	return nil
}

// outcomeWriter returns the function that records the outcome of an open intent before a
// look for it starts. The function writes only if the entry has no change recorded since,
// as the look may find the effect of that one. lockedBy is the intent that locks the entry.
func (s *Service) outcomeWriter(ctx context.Context, intent audit.Record) (write func(context.Context, audit.Record) (audit.Record, error), lockedBy int64, err error) {
	if intent.Entry == "" {
		return s.journal.Append, 0, nil
	}
	newest, lockedBy, err := s.journal.EntryTrail(ctx, s.account, intent.Entry)
	if err != nil {
		return nil, 0, audit.Unreadable(err)
	}
	return func(ctx context.Context, r audit.Record) (audit.Record, error) {
		return s.journal.AppendAsOf(ctx, r, newest)
	}, lockedBy, nil
}

// createdOutcome returns the outcome of a create whose entry is known, with the values that
// the API has added.
func (s *Service) createdOutcome(ctx context.Context, intent audit.Record, sub Submission) audit.Record {
	outcome := audit.Record{Outcome: audit.OutcomeDone, Entry: sub.Created, After: intent.After}
	if e, _, err := s.api.Entry(ctx, sub.Created); err == nil && e.ID == sub.Created && e.Values().Holds(intent.After) {
		outcome.After, outcome.Shown = e.Values(), &e
	}
	return outcome
}

// settleIntent determines the outcome of an abandoned change, with at most looks looks.
func (s *Service) settleIntent(ctx context.Context, intent audit.Record, looks int) (audit.Record, error) {
	d, err := s.doubtOf(ctx, intent.Seq, intent.Time)
	if err != nil {
		return audit.Record{}, err
	}
	if intent.Action != rbac.CreateEntry {
		return s.settleChangeIntent(ctx, intent, d, looks), nil
	}
	sub, sent, err := s.submissions.SubmissionOf(ctx, intent.Seq)
	switch {
	case err != nil:
		return audit.Record{}, fmt.Errorf("settle intent %d: %w", intent.Seq, err)
	case !sent && !d.restarted && s.now().Sub(later(intent.Time, d.seen)) < claimTimeout:
		return audit.Record{Outcome: audit.OutcomeUnknown}, nil // another program may be about to send it
	case !sent:
		return audit.Record{Outcome: audit.OutcomeFailed, Errors: []registry.Problem{{Code: audit.CodeNotSent, Message: "the program ended before it was sent"}}}, nil
	case sub.Created != "":
		return s.createdOutcome(ctx, intent, sub), nil
	case s.inProgress.sameAs(sub):
		return audit.Record{Outcome: audit.OutcomeUnknown}, nil // the look might find the effect of the other one
	}
	d.sent, d.ended = sub.SentAt, sub.Ended
	found, err := s.settle(ctx, sub, d, nil, looks)
	outcome := s.outcomeOf(found, err, s.now())
	outcome.Duration = 0 // the duration of the call itself is unknown
	return outcome, nil
}
