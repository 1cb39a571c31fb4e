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

// Times that settle goes by.
const (
	// secondLookDelay is the pause before the second look: a list may lag behind.
	secondLookDelay = time.Second
	// claimTimeout is longer than it takes from the intent to the submission's claim.
	claimTimeout = 10 * time.Second
	// settleTimeout bounds all the looking for one submission.
	settleTimeout = 25 * time.Second
	// maxClockSkew is how far the clocks of the API's servers may differ: the one that
	// sets Date, by whole seconds, and the one that sets created_at.
	maxClockSkew = 15 * time.Second
)

// settle finds out by looking, at most looks times, whether the create sub took effect,
// and returns the entry or an *UnsettledError. cause is what went wrong with the call.
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

// seek looks for the effect of a call, and again when it is not there: look returns nil
// when it is, errAbsent when the registry does not show it. It returns nil when the
// effect was found, and otherwise u, filled in.
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
		u.LookedAt = began // what came later, it may not have seen
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

// errAbsent reports that the registry certainly shows no effect of the call.
var errAbsent = errors.New("not in the registry")

// errInconclusive reports that the list could not show whether it has one.
var errInconclusive = errors.New("the list does not say enough about its entries")

// lookPages are the pages of one look: the newest entries, and then further back,
// until older ones than the submission are met.
var lookPages = []registry.Query{
	{Page: 1, PerPage: 100},
	{Page: 1, PerPage: registry.MaxPerPage},
	{Page: 2, PerPage: registry.MaxPerPage},
	{Page: 3, PerPage: registry.MaxPerPage},
	{Page: 4, PerPage: registry.MaxPerPage},
	{Page: 5, PerPage: registry.MaxPerPage},
	{Page: 6, PerPage: registry.MaxPerPage}, // these are for pages that are shorter than asked for
	{Page: 7, PerPage: registry.MaxPerPage},
	{Page: 8, PerPage: registry.MaxPerPage},
	{Page: 9, PerPage: registry.MaxPerPage},
	{Page: 10, PerPage: registry.MaxPerPage},
}

// maxLookEntries is how many entries one look goes through.
const maxLookEntries = 5 * registry.MaxPerPage

// look searches the newest entries for the submission's name and address. It
// does not use the API's search, whose behaviour "may change": an entry that the
// search overlooks would be created twice. It returns errAbsent when the entry is
// certainly not there.
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
			absent = errInconclusive // only the API's clock, which tells created_at, can prove it
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
			// In this order: what is sent beside this one is open until its record is there.
			another, err := s.anotherUnderWay(ctx, sub)
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
		ended, err := s.endsAt(ctx, q, list.Count()) // what is too long to be read was not sent by us
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

// endsAt reports whether the list ends with the page of q, which holds n entries. A short
// page alone does not show that.
func (s *Service) endsAt(ctx context.Context, q registry.Query, n int) (bool, error) {
	if n == 0 || n >= q.PerPage {
		return n == 0, nil
	}
	q.Page++
	list, err := s.api.ListEntries(ctx, q)
	return err == nil && list.Count() == 0, err
}

// anotherUnderWay reports whether another create of the same identity may be under way,
// by whatever copy of the program: what a look finds may then be that one's.
func (s *Service) anotherUnderWay(ctx context.Context, sub Submission) (bool, error) {
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
		if sent && (s.underWay.has(seq) || d.underWay(s.now())) {
			return true, nil
		}
	}
	return false, nil
}

// createdByAnother reports whether the audit trail knows that another intent
// created the entry: a twin, made by somebody else at the same time.
func (s *Service) createdByAnother(ctx context.Context, id registry.ID, intent int64) (bool, error) {
	made, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("look up who created %s: %w", id, err)
	}
	return len(made) > 0 && made[0].Intent != intent, nil
}

// newestFirst reports whether entries are sorted as the look asks for: only then
// does an older entry prove that no newer one follows.
func newestFirst(entries []registry.Entry) bool {
	return slices.IsSortedFunc(entries, func(a, b registry.Entry) int { return b.CreatedAt.Compare(a.CreatedAt) }) &&
		!slices.ContainsFunc(entries, func(e registry.Entry) bool { return e.CreatedAt.IsZero() })
}

// SettleOpen finds out what became of the intents that have no final outcome: of
// a program that was stopped midway, or of calls that were not answered. An intent
// that can't be settled yet is recorded as OutcomeUnknown when record is true, and
// left for the next time. It is recorded so once.
func (s *Service) SettleOpen(ctx context.Context, record bool) error {
	open, err := s.journal.Unsettled(ctx)
	if err != nil {
		return fmt.Errorf("open intents: %w", err)
	}
	// The newest first: a change that was sent again would not have been if the first
	// one had had an effect by then.
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

// leftBehind reports whether no program is at work on an open intent any more.
func (s *Service) leftBehind(intent audit.Record) bool {
	return !s.underWay.has(intent.Seq) && (s.settleAfter == 0 || s.underWay.isUnrecorded(intent.Seq) || s.now().Sub(intent.Time) >= s.settleAfter)
}

// settleOne settles one open intent, while nobody else changes its entry. While somebody
// does, it is left for the next time.
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

// settleLocked is settleOne for a caller who has the entry's lock of this program.
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
			return err // once is enough
		}
	}
	if s.concludeWith(ctx, intent, outcome, write) {
		s.followUp(ctx, intent)
	}
	return nil
}

// outcomeWriter returns how to write the outcome of an open intent that is about to be looked
// for: only while nobody else changes its entry, as what is found may be their doing.
// lockedBy is the intent that locks the entry.
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

// settleIntent finds out, with at most looks looks, what became of a change that was left
// behind.
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
		return audit.Record{Outcome: audit.OutcomeDone, Entry: sub.Created, After: intent.After}, nil
	case s.underWay.sameAs(sub):
		return audit.Record{Outcome: audit.OutcomeUnknown}, nil // what a look would find may be the other one's
	}
	d.sent, d.ended = sub.SentAt, sub.Ended
	found, err := s.settle(ctx, sub, d, nil, looks)
	outcome := s.outcomeOf(found, err, s.now())
	outcome.Duration = 0 // how long the call itself took is not known
	return outcome, nil
}
