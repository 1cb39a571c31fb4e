package mirror

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/policy"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// passStore has the state of an empty copy. Writes fail with err, or if their time is over.
type passStore struct {
	Store
	state State
	err   error
}

func (f *passStore) Rows(context.Context, registry.AccountID, int64) ([]Row, State, error) {
	return nil, f.state, nil
}

func (f *passStore) UpdateMirror(ctx context.Context, _ registry.AccountID, _ []registry.ID, decide func(Current) Update) (Update, error) {
	if err := errors.Join(ctx.Err(), f.err); err != nil {
		return Update{}, err
	}
	u := decide(Current{State: f.state})
	f.state = u.State
	return u, nil
}

// silentList answers only when the time of a call is over.
type silentList struct{ registry.API }

func (silentList) ListEntries(ctx context.Context, _ registry.Query) (registry.Page, error) {
	<-ctx.Done()
	return registry.Page{}, &registry.APIError{Op: "list entries", Kind: registry.TimedOut, Err: ctx.Err()}
}

// A pass that took all of its time is known to have failed, also where that can't be written.
func TestPassThatTimesOut(t *testing.T) {
	t.Parallel()
	for _, full := range []error{nil, errors.New("the disk is full")} {
		store := &passStore{err: full}
		s := &Service{log: slog.Default(), now: time.Now, pause: registry.Pause, api: &datedAPI{now: time.Now, observedAPI: &observedAPI{API: silentList{}}}}
		s.copy.store, s.copy.passed, s.copy.elapsed = store, func(Pass) {}, func() time.Duration { return 0 }
		s.copy.now.Store(&Snapshot{View: NewView(nil), Around: policy.NewIndex(nil)})
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := s.pass(ctx); err == nil {
			t.Error("the pass was complete")
		}
		if err := s.CatchUp(t.Context()); err != nil {
			t.Error(err)
		}
		state := s.Snapshot().State
		if state.Failure == nil || state.Failure.Kind != registry.TimedOut.String() || state.TriedAt.IsZero() {
			t.Errorf("writes fail with %v: the copy has %+v", full, state)
		}
		if written := store.state.Failure != nil && !store.state.TriedAt.IsZero(); written != (full == nil) {
			t.Errorf("writes fail with %v: the database has %+v", full, store.state)
		}
	}
}

// A pass that started before another one and ends after it makes nothing look older.
func TestPassThatWasOvertaken(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	was := State{Since: start.Add(-time.Hour), ReadAt: start.Add(30 * time.Second), TriedAt: start.Add(40 * time.Second), Took: time.Second, TooLong: 1}
	for _, tt := range []struct {
		name string
		now  time.Time
		want time.Time // ReadAt
	}{
		{"another pass was faster", start.Add(time.Minute), was.ReadAt},
		{"the clock was set back", start.Add(10 * time.Second), start},
	} {
		p := &pass{view: NewView(nil), started: start, ended: tt.now, tooLong: 2}
		got := p.update(Current{State: was, Now: tt.now}, nil, true).State
		if !got.ReadAt.Equal(tt.want) || (got == was) != tt.want.Equal(was.ReadAt) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// What was left out as long as an edit was in doubt is reported as of when it was last there.
func TestDeletionWhileAnEditIsInDoubt(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	row := Row{Entry: registry.Entry{ID: "1", Name: "Ada", Email: "ada@example.com"}, ChangedAt: start.Add(-time.Hour), Version: 1}
	state := State{Version: 1, Since: start.Add(-2 * time.Hour), ReadAt: start}
	open := []audit.Record{{Action: rbac.EditEntry, Entry: "1", Time: start.Add(10 * time.Second)}}
	var leftOut map[registry.ID]time.Time
	for minute := 1; minute <= 4; minute++ { // it was deleted at 10:00:30
		at := start.Add(time.Duration(minute) * time.Minute)
		if minute == 4 {
			open = nil
		}
		p := &pass{
			view: NewView([]Row{row}), started: at, ended: at.Add(time.Second),
			recent: func(registry.ID) bool { return false }, gone: map[registry.ID]bool{"1": true},
		}
		u := p.update(Current{State: state, Rows: map[registry.ID]Row{"1": row}, Open: open, Now: p.ended, LeftOut: leftOut}, p.ids(), minute != 2)
		state, leftOut = u.State, u.LeftOut
		switch {
		case (len(u.Changes) == 1) != (minute == 4):
			t.Errorf("minute %d: %+v", minute, u.Changes)
		case minute == 4 && (!u.Changes[0].LastSeen.Equal(start) || !u.Changes[0].FirstSeen.Equal(p.ended) || len(leftOut) > 0):
			t.Errorf("last seen %v, first seen %v, left out %v", u.Changes[0].LastSeen, u.Changes[0].FirstSeen, leftOut)
		}
	}
}

// limitedOnce asks for a long pause at its first call, and holds the second until release is
// closed.
type limitedOnce struct {
	registry.API
	calls   atomic.Int32
	entered chan struct{}
	release chan struct{}
}

func (a *limitedOnce) ListEntries(context.Context, registry.Query) (registry.Page, error) {
	switch a.calls.Add(1) {
	case 1:
		return registry.Page{}, &registry.APIError{Op: "list entries", Kind: registry.RateLimited, Effect: registry.NoEffect, RetryAfter: time.Minute}
	case 2:
		close(a.entered)
		<-a.release
	}
	return registry.Page{}, &registry.APIError{Op: "list entries", Kind: registry.Broken}
}

// People learn that the API asked to wait only while the pass does.
func TestWaitingEndsWithThePause(t *testing.T) {
	resume := make(chan struct{})
	api := &limitedOnce{entered: make(chan struct{}), release: make(chan struct{})}
	s := &Service{log: slog.Default(), now: time.Now, api: &datedAPI{now: time.Now, observedAPI: &observedAPI{API: api}}, pause: func(context.Context, time.Duration) error {
		<-resume
		return nil
	}}
	s.copy.store, s.copy.passed, s.copy.elapsed, s.copy.patience = &passStore{}, func(Pass) {}, func() time.Duration { return 0 }, time.Second
	s.copy.now.Store(&Snapshot{View: NewView(nil), Around: policy.NewIndex(nil)})
	var why *registry.APIError
	if err := s.refreshSoon(t.Context()); !errors.Is(err, ErrStillReading) || !errors.As(err, &why) || why.Kind != registry.RateLimited {
		t.Errorf("during the pause: %v", err)
	}
	close(resume)
	<-api.entered
	s.copy.patience = time.Millisecond
	if err := s.refreshSoon(t.Context()); !errors.Is(err, ErrStillReading) || errors.As(err, &why) {
		t.Errorf("after the pause: %v", err)
	}
	close(api.release)
	if err := s.Refresh(t.Context()); err == nil || errors.Is(err, ErrStillReading) {
		t.Errorf("at the end: %v", err)
	}
}
