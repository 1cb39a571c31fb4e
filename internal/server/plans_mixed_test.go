package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/store/pgtest"
)

// owner is the caller that b's requests come from.
func (b *browser) owner() rbac.Caller {
	b.app.t.Helper()
	path := b.post(plans, url.Values{"id": {"12345"}}).wants(http.StatusSeeOther).location()
	p, _, err := b.app.store.Plan(b.app.t.Context(), path[strings.LastIndex(path, "/")+1:])
	must(b.app.t, err)
	b.post(path+"/cancel", nil).wants(http.StatusSeeOther)
	return p.Owner
}

// draft makes a plan of operations for b, as an import does, and returns its page.
func (b *browser) draft(operations ...plan.Operation) *answer {
	b.app.t.Helper()
	p, err := b.app.plans.Draft(b.app.t.Context(), b.owner(), plan.Import, operations, "")
	must(b.app.t, err)
	return b.ended(plans + "/" + p.ID)
}

func values(name, email string, more ...string) registry.Values {
	v := registry.Values{registry.FieldName: name, registry.FieldEmail: email, registry.FieldIsEmailRegex: false}
	for i := 0; i+1 < len(more); i += 2 {
		v[more[i]] = more[i+1]
	}
	return v
}

// seen are the values of an entry of the sandbox, as a list shows them.
func (a *app) seen(id string) registry.Values {
	a.t.Helper()
	for _, e := range a.sandbox.Entries() {
		if e.ID == id {
			v := values(e.Name, e.Email, registry.FieldProvenance, string(registry.Manual))
			if e.Comments != nil {
				v[registry.FieldComments] = *e.Comments
			}
			return v
		}
	}
	a.t.Fatalf("there is no entry %s", id)
	return nil
}

// fourPeople are entries 1 to 4, made by hand, and 900, which a directory owns.
func fourPeople(s *settings) {
	for i, name := range []string{"Jane Smith", "Jane Smith", "Omar Haddad", "Lena Vogt"} {
		s.sandbox.Seed = append(s.sandbox.Seed, sandbox.Entry{ID: fmt.Sprint(i + 1), Name: name, Email: fmt.Sprintf("p%d@example.com", i+1), Provenance: string(registry.Manual)})
	}
	s.sandbox.Seed = append(s.sandbox.Seed, sandbox.Entry{ID: "900", Name: "Synced", Email: "s@example.com", Provenance: string(registry.GoogleDirectory)})
}

func edit(id string, before, after registry.Values) plan.Operation {
	return plan.Operation{Kind: plan.Edit, EntryID: registry.ID(id), Before: before, After: after}
}

func remove(id string, before registry.Values) plan.Operation {
	return plan.Operation{Kind: plan.Delete, EntryID: registry.ID(id), Before: before}
}

func add(v registry.Values) plan.Operation { return plan.Operation{Kind: plan.Create, After: v} }

// people are the entries of the sandbox, in the order of their addresses.
func (a *app) people() string {
	var lines []string
	for _, e := range a.sandbox.Entries() {
		lines = append(lines, e.Name+" "+e.Email)
	}
	return strings.Join(slices.Sorted(slices.Values(lines)), "; ")
}

// A plan of creates, edits and deletions shows what it will do, does it, and is undone by
// another plan, which is undone by a third.
func TestAMixedPlanAndItsUndo(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	before := app.people()
	draft := b.draft(
		add(values("Ada Moreau", "ada@example.com", registry.FieldComments, "new hire")),
		edit("3", app.seen("3"), values("Omar Haddad", "omar.haddad@example.com")),
		remove("4", app.seen("4")),
		remove("1", app.seen("1")),
		add(values("Jane Smith", "p2@example.com")), // is there
		edit("2", app.seen("2"), app.seen("2")),     // changes nothing
		remove("900", registry.Values{registry.FieldName: "Synced", registry.FieldEmail: "s@example.com", registry.FieldProvenance: string(registry.GoogleDirectory)}),
		add(values("", "norah@example.com")), // breaks a rule
		remove("4", app.seen("4")),           // once more
	)
	draft.contains("h1", "Create 2, change 1 and delete 2 entries?")
	draft.contains("[data-plan]", "Draft")
	for state, want := range map[string]int{"waiting": 5, "unchanged": 1, "skipped": 3} {
		same(t, state, draft.operations(state).Length(), want)
	}
	same(t, "the edit", draft.Find("li[data-kind=edit][data-state=waiting] [data-field=email]").Text() != "", true)
	draft.contains("li[data-kind=edit][data-state=waiting] [data-side=before]", "p3@example.com")
	draft.contains("li[data-kind=edit][data-state=waiting] [data-side=after]", "omar.haddad@example.com")
	draft.contains("li[data-kind=create] [data-field=comments]", "new hire")
	for _, why := range []string{"It is synced from a directory", "A field is not valid", "An earlier operation of this plan is about the same entry"} {
		if !strings.Contains(draft.tells("skipped"), why) {
			t.Errorf("skipped: %q, want it to say %q", draft.tells("skipped"), why)
		}
	}
	names := draft.text("section[aria-labelledby=names]")
	for _, want := range []string{
		"Removing this entry leaves “Lena Vogt” without any entry: the name is no longer protected.",
		"“Ada Moreau” gets its first entry: the name is protected from now on. Mail that shows it is flagged unless it comes from ada@example.com.",
		"“Omar Haddad” keeps 1 address, but not the same.",
	} {
		if !strings.Contains(names, want) {
			t.Errorf("names: %q, want %q", names, want)
		}
	}
	same(t, "sent so far", len(app.sandbox.Writes()), 0)

	done := b.apply(draft)
	done.contains("h1", "4 changes made, 3 skipped")
	same(t, "done", done.operations("done").Length(), 4)
	same(t, "unchanged", done.operations("unchanged").Length(), 2)
	if !strings.Contains(done.tells("unchanged"), "The entry is in the registry already") {
		t.Errorf("unchanged: %q", done.tells("unchanged"))
	}
	after := "Ada Moreau ada@example.com; Jane Smith p2@example.com; Omar Haddad omar.haddad@example.com; Synced s@example.com"
	same(t, "entries", app.people(), after)
	same(t, "sent", len(app.sandbox.Writes()), 4)
	done.operations("done").Each(func(_ int, row *goquery.Selection) {
		b.get(row.Find("a[href^='/audit/']").AttrOr("href", "none")).wants(http.StatusOK).contains("main", "Done")
	})

	undo := b.press(done, "undo", nil)
	undo.contains("h1", "Create 2, change 1 and delete 1 entries?")
	same(t, "sent unasked", len(app.sandbox.Writes()), 4)
	undone := b.apply(undo)
	undone.contains("h1", "4 changes made")
	same(t, "entries after the undo", app.people(), before)

	redone := b.undo(undone)
	redone.contains("h1", "4 changes made")
	same(t, "entries after the undo of the undo", app.people(), after)
	_, err := app.store.Verify(t.Context(), nil)
	must(t, err)
}

// What has changed since a plan was made is skipped, with the reason, and never overwritten.
func TestAPlanSkipsWhatHasChanged(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b, other := app.as("editor"), app.as("admin")
	draft := b.draft(
		edit("1", app.seen("1"), values("Jane B. Smith", "p1@example.com")),
		edit("2", app.seen("2"), values("Jane Smith", "p2@example.com", registry.FieldComments, "mine")),
		edit("3", app.seen("3"), values("Omar Haddad", "o@example.com")),
		remove("4", app.seen("4")),
	)
	other.submit(other.get(entries+"/1/edit"), map[string]string{"comments": "theirs"}).wants(http.StatusSeeOther)
	other.submit(other.get(entries+"/2/edit"), map[string]string{"comments": "mine"}).wants(http.StatusSeeOther) // the same
	other.post(entries+"/3/delete", nil).wants(http.StatusSeeOther)
	other.submit(other.get(entries+"/4/edit"), map[string]string{"email": "elsewhere@example.com"}).wants(http.StatusSeeOther)
	sent := len(app.sandbox.Writes())
	done := b.apply(draft)
	done.contains("h1", "Nothing had to be done, 3 skipped")
	same(t, "sent", len(app.sandbox.Writes())-sent, 0)
	same(t, "unchanged", done.operations("unchanged").Length(), 1)
	for _, why := range []string{"It is now Jane Smith, p1@example.com", "There is no such entry", "It is now Lena Vogt, elsewhere@example.com"} {
		if !strings.Contains(done.tells("skipped"), why) {
			t.Errorf("skipped: %q, want it to say %q", done.tells("skipped"), why)
		}
	}

	// So does an undo.
	edited := b.apply(b.draft(edit("2", app.seen("2"), values("Jane Smith", "p2@example.com", registry.FieldComments, "planned"))))
	edited.contains("h1", "1 entry changed")
	other.submit(other.get(entries+"/2/edit"), map[string]string{"comments": "later"}).wants(http.StatusSeeOther)
	b.undo(edited).contains("h1", "Nothing had to be done, 1 skipped")
	same(t, "comment", app.seen("2")[registry.FieldComments], any("later"))
}

// An undo is given up, and then made after all.
func TestAnUndoIsCancelled(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	done := b.apply(b.draft(remove("3", app.seen("3"))))
	draft := b.press(done, "undo", nil)
	cancelled := b.press(draft, "cancel", nil)
	cancelled.contains("h1", "Cancelled: create 1 entry again")
	same(t, "buttons", cancelled.Find("main form").Length(), 0)
	same(t, "sent", len(app.sent(http.MethodPost)), 0)
	action := draft.Find("form[action$='/apply']").AttrOr("action", "")
	b.post(action, url.Values{"confirm": {"1"}}).wants(http.StatusConflict)
	b.undo(done).contains("h1", "1 entry created again")
	same(t, "entries", len(app.find("Omar Haddad")), 1)
}

// Applying takes the number of operations: always with a deletion, and above ten.
func TestAPlanIsConfirmed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name              string
		creates, removals int
		confirm           string
		status            int
		typed             bool // whether a person has to type it
	}{
		{"ten creates", 10, 0, "", 303, false},
		{"eleven creates", 11, 0, "", 422, true},
		{"eleven creates, confirmed", 11, 0, "11", 303, true},
		{"a deletion", 1, 1, "", 422, false},
		{"a deletion, confirmed", 1, 1, "2", 303, false},
		{"another number", 1, 1, "1", 422, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, fourPeople)
			b := app.as("editor")
			var operations []plan.Operation
			for i := range tt.creates {
				operations = append(operations, add(values(fmt.Sprintf("New %d", i), fmt.Sprintf("new%d@example.com", i))))
			}
			for i := range tt.removals {
				operations = append(operations, remove(fmt.Sprint(i+1), app.seen(fmt.Sprint(i+1))))
			}
			draft := b.draft(operations...)
			same(t, "to type", draft.Find("#confirm").Length() == 1, tt.typed)
			action := draft.Find("form[action$='/apply']").AttrOr("action", "")
			b.send(action, url.Values{"confirm": {tt.confirm + "x"}}, asJSON).wants(map[bool]int{true: 303, false: 422}[tt.confirm == "" && tt.status == 303])
			if tt.confirm == "" && tt.status == 303 {
				return
			}
			page := b.post(action, url.Values{"confirm": {tt.confirm}}).wants(tt.status)
			if tt.status == http.StatusUnprocessableEntity {
				page.contains("#confirm-error", "Nothing was changed.")
				same(t, "sent", len(app.sandbox.Writes()), 0)
				return
			}
			b.ended(page.location()).contains("[data-plan]", "Done")
			same(t, "sent", len(app.sandbox.Writes()), tt.creates+tt.removals)
		})
	}
}

// Links from before plans lead to them, and unknown pages of operations are told as such.
func TestLinksToPlans(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	same(t, "list", b.get(deletions).wants(http.StatusPermanentRedirect).location(), plans)
	same(t, "one", b.get(deletions+"/ABCDEF").wants(http.StatusPermanentRedirect).location(), plans+"/ABCDEF")
	path := strings.TrimSuffix(b.draft(remove("1", app.seen("1"))).Find("form[action$='/apply']").AttrOr("action", ""), "/apply")
	for query, want := range map[string]int{
		"?page=0": 400, "?per_page=1001": 400, "?state=started": 400, "?page=x": 400, "?page=2": 200, "?state=done": 200, "?state=waiting&state=done&per_page=1": 200, "?part=progress": 204,
	} {
		b.get(path + query).wants(want)
	}
}

// A plan in JSON has the contract's fields, and pages of its operations.
func TestAPlanInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.draft(add(values("Ada Moreau", "ada@example.com")), edit("3", app.seen("3"), values("Omar Haddad", "o@example.com")), remove("4", app.seen("4")), remove("1", app.seen("1")))
	path := strings.TrimSuffix(draft.Find("form[action$='/apply']").AttrOr("action", ""), "/apply")
	before := b.do(http.MethodGet, path+"?per_page=1&page=2", nil, asJSON).wants(http.StatusOK)
	sameJSON(t, "info", jsonAt(t, before.body, "result_info"), `{"count":1,"page":2,"per_page":1,"total_count":4}`)
	sameJSON(t, "counts", jsonAt(t, before.body, "result", "counts"), `{"create":1,"edit":1,"delete":2,"unchanged":0,"skipped":0,"waiting":4,"done":0,"refused":0,"failed":0,"unknown":0}`)
	sameJSON(t, "operations", jsonAt(t, before.body, "result", "operations", "0"), `{"position":1,"op":"edit","entry_id":"3","line":0,
		"before":{"name":"Omar Haddad","email":"p3@example.com","is_email_regex":false,"provenance":"A1S_INTERNAL"},
		"after":{"name":"Omar Haddad","email":"o@example.com","is_email_regex":false},"state":"waiting","errors":[],"record":0}`)
	for field, want := range map[string]string{"origin": `"import"`, "state": `"draft"`, "owner": `"edgar.okafor@haldenvoss.example"`} {
		same(t, field, jsonAt(t, before.body, "result", field), want)
	}
	b.send(path+"/apply", url.Values{"confirm": {"4"}}, asJSON).wants(http.StatusSeeOther)
	b.ended(path)
	after := b.do(http.MethodGet, path+"?state=done&per_page=1", nil, asJSON).wants(http.StatusOK)
	sameJSON(t, "info", jsonAt(t, after.body, "result_info"), `{"count":1,"page":1,"per_page":1,"total_count":4}`)
	same(t, "the new entry", jsonAt(t, after.body, "result", "operations", "0", "entry_id"), strconv.Quote(app.find("Ada Moreau")[0].ID))
	list := b.do(http.MethodGet, plans, nil, asJSON).wants(http.StatusOK)
	same(t, "the newest", jsonAt(t, list.body, "result", "0", "state"), `"done"`)
}

// jsonAt is the part of a JSON text at a path.
func jsonAt(t *testing.T, text string, path ...string) string {
	t.Helper()
	raw := json.RawMessage(text)
	for _, name := range path {
		var object map[string]json.RawMessage
		var list []json.RawMessage
		if i, err := strconv.Atoi(name); err == nil {
			must(t, json.Unmarshal(raw, &list))
			raw = list[i]
			continue
		}
		must(t, json.Unmarshal(raw, &object))
		raw = object[name]
	}
	return string(raw)
}

// Where the registry was never read and can't be, the plan says so, and can be applied all
// the same. Where it was read before, the plan goes by that.
func TestNamesThatCanNotBeRead(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	denied := sandbox.Fault{Method: http.MethodGet, Times: -1, Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`}
	app.sandbox.Inject(denied)
	draft := b.draft(remove("3", app.seen("3")))
	draft.contains("section[aria-labelledby=names]", "it cannot tell which names lose or gain protection")
	draft.contains("section[aria-labelledby=names]", "Authentication error")
	app.sandbox.ClearFaults()
	b.apply(draft).contains("h1", "1 entry deleted")

	must(t, app.mirror.Refresh(t.Context()))
	app.sandbox.Inject(denied)
	draft = b.draft(remove("4", app.seen("4")))
	draft.contains("section[aria-labelledby=names]", "is no longer protected.")
	same(t, "a fault", strings.Contains(draft.text("section[aria-labelledby=names]"), "Authentication error"), false)
}

// Two copies on one PostgreSQL share plans: each operation is made once, also where both
// work on the same plan.
func TestTwoCopiesRunAMixedPlan(t *testing.T) {
	t.Parallel()
	database := pgtest.NewDatabase(t)
	one := newApp(t, fourPeople, func(s *settings) { s.database = database })
	two := newApp(t, func(s *settings) { s.database, s.api = database, one.sandbox })
	b, c := one.as("editor"), two.as("editor")
	var operations []plan.Operation
	for i := range 12 {
		operations = append(operations, add(values(fmt.Sprintf("New %d", i), fmt.Sprintf("new%d@example.com", i))))
	}
	for i := range 4 {
		id := fmt.Sprint(i + 1)
		if i%2 == 0 {
			operations = append(operations, remove(id, one.seen(id)))
		} else {
			operations = append(operations, edit(id, one.seen(id), values("Renamed "+id, "renamed"+id+"@example.com")))
		}
	}
	hold := make(chan struct{})
	free := sync.OnceFunc(func() { close(hold) })
	t.Cleanup(free)
	draft := b.draft(operations...)
	one.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Skip: 3, Times: 4, Hold: hold, Effect: sandbox.EffectLate})
	action := draft.Find("form[action$='/apply']").AttrOr("action", "")
	path := strings.TrimSuffix(action, "/apply")
	b.post(action, url.Values{"confirm": {"16"}}).wants(http.StatusSeeOther)
	c.post(path+"/pause", nil).wants(http.StatusSeeOther)
	c.post(path+"/resume", nil).wants(http.StatusConflict) // some operations are still in progress
	free()
	c.ended(c.onceFree(path+"/resume", nil).wants(http.StatusSeeOther).location()).contains("h1", "16 changes made")
	same(t, "made", len(one.sandbox.Writes()), 16)
	c.undo(c.get(path+"?per_page=1000")).contains("h1", "16 changes made")
	same(t, "made and undone", len(one.sandbox.Writes()), 32)
	_, err := one.store.Verify(t.Context(), nil)
	must(t, err)
}
