package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
)

// Whatever the call of a change meets, what is told is true, and it is sent once.
func TestChangesWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	tests := []struct {
		preset, method string
		status         int
		says           string
		outcome        audit.Outcome
		settled        audit.Outcome // when looked at again after the time in which it may land
	}{
		{"500-written", "PATCH", 303, "", audit.OutcomeDone, audit.OutcomeDone},
		{"500-written", "DELETE", 303, "", audit.OutcomeDone, audit.OutcomeDone},
		{"500-dropped", "PATCH", 502, "It is not known whether the changes were made", audit.OutcomeUnknown, audit.OutcomeFailed},
		{"500-dropped", "DELETE", 502, "It is not known whether the entry was deleted", audit.OutcomeUnknown, audit.OutcomeFailed},
		{"504-dropped", "PATCH", 504, "It is not known whether the changes were made", audit.OutcomeUnknown, audit.OutcomeFailed},
		{"504-dropped", "DELETE", 504, "It is not known whether the entry was deleted", audit.OutcomeUnknown, audit.OutcomeFailed},
		{"504-written", "PATCH", 303, "", audit.OutcomeDone, audit.OutcomeDone},
		{"504-written", "DELETE", 303, "", audit.OutcomeDone, audit.OutcomeDone},
	}
	for _, tt := range tests {
		t.Run(tt.preset+" "+tt.method, func(t *testing.T) {
			app := newApp(t)
			b := app.as("editor")
			path := app.existing(b)
			page := b.get(path + "/edit")
			fault := sandbox.Fault{Method: tt.method, Status: 500, Body: `{"success":false,"errors":[{"code":10001,"message":"oops"}],"messages":[],"result":null}`}
			if strings.HasPrefix(tt.preset, "504") {
				fault.Status, fault.Body = 504, "<html>"
			}
			if strings.HasSuffix(tt.preset, "-written") {
				fault.Effect = sandbox.EffectWrite
			} else {
				fault.Effect = sandbox.EffectNone
			}
			app.sandbox.Inject(fault)
			action, res := rbac.EditEntry, (*answer)(nil)
			if tt.method == "PATCH" {
				res = b.submit(page, map[string]string{"comments": "new"}).wants(tt.status)
				if tt.status != 303 {
					same(t, "comments", res.Find("#comments").Text(), "new")
				}
			} else {
				action = rbac.DeleteEntry
				res = b.post(path+"/delete", nil).wants(tt.status)
			}
			res.contains("body", tt.says)
			same(t, "calls", len(app.sent(tt.method)), 1)
			last := func() audit.Outcome { r := app.records(action); return r[len(r)-1].Outcome }
			same(t, "outcome", last(), tt.outcome)
			app.clock.move(doubtLasts)
			must(t, app.changes.SettleOpen(t.Context(), false))
			same(t, "settled", last(), tt.settled)
		})
	}
}

// An edit of which no one saw what became is followed by another change of the entry:
// then that one's record tells whether it was made.
func TestALaterChangeTellsOfAnEdit(t *testing.T) {
	t.Parallel()
	made, left := sandbox.EffectWrite, sandbox.EffectNone
	edit := func(values map[string]string) func(b *browser, path string) {
		return func(b *browser, path string) {
			b.submit(b.get(path+"/edit").wants(http.StatusOK), values).wants(http.StatusSeeOther)
		}
	}
	remove := func(b *browser, path string) { b.post(path+"/delete", nil).wants(http.StatusSeeOther) }
	tests := []struct {
		name   string
		effect sandbox.Effect
		later  []func(b *browser, path string)
		want   audit.Outcome
		why    string
	}{
		{"made, then deleted", made, []func(*browser, string){remove}, audit.OutcomeDone, "found by looking into the registry"},
		{"made, then edited over", made, []func(*browser, string){edit(map[string]string{"comments": "newer"})}, audit.OutcomeDone, "found by looking into the registry"},
		{"made, edited over, then deleted", made, []func(*browser, string){edit(map[string]string{"comments": "newer"}), remove}, audit.OutcomeDone, "found by looking into the registry"},
		{"made, then another field edited and deleted", made, []func(*browser, string){edit(map[string]string{"name": "Other Person"}), remove}, audit.OutcomeDone, "found by looking into the registry"},
		{"made, edited over, then done again", made, []func(*browser, string){edit(map[string]string{"comments": "newer"}), edit(map[string]string{"comments": "new"})}, audit.OutcomeDone, "found by looking into the registry"},
		{"not made, then deleted", left, []func(*browser, string){remove}, audit.OutcomeFailed, "looked for in the registry, and not found"},
		{"not made, then another edit", left, []func(*browser, string){edit(map[string]string{"comments": "newer"})}, audit.OutcomeFailed, "looked for in the registry, and not found"},
		{"not made, then the same edit", left, []func(*browser, string){edit(map[string]string{"comments": "new"})}, audit.OutcomeFailed, "looked for in the registry, and not found"},
		{"not made, then the same edit and deleted", left, []func(*browser, string){edit(map[string]string{"comments": "new"}), remove}, audit.OutcomeFailed, "looked for in the registry, and not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			b := app.as("editor")
			path := app.existing(b)
			page := b.get(path + "/edit")
			app.sandbox.Inject(
				sandbox.Fault{Method: "PATCH", Status: 504, Body: "<html>", Effect: tt.effect},
				sandbox.Fault{Method: "GET", Skip: 1, Times: -1, Status: 500},
			)
			b.submit(page, map[string]string{"comments": "new"}).wants(http.StatusGatewayTimeout)
			app.sandbox.ClearFaults()
			if tt.effect == left { // until then, nothing more is sent
				app.clock.move(doubtLasts)
			}
			for _, later := range tt.later {
				later(b, path)
			}
			app.clock.move(doubtLasts)
			must(t, app.changes.SettleOpen(t.Context(), false))
			records := app.records(rbac.EditEntry)
			intent := records[0].Seq
			records = slices.DeleteFunc(records, func(r audit.Record) bool { return r.Intent != intent })
			last := records[len(records)-1]
			same(t, "outcome", last.Outcome, tt.want)
			same(t, "comments", last.After["comments"], any("new"))
			said := slices.Concat(last.Messages, last.Errors)
			if len(said) != 1 || said[0].Message != tt.why {
				t.Errorf("it says %+v, want %q", said, tt.why)
			}
			open, err := app.store.Unsettled(t.Context())
			must(t, err)
			same(t, "open", len(open), 0)
		})
	}
}
