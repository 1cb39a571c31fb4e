package server_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/store/pgtest"
)

// steps are how far the machine's clock is moved between sending and looking.
var steps = []time.Duration{-401 * 24 * time.Hour, -2 * time.Hour, -2 * time.Minute, 2 * time.Minute, 2 * time.Hour, 401 * 24 * time.Hour}

// changes are the kinds of changes, each sent once by a person into a fault.
var changes = []struct {
	action rbac.Action
	method string
	send   func(b *browser, path string) *answer // path is that of an entry
	found  func(b *browser) string               // where one is led to in the end
	none   string                                // what is read when it had no effect
}{
	{
		rbac.CreateEntry, http.MethodPost,
		func(b *browser, _ string) *answer {
			return b.create(map[string]string{"name": "New One", "email": "new@example.com"})
		},
		func(b *browser) string { return entries + "/" + b.app.find("New One")[0].ID },
		"Not created: it is safe to try again",
	},
	{
		rbac.EditEntry, http.MethodPatch,
		func(b *browser, path string) *answer {
			return b.submit(b.get(path+"/edit"), map[string]string{"comments": "new"})
		},
		func(b *browser) string { return entries + "/" + b.app.find("Jane Smith")[0].ID },
		"Not saved: it is safe to try again",
	},
	{
		rbac.DeleteEntry, http.MethodDelete,
		func(b *browser, path string) *answer { return b.post(path+"/delete", nil) },
		func(*browser) string { return entries },
		"Not deleted: it is safe to try again",
	},
}

// A step of the machine's clock between sending and looking makes nothing that was done
// look as not done, and lets no one wait longer.
func TestAStepOfTheClockWhileInDoubt(t *testing.T) {
	t.Parallel()
	const late = 95 * time.Second
	for _, change := range changes {
		for _, step := range steps {
			t.Run(fmt.Sprint(change.action, " ", step), func(t *testing.T) {
				t.Parallel()
				app := newApp(t, func(s *settings) { s.machineClock, s.sandbox.AllowDuplicates = true, true })
				b := app.as("editor")
				path := app.existing(b)
				before := app.calls(change.method)
				app.met(change.method, "500", lands(late))
				page := change.send(b, path).wants(http.StatusBadGateway)
				follow := page.follow()
				app.wall.move(step)
				for range 3 {
					b.get(follow).wants(http.StatusAccepted)
					app.clock.move(29 * time.Second) // to 87 seconds
					must(t, app.store.CompareClock(t.Context()))
					must(t, app.changes.SettleOpen(t.Context(), true))
				}
				b.get(follow).wants(http.StatusAccepted)
				if again := change.send(b, path); again.status < 400 {
					t.Errorf("sent again: status %d", again.status)
				}
				app.clock.move(29 * time.Second)
				same(t, "led to", b.get(follow).wants(http.StatusSeeOther).location(), change.found(b))
				same(t, "calls", app.calls(change.method)-before, 1)

				// What has no effect is known not to have any, no later than without the step.
				app = newApp(t, func(s *settings) { s.machineClock = true })
				b = app.as("editor")
				path = app.existing(b)
				app.met(change.method, "500")
				follow = change.send(b, path).wants(http.StatusBadGateway).follow()
				app.wall.move(step)
				app.clock.move(doubtLasts)
				b.get(follow).wants(http.StatusOK).contains("main", change.none)
				must(t, app.store.CompareClock(t.Context()))
				app.clock.move(time.Minute)
				must(t, app.store.CompareClock(t.Context())) // follows the step: nothing is in doubt
				same(t, "the clock", app.store.ClockSkew().Abs() < 5*time.Second, true)
			})
		}
	}
}

// The clock of the database that two copies of the program share makes a step, which so
// far only one of them follows: what one has sent, and is in doubt, the other does not take
// for not done, and finds it in the end.
func TestTwoCopiesWhenTheDatabasesClockSteps(t *testing.T) {
	t.Parallel()
	const late = 95 * time.Second
	for _, step := range []time.Duration{-4 * time.Minute, 4 * time.Minute} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			database := pgtest.NewDatabase(t)
			pgtest.OwnClock(t, database)
			copyOf := func(one *app) *app {
				return newApp(t, func(s *settings) {
					s.machineClock, s.sandbox.AllowDuplicates, s.database, s.settleAfter = true, true, database, time.Minute
					if one != nil {
						s.api, s.clock = one.sandbox, one.clock
					}
				})
			}
			one := copyOf(nil)
			two := copyOf(one)
			pgtest.SetClock(t, database, time.Until(one.clock.now())+step)
			must(t, two.store.CompareClock(t.Context()))
			must(t, two.store.CompareClock(t.Context()))
			same(t, "the step is followed", two.store.Now().Sub(one.store.Now().Add(step)).Abs() < 10*time.Second, true)
			b := one.as("editor")
			there := &browser{two, b.client}
			path := entries + "/" + one.sandbox.Add(sandbox.Entry{Name: "Jane Smith", Email: "jane.smith@example.com"}).ID
			for _, change := range changes {
				before := one.calls(change.method)
				one.met(change.method, "500", lands(late))
				follow := change.send(b, path).wants(http.StatusBadGateway).follow()
				for range 4 {
					there.get(follow).wants(http.StatusAccepted)
					must(t, two.changes.SettleOpen(t.Context(), true))
					if again := change.send(there, path); again.status < 400 {
						t.Errorf("%s sent again: status %d", change.action, again.status)
					}
					one.clock.move(20 * time.Second)
				}
				one.clock.move(late)
				same(t, "led to", there.get(follow).wants(http.StatusSeeOther).location(), change.found(there))
				same(t, "calls", one.calls(change.method)-before, 1)
			}
		})
	}
}

// Two copies of the program on one database, whose machines' clocks are two minutes apart:
// what one has sent, and is in doubt, the other neither takes for not done nor sends again.
func TestTwoCopiesWithOtherClocksInDoubt(t *testing.T) {
	t.Parallel()
	const late = 95 * time.Second
	for _, apart := range []time.Duration{-2 * time.Minute, 2 * time.Minute} {
		database := pgtest.NewDatabase(t)
		copyOf := func(one *app, skew time.Duration) *app {
			return newApp(t, func(s *settings) {
				s.machineClock, s.sandbox.AllowDuplicates, s.database, s.settleAfter, s.skew = true, true, database, time.Minute, skew
				if one != nil {
					s.api, s.clock = one.sandbox, one.clock
				}
			})
		}
		one := copyOf(nil, 0)
		two := copyOf(one, apart)
		same(t, "the skew of the second", (two.store.ClockSkew()+apart).Abs() < 10*time.Second, true)
		b := one.as("editor")
		there, other := &browser{two, b.client}, two.as("admin")
		path := entries + "/" + one.sandbox.Add(sandbox.Entry{Name: "Jane Smith", Email: "jane.smith@example.com"}).ID
		for _, change := range changes {
			before := one.calls(change.method)
			one.met(change.method, "500", lands(late))
			follow := change.send(b, path).wants(http.StatusBadGateway).follow()
			for range 4 {
				there.get(follow).wants(http.StatusAccepted)
				must(t, two.changes.SettleOpen(t.Context(), true))
				for _, b := range []*browser{there, other} {
					if again := change.send(b, path); again.status < 400 {
						t.Errorf("%s sent again: status %d", change.action, again.status)
					}
				}
				one.clock.move(20 * time.Second) // and a few more, in which it is looked for
			}
			one.clock.move(late)
			to := there.get(follow).wants(http.StatusSeeOther).location()
			same(t, "led to", to, change.found(there))
			same(t, "calls", one.calls(change.method)-before, 1)
		}
	}
}
