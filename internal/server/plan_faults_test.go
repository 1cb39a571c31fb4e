package server_test

import (
	"net/http"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// The page of a plan says whose change stands in the way of an operation, and speaks of no
// form.
func TestOperationsInDoubt(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b, other := app.as("editor"), app.as("admin")
	draft := b.plan(b.get(entries).wants(http.StatusOK), []string{"1", "2", "3", "4"})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPatch, Times: 2, Status: 504, Body: "<html>", Effect: sandbox.EffectNone})
	b.submit(b.get(entries+"/1/edit"), map[string]string{"comments": "mine"}).wants(http.StatusGatewayTimeout)
	other.submit(other.get(entries+"/2/edit"), map[string]string{"comments": "theirs"}).wants(http.StatusGatewayTimeout)
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Path: "/3", Status: 504, Body: "<html>", Effect: sandbox.EffectNone})
	b.press(draft, "apply", map[string]string{"confirm": "4"})
	page := other.get(plans + "/" + draftID(draft)).wants(http.StatusOK)
	for id, want := range map[string][]string{
		"1": {"Not sent: an earlier change of this entry is not settled yet", "The owner of this plan changed this entry at ", "Wait, then retry it."},
		"2": {"ada.moreau@haldenvoss.example changed this entry at ", "Wait, then retry it."},
		"3": {"It is not known whether the entry was deleted", "Retry it to check: Namesake checks first, and sends nothing if it is done."},
	} {
		row := page.Find("li[data-state]:has(a[href$='/entries/" + id + "'])").Text()
		for _, text := range want {
			if !strings.Contains(strings.Join(strings.Fields(row), " "), text) {
				t.Errorf("entry %s: %q, want %q", id, row, text)
			}
		}
	}
	for _, text := range []string{"form again", "Another person", "You changed"} {
		if strings.Contains(page.text("main"), text) {
			t.Errorf("the page says %q", text)
		}
	}
}

// A fault without a stored form refers to the log, as the page of a plan has no request.
func TestOperationWithoutAReason(t *testing.T) {
	t.Parallel()
	app := filled(t, 1)
	b := app.as("editor")
	p := app.storedPlan(draftID(b.plan(b.get(entries), b.get(entries).ids())))
	p.ID, p.State = "unexplained", plan.Done
	must(t, app.store.AddPlan(t.Context(), p, []plan.Operation{
		{Kind: plan.Delete, EntryID: "1", State: plan.OpFailed, Fault: &plan.Fault{What: "other"}},
		{Position: 1, Kind: plan.Delete, EntryID: "2", State: plan.OpRefused, Fault: &plan.Fault{What: "forbidden", Action: "entry.delete", Owner: &plan.FaultOwner{Role: "viewer"}}},
	}))
	page := b.get(plans + "/" + p.ID).wants(http.StatusOK)
	page.contains("li[data-state=failed]", "find the details in the log")
	page.contains("li[data-state=refused]", "The owner had the role viewer.This operation needs the role editor.")
	if text := page.text("main"); strings.Contains(text, "request ID") || strings.Contains(text, "You are signed in") {
		t.Error(text)
	}
}
