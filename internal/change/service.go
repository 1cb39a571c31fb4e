package change

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"namesake/internal/audit"
	"namesake/internal/keylock"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Service changes the registry, one entry at a time. Every method takes the person who
// asks, checks their role, and records the change before anything is sent.
type Service struct {
	audit       *audit.Log
	mirror      *mirror.Service
	api         registry.API // the mirror's
	submissions Submissions
	journal     audit.Journal
	trail       audit.Trail
	outcomes    OutcomeFollower
	account     registry.AccountID
	settleAfter time.Duration
	restarted   int64 // the newest record from before started if the clock may have made a step then, otherwise 0
	started     time.Time
	log         *slog.Logger
	tests       Tests // nil for none
	inFlight    keylock.Mutex
	inProgress  intents
	firstSeen   sightings
	looks       lookTimes
	wakeSettle  func(in time.Duration)
	suspects    suspects
	patterns    *patterns.Pool
	now         func() time.Time
	pause       func(context.Context, time.Duration) error
}

// Tests are the tests that people write about the registry.
type Tests interface {
	// Breaks returns the tests that changes of a registry would break.
	Breaks(ctx context.Context, known *mirror.Snapshot, edits []registry.Edit) (mailtests.Breaks, error)
}

// Options are the parts of a Service. All are required unless their comment says otherwise.
type Options struct {
	Audit       *audit.Log
	Mirror      *mirror.Service
	Account     registry.AccountID // the account whose registry the API changes
	Submissions Submissions
	Journal     audit.Journal
	Trail       audit.Trail
	Outcomes    OutcomeFollower // is told the outcomes of changes in doubt, for plans
	// SettleAfter is the age at which SettleOpen counts an intent as abandoned: 0 if no
	// other copy of the program writes to Journal.
	SettleAfter time.Duration
	// Tests are evaluated before a change is sent; it may be nil.
	Tests    Tests
	Patterns *patterns.Pool // limits pattern work; a pool of its own when nil
	Log      *slog.Logger   // slog.Default() when nil
	// Now is the clock that all programs on the database share; time.Now when nil.
	Now func() time.Time
	// Restarted is the newest record from before Now was started if the clock may have made
	// a step then, otherwise 0.
	Restarted int64
	// WakeSettle schedules a call of SettleDue after a pause, in addition to every
	// SettleInterval. It may be nil.
	WakeSettle func(in time.Duration)
	// Pause replaces waiting in tests; it may be nil.
	Pause func(context.Context, time.Duration) error
}

// NewService returns a Service, or an error when a required part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Mirror == nil || o.Submissions == nil || o.Journal == nil || o.Trail == nil || o.Outcomes == nil || o.Account == "" {
		return nil, errors.New("change service: Audit, Mirror, Account, Submissions, Journal, Trail and Outcomes are required")
	}
	s := &Service{
		audit: o.Audit, mirror: o.Mirror, api: o.Mirror.API(), submissions: o.Submissions, journal: o.Journal, trail: o.Trail, outcomes: o.Outcomes, account: o.Account,
		settleAfter: o.SettleAfter, restarted: o.Restarted, patterns: o.Patterns, tests: o.Tests, log: o.Log, now: o.Now, pause: o.Pause,
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
		s.pause = registry.Pause
	}
	o.Mirror.Observe(func(entries []registry.Entry) {
		if s.suspects.noteSightings(entries, s.now()) {
			s.wakeSoon()
		}
	})
	return s, nil
}

// PatternWork returns a context in which work on patterns takes turns as who.
func (s *Service) PatternWork(ctx context.Context, who rbac.Caller) context.Context {
	return s.patterns.In(ctx, who.Key())
}
