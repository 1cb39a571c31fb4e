package mirror

import (
	"context"
	"errors"
	"time"

	"namesake/internal/registry"
)

// Pauses while a plan waits for the API.
const (
	// rateLimitPause is the shortest pause before a call is repeated.
	rateLimitPause = 5 * time.Second
	// rateLimitWait is how long one call waits for the API's limit of calls.
	rateLimitWait = 10 * time.Minute
)

// RetryRateLimited makes a call, and repeats it when the API's limit of calls prevented it.
// It also repeats the call, at most denials times, when the API refuses credentials that
// worked a moment ago.
func (s *Service) RetryRateLimited(ctx context.Context, denials int, call func() error) error {
	return s.retryRateLimited(ctx, denials, call, func(*registry.APIError, time.Duration) bool { return true })
}

// retryInTime is RetryRateLimited, but does not start to wait beyond the deadline of ctx, so
// that its error says why the API refused the call, and tells people who wait for the pass
// what it waits for.
func (s *Service) retryInTime(ctx context.Context, denials int, call func() error) error {
	return s.retryRateLimited(ctx, denials, call, func(why *registry.APIError, wait time.Duration) bool {
		s.pausing(why, wait)
		end, limited := ctx.Deadline()
		return !limited || time.Until(end) > wait
	})
}

func (s *Service) retryRateLimited(ctx context.Context, denials int, call func() error, worth func(why *registry.APIError, wait time.Duration) bool) error {
	for started := s.now(); ; {
		err := call()
		var api *registry.APIError
		if !errors.As(err, &api) || api.Effect != registry.NoEffect {
			return err
		}
		var wait time.Duration
		switch {
		case api.Kind == registry.RateLimited && s.now().Sub(started) <= rateLimitWait:
			wait = max(api.RetryAfter, rateLimitPause)
		case api.Kind == registry.Denied && api.Sporadic && denials > 0:
			wait = rateLimitPause
			denials--
		default:
			return err
		}
		if !worth(api, wait) {
			return err
		}
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}
