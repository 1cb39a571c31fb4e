package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Pauses while a plan waits for the API.
const (
	// rateLimitPause is the shortest pause before a call is repeated.
	rateLimitPause = 5 * time.Second
	// rateLimitWait is the longest total wait for the API's limit of calls.
	rateLimitWait = 10 * time.Minute
)

// RetryRateLimited makes a call, and repeats it when the API's limit of calls prevented it.
// It also repeats the call, at most denials times, when the API refuses credentials that
// worked a moment ago.
func (s *Service) RetryRateLimited(ctx context.Context, denials int, call func() error) error {
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
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// LongEntriesError reports the number of entries that are too long to be read.
type LongEntriesError struct{ Entries int }

func (e *LongEntriesError) Error() string {
	return fmt.Sprintf("%d entries are too long to be read", e.Entries)
}

// maxStalePages is the number of consecutive pages without a new entry after which reading
// stops, in case the API repeats a page endlessly.
const maxStalePages = 5

// EachPage calls visit with the entries that match q, page by page and each once, oldest
// first, so that entries created during the reading come last. It returns visit's error or
// an *APIError, or a *LongEntriesError after visiting all readable entries.
func (s *Service) EachPage(ctx context.Context, who rbac.Caller, q registry.Query, visit func(page int, entries []registry.Entry) error) error {
	if err := s.audit.Authorize(ctx, who, rbac.ListEntries); err != nil {
		return err
	}
	q.Order, q.Direction, q.Page, q.PerPage, q.Grouped = registry.ByCreated, registry.Ascending, 1, registry.MaxPerPage, false
	met, tooLong := map[registry.ID]bool{}, 0
	last, stale := 0, 0 // entries on the previous page, and consecutive pages without a new entry
	for ; ; q.Page++ {
		var list registry.Page
		err := s.RetryRateLimited(ctx, 2, func() (err error) {
			list, err = s.api.ListEntries(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		tooLong += list.TooLong
		fresh := make([]registry.Entry, 0, len(list.Entries))
		for _, e := range list.Entries {
			if e.ID != "" && !met[e.ID] { // pages shift when entries are created or deleted
				met[e.ID] = true
				fresh = append(fresh, e)
			}
		}
		if n := list.Count(); n > 0 {
			if last > 0 {
				s.paging.noteMore(q.PerPage, q.Page-1, last, s.now())
			}
			if last, stale = n, stale+1; len(fresh) > 0 {
				stale = 0
			}
		}
		if stale >= maxStalePages {
			return &registry.APIError{Op: "list entries", Kind: registry.Unreadable, Effect: registry.NoEffect, Receipt: list.Receipt}
		}
		if err := visit(q.Page, fresh); err != nil {
			return err
		}
		switch {
		case list.Count() == 0 && tooLong > 0:
			return &LongEntriesError{tooLong}
		case list.Count() == 0:
			return nil
		}
	}
}
