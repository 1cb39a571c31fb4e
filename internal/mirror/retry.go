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
	return s.retryRateLimited(denials, call, func(_ *registry.APIError, wait time.Duration) error { return s.pause(ctx, wait) })
}

// retryInTime is RetryRateLimited, but does not start to wait beyond the deadline of ctx, so
// that its error says why the API refused the call, and tells people who wait for the pass
// what it waits for.
func (s *Service) retryInTime(ctx context.Context, denials int, call func() error) error {
	return s.retryRateLimited(denials, call, func(why *registry.APIError, wait time.Duration) error {
		if end, limited := ctx.Deadline(); limited && time.Until(end) <= wait {
			return why
		}
		defer s.pausing(why, wait)()
		return s.pause(ctx, wait)
	})
}

// retryRateLimited repeats a call after pauses, until pause returns an error.
func (s *Service) retryRateLimited(denials int, call func() error, pause func(why *registry.APIError, wait time.Duration) error) error {
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
		if err := pause(api, wait); err != nil {
			return err
		}
	}
}
