package mirror_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
)

// newTickingService returns a service over a list of entries, whose clock advances by a
// second with each reading.
func newTickingService(t *testing.T, entries []registry.Entry) *mirror.Service {
	t.Helper()
	at := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	api := &registrytest.API{Entries: entries, Now: func() time.Time { return at }}
	return newService(t, api, func() time.Time { at = at.Add(time.Second); return at })
}

func TestCoveringWithoutTime(t *testing.T) {
	s := newTickingService(t, []registry.Entry{
		pattern("1", `jane@x\.example`), pattern("2", `(`), pattern("3", `jane@x\.example`), pattern("4", `bob@x\.example`), address("5", "jane@x.example"),
	})
	found, err := s.MatchAddress(t.Context(), viewer, "jane@x.example", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	var how []registry.MatchKind
	for _, c := range found.Matches {
		how = append(how, c.Kind)
	}
	if want := []registry.MatchKind{registry.MatchesWhole, registry.NotChecked, registry.NotTried, registry.NotTried, registry.MatchesLiterally}; !slices.Equal(how, want) {
		t.Errorf("got %v, want %v", how, want)
	}
}

func TestCoveringStops(t *testing.T) {
	s := newTickingService(t, []registry.Entry{pattern("1", `.*`)})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	found, err := s.MatchAddress(ctx, viewer, "jane@x.example", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Matches) != 0 || found.Seen != 0 || found.Next != 1 {
		t.Errorf("after the person left: %+v, want nothing seen, and to continue from page 1", found)
	}
}

func address(id, email string) registry.Entry {
	return registry.Entry{ID: registry.ID(id), Name: "Jane Smith", Email: email}
}

func pattern(id, email string) registry.Entry {
	return registry.Entry{ID: registry.ID(id), Name: "Jane Smith", Email: email, IsEmailRegex: true}
}

// A person without a role causes no look-up.
func TestNamesakesAskForARole(t *testing.T) {
	s := newService(t, &registrytest.API{Now: time.Now}, time.Now)
	var forbidden *rbac.ForbiddenError
	if _, err := s.Namesakes(t.Context(), rbac.Caller{}, "Jane Smith", ""); !errors.As(err, &forbidden) {
		t.Errorf("got %v, want a refusal", err)
	}
}
