package mirror

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"namesake/internal/audit"
	"namesake/internal/patterns"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// Service reads the registry for people whose role allows it.
type Service struct {
	audit    *audit.Log
	trail    audit.Trail
	api      *datedAPI
	patterns *patterns.Pool
	copy     registryCopy
	around   around
	pasts    pasts
	lives    lives
	log      *slog.Logger
	now      func() time.Time
	pause    func(context.Context, time.Duration) error
}

// Options are the parts of a Service. All are required unless their comment says otherwise.
type Options struct {
	Audit   *audit.Log
	Trail   audit.Trail
	API     registry.API
	Account registry.AccountID // the account whose registry the API reads
	Store   Store
	// Settings reads the settings around the registry; if it is nil, none are known.
	Settings SettingsAPI
	// Refresh is the pause between two passes while people work; a minute when 0.
	Refresh time.Duration
	// Patience is how long people wait until the registry is read; 15 seconds when 0.
	Patience time.Duration
	// Active reports whether anyone is at work; always true when nil.
	Active func(context.Context) (bool, error)
	// Elapsed returns the time since a fixed moment, at an even pace; by the machine's
	// monotonic clock when nil.
	Elapsed func() time.Duration
	// Wake makes the program call RefreshDue soon; it may be nil.
	Wake func()
	// Passed is told of each pass; it may be nil.
	Passed   func(Pass)
	Patterns *patterns.Pool                             // limits pattern work; a pool of its own when nil
	Log      *slog.Logger                               // slog.Default() when nil
	Now      func() time.Time                           // the clock of the database; time.Now when nil
	Pause    func(context.Context, time.Duration) error // replaces waiting in tests; may be nil
}

// NewService returns a Service over o, or an error when a required part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Trail == nil || o.API == nil || o.Account == "" || o.Store == nil {
		return nil, errors.New("mirror: Audit, Trail, API, Account and Store are required")
	}
	s := &Service{audit: o.Audit, trail: o.Trail, patterns: o.Patterns, log: o.Log, now: o.Now, pause: o.Pause}
	if s.pause == nil {
		s.pause = registry.Pause
	}
	if s.patterns == nil {
		s.patterns = patterns.NewPool(patterns.Options{})
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.around.api = o.Settings
	s.copy.store, s.copy.account, s.copy.refresh, s.copy.active, s.copy.passed = o.Store, o.Account, o.Refresh, o.Active, o.Passed
	if s.copy.refresh == 0 {
		s.copy.refresh = time.Minute
	}
	if s.copy.patience = o.Patience; s.copy.patience == 0 {
		s.copy.patience = 15 * time.Second
	}
	if s.copy.active == nil {
		s.copy.active = func(context.Context) (bool, error) { return true, nil }
	}
	if s.copy.elapsed = o.Elapsed; s.copy.elapsed == nil {
		began := time.Now()
		s.copy.elapsed = func() time.Duration { return time.Since(began) }
	}
	s.copy.start = s.copy.elapsed()
	if s.copy.wake = o.Wake; s.copy.wake == nil {
		s.copy.wake = func() {}
	}
	if s.copy.passed == nil {
		s.copy.passed = func(Pass) {}
	}
	s.copy.now.Store(&Snapshot{View: NewView(nil), Around: policy.NewIndex(nil)})
	s.api = &datedAPI{now: s.now, observedAPI: &observedAPI{API: o.API}}
	return s, nil
}

// API returns the API through which the mirror sees all answers.
func (s *Service) API() registry.API { return s.api }
