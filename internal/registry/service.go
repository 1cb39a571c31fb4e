package registry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"namesake/internal/keyed"
	"namesake/internal/patterns"
)

// Service is the only way to read or change the registry. Every method takes the
// person who asks, refuses what their role does not allow, and records what is
// changed: without a record, nothing is sent.
type Service struct {
	api         *dated
	submissions Submissions
	journal     Journal
	trail       Trail
	sessions    Sessions
	outcomes    OutcomeFollower
	limits      SessionLimits
	account     AccountID
	settleAfter time.Duration
	restarted   int64 // the newest record from before started, if the clock may have made a step then
	started     time.Time
	log         *slog.Logger
	inFlight    keyed.Mutex
	underWay    intents
	firstSeen   sightings
	looks       lookTimes
	wakeSettle  func(in time.Duration)
	suspects    suspects
	kept        keptLists
	patterns    *patterns.Pool
	refusals    *refusals
	paging      paging
	ends        keptLists // empty pages after the last ones
	keptEntries keptLists // each holds one
	changedAt   atomic.Pointer[time.Time]
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
}

// Options are the parts of a Service. All are required, but for those that say
// what they are otherwise.
type Options struct {
	API         API
	Account     AccountID // that API looks after
	Submissions Submissions
	Journal     Journal
	Trail       Trail
	Sessions    Sessions
	Outcomes    OutcomeFollower
	Limits      SessionLimits // of a session
	// SettleAfter is how old an intent must be before SettleOpen may take it for
	// one that was left behind: 0 when no other copy of the program writes to Journal.
	SettleAfter time.Duration
	Patterns    *patterns.Pool // whose turns pattern work is done in; one of its own when nil
	Log         *slog.Logger   // slog.Default() when nil
	// Now is the clock that all programs on the database share; time.Now when nil.
	Now func() time.Time
	// Restarted is the newest record from before Now was started, if it may have made a step
	// then; 0 if not.
	Restarted int64
	// WakeSettle has SettleDue called after a pause, in addition to every SettleEvery. It
	// may be nil.
	WakeSettle func(in time.Duration)
	// Pause stands in for waiting in tests.
	Pause func(context.Context, time.Duration) error
}

// NewService returns a Service over o. It returns an error when a required part
// is missing.
func NewService(o Options) (*Service, error) {
	if o.API == nil || o.Submissions == nil || o.Journal == nil || o.Trail == nil || o.Sessions == nil || o.Outcomes == nil ||
		o.Account == "" || o.Limits.Idle <= 0 || o.Limits.Absolute <= 0 {
		return nil, errors.New("registry service: API, Account, Submissions, Journal, Trail, Sessions, Outcomes and Limits are required")
	}
	s := &Service{
		submissions: o.Submissions, journal: o.Journal, trail: o.Trail, account: o.Account,
		sessions: o.Sessions, outcomes: o.Outcomes, limits: o.Limits,
		patterns: o.Patterns, refusals: newRefusals(), settleAfter: o.SettleAfter, restarted: o.Restarted, log: o.Log, now: o.Now, pause: o.Pause,
	}
	if s.patterns == nil {
		s.patterns = patterns.NewPool(patterns.Options{})
	}
	if s.wakeSettle = o.WakeSettle; s.wakeSettle == nil {
		s.wakeSettle = func(time.Duration) {}
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.started = s.now()
	if s.pause == nil {
		s.pause = pause
	}
	s.api = &dated{now: s.now, API: watchedAPI{o.API, func(entries []Entry) {
		if s.suspects.sightings(entries, s.now()) {
			s.watch()
		}
	}}}
	return s, nil
}

// PatternWork returns a context in which work on patterns is done in turns of who's.
func (s *Service) PatternWork(ctx context.Context, who Caller) context.Context {
	return s.patterns.In(ctx, who.Issuer+"\x00"+who.Subject)
}

// List returns a page of entries; GroupByName groups them. Where calls of the API are
// scarce, it may be a recent answer: see Page.AsOf. It returns a *ForbiddenError or an
// *APIError, which is in a *StaleError where it may pass and the same has been asked
// before.
func (s *Service) List(ctx context.Context, who Caller, q Query) (Page, error) {
	if err := s.Authorize(ctx, who, ListEntries); err != nil {
		return Page{}, err
	}
	if q.Grouped {
		if q.Order = ByName; q.Direction == "" {
			q.Direction = Ascending
		}
	}
	list, err := s.api.ListEntries(AskedBy(ctx, who), q)
	if err == nil {
		list = s.place(AskedBy(ctx, who), q, list)
		s.kept.keep(q, list, s.now())
		return list, nil
	}
	var failed *APIError
	if !errors.As(err, &failed) || !failed.Kind.passing() {
		return Page{}, err
	}
	kept, ok := s.kept.last(q)
	switch {
	case !ok:
		return Page{}, err
	case s.reusable(failed, kept.at) && !s.changedSince(kept.at):
		kept.list.AsOf = kept.at
		return kept.list, nil
	}
	return Page{}, &StaleError{List: kept.list, At: kept.at, Age: s.now().Sub(kept.at), Cause: failed}
}

// Entry returns one entry and the receipt of the call. Where calls of the API are
// scarce, it may be as it was a short time ago: see Receipt.AsOf. It returns ErrNotFound
// (in the chain), a *ForbiddenError or an *APIError.
func (s *Service) Entry(ctx context.Context, who Caller, id ID) (Entry, Receipt, error) {
	if err := s.Authorize(ctx, who, ViewEntry); err != nil {
		return Entry{}, Receipt{}, err
	}
	entry, receipt, err := s.api.Entry(AskedBy(ctx, who), id)
	if err == nil {
		s.keptEntries.keepEntry(entry, receipt, s.now())
		return entry, receipt, nil
	}
	var failed *APIError
	if kept, ok := s.keptEntries.last(entryQuery(id)); ok && errors.As(err, &failed) && s.reusable(failed, kept.at) {
		kept.list.Receipt.AsOf = kept.at
		return kept.list.Entries[0], kept.list.Receipt, nil
	}
	return Entry{}, receipt, fmt.Errorf("entry %s: %w", id, s.findMoved(AskedBy(ctx, who), id, err))
}

// EntryToChange returns one entry as it is now, for somebody who is about to do what,
// a change. Errors are those of Entry.
func (s *Service) EntryToChange(ctx context.Context, who Caller, id ID, what Action) (Entry, error) {
	if err := s.Authorize(ctx, who, what); err != nil {
		return Entry{}, err
	}
	entry, receipt, err := s.api.Entry(ForChange(AskedBy(ctx, who)), id)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %s: %w", id, s.findMoved(AskedBy(ctx, who), id, err))
	}
	s.keptEntries.keepEntry(entry, receipt, s.now())
	return entry, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
