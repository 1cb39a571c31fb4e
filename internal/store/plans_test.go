package store

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
)

var update = flag.Bool("update", false, "write the golden files")

var planOwner = rbac.Caller{
	Actor:     rbac.Actor{Issuer: "i", Subject: "ann", Email: "ann@example.com", Name: "Ann", Username: "ann", Role: rbac.Editor, Auth: "oidc"},
	RequestID: "r", Address: "::1",
}

func TestPlans(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	ann := planOwner
	operation := func(n int, state plan.OperationState) plan.Operation {
		return plan.Operation{
			Position: n, Kind: plan.Edit, EntryID: registry.ID(fmt.Sprint(n)), Line: n + 2, State: state, Key: "k",
			Before: registry.Values{"name": "Jane\x00", "is_email_regex": true, "directory_id": int64(1<<53 + 1)}, After: registry.Values{"name": "Jane"},
		}
	}
	onAll(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		fatal := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		get := func(id string) plan.Plan {
			t.Helper()
			p, ok, err := s.Plan(ctx, id)
			if err != nil || !ok {
				t.Fatalf("plan %s: %v, %v", id, ok, err)
			}
			return p
		}
		is := func(what string, want bool) func(bool, error) {
			return func(got bool, err error) {
				t.Helper()
				if got != want || err != nil {
					t.Fatalf("%s: %v, %v, want %v", what, got, err, want)
				}
			}
		}
		claimed := func(worker string, at time.Time, want bool) {
			t.Helper()
			p, ok, err := s.ClaimPlan(ctx, "b", worker, at, at.Add(time.Minute))
			if err != nil || ok != want || ok && p.ID != "b" {
				t.Fatalf("ClaimPlan gave %s %q, %v, %v, want %v", worker, p.ID, ok, err, want)
			}
		}
		p := plan.Plan{
			ID: "b", Account: "a", Origin: plan.Search, Owner: ann, Query: &registry.Query{Search: "x\x00", Provenance: registry.Manual}, ReturnTo: "?search=x",
			State: plan.Listing, Created: now, Changed: now,
		}
		fatal(s.AddPlan(ctx, p, nil))
		want := p
		want.Counts = plan.Counts{}
		if got := get("b"); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		ids, err := s.UnclaimedPlans(ctx, now, 5)
		fatal(err)
		if fmt.Sprint(ids) != "[b]" {
			t.Errorf("unclaimed: %v", ids)
		}

		claimed("one", now, true)
		claimed("two", now, false)
		for _, tt := range []struct {
			worker     string
			first      bool
			operations []plan.Operation
			want       bool
		}{
			{"two", true, []plan.Operation{operation(0, plan.OpWaiting)}, false},
			{"one", true, []plan.Operation{operation(7, plan.OpWaiting)}, true},
			{"one", true, []plan.Operation{operation(0, plan.OpWaiting), operation(1, plan.OpSkipped)}, true},
			{"one", false, []plan.Operation{operation(2, plan.OpWaiting)}, true},
		} {
			is("AddListed of "+tt.worker, tt.want)(s.AddListed(ctx, "b", tt.worker, tt.first, tt.operations))
		}
		later := now.Add(2 * time.Minute)
		claimed("two", later, true) // the first worker has stopped
		is("one goes on", false)(s.RenewPlanClaim(ctx, "b", "one", later.Add(time.Minute)))
		is("two goes on", true)(s.RenewPlanClaim(ctx, "b", "two", later.Add(time.Minute)))
		p.State, p.Listed = plan.Draft, true
		p.Protection = &plan.Protection{AsOf: now, Names: []plan.NameChange{{Name: "Jane", Before: plan.Senders{Addresses: 1}, Removed: 1}}}
		is("one ends", false)(s.EndPlan(ctx, p, plan.Listing, "one"))
		is("two ends", true)(s.EndPlan(ctx, p, plan.Listing, "two"))
		is("two ends again", false)(s.EndPlan(ctx, p, plan.Listing, "two"))
		if got := get("b").Protection; !reflect.DeepEqual(got, p.Protection) {
			t.Errorf("protection: %+v", got)
		}
		claimed("two", now.Add(time.Hour), false)
		p.State = plan.Running
		is("started", true)(s.MovePlan(ctx, p, plan.Draft))
		is("started again", false)(s.MovePlan(ctx, p, plan.Draft))
		claimed("two", now, true)
		p.State = plan.Done
		is("ends while two wait", false)(s.EndPlan(ctx, p, plan.Running, "two"))

		done := operation(0, plan.OpDone)
		done.Record, done.Created = 5, "new"
		refused := operation(2, plan.OpRefused)
		refused.Fault = &plan.Fault{What: "api", Call: &plan.FaultCall{Kind: "refused", Status: 400, Problems: []plan.FaultProblem{{Code: "1", Message: "no\x00", Pointer: "/id"}}}}
		for _, o := range []plan.Operation{done, refused} {
			is("SaveOperation", true)(s.SaveOperation(ctx, "b", "two", o))
		}
		again := refused
		again.State, again.Fault = plan.OpDone, nil
		is("SaveOperation of what does not wait", true)(s.SaveOperation(ctx, "b", "two", again))
		got, operations, ok, err := s.PlanPage(ctx, "b", plan.Query{Page: 1, PerPage: 10})
		fatal(err)
		if want := []plan.Operation{done, operation(1, plan.OpSkipped), refused}; !ok || !reflect.DeepEqual(operations, want) {
			t.Errorf("got %+v, want %+v", operations, want)
		}
		if want := (plan.Counts{{Kind: plan.Edit, State: plan.OpDone}: 1, {Kind: plan.Edit, State: plan.OpSkipped}: 1, {Kind: plan.Edit, State: plan.OpRefused}: 1}); !reflect.DeepEqual(got.Counts, want) {
			t.Errorf("counts: %v", got.Counts)
		}
		_, operations, _, err = s.PlanPage(ctx, "b", plan.Query{States: []plan.OperationState{plan.OpDone, plan.OpRefused}, Page: 2, PerPage: 1})
		fatal(err)
		if len(operations) != 1 || operations[0].Position != 2 {
			t.Errorf("second page: %+v", operations)
		}
		undo := plan.Plan{ID: "u", Account: "a", Owner: ann, Undoes: "b", State: plan.Draft, Created: later, Changed: later}
		is("undo of a running plan", false)(s.AddUndo(ctx, undo))
		fatal(s.PausePlan(ctx, "b", now))
		fatal(s.PausePlan(ctx, "b", now.Add(time.Hour)))
		if got := get("b"); got.State != plan.Paused || !got.Changed.Equal(now) {
			t.Errorf("paused twice: %+v", got)
		}
		is("SaveOperation of a paused plan", false)(s.SaveOperation(ctx, "b", "two", done))
		p.State = plan.Running
		p.Changed = now
		is("resumed while it is worked on", false)(s.MovePlan(ctx, p, plan.Paused))
		fatal(s.ReleasePlan(ctx, "b", "one"))
		is("resumed after another one's release", false)(s.MovePlan(ctx, p, plan.Paused))
		fatal(s.ReleasePlan(ctx, "b", "two"))
		is("resumed", true)(s.MovePlan(ctx, p, plan.Paused))
		claimed("two", now, true)
		p.State, p.Stop = plan.Paused, refused.Fault
		is("paused by itself", true)(s.EndPlan(ctx, p, plan.Running, "two"))
		if got := get("b"); !reflect.DeepEqual(got.Stop, refused.Fault) || got.Counts.Planned() != 2 || got.Unfinished() != 1 {
			t.Errorf("paused: %+v", got)
		}
		p.State = plan.Running
		is("retried", true)(s.MovePlan(ctx, p, plan.Paused, plan.OpRefused, plan.OpUnknown))
		if got := get("b").Counts; got.Of(plan.OpWaiting) != 1 || got.Of(plan.OpRefused) != 0 {
			t.Errorf("counts to be tried again: %v", got)
		}
		fatal(s.PausePlan(ctx, "b", now))
		is("undo", true)(s.AddUndo(ctx, undo))
		second := undo
		second.ID = "u2"
		is("second undo", false)(s.AddUndo(ctx, second))
		is("resume of what is undone", false)(s.MovePlan(ctx, p, plan.Paused))
		undo.State = plan.Cancelled
		is("cancel the undo", true)(s.MovePlan(ctx, undo, plan.Draft))
		is("undo once more", true)(s.AddUndo(ctx, second))
		if got, ok, err := s.UndoOf(ctx, "b"); got.ID != "u2" || !ok || err != nil {
			t.Errorf("UndoOf: %+v, %v, %v", got, ok, err)
		}
		if _, ok, err := s.UndoOf(ctx, ""); ok || err != nil {
			t.Errorf("UndoOf nothing: %v, %v", ok, err)
		}

		bob := ann
		bob.Subject = "bob"
		fatal(s.AddPlan(ctx, plan.Plan{ID: "bob", Account: "a", Owner: bob, State: plan.Draft, Created: later.Add(time.Hour)}, nil))
		fatal(s.AddPlan(ctx, plan.Plan{ID: "other", Account: "z", Owner: ann, State: plan.Draft, Created: later}, nil))
		plans, err := s.Plans(ctx, "a", "i", "ann", 10)
		fatal(err)
		var order []string
		for _, p := range plans {
			order = append(order, p.ID)
		}
		if fmt.Sprint(order) != "[u u2 b bob]" {
			t.Errorf("plans: %v", order)
		}
	})
}

// Old plans are removed with their operations, unless they are active.
func TestRemovePlans(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		remains := map[plan.State]bool{
			plan.Listing: true, plan.Draft: false, plan.Running: true, plan.Paused: false, plan.Done: false, plan.Cancelled: false,
		}
		add := func(id string, state plan.State, created time.Time) {
			p := plan.Plan{ID: id, Owner: planOwner, State: state, Created: created}
			if id == "new listing" {
				p.Undoes = "undone"
			}
			if err := s.AddPlan(ctx, p, []plan.Operation{{Kind: plan.Delete, EntryID: "1", State: plan.OpWaiting}}); err != nil {
				t.Fatal(err)
			}
		}
		for state := range remains {
			add("old "+string(state), state, now.Add(-time.Second))
			add("new "+string(state), state, now)
		}
		add("undone", plan.Done, now.Add(-time.Second))
		removed, err := s.RemovePlans(ctx, now)
		if removed != 4 || err != nil {
			t.Errorf("%d removed, %v", removed, err)
		}
		if _, ok, err := s.Plan(ctx, "undone"); !ok || err != nil {
			t.Errorf("a plan that is being undone was removed: %v", err)
		}
		for state, want := range remains {
			for id, want := range map[string]bool{"old " + string(state): want, "new " + string(state): true} {
				_, ok, err := s.Plan(ctx, id)
				if ok != want || err != nil {
					t.Errorf("%s remains: %v, %v, want %v", id, ok, err, want)
				}
				operations, err := s.PlanOperations(ctx, id, plan.OperationStates(), -1, 10)
				if (len(operations) == 1) != want || err != nil {
					t.Errorf("operations of %s: %v, %v", id, operations, err)
				}
			}
		}
	})
}

// An operation follows the outcome of its intent.
func TestAnOperationFollowsItsIntent(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		ctx, now := t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		unknown := plan.Operation{Kind: plan.Create, State: plan.OpWaiting, After: registry.Values{"name": "Jane"}}
		if err := s.AddPlan(ctx, plan.Plan{ID: "p", Owner: planOwner, State: plan.Running, Created: now}, []plan.Operation{unknown}); err != nil {
			t.Fatal(err)
		}
		unknown.Fault, unknown.State = plan.FaultOf(&change.UnsettledError{Intent: 7})
		if _, err := s.SaveOperation(ctx, "p", "w", unknown); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			outcome audit.Record
			want    plan.Operation
		}{
			{audit.Record{Seq: 8, Intent: 6, Outcome: audit.OutcomeDone}, plan.Operation{State: plan.OpUnknown, Fault: unknown.Fault}},
			{audit.Record{Seq: 9, Intent: 7, Outcome: audit.OutcomeFailed}, plan.Operation{State: plan.OpFailed, Fault: unknown.Fault, Record: 9}},
			{audit.Record{Seq: 10, Intent: 7, Outcome: audit.OutcomeDone, Action: rbac.CreateEntry, Entry: "e"}, plan.Operation{State: plan.OpDone, Record: 10, Created: "e"}},
			{audit.Record{Seq: 11, Intent: 7, Outcome: audit.OutcomeFailed}, plan.Operation{State: plan.OpDone, Record: 10, Created: "e"}},
		} {
			if err := s.FollowOutcome(ctx, tt.outcome); err != nil {
				t.Fatal(err)
			}
			_, got, _, err := s.PlanPage(ctx, "p", plan.Query{Page: 1, PerPage: 1})
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Kind, tt.want.After = plan.Create, unknown.After
			if !reflect.DeepEqual(got, []plan.Operation{tt.want}) {
				t.Errorf("after record %d: %+v, want %+v", tt.outcome.Seq, got, tt.want)
			}
		}
	})
}

// The stored forms of plans, which later versions have to read.
func TestStoredForms(t *testing.T) {
	t.Parallel()
	query := &registry.Query{Search: "jane", Provenance: registry.Manual, Order: registry.ByName, Page: 3}
	ownerText, err := jsonText(ownerRowOf(planOwner))
	if err != nil {
		t.Fatal(err)
	}
	queryForm, err := queryText(query)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "plan_owner.json", ownerText)
	golden(t, "plan_query.json", queryForm)
	if got, err := parseOwner(ownerText); err != nil || got != planOwner {
		t.Errorf("owner: %+v, %v", got, err)
	}
	if got, err := parsePlanQuery(queryForm); err != nil || *got != (registry.Query{Search: "jane", Provenance: registry.Manual}) {
		t.Errorf("query: %+v, %v", got, err)
	}
	// As versions without plans wrote them.
	old := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return oldForm + string(text)
	}
	if got, err := parseOwner(old(planOwner)); err != nil || got != planOwner {
		t.Errorf("old owner: %+v, %v", got, err)
	}
	if got, err := parsePlanQuery(old(query)); err != nil || *got != (registry.Query{Search: "jane", Provenance: registry.Manual}) {
		t.Errorf("old query: %+v, %v", got, err)
	}
}

// TestStoredQuery checks that a plan's query keeps each member that selects entries.
func TestStoredQuery(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		full := registrytest.FullQuery().Selection()
		none := full
		none.IsEmailRegex, none.HasComments = new(false), new(false)
		for _, want := range []registry.Query{full, none, {}} {
			id := fmt.Sprintf("%+v", want)
			p := plan.Plan{ID: id, Account: "a", Origin: plan.Search, Owner: planOwner, Query: &want, State: plan.Listing}
			if err := s.AddPlan(t.Context(), p, nil); err != nil {
				t.Fatal(err)
			}
			got, ok, err := s.Plan(t.Context(), id)
			if !ok || err != nil || !reflect.DeepEqual(*got.Query, want) {
				t.Errorf("got %+v, %v, %v, want %+v", got.Query, ok, err, want)
			}
		}
	})
}

// golden compares text with a file in testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text+"\n" != string(want) {
		t.Errorf("%s is %s, want %s", name, text, want)
	}
}
