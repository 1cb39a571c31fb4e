package mirror

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// silentAPI never answers.
type silentAPI struct{}

func (silentAPI) ReadSettings(ctx context.Context, _ policy.List) (*policy.Settings, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// stateStore takes the states of the settings in time.
type stateStore struct {
	Store
	states map[policy.List]policy.State
}

func (s stateStore) UpdateSettings(ctx context.Context, _ registry.AccountID, l policy.List, state policy.State, _ *policy.Settings) error {
	s.states[l] = state
	return ctx.Err()
}

func (stateStore) Rows(context.Context, registry.AccountID, int64) ([]Row, State, error) {
	return nil, State{}, nil
}

// TestSilentSettings stores why each list could not be read when the API never answers: then
// it is not read again at once.
func TestSilentSettings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := stateStore{states: make(map[policy.List]policy.State)}
		s := &Service{log: slog.New(slog.DiscardHandler), now: time.Now}
		s.around.api, s.copy.store = silentAPI{}, store
		s.copy.now.Store(&Snapshot{View: NewView(nil), Around: policy.NewIndex(nil)})
		if err := s.RefreshSettings(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, l := range policy.Lists() {
			if state := store.states[l]; state.Failure == nil || state.TriedAt.IsZero() || !state.ReadAt.IsZero() {
				t.Errorf("%s: %+v", l, state)
			}
		}
	})
}

// brokenSettings is a store whose settings can't be read until they are repaired.
type brokenSettings struct {
	Store
	repaired bool
}

func (*brokenSettings) Rows(context.Context, registry.AccountID, int64) ([]Row, State, error) {
	return nil, State{Version: 5, Around: 3}, nil
}

func (s *brokenSettings) Settings(context.Context, registry.AccountID) (*policy.Settings, error) {
	if !s.repaired {
		return nil, errors.New("unexpected end of JSON input")
	}
	return &policy.Settings{Version: 3, Domains: []policy.Domain{{Name: "corp.example"}}}, nil
}

// TestBrokenSettings keeps up with the registry when the settings around it can't be read from
// the database, and reads them when that is possible.
func TestBrokenSettings(t *testing.T) {
	store := &brokenSettings{}
	s := &Service{log: slog.New(slog.DiscardHandler), now: time.Now}
	s.copy.store, s.copy.elapsed = store, func() time.Duration { return 0 }
	s.copy.now.Store(&Snapshot{View: NewView(nil), Around: policy.NewIndex(nil)})
	for _, domains := range []int{0, 0, 1} {
		store.repaired = domains > 0
		if err := s.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if known := s.Snapshot(); known.View.Version() != 5 || len(known.Around.Domains) != domains {
			t.Errorf("version %d with %d domains, want 5 with %d", known.View.Version(), len(known.Around.Domains), domains)
		}
	}
}
