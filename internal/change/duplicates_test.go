package change_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"namesake/internal/change"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
)

// interruptedAPI is an API that runs a function while it lists entries.
type interruptedAPI struct {
	*registrytest.API
	happens func()
}

func (m *interruptedAPI) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.API.ListEntries(ctx, q)
}

// Two copies of the program get the same form. The second copy finds the entry that the
// first has made in the meantime, and does not report it as a duplicate.
func TestAnotherCopysEntryIsNoDuplicate(t *testing.T) {
	api := &registrytest.API{Now: time.Now}
	one, database := newService(t, api, func(time.Duration) {})
	slow := &interruptedAPI{API: api}
	two := serviceOver(t, slow, database, database, api.Now, func(time.Duration) {})
	var first change.Created
	var err error
	slow.happens = func() {
		if first, err = one.CreateNew(t.Context(), editor, "key", jane, registry.Confirmed{}); err != nil {
			t.Error(err)
		}
	}
	second, err := two.CreateNew(t.Context(), editor, "key", jane, registry.Confirmed{})
	if err != nil || second.Entry.ID != first.Entry.ID || second.Result != change.AlreadyDone {
		t.Errorf("got %+v, %v, want entry %s again", second, err, first.Entry.ID)
	}
	if api.Created != 1 {
		t.Errorf("%d creates were sent, want 1", api.Created)
	}
	var duplicate *registry.DuplicateError
	if _, err := two.CreateNew(t.Context(), editor, "another key", jane, registry.Confirmed{}); !errors.As(err, &duplicate) || !duplicate.Exact {
		t.Errorf("another form: got %v, want a duplicate", err)
	}
	if _, err := two.CreateNew(t.Context(), editor, "another key", jane, registry.Confirmed{Duplicates: []registry.ID{first.Entry.ID}}); err != nil {
		t.Errorf("another form, confirmed: %v", err)
	}
}
