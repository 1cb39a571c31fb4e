package server_test

import (
	"context"
	"net/http"
	"path"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// slowDown is the API's limit of calls.
var slowDown = sandbox.Fault{Status: http.StatusTooManyRequests, Body: `{"success":false,"errors":[{"code":971,"message":"slow down"}],"messages":[],"result":null}`}

// started starts the deletion of all entries without a worker.
func (a *app) started() plan.Plan {
	a.t.Helper()
	b := a.as("editor")
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	p := a.storedPlan(draftID(b.plan(list, list.ids())))
	p.State = plan.Running
	_, err := a.store.MovePlan(a.t.Context(), p, plan.Draft)
	must(a.t, err)
	return p
}

// draftID is the id of the draft on a page.
func draftID(page *answer) string {
	return path.Base(path.Dir(page.Find("form[action$='/apply']").AttrOr("action", "")))
}

func (a *app) storedPlan(id string) plan.Plan {
	a.t.Helper()
	p, ok, err := a.store.Plan(a.t.Context(), id)
	must(a.t, err)
	same(a.t, "found", ok, true)
	return p
}

// An operation that is in progress when a turn ends is not a failed one: nothing was sent.
func TestTurnsOfARunningPlan(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		turns int // with the fault
		fault func(turn context.Context) sandbox.Fault
	}{
		{"the limit of calls", 3, func(context.Context) sandbox.Fault {
			fault := slowDown
			fault.Times = -1
			return fault
		}},
		{"slow answers", 3, func(turn context.Context) sandbox.Fault { return sandbox.Fault{Times: -1, Hold: turn.Done()} }},
		{"sporadic denials", 1, func(context.Context) sandbox.Fault {
			fault := forbidden
			fault.Method, fault.Times = http.MethodDelete, 3
			return fault
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			limited, moved := true, &clock{}
			app := filled(t, 12, func(s *settings) {
				s.clock, s.pause = moved, func(ctx context.Context, d time.Duration) error {
					if limited {
						<-ctx.Done()
					}
					return moved.pause(ctx, d)
				}
			})
			p := app.started()
			for range tt.turns {
				turn, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
				app.sandbox.Inject(tt.fault(turn))
				must(t, app.plans.Work(t.Context(), turn, p.ID))
				cancel()
				app.sandbox.ClearFaults()
				now := app.storedPlan(p.ID)
				same(t, "waiting or done", now.Counts.Of(plan.OpWaiting, plan.OpDone), 12)
				if now.Stop != nil {
					t.Errorf("paused: %+v", now.Stop)
				}
			}
			limited = false
			must(t, app.plans.Work(t.Context(), t.Context(), p.ID))
			now := app.storedPlan(p.ID)
			same(t, "state", now.State, plan.Done)
			same(t, "done", now.Counts.Of(plan.OpDone), 12)
			same(t, "left", len(app.sandbox.Entries()), 0)
		})
	}
}
