package registry_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"namesake/internal/registry"
)

// newTickingService is a service over a list of entries, whose clock moves on by a
// second each time it is read.
func newTickingService(t *testing.T, entries []registry.Entry) *registry.Service {
	t.Helper()
	at := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	api := &fakeAPI{entries: entries, now: func() time.Time { return at }}
	_, database := newService(t, api, func(time.Duration) {})
	s, err := registry.NewService(registry.Options{
		API: api, Account: "a", Submissions: database, Journal: database, Trail: database, Sessions: database, Outcomes: database, Limits: limits,
		Now: func() time.Time { at = at.Add(time.Second); return at },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCoveringWithoutTime(t *testing.T) {
	s := newTickingService(t, []registry.Entry{
		pattern("1", `jane@x\.example`), pattern("2", `(`), pattern("3", `jane@x\.example`), pattern("4", `bob@x\.example`), address("5", "jane@x.example"),
	})
	found, err := s.Covering(t.Context(), viewer, "jane@x.example", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var how []registry.Covers
	for _, c := range found.Covers {
		how = append(how, c.How)
	}
	if want := []registry.Covers{registry.CoversWhole, registry.NotChecked, registry.NotTried, registry.NotTried, registry.CoversLiteral}; !slices.Equal(how, want) {
		t.Errorf("got %v, want %v", how, want)
	}
}

func TestCoveringStops(t *testing.T) {
	s := newTickingService(t, []registry.Entry{pattern("1", `.*`)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	found, err := s.Covering(ctx, viewer, "jane@x.example", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Covers) != 0 || found.Seen != 0 || found.Next != 1 {
		t.Errorf("with nobody waiting: %+v, want nothing seen, and to go on from page 1", found)
	}
}
