package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"namesake/internal/patterns"
	"namesake/internal/plan"
	"namesake/internal/registry"
)

// An operation waits while there is no time to check its pattern.
func TestOperationsWithPatternsThatFindNoTurn(t *testing.T) {
	t.Parallel()
	pool := patterns.NewPool(patterns.Options{Turns: 1, MaxWait: time.Millisecond})
	app := newApp(t, fourPeople, func(s *settings) { s.patterns = pool })
	b := app.as("editor")
	var operations []plan.Operation
	for _, id := range []string{"1", "2", "3", "4"} {
		after := app.seen(id)
		after[registry.FieldEmail], after[registry.FieldIsEmailRegex] = id+`@x\.example`, true
		operations = append(operations, edit(id, app.seen(id), after))
	}
	operations = append(operations, plan.Operation{Kind: plan.Create, After: registry.Values{registry.FieldName: "Eve", registry.FieldEmail: `eve@x\.example`, registry.FieldIsEmailRegex: true}})
	p, err := app.plans.Draft(t.Context(), b.owner(), plan.Import, operations, "")
	must(t, err)
	b.ended(plans + "/" + p.ID)
	release := busy(t, pool, "another person")
	p = app.storedPlan(p.ID)
	p.State = plan.Running
	_, err = app.store.MovePlan(t.Context(), p, plan.Draft)
	must(t, err)
	turn, endTurn := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer endTurn()
	must(t, app.plans.Work(t.Context(), turn, p.ID))
	now := app.storedPlan(p.ID)
	same(t, "state", now.State, plan.Running)
	same(t, "waiting", now.Counts.Of(plan.OpWaiting), 5)
	release()
	must(t, app.plans.Work(t.Context(), t.Context(), p.ID))
	b.get(plans+"/"+p.ID).wants(http.StatusOK).contains("h1", "5 changes made")
}
