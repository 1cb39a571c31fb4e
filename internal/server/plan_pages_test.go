package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// filled is an app with so many entries, all made by hand, and no others.
func filled(t *testing.T, n int, with ...func(*settings)) *app {
	t.Helper()
	seed := make([]sandbox.Entry, n)
	for i := range seed {
		seed[i] = sandbox.Entry{Name: fmt.Sprintf("Person %03d", i), Email: fmt.Sprintf("person.%03d@example.com", i), Provenance: string(registry.Manual)}
	}
	return newApp(t, append(with, func(s *settings) { s.sandbox.Seed = seed })...)
}

// ids are those of the rows of a list.
func (a *answer) ids() []string {
	return a.Find("tbody input[name=id]").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
}

// plan selects entries in the list and asks for their deletion.
func (b *browser) plan(list *answer, ids []string) *answer {
	b.app.t.Helper()
	form := list.Find("#selection")
	path := b.post(form.AttrOr("action", ""), url.Values{"id": ids, "back": {form.Find("[name=back]").AttrOr("value", "")}}).wants(http.StatusSeeOther).location()
	return b.ended(path)
}

// press presses the button of a form on the page whose action ends so, and follows it.
func (b *browser) press(page *answer, act string, typed map[string]string) *answer {
	b.app.t.Helper()
	button := page.Find("form[action$='/" + act + "']").Not(".toasts form").First()
	action, ok := button.Attr("action")
	if !ok {
		b.app.t.Fatalf("no button to %s:\n%.500s", act, page.text("main"))
	}
	form := url.Values{}
	button.Find("input").Each(func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	for name, value := range typed {
		form.Set(name, value)
	}
	res := b.onceFree(action, form)
	if res.status != http.StatusSeeOther {
		return res
	}
	return b.ended(res.location())
}

// undo undoes a plan: it makes the plan that does so, and applies that.
func (b *browser) undo(page *answer) *answer {
	b.app.t.Helper()
	return b.apply(b.press(page, "undo", nil))
}

// apply applies a draft, and types what is asked for.
func (b *browser) apply(draft *answer) *answer {
	b.app.t.Helper()
	typed := map[string]string{}
	if draft.Find("#confirm").Length() > 0 {
		label := draft.text("label[for=confirm]")
		typed["confirm"] = label[strings.LastIndex(label, " ")+1:]
	}
	return b.press(draft, "apply", typed)
}

// onceFree sends a form until nothing of the plan is in progress any more.
func (b *browser) onceFree(act string, form url.Values) *answer {
	b.app.t.Helper()
	for began := time.Now(); ; {
		res := b.post(act, form)
		if res.status != http.StatusConflict || res.text("h1") != "Some operations are still running" || time.Since(began) > 20*time.Second {
			return res
		}
	}
}

// ended is the page of a plan, with all of its operations, once it is no longer active.
func (b *browser) ended(path string) *answer {
	b.app.t.Helper()
	for began := time.Now(); ; {
		page := b.get(path + "?per_page=1000").wants(http.StatusOK)
		if page.Find("[data-follow]").Length() == 0 {
			return page
		}
		if time.Since(began) > 30*time.Second {
			b.app.t.Fatalf("still in progress:\n%s", page.text("main"))
		}
	}
}

// operations are the operations on the page of a plan that are in one of the states.
func (a *answer) operations(states ...string) *goquery.Selection {
	selectors := make([]string, len(states))
	for i, state := range states {
		selectors[i] = "[data-operations] > li[data-state='" + state + "']"
	}
	return a.Find(strings.Join(selectors, ", "))
}

// tells reports what is said of operations, spaces folded.
func (a *answer) tells(states ...string) string {
	return strings.Join(strings.Fields(a.operations(states...).Text()), " ")
}

func refusal(method, path string) sandbox.Fault {
	return sandbox.Fault{
		Method: method, Path: path, Status: 400,
		Body: `{"success":false,"errors":[{"code":11500,"message":"this one stays","source":{"pointer":"/id"}}],"messages":[],"result":null}`,
	}
}

// deletedBehind deletes an entry as who, and leaves the intent open.
func deletedBehind(t *testing.T, app *app, who rbac.Caller, id registry.ID) {
	t.Helper()
	_, err := app.store.Append(t.Context(), audit.Record{
		RequestID: who.RequestID, Actor: who.Actor, Account: account, Action: rbac.DeleteEntry, Entry: id, Outcome: audit.OutcomeIntent, Time: app.clock.now(),
	})
	must(t, err)
	req := httptest.NewRequestWithContext(t.Context(), http.MethodDelete, sandbox.Prefix+"/accounts/"+account+"/email-security/settings/impersonation_registry/"+string(id), http.NoBody)
	req.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	res := httptest.NewRecorder()
	app.bodies.ServeHTTP(res, req)
	same(t, "deleted", res.Code, http.StatusOK)
}

// counted are the counts of a plan in JSON that are not 0.
func counted(counts map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if counts[name] > 0 {
			parts = append(parts, fmt.Sprintf("%s:%d", name, counts[name]))
		}
	}
	return strings.Join(parts, " ")
}
