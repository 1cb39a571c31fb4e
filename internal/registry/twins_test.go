package registry_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"namesake/internal/registry"
)

// meanwhile is an API at which something happens while it lists entries.
type meanwhile struct {
	*fakeAPI
	happens func()
}

func (m *meanwhile) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.fakeAPI.ListEntries(ctx, q)
}

// Two copies of the program get the same form: the second one, which finds the entry
// that the first has made meanwhile, does not take it for a twin.
func TestAnotherCopysEntryIsNoTwin(t *testing.T) {
	api := &fakeAPI{now: time.Now}
	one, database := newService(t, api, func(time.Duration) {})
	slow := &meanwhile{fakeAPI: api}
	two, err := registry.NewService(registry.Options{
		API: slow, Account: "a", Submissions: database, Journal: database, Trail: database, Sessions: database, Outcomes: database, Limits: limits, Now: api.now,
	})
	if err != nil {
		t.Fatal(err)
	}
	var first registry.Created
	slow.happens = func() {
		if first, err = one.CreateNew(t.Context(), editor, "key", jane, registry.Confirmed{}); err != nil {
			t.Error(err)
		}
	}
	second, err := two.CreateNew(t.Context(), editor, "key", jane, registry.Confirmed{})
	if err != nil || second.Entry.ID != first.Entry.ID || second.How != registry.Again {
		t.Errorf("got %+v, %v, want entry %s again", second, err, first.Entry.ID)
	}
	if api.created != 1 {
		t.Errorf("%d creates were sent, want 1", api.created)
	}
	var twin *registry.TwinError
	if _, err := two.CreateNew(t.Context(), editor, "another key", jane, registry.Confirmed{}); !errors.As(err, &twin) || !twin.Exact {
		t.Errorf("another form: got %v, want a twin", err)
	}
	if _, err := two.CreateNew(t.Context(), editor, "another key", jane, registry.Confirmed{Twins: []registry.ID{first.Entry.ID}}); err != nil {
		t.Errorf("another form, knowingly: %v", err)
	}
}

// Without a role nothing is looked up.
func TestNamesakesAskForARole(t *testing.T) {
	s, _ := newService(t, &fakeAPI{now: time.Now}, func(time.Duration) {})
	var forbidden *registry.ForbiddenError
	if _, err := s.Namesakes(t.Context(), registry.Caller{}, "Jane Smith", ""); !errors.As(err, &forbidden) {
		t.Errorf("got %v, want a refusal", err)
	}
}
