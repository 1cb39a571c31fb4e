package mirror

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

const (
	// aroundInterval is the pause between two readings of the settings around the registry,
	// which change seldom.
	aroundInterval = 10 * time.Minute
	// aroundTimeout limits one reading of a list.
	aroundTimeout = 30 * time.Second
)

// SettingsAPI reads the settings around the registry. Its errors are *registry.APIError
// values.
type SettingsAPI interface {
	// ReadSettings returns settings with only this list, in the order of its IDs.
	ReadSettings(ctx context.Context, l policy.List) (*policy.Settings, error)
}

// around reads the settings around the registry.
type around struct {
	api  SettingsAPI // nil for none
	soon atomic.Bool // a person wants them to be read
}

// RefreshSettings reads the settings around the registry. A list that can't be read stays as
// it was last read, and its state says why. The error is one of the database.
func (s *Service) RefreshSettings(ctx context.Context) error {
	if s.around.api == nil {
		return nil
	}
	known := s.Snapshot().Around
	for _, l := range policy.Lists() {
		state := known.State(l)
		began := s.now()
		list, err := s.readSettings(ctx, l)
		state.TriedAt, state.Failure = s.now(), settingsFailure(err)
		if err == nil {
			state.ReadAt = began
		} else {
			s.log.WarnContext(ctx, "settings around the registry could not be read", "list", l, "error", err)
		}
		if err := s.copy.store.UpdateSettings(ctx, s.copy.account, l, state, list); err != nil {
			return err
		}
	}
	return s.CatchUp(ctx)
}

func (s *Service) readSettings(ctx context.Context, l policy.List) (*policy.Settings, error) {
	ctx, cancel := context.WithTimeout(registry.Background(ctx), aroundTimeout)
	defer cancel()
	return s.around.api.ReadSettings(ctx, l)
}

// refreshSettingsDue reads the settings if it is time to.
func (s *Service) refreshSettingsDue(ctx context.Context) error {
	if s.around.api == nil {
		return nil
	}
	if !s.around.soon.Swap(false) {
		if err := s.CatchUp(ctx); err != nil { // another copy may have read them
			return err
		}
		due := false
		for _, l := range policy.Lists() {
			age := s.now().Sub(s.Snapshot().Around.State(l).TriedAt)
			due = due || age < 0 || age >= aroundInterval-jitter(aroundInterval)
		}
		if !due {
			return nil
		}
	}
	return s.safely(ctx, func() error { return s.RefreshSettings(ctx) })
}

func settingsFailure(err error) *policy.Failure {
	var api *registry.APIError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &api):
		return &policy.Failure{Kind: api.Kind.String(), Status: api.Receipt.Status, Detail: api.Error(), Denied: api.Kind == registry.Denied}
	}
	return &policy.Failure{Kind: registry.TimedOut.String(), Detail: err.Error()}
}
