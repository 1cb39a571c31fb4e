package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mailtests"
	"namesake/internal/rbac"
)

// TestMailTests stores and removes tests, each change with its records.
func TestMailTests(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		at := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
		test := func(name, email string) mailtests.Test {
			d := mailtests.Draft{Name: name, Email: email, Expect: mailtests.Flagged, Note: "<b>" + name}
			return mailtests.Test{Draft: d, ID: d.ID(), At: at, By: rbac.Actor{Issuer: "i", Subject: "s", Email: "e@example.com", Name: "N", Username: "u", Role: rbac.Editor, Auth: "demo"}}
		}
		jane, bob, kim := test("jane", "x@example.com"), test("Bob", "x@example.com"), test("Kim", "y@example.com")
		records := []audit.Record{{Action: rbac.CreateTest, Outcome: audit.OutcomeDone, Account: "a"}, {Action: rbac.CreateTest, Outcome: audit.OutcomeDone, Account: "a"}}
		holds := func(seq int64, want ...mailtests.Test) {
			t.Helper()
			if all, err := s.Tests(t.Context(), "a"); err != nil || fmt.Sprint(all) != fmt.Sprint(want) {
				t.Errorf("%+v, %v, want %+v", all, err, want)
			}
			if at, _, err := s.Head(t.Context()); err != nil || at != seq {
				t.Errorf("%d records, %v, want %d", at, err, seq)
			}
		}
		add := func(want error, limit int, tests ...mailtests.Test) {
			t.Helper()
			if err := s.AddTests(t.Context(), "a", tests, records, limit); fmt.Sprint(err) != fmt.Sprint(want) && !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
		holds(0)
		add(nil, 3, jane, bob)
		holds(2, bob, jane)
		add(&mailtests.ExistsError{ID: bob.ID}, 3, kim, bob)
		add(mailtests.ErrTooMany, 2, kim)
		holds(2, bob, jane)
		if all, err := s.Tests(t.Context(), "b"); err != nil || len(all) > 0 {
			t.Errorf("of another account: %+v, %v", all, err)
		}
		for i, want := range []bool{true, false} {
			if got, err := s.RemoveTest(t.Context(), "a", bob.ID, audit.Record{Action: rbac.DeleteTest, Outcome: audit.OutcomeDone, Account: "a"}); err != nil || got > 0 != want {
				t.Errorf("removed %d: %v, %v", i, got, err)
			}
		}
		holds(3, jane)
	})
}
