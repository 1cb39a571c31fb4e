package store

import (
	"fmt"
	"reflect"
	"testing"

	"namesake/internal/change"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Migration turns deletions of several entries, stored before there were plans, into plans
// with their progress.
func TestDeletionsBecomePlans(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		s := open(t, o)
		// Restore the state before there were plans: drop their tables, and what came later.
		for _, drop := range []string{
			`DROP TABLE plans`, `DROP TABLE plan_operations`, `DROP INDEX sessions_person`, `ALTER TABLE sessions DROP COLUMN end_reason`,
			`DROP TABLE mirrors`, `DROP TABLE mirror_entries`, `DROP TABLE registry_changes`, `DROP TABLE audit_words`, `DROP TABLE dismissals`, `DROP TABLE registry_settings`, `DROP TABLE mail_tests`, `DELETE FROM goose_db_version WHERE version_id >= 8`,
		} {
			exec(t, s, drop)
		}
		before, err := migrations.ReadFile("migrations/00003_batches.sql")
		if err != nil {
			t.Fatal(err)
		}
		exec(t, s, string(before))
		exec(t, s, `ALTER TABLE batch_items ADD COLUMN intent BIGINT NOT NULL DEFAULT 0`)

		const owner = `{"Issuer":"i","Subject":"ann","Email":"ann@example.com","Name":"Ann","Username":"","Role":2,"Auth":"demo","RequestID":"r","Address":"::1"}`
		for _, b := range []struct{ id, undoes, query, state, stop string }{
			{"running", "", "null", "running", "null"},
			{"stopped", "", "null", "stopped", `{"what":"api","kind":3,"status":403}`},
			{"listing", "", `{"Search":"jane","Provenance":"A1S_INTERNAL","Order":"created_at","Page":1}`, "listing", "null"},
			{"planned", "", "null", "planned", "null"},
			{"done", "", "null", "done", "null"},
			{"undo", "done", "null", "running", "null"},
		} {
			exec(t, s, `INSERT INTO batches (id, issuer, subject, owner, undoes, query, listed, undone, back, state, stop, made, changed, runner, leased)
				VALUES ($1, 'i', 'ann', $2, $3, $4, $5, $6, '?search=x', $7, $8, 1000, 2000, 'someone', 99)`,
				b.id, owner, b.undoes, b.query, b.state != "listing", b.id == "done", b.state, b.stop)
		}
		const jane = `{"name":"Jane","directory_id":9007199254740993}`
		for i, item := range []struct {
			batch, state, before, fault, made string
			record, intent                    int
		}{
			{"running", "waiting", jane, "null", "", 0, 0},
			{"running", "done", jane, "null", "", 5, 0},
			{"running", "left_out", jane, `{"what":"synced"}`, "", 0, 0},
			{"running", "unknown", "null", `{"what":"unsettled","intents":[7]}`, "", 0, 7},
			{"undo", "waiting", jane, "null", "", 5, 0},
			{"undo", "done", jane, "null", "new", 0, 0},
		} {
			exec(t, s, `INSERT INTO batch_items (batch, position, entry_id, before, state, fault, record, made, intent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				item.batch, i, fmt.Sprint("e", i), item.before, item.state, item.fault, item.record, item.made, item.intent)
		}
		if err := migrate(t.Context(), s.write, o.Engine); err != nil {
			t.Fatal(err)
		}

		for id, want := range map[string]struct {
			origin plan.Origin
			state  plan.State
		}{
			"running": {plan.Selection, plan.Paused}, "stopped": {plan.Selection, plan.Paused}, "listing": {plan.Search, plan.Paused},
			"planned": {plan.Selection, plan.Draft}, "done": {plan.Selection, plan.Done}, "undo": {plan.Undo, plan.Paused},
		} {
			p, ok, err := s.Plan(t.Context(), id)
			if err != nil || !ok || p.Origin != want.origin || p.State != want.state || p.Owner.Role != rbac.Editor || p.Owner.RequestID != "r" || p.ReturnTo != "?search=x" || !p.Claimed.IsZero() {
				t.Errorf("%s: %+v, %v, %v", id, p, ok, err)
			}
			if id == "stopped" && (p.Stop == nil || p.Stop.Call.Kind != registry.Denied.String()) {
				t.Errorf("why it stopped: %+v", p.Stop)
			}
			if id == "listing" && (p.Listed || p.Query.Search != "jane" || p.Query.Provenance != registry.Manual) {
				t.Errorf("its query: %+v", p.Query)
			}
		}
		values := registry.Values{"name": "Jane", "directory_id": int64(9007199254740993)}
		_, operations, _, err := s.PlanPage(t.Context(), "running", plan.Query{Page: 1, PerPage: 9})
		if err != nil {
			t.Fatal(err)
		}
		if want := []plan.Operation{
			{Position: 0, Kind: plan.Delete, EntryID: "e0", Before: values, State: plan.OpWaiting},
			{Position: 1, Kind: plan.Delete, EntryID: "e1", Before: values, State: plan.OpDone, Record: 5},
			{Position: 2, Kind: plan.Delete, EntryID: "e2", Before: values, State: plan.OpSkipped, Fault: &plan.Fault{What: "synced"}},
			{Position: 3, Kind: plan.Delete, EntryID: "e3", State: plan.OpUnknown, Fault: &plan.Fault{What: "unsettled", Intents: []int64{7}}},
		}; !reflect.DeepEqual(operations, want) {
			t.Errorf("running: %+v, want %+v", operations, want)
		}
		_, operations, _, err = s.PlanPage(t.Context(), "undo", plan.Query{Page: 1, PerPage: 9})
		if err != nil {
			t.Fatal(err)
		}
		if want := []plan.Operation{
			{Position: 4, Kind: plan.Create, EntryID: "e4", After: values, State: plan.OpWaiting, Key: change.RestoreKey(5)},
			{Position: 5, Kind: plan.Create, EntryID: "e5", After: values, State: plan.OpDone, Created: "new", Key: "undo done 5"},
		}; !reflect.DeepEqual(operations, want) {
			t.Errorf("undo: %+v, want %+v", operations, want)
		}
		var n int
		if err := s.read.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM batches`).Scan(&n); err == nil {
			t.Error("the old table is still there")
		}
	})
}
