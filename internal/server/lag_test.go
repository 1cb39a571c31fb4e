package server_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// A read that still shows an entry as it was before Namesake's own last change is no
// reason to make that change again, nor to write another one over it.
func TestReadsThatLagBehindOwnChanges(t *testing.T) {
	t.Parallel()
	const lag = 10 * time.Second
	for _, tt := range []struct {
		name string
		// change is made of an entry that was just edited, by a person who saw it before.
		change  func(b *browser, path string, seen *answer) *answer
		status  int
		records []audit.Outcome // of edits
		patches int
		deletes int
	}{
		{"the same edit", send("first"), http.StatusSeeOther, []audit.Outcome{"intent", "done"}, 1, 0},
		{"another edit", send("second"), http.StatusConflict, []audit.Outcome{"intent", "done"}, 1, 0},
		{"a deletion of what was renamed", deleteSeen, http.StatusConflict, []audit.Outcome{"intent", "done"}, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t)
			b, other := app.as("editor"), app.as("admin")
			path := app.existing(b)
			seen := other.get(path + "/edit")
			form := b.get(path + "/edit")
			app.met(http.MethodPatch, "lagging", laggingBy(lag))
			b.submit(form, map[string]string{"name": "Jane Smith-Jones", "comments": "first"}).wants(http.StatusSeeOther)
			answered := tt.change(other, path, seen)
			same(t, "status", answered.status, tt.status)
			if tt.status == http.StatusConflict {
				answered.contains("main", "Jane Smith-Jones")
			}
			var outcomes []audit.Outcome
			for _, r := range app.records(rbac.EditEntry) {
				outcomes = append(outcomes, r.Outcome)
			}
			same(t, "records", slices.Equal(outcomes, tt.records), true)
			same(t, "edits sent", app.calls(http.MethodPatch), tt.patches)
			same(t, "deletions sent", app.calls(http.MethodDelete), tt.deletes)
		})
	}
}

func send(comments string) func(b *browser, path string, seen *answer) *answer {
	return func(b *browser, _ string, seen *answer) *answer {
		return b.submit(seen, map[string]string{"name": "Jane Smith-Jones", "comments": comments})
	}
}

func deleteSeen(b *browser, path string, seen *answer) *answer {
	form := fields(seen)
	return b.post(path+"/delete", map[string][]string{"version": form["version"]})
}

// A deletion that a lagging read does not show yet is not sent again.
func TestADeletionThatIsNotShownYet(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	path := app.existing(b)
	app.met(http.MethodDelete, "lagging", laggingBy(10*time.Second))
	b.post(path+"/delete", nil).wants(http.StatusSeeOther)
	b.post(path+"/delete", nil).wants(http.StatusSeeOther)
	same(t, "deletions sent", app.calls(http.MethodDelete), 1)
	same(t, "outcomes", len(app.records(rbac.DeleteEntry)), 2)
}

// A list that lags is no proof that an entry is new, also where the clock was set forward
// since the entry was created.
func TestADuplicateThatIsNotListedYet(t *testing.T) {
	t.Parallel()
	for _, step := range []time.Duration{0, 4 * time.Minute} {
		t.Run(step.String(), func(t *testing.T) {
			t.Parallel()
			app := newApp(t, func(s *settings) { s.machineClock, s.sandbox.AllowDuplicates = true, true })
			b, other := app.as("editor"), app.as("admin")
			app.met(http.MethodPost, "lagging", laggingBy(3*time.Minute))
			b.create(jane()).wants(http.StatusSeeOther)
			app.wall.move(step)
			for range 2 { // the clock follows a step that it sees twice
				must(t, app.store.CompareClock(t.Context()))
				app.clock.move(time.Minute)
			}
			same(t, "the clock", app.store.ClockSkew().Abs() < 5*time.Second, true)
			other.create(jane()).wants(http.StatusUnprocessableEntity)
			same(t, "creates sent", app.calls(http.MethodPost), 1)
		})
	}
}
