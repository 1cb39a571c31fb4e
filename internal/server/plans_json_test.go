package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/registry"
)

// deletionAnswer is a deletion in JSON.
type deletionAnswer struct {
	Success bool
	Errors  []struct {
		Code    any
		Message string
	}
	Result struct {
		State      string
		Counts     map[string]int
		Operations []struct {
			EntryID string `json:"entry_id"`
			State   string
			Errors  []struct{ Message string }
		}
	}
}

func (a *answer) deletion() (d deletionAnswer) {
	a.t.Helper()
	must(a.t, json.Unmarshal([]byte(a.body), &d))
	return d
}

var asJSON = map[string]string{"Accept": "application/json"}

// The status is that of what went wrong with the entries that were meant, and success
// goes with the errors.
func TestStatusOfADeletionInJSON(t *testing.T) {
	t.Parallel()
	const synced = "900" // is kept up by a directory
	refused := func(status int, code int, message string) sandbox.Fault {
		return sandbox.Fault{Method: http.MethodDelete, Times: -1, Status: status, Body: fmt.Sprintf(`{"success":false,"errors":[{"code":%d,"message":%q}],"messages":[],"result":null}`, code, message)}
	}
	tests := []struct {
		name    string
		ids     []string
		faults  []sandbox.Fault
		status  int
		success bool
		errors  []string // of the whole answer, the beginning of each
		counts  string
	}{
		{"all is done", []string{"1", "2"}, nil, 303, true, nil, "delete:2 done:2"},
		{"one is left out", []string{"1", synced}, nil, 303, true, nil, "delete:1 done:1 skipped:1"},
		{"one is left out, and the other refused", []string{synced, "1"}, []sandbox.Fault{refused(400, 11406, "stays")}, 422, false, []string{"stays"}, "delete:1 refused:1 skipped:1"},
		{"a denied call", []string{synced, "1"}, []sandbox.Fault{refused(403, 10000, "Authentication error")}, 502, false, []string{"Authentication error"}, "delete:1 failed:1 skipped:1"},
		{"one of two", []string{"1", "2"}, []sandbox.Fault{{Method: http.MethodDelete, Path: "/1", Status: 400, Body: `{"success":false,"errors":[{"code":1,"message":"no"}],"messages":[],"result":null}`}}, 303, false, []string{"no"}, "delete:2 done:1 refused:1"},
		{"no such entry", []string{"77"}, nil, 404, false, []string{"There is no such entry. It is no longer in the registry. It was not deleted by this plan."}, "delete:1 refused:1"},
		{"it stops by itself", []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}, []sandbox.Fault{refused(403, 10000, "Authentication error")}, 502, false, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seed := []sandbox.Entry{{ID: synced, Name: "Synced", Email: "s@example.com", Provenance: string(registry.GoogleDirectory)}}
			for i := range 12 {
				seed = append(seed, sandbox.Entry{ID: strconv.Itoa(i + 1), Name: "Person", Email: fmt.Sprintf("p%d@example.com", i+1)})
			}
			app := newApp(t, func(s *settings) { s.sandbox.Seed = seed })
			b := app.as("editor")
			app.sandbox.Inject(tt.faults...)
			// Planned from the list, so that it is known which entries a directory keeps up.
			draft := b.send(plans, url.Values{"id": tt.ids}, asJSON).wants(http.StatusSeeOther)
			same(t, "planned", draft.deletion().Success, true)
			res := b.send(draft.location()+"/apply", url.Values{"confirm": {strconv.Itoa(draft.deletion().Result.Counts["delete"])}}, asJSON).wants(tt.status)
			got := res.deletion()
			same(t, "success", got.Success, tt.success)
			same(t, "success goes with the errors", got.Success, len(got.Errors) == 0)
			if tt.counts != "" {
				same(t, "counts", counted(got.Result.Counts), tt.counts)
				same(t, "errors", len(got.Errors), len(tt.errors))
			}
			for i, want := range tt.errors {
				if i < len(got.Errors) && !strings.HasPrefix(got.Errors[i].Message, want) {
					t.Errorf("error %d is %q, want %q", i, got.Errors[i].Message, want)
				}
			}
			for _, e := range got.Errors {
				if e.Code == nil {
					t.Errorf("%q has no code", e.Message)
				}
			}
		})
	}
}

// A person who sends the same deletion twice is told twice that it was deleted.
func TestADoubledDeletionOfSeveral(t *testing.T) {
	t.Parallel()
	app := filled(t, 3)
	b, other := app.as("editor"), app.as("admin")
	ids := b.get(entries).ids()
	form := url.Values{"id": ids}
	for range 2 {
		path := b.post(entries+"/delete", form).wants(http.StatusSeeOther).location()
		b.ended(path).contains("h1", "3 entries deleted")
	}
	got := b.send(entries+"/delete", form, asJSON).wants(http.StatusSeeOther).deletion()
	same(t, "counts", counted(got.Result.Counts), "delete:3 done:3")
	same(t, "sent", len(app.sent(http.MethodDelete)), 3)
	// To another person it is gone, and it is not claimed who deleted it.
	page := other.ended(other.post(entries+"/delete", form).wants(http.StatusSeeOther).location())
	page.contains("h1", "0 of 3 entries deleted")
	page.contains("li[data-state=refused]", "It was not deleted by this plan")
	// And however often it was told, undoing it makes each entry once.
	undo := func(page *answer) {
		b.apply(b.ended(b.post(page.Find("form[action*='/plans/'][action$='/undo']").AttrOr("action", ""), nil).wants(http.StatusSeeOther).location()))
	}
	first := b.ended(b.post(entries+"/delete", form).wants(http.StatusSeeOther).location())
	second := b.ended(b.post(entries+"/delete", form).wants(http.StatusSeeOther).location())
	undo(first)
	undo(second)
	same(t, "created again", len(app.sent(http.MethodPost)), 3)
}

// An action that only stops, cancels or undoes a plan has succeeded, whatever became of the
// plan's operations.
func TestStatusOfAnActionInJSON(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		act    string
		status int
		state  string
	}{
		{"pause", http.StatusSeeOther, "paused"},
		{"cancel", http.StatusSeeOther, "cancelled"},
		{"resume", http.StatusBadGateway, "paused"},
		{"retry", http.StatusBadGateway, "paused"},
		{"undo", http.StatusConflict, ""},
	} {
		t.Run(tt.act, func(t *testing.T) {
			t.Parallel()
			app := filled(t, 30)
			b := app.as("editor")
			fault := forbidden
			fault.Method = http.MethodDelete
			app.sandbox.Inject(fault)
			draft := b.send(plans, url.Values{"id": b.get(entries + "?per_page=50").ids()}, asJSON).wants(http.StatusSeeOther).location()
			b.send(draft+"/apply", url.Values{"confirm": {"30"}}, asJSON).wants(http.StatusBadGateway)
			res := b.send(draft+"/"+tt.act, nil, asJSON).wants(tt.status)
			if tt.state != "" {
				same(t, "state", res.deletion().Result.State, tt.state)
				same(t, "success", res.deletion().Success, false)
			}
		})
	}
}
