package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const (
	plans     = "/accounts/" + account + "/plans"
	deletions = "/accounts/" + account + "/deletions" // where plans were before
)

// undone are the states of operations that were not done.
var undone = []string{"skipped", "refused", "failed"}

func TestDeleteSelected(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	list := b.get(entries + "?search=grace&order=email").wants(http.StatusOK)
	page := b.plan(list, list.ids())
	page.contains("h1", "Delete 2 entries?")
	same(t, "named", page.operations("waiting").Find("bdi.font-medium").Text(), "Grace TanGrace Tan")
	same(t, "typing", page.Find("#confirm").Length(), 0)
	same(t, "back", page.Find("main a").First().AttrOr("href", ""), entries+"?order=email&search=grace")
	same(t, "sent so far", len(app.sent(http.MethodDelete)), 0)

	page = b.press(page, "apply", nil)
	page.contains("h1", "2 entries deleted")
	same(t, "sent", len(app.sent(http.MethodDelete)), 2)
	b.get(entries+"?search=grace").wants(http.StatusOK).contains("#results", "No matching entries")
	same(t, "records", len(app.records(rbac.DeleteEntry)), 4)
	record := b.get(page.operations("done").Find("a").First().AttrOr("href", "")).wants(http.StatusOK)
	record.contains("main", "Grace Tan")

	draft := b.press(page, "undo", nil)
	draft.contains("h1", "Create 2 entries again?")
	draft.contains("main", "get new IDs")
	same(t, "created unasked", len(app.sent(http.MethodPost)), 0)
	undone := b.apply(draft)
	undone.contains("h1", "2 entries created again")
	again := b.press(page, "undo", nil)
	same(t, "undone twice", again.Find("h1").Text(), undone.Find("h1").Text())
	back := b.get(entries + "?search=grace").wants(http.StatusOK)
	same(t, "there again", len(back.ids()), 2)
	if back.ids()[0] == list.ids()[0] || back.ids()[0] == list.ids()[1] {
		t.Error("an old id is there again")
	}
	b.get(strings.TrimSuffix(page.Find("form[action$='/undo']").AttrOr("action", ""), "/undo")).contains("main", "Another plan undoes this one")
	b.get(plans).contains("main li", "Undoes another plan")
}

// 200 deletions of which the API refuses every fifth: each is reported, and those that
// failed can be tried again.
func TestDeleteManyWithRefusals(t *testing.T) {
	t.Parallel()
	app := filled(t, 230)
	b := app.as("editor")
	list := b.get(entries + "?per_page=200").wants(http.StatusOK)
	ids := list.ids()
	same(t, "on the page", len(ids), 200)
	for i := 4; i < len(ids); i += 5 {
		app.sandbox.Inject(refusal(http.MethodDelete, ids[i]))
	}
	page := b.plan(list, ids)
	for _, typed := range []string{"", "20", "all", "200.0"} {
		refused := b.press(page, "apply", map[string]string{"confirm": typed}).wants(http.StatusUnprocessableEntity)
		refused.contains("#confirm-error", "Type 200, the number of entries, to confirm. Nothing was changed.")
		same(t, "typed", refused.Find("#confirm").AttrOr("value", "none"), typed)
	}
	same(t, "sent so far", len(app.sent(http.MethodDelete)), 0)

	page = b.press(page, "apply", map[string]string{"confirm": " 200 "})
	page.contains("h1", "160 of 200 entries deleted")
	not := page.operations("refused")
	same(t, "not deleted", not.Length(), 40)
	same(t, "pointers", not.Find("code.pointer").Length(), 40)
	same(t, "pointer", not.Find("code.pointer").First().Text(), "/id")
	page.contains("li[data-state=refused]", "this one stays")
	same(t, "sent", len(app.sent(http.MethodDelete)), 200)
	same(t, "left", len(b.get(entries+"?per_page=200").ids()), 70)

	page = b.press(page, "retry", nil)
	page.contains("h1", "200 entries deleted")
	same(t, "sent in all", len(app.sent(http.MethodDelete)), 240)
	outcomes := map[audit.Outcome]int{}
	for _, r := range app.records(rbac.DeleteEntry) {
		outcomes[r.Outcome]++
	}
	same(t, "recorded", fmt.Sprint(outcomes), "map[done:200 intent:240 refused:40]")
}

func TestDeleteAllThatMatch(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	list := b.get(entries + "?search=a&per_page=1").wants(http.StatusOK)
	total, synced := 0, 0
	for _, e := range app.sandbox.Entries() {
		if strings.Contains(strings.ToLower(e.Name+" "+e.Email), "a") {
			total++
			if e.Provenance != string(registry.Manual) {
				synced++
			}
		}
	}
	form := list.Find("#selection")
	button := form.Find("button[name=all]")
	same(t, "offered", strings.TrimSpace(button.Text()), "Delete all that match…")
	path := b.post(form.AttrOr("action", ""), url.Values{"back": {form.Find("[name=back]").AttrOr("value", "")}, "all": {button.AttrOr("value", "")}}).wants(http.StatusSeeOther).location()
	page := b.ended(path)
	own := total - synced
	page.contains("h1", fmt.Sprintf("Delete %d entries?", own))
	page.contains("main", "All entries that match Search: a")
	same(t, "left out", strconv.Itoa(page.operations("skipped").Length()), strconv.Itoa(synced))
	page.contains("li[data-state=skipped]", "synced from a directory")
	page = b.press(page, "apply", map[string]string{"confirm": strconv.Itoa(own)})
	page.contains("h1", fmt.Sprintf("%d entries deleted", own))
	same(t, "sent", len(app.sent(http.MethodDelete)), own)
	undone := b.undo(page)
	undone.contains("h1", fmt.Sprintf("%d entries created again", own))
}

// What goes wrong with every call stops the started, and it goes on when told to.
func TestADeletionStopsWhenTheAPIFails(t *testing.T) {
	t.Parallel()
	app := filled(t, 60)
	b := app.as("editor")
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Skip: 20, Times: -1, Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`})
	page := b.press(b.plan(list, list.ids()), "apply", map[string]string{"confirm": "50"})
	page.contains("h1", "Paused: 20 of 50 entries deleted")
	page.contains("[role=alert]", "The plan paused because of an error")
	page.contains("[role=alert]", "Cloudflare refused Namesake's credentials")
	if tried := len(app.sent(http.MethodDelete)); tried < 25 || tried > 40 {
		t.Errorf("%d deletions were sent, want 20 and a few that failed", tried)
	}
	app.sandbox.ClearFaults()
	page = b.press(page, "resume", nil)
	failed := page.operations(undone...).Length()
	page.contains("h1", fmt.Sprintf("%d of 50 entries deleted", 50-failed))
	page = b.press(page, "retry", nil)
	page.contains("h1", "50 entries deleted")
	same(t, "left", len(app.sandbox.Entries()), 10)
}

// A rate limit is waited for; no entry fails by it.
func TestADeletionWaitsForTheRateLimit(t *testing.T) {
	t.Parallel()
	app := filled(t, 8)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	app.sandbox.Inject(sandbox.Fault{
		Method: http.MethodDelete, Skip: 3, Times: 2, Status: 429, Header: map[string]string{"Retry-After": "20"},
		Body: `{"success":false,"errors":[{"code":971,"message":"Please wait"}],"messages":[],"result":null}`,
	})
	began := app.clock.now()
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "8 entries deleted")
	if waited := app.clock.now().Sub(began); waited < 20*time.Second {
		t.Errorf("waited for %s, want 20 s at least", waited)
	}
}

// Entries that changed since they were shown.
func TestADeletionAfterChanges(t *testing.T) {
	t.Parallel()
	app := filled(t, 5)
	one, two := app.as("editor"), app.as("admin")
	list := one.get(entries).wants(http.StatusOK)
	ids := list.ids()
	draft := one.plan(list, ids)
	two.submit(two.get(entries+"/"+ids[0]+"/edit"), map[string]string{"name": "Other Person"}).wants(http.StatusSeeOther)
	two.submit(two.get(entries+"/"+ids[1]+"/edit"), map[string]string{"comments": "of no matter"}).wants(http.StatusSeeOther)
	two.post(entries+"/"+ids[2]+"/delete", nil).wants(http.StatusSeeOther)
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Path: ids[3], Effect: sandbox.EffectWrite, Drop: sandbox.DropBefore})
	page := one.press(draft, "apply", nil)
	page.contains("h1", "3 entries deleted, 2 skipped")
	not := page.tells(undone...)
	for _, want := range []string{"It is now Other Person", "There is no such entry"} {
		if !strings.Contains(not, want) {
			t.Errorf("not deleted: %q, want it to hold %q", not, want)
		}
	}
	same(t, "left", len(app.sandbox.Entries()), 1)
}

// The contract's route, for scripts.
func TestDeleteSeveralByScript(t *testing.T) {
	t.Parallel()
	app := filled(t, 40)
	b := app.as("editor")
	ids := b.get(entries + "?per_page=50").ids()
	b.post(entries+"/delete", nil).wants(http.StatusUnprocessableEntity).contains("h1", "No entry is selected")
	b.post(entries+"/delete", url.Values{"id": {ids[0], "../../user"}}).wants(http.StatusUnprocessableEntity).contains("main", "../../user")
	b.post(entries+"/delete", url.Values{"id": append(ids[:10:10], ids[0])}).wants(http.StatusSeeOther)
	same(t, "deleted", len(app.sandbox.Entries()), 30)
	page := b.post(entries+"/delete", url.Values{"id": ids[10:30]}).wants(http.StatusUnprocessableEntity)
	same(t, "still there", len(app.sandbox.Entries()), 30)
	page = b.press(page, "apply", map[string]string{"confirm": "20"})
	page.contains("h1", "20 entries deleted")

	app.sandbox.Inject(refusal(http.MethodDelete, ids[30]))
	res := b.send(entries+"/delete", url.Values{"id": ids[30:40]}, map[string]string{"Accept": "application/json"}).wants(http.StatusSeeOther)
	var got struct {
		Success bool
		Result  struct {
			State      string
			Counts     map[string]int
			Operations []struct {
				EntryID string `json:"entry_id"`
				State   string
				Errors  []struct {
					Message string
					Source  struct{ Pointer string }
				}
			}
		}
	}
	must(t, json.Unmarshal([]byte(res.body), &got))
	same(t, "state", got.Result.State, "done")
	same(t, "counts", counted(got.Result.Counts), "delete:10 done:9 refused:1")
	same(t, "first", fmt.Sprint(got.Result.Operations[0]), "{"+ids[30]+" refused [{this one stays {/id}}]}")
	again := b.do(http.MethodGet, res.location(), nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "looked at again", again.body, res.body)
	b.send(entries+"/delete", url.Values{"id": ids[:11]}, map[string]string{"Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
}

func TestAnotherPersonsDeletion(t *testing.T) {
	t.Parallel()
	app := filled(t, 3)
	mine, theirs := app.as("editor"), app.as("admin")
	list := mine.get(entries).wants(http.StatusOK)
	draft := mine.plan(list, list.ids())
	path := strings.TrimSuffix(draft.Find("form[action$='/apply']").AttrOr("action", ""), "/apply")
	seen := theirs.get(path).wants(http.StatusOK)
	same(t, "buttons", seen.Find("main form").Length(), 0)
	seen.contains("main", "Only its owner can apply it")
	theirs.post(path+"/apply", nil).wants(http.StatusForbidden).contains("h1", "another person's")
	app.as("viewer").get(path).wants(http.StatusForbidden)
	mine.press(draft, "apply", nil).contains("h1", "3 entries deleted")
	theirs.post(path+"/undo", nil).wants(http.StatusForbidden)
	app.clock.move(change.UndoPeriod)
	mine.undo(mine.get(path)).contains("h1", "3 entries created again")
	same(t, "created", len(app.sent(http.MethodPost)), 3)
}

func TestStopADeletion(t *testing.T) {
	t.Parallel()
	app := filled(t, 30)
	b, other := app.as("editor"), app.as("admin")
	list := b.get(entries + "?per_page=50").wants(http.StatusOK)
	hold := make(chan struct{})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodDelete, Skip: 5, Times: 4, Hold: hold, Effect: sandbox.EffectLate})
	draft := b.plan(list, list.ids())
	path := b.post(draft.Find("form[action$='/apply']").AttrOr("action", ""), url.Values{"confirm": {"30"}}).wants(http.StatusSeeOther).location()
	moving := b.get(path).wants(http.StatusOK)
	moving.contains("h1", "Deleting 30 entries")
	same(t, "progress", moving.Find("progress").AttrOr("max", ""), "30")
	part := b.get(moving.Find("[data-follow]").AttrOr("data-part", "")).wants(http.StatusOK)
	same(t, "progress by itself", part.Find("progress").AttrOr("max", ""), "30")
	same(t, "operations with it", part.Find("[data-operations]").Length(), 0)
	other.post(path+"/pause", nil).wants(http.StatusSeeOther)
	close(hold)
	page := b.ended(path)
	page.contains("h1", "Paused: ")
	page = b.press(page, "resume", nil)
	page.contains("h1", "30 entries deleted")
	same(t, "sent", len(app.sent(http.MethodDelete)), 30)
}

// Another program goes on with what one left behind.
func TestADeletionGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	app := filled(t, 5)
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	draft := b.plan(list, list.ids())
	path := strings.TrimSuffix(draft.Find("form[action$='/apply']").AttrOr("action", ""), "/apply")
	started, ok, err := app.store.Plan(t.Context(), path[strings.LastIndex(path, "/")+1:])
	must(t, err)
	same(t, "found", ok, true)
	// It was started, one of its entries was deleted, and nothing of that was kept.
	deletedBehind(t, app, started.Owner, registry.ID(list.ids()[0]))
	started.State = plan.Running
	_, err = app.store.MovePlan(t.Context(), started, plan.Draft)
	must(t, err)
	waiting, err := app.plans.Waiting(t.Context())
	must(t, err)
	same(t, "waiting", fmt.Sprint(waiting), "["+started.ID+"]")
	must(t, app.plans.Work(t.Context(), t.Context(), started.ID))
	page := b.ended(path)
	page.contains("h1", "5 entries deleted")
	same(t, "sent", len(app.sent(http.MethodDelete)), 5)
}

// TestAPlanFromAnOldCopy deletes all that match while the registry can't be read.
func TestAPlanFromAnOldCopy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		age  time.Duration
		want string
	}{
		{"just read", time.Second, ""},
		{"overdue", 13 * time.Minute, "This plan was made from an old copy of the registry"},
	} {
		app := newApp(t)
		must(t, app.mirror.Refresh(t.Context()))
		b := app.as("editor")
		list := b.get(entries + "?search=Ines").wants(http.StatusOK)
		app.out("500")
		app.clock.move(tt.age)
		form := list.Find("#selection")
		drafted := b.post(form.AttrOr("action", ""), url.Values{"back": {form.Find("[name=back]").AttrOr("value", "")}, "all": {form.Find("button[name=all]").AttrOr("value", "")}})
		page := b.ended(drafted.wants(http.StatusSeeOther).location())
		same(t, tt.name, page.text("[role=alert] h2"), tt.want)
	}
}
