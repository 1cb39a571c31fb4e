package mirror

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

const (
	// idleInterval is the pause between two passes while Namesake is not in use.
	idleInterval = 10 * time.Minute
	// passTimeout limits one pass.
	passTimeout = 5 * time.Minute
	// startDelay is the age of the copy from which the start of the program reads again.
	startDelay = 15 * time.Second
)

// registryCopy is the copy of the registry in memory, and what keeps it up to date.
type registryCopy struct {
	store   Store
	account registry.AccountID
	refresh time.Duration                       // between two passes while people work
	active  func(context.Context) (bool, error) // whether anyone is at work
	wake    func()                              // makes the program call RefreshDue soon
	passed  func(Pass)                          // is told of each pass

	patience time.Duration // how long people wait for a pass

	now     atomic.Pointer[Snapshot]
	elapsed func() time.Duration // at an even pace
	start   time.Duration        // when the program started, by elapsed
	recent  recentRows
	missing missingRows
	loading sync.Mutex // held while the copy in memory is brought up to date
	untold  *untold    // what could not be written of the last pass; guarded by loading
	mu      sync.Mutex
	running *running    // the pass in progress, nil for none
	started atomic.Bool // this program has read the registry, or found that it was read just now
}

// Snapshot is the registry as Namesake knows it. It never changes.
type Snapshot struct {
	View  *View
	State State
	// Around has the settings around the registry. It is never nil.
	Around *policy.Index
}

// Complete reports whether the view has all entries.
func (s *Snapshot) Complete() bool { return !s.State.ReadAt.IsZero() && s.State.TooLong == 0 }

// Pass is what happened in one reading pass.
type Pass struct {
	Took    time.Duration
	Calls   int
	Changes int // made elsewhere
	Err     error
}

// untold is a failure of a pass that could not be written to the database.
type untold struct {
	at      time.Time
	failure *Failure
}

// running is a pass in progress.
type running struct {
	done  chan struct{}      // closed at its end
	err   error              // set before done is closed
	waits *registry.APIError // why it waits for the API, nil if it does not; guarded by copy.mu
	long  *longPause         // the next, or the present, pause that outlasts people's patience; guarded by copy.mu
}

// longPause is a pause that the API asks for.
type longPause struct {
	began chan struct{}
	why   *registry.APIError // set before began is closed
}

// Snapshot returns the registry as Namesake knows it.
func (s *Service) Snapshot() *Snapshot { return s.copy.now.Load() }

// CatchUp brings the copy in memory up to date with the database.
func (s *Service) CatchUp(ctx context.Context) error {
	s.copy.loading.Lock()
	defer s.copy.loading.Unlock()
	was := s.copy.now.Load()
	rows, state, err := s.copy.store.Rows(ctx, s.copy.account, was.View.Version())
	if err == nil && state.Forgotten > was.View.Version() { // deletions may have been missed
		was = &Snapshot{View: NewView(nil), State: State{Around: was.State.Around}, Around: was.Around}
		rows, state, err = s.copy.store.Rows(ctx, s.copy.account, 0)
	}
	if err != nil {
		return err
	}
	if late := s.copy.untold; late != nil && late.at.After(state.TriedAt) {
		state.TriedAt, state.Failure = late.at, late.failure
	}
	if len(rows) == 0 && state == was.State {
		return nil
	}
	s.copy.recent.note(rows, was.View.Version() > 0, s.copy.elapsed())
	next := &Snapshot{View: was.View, State: state, Around: was.Around}
	if state.Around != was.State.Around {
		settings, err := s.copy.store.Settings(ctx, s.copy.account)
		switch {
		case err == nil:
			next.Around = was.Around.With(settings)
		case ctx.Err() != nil:
			return err
		default: // the registry is of use without them; the next call tries again
			s.log.ErrorContext(ctx, "the stored settings around the registry could not be read", "error", err)
			next.State.Around = was.State.Around
		}
	}
	if len(rows) > 0 || state.Version != was.View.Version() {
		next.View = was.View.With(rows, state.Version)
	}
	if state.Forgotten != was.State.Forgotten {
		next.View = next.View.Without(state.Forgotten)
	}
	if next.View != was.View {
		s.pasts.clear() // they hold the former view
	}
	s.copy.now.Store(next)
	return nil
}

// EnsureKnown brings the copy in memory up to date with the database, and reads the
// registry if that was never done completely. On an error the copy stays as it is.
func (s *Service) EnsureKnown(ctx context.Context) error {
	if err := s.CatchUp(ctx); err != nil {
		return err
	}
	_, err := s.known(ctx)
	return err
}

// Follow brings the copy in memory up to date whenever another copy of the program has
// changed the one in the database, until ctx ends. listen calls its argument then.
func (s *Service) Follow(ctx context.Context, listen func(ctx context.Context, changed func())) {
	listen(ctx, func() {
		if err := s.CatchUp(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the copy of the registry could not be brought up to date", "error", err)
		}
	})
}

// Refresh reads the registry once and brings the copy up to date. If a pass is already in
// progress, it waits for that one. The error says why the pass was not complete: an
// *APIError, an error of the database, or that pages contradict each other.
func (s *Service) Refresh(ctx context.Context) error {
	now := s.join(ctx)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-now.done:
		return now.err
	}
}

// join returns the pass in progress, and starts one if there is none.
func (s *Service) join(ctx context.Context) *running {
	s.copy.mu.Lock()
	defer s.copy.mu.Unlock()
	now := s.copy.running
	if now == nil {
		now = &running{done: make(chan struct{}), long: &longPause{began: make(chan struct{})}}
		s.copy.running = now
		work, cancel := context.WithTimeout(context.WithoutCancel(ctx), passTimeout)
		go func() {
			defer cancel()
			now.err = s.safely(work, func() error { return s.pass(work) })
			s.copy.mu.Lock()
			s.copy.running = nil
			s.copy.mu.Unlock()
			close(now.done)
		}()
	}
	return now
}

// pausing notes that the pass in progress waits for the API, and for how long, until its result is
// called.
func (s *Service) pausing(why *registry.APIError, wait time.Duration) (resumed func()) {
	s.copy.mu.Lock()
	defer s.copy.mu.Unlock()
	now := s.copy.running
	if now == nil { // no one can wait for it: tests call pass itself
		return func() {}
	}
	long := wait >= s.copy.patience
	if now.waits = why; long {
		now.long.why = why
		close(now.long.began)
	}
	return func() {
		s.copy.mu.Lock()
		defer s.copy.mu.Unlock()
		if now.waits = nil; long {
			now.long = &longPause{began: make(chan struct{})}
		}
	}
}

// errPanic reports a panic during a pass.
var errPanic = errors.New("a pass panicked")

// safely calls part of a pass. A panic must not end the program.
func (s *Service) safely(ctx context.Context, part func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.ErrorContext(ctx, "a pass panicked", "cause", cause, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w: %v", errPanic, cause)
		}
	}()
	return part()
}

// RefreshDue reads the registry, and the settings around it, if it is time to. The program
// calls it at least as often as the registry is to be read while people work.
func (s *Service) RefreshDue(ctx context.Context) error {
	return errors.Join(s.refreshRegistryDue(ctx), s.refreshSettingsDue(ctx))
}

func (s *Service) refreshRegistryDue(ctx context.Context) error {
	state, err := s.copy.store.State(ctx, s.copy.account)
	if err != nil {
		return err
	}
	age := s.now().Sub(state.TriedAt)
	interval := idleInterval
	if active, err := s.copy.active(ctx); err != nil || active {
		interval = s.copy.refresh
	}
	if !s.copy.started.Swap(true) {
		interval = min(interval, startDelay)
	}
	if state.Failure == nil && age >= 0 && age < interval-jitter(interval) {
		return nil
	}
	return s.Refresh(registry.Background(ctx))
}

// jitter is how much earlier than its interval a pass may start, as the jobs that call
// RefreshDue are not exact.
func jitter(interval time.Duration) time.Duration { return interval / 10 }

// pass reads the registry and updates the copy.
func (s *Service) pass(ctx context.Context) (err error) {
	done := Pass{}
	began := s.now()
	defer func() {
		done.Took, done.Err = s.now().Sub(began), err
		s.copy.passed(done)
	}()
	if err := s.CatchUp(ctx); err != nil {
		s.keepFailure(err)
		return err
	}
	view := s.Snapshot().View
	var p *pass
	err = s.safely(ctx, func() (err error) {
		p, err = s.readAll(ctx, view)
		return err
	})
	if p == nil {
		p = &pass{view: view, started: began, ended: s.now()}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), passTimeout) // the pass may have taken all of its time
	defer cancel()
	update, failed := s.write(ctx, p, err)
	if failed != nil {
		err = errors.Join(err, failed)
		s.keepFailure(err)
		return err
	}
	s.keepFailure(nil)
	done.Calls, done.Changes = p.calls, len(update.Changes)
	p, update, view = nil, Update{}, nil // to be collected before there are two views
	if failed := s.CatchUp(ctx); failed != nil {
		return errors.Join(err, failed)
	}
	if err != nil {
		return fmt.Errorf("read the registry: %w", err)
	}
	return nil
}

// keepFailure keeps in memory why a pass failed that could not be written, nil for none.
func (s *Service) keepFailure(err error) {
	s.copy.loading.Lock()
	defer s.copy.loading.Unlock()
	s.copy.untold = nil
	if err == nil {
		return
	}
	failure := &Failure{Kind: Internal, Detail: err.Error()}
	if errors.As(err, new(*registry.APIError)) {
		failure = FailureOf(err)
	}
	next := *s.copy.now.Load()
	next.State.TriedAt, next.State.Failure = s.now(), failure
	s.copy.untold = &untold{next.State.TriedAt, failure}
	s.copy.now.Store(&next)
}

// firstRows is the number of rows that the first pass writes at once: others wait for their
// turn to write.
const firstRows = 5000

// write updates the copy by what a pass has found. failure is why it was not complete.
func (s *Service) write(ctx context.Context, p *pass, failure error) (Update, error) {
	ids := p.ids()
	for s.Snapshot().State.Since.IsZero() && len(ids) > firstRows {
		_, err := s.copy.store.UpdateMirror(ctx, s.copy.account, ids[:firstRows], func(c Current) Update {
			return p.update(c, ids[:firstRows], false)
		})
		if err != nil {
			return Update{}, err
		}
		ids = ids[firstRows:]
	}
	return s.copy.store.UpdateMirror(ctx, s.copy.account, ids, func(c Current) Update {
		u := p.update(c, ids, failure == nil)
		if !p.overtaken(c) {
			u.State.Failure = FailureOf(failure)
		}
		return u
	})
}

// FailureOf returns the stored form of the error of a pass.
func FailureOf(err error) *Failure {
	var api *registry.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &api):
		return &Failure{Kind: api.Kind.String(), Status: api.Receipt.Status, Detail: api.Error()}
	case errors.Is(err, errUnsteady):
		return &Failure{Kind: Unsteady, Detail: err.Error()}
	case errors.Is(err, errPanic):
		return &Failure{Kind: Internal, Detail: err.Error()}
	}
	return &Failure{Kind: registry.TimedOut.String(), Detail: err.Error()}
}
