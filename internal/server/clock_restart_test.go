package server_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// A step of the machine's clock while the program is restarted, between sending and
// looking: nothing that was done is taken for not done.
func TestAStepOfTheClockAndARestartWhileInDoubt(t *testing.T) {
	t.Parallel()
	const late = 95 * time.Second
	for _, change := range changes {
		for _, step := range steps {
			t.Run(fmt.Sprint(change.action, " ", step), func(t *testing.T) {
				t.Parallel()
				database := filepath.Join(t.TempDir(), "namesake.db")
				one := newApp(t, func(s *settings) { s.machineClock, s.database, s.sandbox.AllowDuplicates = true, database, true })
				b := one.as("editor")
				path := one.existing(b)
				before := one.calls(change.method)
				one.met(change.method, "500", lands(late))
				follow := change.send(b, path).wants(http.StatusBadGateway).follow()
				two := newApp(t, func(s *settings) {
					s.machineClock, s.database, s.skew, s.api, s.clock = true, database, step, one.sandbox, one.clock
				})
				b = two.as("editor")
				for range 3 {
					b.get(follow).wants(http.StatusAccepted)
					must(t, two.changes.SettleOpen(t.Context(), true))
					if again := change.send(b, path); again.status < 400 {
						t.Errorf("sent again: status %d", again.status)
					}
					one.clock.move(25 * time.Second)
				}
				one.clock.move(35 * time.Second)
				must(t, two.changes.SettleOpen(t.Context(), true))
				same(t, "led to", b.get(follow).wants(http.StatusSeeOther).location(), change.found(b))
				same(t, "calls", one.calls(change.method)-before, 1)
			})
		}
	}
}

// A change whose program was killed, before the clock was set back, locks its entry no
// longer than any other.
func TestAStepBackLocksNoEntry(t *testing.T) {
	t.Parallel()
	for _, step := range steps {
		for _, change := range changes[1:] {
			database := filepath.Join(t.TempDir(), "namesake.db")
			one := newApp(t, func(s *settings) { s.machineClock, s.database = true, database })
			path := one.existing(one.as("editor"))
			e := one.find("Jane Smith")[0]
			before := registry.Values{"name": e.Name, "email": e.Email, "is_email_regex": false, "comments": "old"}
			killed := audit.Record{Action: change.action, Outcome: audit.OutcomeIntent, Entry: registry.ID(e.ID), Account: account, Before: before}
			if change.action == rbac.EditEntry {
				killed.After = registry.Values{"name": "Jane Doe", "email": e.Email, "is_email_regex": false, "comments": "old"}
			}
			_, err := one.store.Append(t.Context(), killed)
			must(t, err)
			two := newApp(t, func(s *settings) {
				s.machineClock, s.database, s.skew, s.api, s.clock = true, database, step, one.sandbox, one.clock
			})
			b := two.as("editor")
			change.send(b, path).wants(http.StatusConflict)
			one.clock.move(doubtLasts)
			change.send(b, path).wants(http.StatusSeeOther)
		}
	}
}

// A change that the API shows with a lag is not taken for one that was made elsewhere, although
// the program was killed after it, and the clock was set. What someone else changed is told.
func TestAStepOfTheClockAndARestartWhileReadsLag(t *testing.T) {
	t.Parallel()
	const lag = 20 * time.Second
	for _, step := range []time.Duration{-5 * time.Minute, 0, 5 * time.Minute} {
		for _, change := range changes {
			t.Run(fmt.Sprint(change.action, " ", step), func(t *testing.T) {
				t.Parallel()
				database := filepath.Join(t.TempDir(), "namesake.db")
				one := newApp(t, func(s *settings) { s.machineClock, s.database = true, database })
				path := one.existing(one.as("editor"))
				one.clock.move(time.Minute)
				must(t, one.mirror.Refresh(t.Context()))
				one.met(change.method, "lagging", laggingBy(lag))
				change.send(one.as("editor"), path).wants(http.StatusSeeOther)
				two := newApp(t, func(s *settings) {
					s.machineClock, s.database, s.skew, s.api, s.clock = true, database, step, one.sandbox, one.clock
				})
				b := two.as("viewer")
				told := func() string { return b.get(changesURL).wants(http.StatusOK).text("[data-count]") }
				before := told()
				for range 3 {
					must(t, two.mirror.Refresh(t.Context()))
					one.clock.move(15 * time.Second)
				}
				same(t, "changes", told(), before)

				two.sandbox.Add(sandbox.Entry{Name: "Eve Elsewhere", Email: "eve@example.com"})
				must(t, two.mirror.Refresh(t.Context()))
				b.get(changesURL+"?by=elsewhere").wants(http.StatusOK).contains("main", "Eve Elsewhere")
			})
		}
	}
}
