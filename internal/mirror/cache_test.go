package mirror_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
	"namesake/internal/store"
)

// failingAPI is a registrytest.API whose lists fail while failure is set.
type failingAPI struct {
	*registrytest.API
	failure error
}

func (f *failingAPI) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	if f.failure != nil {
		return registry.Page{}, f.failure
	}
	q.Page = max(q.Page, 1)
	return f.API.ListEntries(ctx, q)
}

var viewer = rbac.Caller{Actor: rbac.Actor{Issuer: "test", Subject: "v", Role: rbac.Viewer}}

// newListService returns a service over a list of entries, with a clock that the test
// controls.
func newListService(t *testing.T, entries []registry.Entry) (s *mirror.Service, api *failingAPI, move func(time.Duration)) {
	t.Helper()
	at := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	clock := func() time.Time { return at }
	api = &failingAPI{API: &registrytest.API{Entries: entries, Now: clock}}
	return newService(t, api, clock), api, func(d time.Duration) { at = at.Add(d) }
}

// newService returns a mirror of api, with a store in memory.
func newService(t *testing.T, api registry.API, now func() time.Time) *mirror.Service {
	t.Helper()
	database, err := store.Open(t.Context(), store.Options{Engine: "sqlite"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	log, err := audit.NewLog(audit.Options{Account: "a", Journal: database, Trail: database})
	if err != nil {
		t.Fatal(err)
	}
	s, err := mirror.NewService(mirror.Options{Audit: log, Trail: database, API: api, Account: "a", Store: database, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var timedOut = &registry.APIError{Op: "list entries", Kind: registry.TimedOut}

// isKept reports whether the cache has an answer to q while the API fails.
func isKept(t *testing.T, s *mirror.Service, api *failingAPI, q registry.Query) bool {
	t.Helper()
	api.failure = timedOut
	defer func() { api.failure = nil }()
	_, err := s.List(t.Context(), viewer, q)
	var stale *mirror.StaleError
	return errors.As(err, &stale)
}

func ask(t *testing.T, s *mirror.Service, q registry.Query) {
	t.Helper()
	if _, err := s.List(t.Context(), viewer, q); err != nil {
		t.Fatal(err)
	}
}

func TestStaleList(t *testing.T) {
	s, api, move := newListService(t, []registry.Entry{{ID: "1", Name: "Ada"}})
	asked := registry.Query{Search: "a", Page: 1, PerPage: registry.DefaultPerPage}
	ask(t, s, asked)
	at := api.Now()
	move(3 * time.Minute)
	tests := []struct {
		kind  registry.Kind
		stale bool
	}{
		{registry.Refused, false},
		{registry.Conflicting, false},
		{registry.Missing, false},
		{registry.Denied, false},
		{registry.NotSubscribed, false},
		{registry.RateLimited, true},
		{registry.Broken, true},
		{registry.Unreadable, true},
		{registry.Unreachable, true},
		{registry.Lost, true},
		{registry.TimedOut, true},
	}
	for _, tt := range tests {
		cause := &registry.APIError{Op: "list entries", Kind: tt.kind}
		api.failure = cause
		list, err := s.List(t.Context(), viewer, registry.Query{Search: "a"}) // the same query, by the API's defaults
		var stale *mirror.StaleError
		if errors.As(err, &stale) != tt.stale || !errors.Is(err, cause) || err.Error() != cause.Error() || list.Entries != nil {
			t.Errorf("%s: %v, with %d entries", tt.kind, err, len(list.Entries))
		}
		if tt.stale && (!stale.At.Equal(at) || stale.Age != 3*time.Minute || len(stale.List.Entries) != 1 || stale.List.Entries[0].Name != "Ada") {
			t.Errorf("%s: %+v", tt.kind, stale)
		}
	}
	var forbidden *rbac.ForbiddenError
	if _, err := s.List(t.Context(), rbac.Caller{}, asked); !errors.As(err, &forbidden) {
		t.Errorf("somebody without a role: %v", err)
	}
	api.failure = nil
	ask(t, s, asked)
	api.failure = timedOut
	_, err := s.List(t.Context(), viewer, asked)
	var stale *mirror.StaleError
	if !errors.As(err, &stale) || stale.Age != 0 {
		t.Errorf("after it was read again: %v", err)
	}
}

func TestFewListsAreKept(t *testing.T) {
	s, api, _ := newListService(t, nil)
	page := func(n int) registry.Query { return registry.Query{Page: n} }
	for n := range 64 {
		ask(t, s, page(n+1))
	}
	if !isKept(t, s, api, page(1)) { // which makes it the most recently used one
		t.Error("the first of 64 is not kept")
	}
	ask(t, s, page(65))
	for n, want := range map[int]bool{1: true, 2: false, 3: true, 65: true} {
		if isKept(t, s, api, page(n)) != want {
			t.Errorf("page %d: kept is %t", n, !want)
		}
	}
}

func TestLittleIsKept(t *testing.T) {
	comments := strings.Repeat("x", 1<<20)
	entry := registry.Entry{ID: "1", Comments: &comments}
	s, api, _ := newListService(t, slices.Repeat([]registry.Entry{entry}, 9))
	one, six, nine := registry.Query{PerPage: 1}, registry.Query{PerPage: 6}, registry.Query{PerPage: 9}
	ask(t, s, one)
	ask(t, s, nine) // more than 8 MiB alone
	if !isKept(t, s, api, one) || isKept(t, s, api, nine) {
		t.Error("what is too long is kept, or took the place of others")
	}
	ask(t, s, six)
	if !isKept(t, s, api, one) || !isKept(t, s, api, six) {
		t.Error("seven of eight MiB are not kept")
	}
	ask(t, s, registry.Query{PerPage: 1, Page: 2})
	if isKept(t, s, api, one) || !isKept(t, s, api, six) {
		t.Error("not the one that was unused for the longest time made room")
	}
}
