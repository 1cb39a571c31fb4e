package mirror

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// changedStore has a row that changed.
type changedStore struct {
	Store
	row Row
}

func (c changedStore) Rows(context.Context, registry.AccountID, int64) ([]Row, State, error) {
	return []Row{c.row}, State{Version: c.row.Version}, nil
}

// The registry at earlier times takes as much memory as the current one, at most, and none once
// that has changed.
func TestPastsAreFew(t *testing.T) {
	t.Parallel()
	rows := func(n int, name string) []Row {
		out := make([]Row, n)
		for i := range out {
			out[i] = Row{Version: 1, Entry: registry.Entry{ID: registry.ID(fmt.Sprint(i)), Name: name}}
		}
		return out
	}
	now := NewView(rows(1000, "now"))
	for _, tt := range []struct{ changed, kept int }{{0, maxPasts}, {1, maxPasts}, {240, 3}, {400, 1}, {1000, 1}} {
		s := &Service{log: slog.Default()}
		s.copy.store, s.copy.elapsed = changedStore{row: Row{Version: 2, Entry: registry.Entry{ID: "1", Name: "later"}}}, func() time.Duration { return 0 }
		s.copy.now.Store(&Snapshot{View: now, Around: policy.NewIndex(nil)})
		for i := range maxPasts + 1 {
			s.pasts.put(&Past{At: time.Unix(int64(i), 0), now: now, View: now.With(rows(tt.changed, "before"), 1)})
		}
		if len(s.pasts.list) != tt.kept {
			t.Errorf("%d changed: %d times are kept, want %d", tt.changed, len(s.pasts.list), tt.kept)
		}
		if past := s.pasts.get(time.Unix(maxPasts, 0), now); past == nil {
			t.Errorf("%d changed: the last time is not kept", tt.changed)
		}
		if err := s.CatchUp(t.Context()); err != nil || len(s.pasts.list) > 0 {
			t.Errorf("%d changed: %d times are kept after a change, %v", tt.changed, len(s.pasts.list), err)
		}
	}
}
