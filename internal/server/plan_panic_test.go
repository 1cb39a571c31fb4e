package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/plan"
	"namesake/internal/rbac"
)

// A panic in one operation pauses its plan. The operation has failed, or is in doubt if its
// call may have been made.
func TestOperationThatPanics(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, call     string
		state, settled plan.OperationState
		alert, trace   string
	}{
		{"before the change is recorded", "read entry", plan.OpFailed, plan.OpFailed, "Namesake made a mistake", "(*planRun).do"},
		{"after it", "delete entry", plan.OpUnknown, plan.OpDone, "It is not known whether the entry was deleted", "makeChange"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			panics := false
			app := filled(t, 12, func(s *settings) {
				s.client = func(o *cfapi.Options) {
					o.Observe = func(c cfapi.Call) {
						if panics && c.Operation == tt.call {
							panic("a bug")
						}
					}
				}
			})
			p := app.started()
			panics = true
			must(t, app.plans.Work(t.Context(), t.Context(), p.ID))
			panics = false
			now := app.storedPlan(p.ID)
			same(t, "state", now.State, plan.Paused)
			tried := now.Counts.Of(tt.state)
			if tried == 0 || tried > 8 { // four at the same time, and perhaps another four
				t.Errorf("%d operations %s", tried, tt.state)
			}
			same(t, "waiting", now.Counts.Of(plan.OpWaiting), 12-tried)
			page := app.as("editor").get("/accounts/" + account + "/plans/" + p.ID).wants(http.StatusOK)
			page.contains("main", "Namesake made a mistake")
			page.contains("main", "The other operations were not tried.")
			page.contains("li[data-state="+string(tt.state)+"]", tt.alert)
			if log := app.log.String(); !strings.Contains(log, "panic: a bug") || !strings.Contains(log, tt.trace) {
				t.Errorf("log: %s", log)
			}
			must(t, app.changes.SettleDue(t.Context()))
			same(t, "after a look", app.storedPlan(p.ID).Counts.Of(tt.settled), tried)
			page = app.as("editor").press(app.as("editor").get("/accounts/"+account+"/plans/"+p.ID), "resume", nil)
			if tt.state == plan.OpFailed {
				page = app.as("editor").press(page, "retry", nil)
			}
			page.contains("h1", "12 entries deleted")
		})
	}
}

// A create that panics after its call is in doubt, and is found.
func TestCreateThatPanics(t *testing.T) {
	t.Parallel()
	panics := true
	app := newApp(t, func(s *settings) {
		s.client = func(o *cfapi.Options) {
			o.Observe = func(c cfapi.Call) {
				if panics && c.Operation == "create entry" {
					panic("a bug")
				}
			}
		}
	})
	b := app.as("editor")
	b.create(jane()).wants(http.StatusBadGateway).contains("[role=alert]", "It is not known whether the entry was created")
	panics = false
	app.clock.move(time.Minute)
	must(t, app.changes.SettleDue(t.Context()))
	outcomes := ""
	for _, r := range app.records(rbac.CreateEntry) {
		outcomes += " " + string(r.Outcome)
	}
	same(t, "recorded", outcomes, " intent done")
}
