package dismissals_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/dismissals"
	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// memory counts how often it is read. during, if not nil, is called once while it is.
type memory struct {
	all    []dismissals.Dismissal
	reads  int
	failed error
	during func()
}

func (m *memory) Dismissals(context.Context, registry.AccountID) ([]dismissals.Dismissal, error) {
	m.reads++
	all := append([]dismissals.Dismissal(nil), m.all...)
	if during := m.during; during != nil {
		m.during = nil
		during()
	}
	return all, m.failed
}

func (m *memory) Dismiss(_ context.Context, _ registry.AccountID, d dismissals.Dismissal, _ audit.Record) error {
	m.all = append(m.all, d)
	return nil
}

func (m *memory) Restore(context.Context, registry.AccountID, string, audit.Record) (bool, error) {
	removed := len(m.all) > 0
	m.all = nil
	return removed, nil
}

type journal struct {
	audit.Journal
	audit.Trail
}

// TestDismissalsInMemory reads dismissals once, and again after each change, when one ends, and
// when another copy of the program may have changed them.
func TestDismissalsInMemory(t *testing.T) {
	log, err := audit.NewLog(audit.Options{Account: "a", Journal: journal{}, Trail: journal{}})
	if err != nil {
		t.Fatal(err)
	}
	m := &memory{}
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	s, err := dismissals.NewService(dismissals.Options{Audit: log, Store: m, Account: "a", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	who := rbac.Caller{Actor: rbac.Actor{Subject: "s", Role: rbac.Editor}}
	f := findings.Finding{Rule: findings.Duplicate, Name: "Jane Doe"}
	want := func(what string, n, reads int) *dismissals.Current {
		t.Helper()
		c, err := s.Current(t.Context())
		if err != nil || len(c.ByFinding) != n || m.reads != reads {
			t.Fatalf("%s: %v, %v after %d reads, want %d after %d", what, c, err, m.reads, n, reads)
		}
		return c
	}
	first := want("at first", 0, 1)
	if want("again", 0, 1) != first {
		t.Error("it is another pointer although nothing changed")
	}
	if err := s.Dismiss(t.Context(), who, f, "x", "all right", now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	dismissed := want("dismissed", 1, 2)
	s.Forget() // another copy has changed something else
	if want("unchanged", 1, 3) == nil || first == dismissed {
		t.Error("a change has the same pointer")
	}
	now = now.Add(time.Hour)
	want("ended", 0, 4)
	want("still ended", 0, 4)
	m.all[0].Until = time.Time{}
	s.Forget()
	want("for good", 1, 5)
	s.Forget()
	m.during = func() { // a change while they are read: the next call must read again
		if err := s.Restore(t.Context(), who, f); err != nil {
			t.Error(err)
		}
	}
	want("read before the change", 1, 6)
	want("after it", 0, 7)
	m.failed = errors.New("no database")
	s.Forget()
	if _, err := s.Current(t.Context()); !errors.Is(err, registry.ErrDatabase) {
		t.Error(err)
	}
}
