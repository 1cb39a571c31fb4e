package server_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// typed writes into the trail that a person created the entry through Namesake, with
// its directory fields.
func (a *app) typed(e sandbox.Entry) {
	a.t.Helper()
	values := registry.Values{"name": e.Name, "email": e.Email, "is_email_regex": e.IsEmailRegex}
	if e.DirectoryID != nil {
		values["directory_id"] = *e.DirectoryID
	}
	if e.DirectoryNodeID != nil {
		values["directory_node_id"] = *e.DirectoryNodeID
	}
	if e.ExternalDirectoryNodeID != nil {
		values["external_directory_node_id"] = *e.ExternalDirectoryNodeID
	}
	a.record(audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: values})
	intents, err := a.store.Records(a.t.Context(), audit.Query{Limit: 1})
	must(a.t, err)
	a.record(audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Intent: intents[0].Seq, Entry: registry.ID(e.ID), After: values})
}

const uuidOfToday = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"

// migrated is a manual entry as Cloudflare gives it since ids became UUIDs: its former
// id is its external directory node id.
func migrated() sandbox.Entry {
	zero, former := int64(0), "12444788"
	return sandbox.Entry{
		ID: uuidOfToday, Name: "Jane Smith", Email: "jane@example.com", Provenance: sandbox.Manual,
		DirectoryID: &zero, ExternalDirectoryNodeID: &former,
	}
}

func seeded(seed ...sandbox.Entry) func(*settings) {
	return func(s *settings) { s.sandbox.Seed = seed }
}

// What Cloudflare derived is neither sent nor copied, however the entry is made again;
// what a person typed is.
func TestDerivedDirectoryFields(t *testing.T) {
	t.Parallel()
	const without = `{"name":"Jane Smith","email":"jane@example.com","is_email_regex":false,"provenance":"A1S_INTERNAL"}`
	const typed = `{"name":"Jane Smith","email":"jane@example.com","is_email_regex":false,"directory_id":0,"external_directory_node_id":"12444788","provenance":"A1S_INTERNAL"}`
	other := migrated()
	other.ID, other.Name, other.Email, other.ExternalDirectoryNodeID = "f174e90a-fafe-4643-bbbc-4a0ed4fc8416", "Joan Smith", "joan@example.com", nil
	again := map[string]func(b *browser) *answer{
		"undo": func(b *browser) *answer {
			b.post(entries+"/"+uuidOfToday+"/delete", nil).wants(http.StatusSeeOther)
			seq := b.get(entries).Find("form[action$='/undo'] input").AttrOr("value", "")
			return b.post(entries+"/undo", url.Values{"record": {seq}})
		},
		"restore": func(b *browser) *answer {
			b.post(entries+"/"+uuidOfToday+"/delete", nil).wants(http.StatusSeeOther)
			seq := b.app.records(rbac.DeleteEntry)[0].Seq
			if r := b.app.records(rbac.DeleteEntry)[1]; r.Outcome == audit.OutcomeDone {
				seq = r.Seq
			}
			link := b.get("/audit/"+strconv.FormatInt(seq, 10)).Find("main a:contains('Restore')").AttrOr("href", "")
			return b.submit(b.get(link).wants(http.StatusOK), nil)
		},
		"undo of several": func(b *browser) *answer {
			to := b.post(entries+"/delete", url.Values{"id": {uuidOfToday, other.ID}}).wants(http.StatusSeeOther).location()
			done := b.ended(to)
			return b.post(done.Find("form[action*='/plans/'][action$='/undo']").AttrOr("action", ""), nil)
		},
	}
	for name, act := range again {
		for kind, sends := range map[string]string{"derived": without, "typed": typed} {
			t.Run(name+", "+kind, func(t *testing.T) {
				app := newApp(t, seeded(migrated(), other))
				if kind == "typed" {
					app.typed(migrated())
				}
				b := app.as("editor")
				made := act(b).wants(http.StatusSeeOther).location()
				if strings.Contains(made, "/plans/") {
					b.apply(b.ended(made))
				}
				found := ""
				for _, body := range app.sent(http.MethodPost) {
					if strings.Contains(body, "Jane Smith") {
						found = body
					}
				}
				sameJSON(t, "sent", found, sends)
			})
		}
	}
	t.Run("copied", func(t *testing.T) {
		app := newApp(t, seeded(migrated()))
		page := app.as("viewer").get(entries + "/" + uuidOfToday).wants(http.StatusOK)
		for _, field := range []string{"directory_id", "external_directory_node_id"} {
			same(t, field+" in JSON", parsed(t, page.Find("#entry-json").Text())[field], nil)
			if at := strings.Index(page.Find("#entry-terraform").Text(), field+" ="); at >= 0 {
				t.Error(field, "is in Terraform's block")
			}
		}
		sameJSON(t, "the call sends", curlArgs(t, page.Find("#entry-curl").Text())[8], without)
		page.contains("#entry-terraform", "ignore_changes = [directory_id, external_directory_node_id]")
		page.contains("details[data-copies]", "Cloudflare derives it: directory_id, external_directory_node_id.")
	})
}

// An entry is found under the id that it had before ids became UUIDs, with what was
// done to it then.
func TestFormerID(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(migrated()))
	b := app.as("editor")
	former := sandbox.Entry{ID: "12444788", Name: "Jane Smith", Email: "jane@example.com"}
	app.typed(former)
	app.record(audit.Record{Action: rbac.EditEntry, Outcome: audit.OutcomeDone, Entry: uuidOfToday, After: registry.Values{"name": "Jane Smith"}})
	app.clock.move(time.Minute) // the API may show an earlier state for a moment

	page := b.get(entries + "/" + uuidOfToday).wants(http.StatusOK)
	same(t, "history", seqsIn(page), "4 3")
	page.contains("section[aria-labelledby=history]", "former ID 12444788")
	for from, to := range map[string]string{
		"": "", "?back=%3Fpage%3D2": "?back=%3Fpage%3D2", "/edit": "/edit", "/delete": "/delete",
	} {
		same(t, from+" leads to", b.get(entries+"/12444788"+from).wants(http.StatusMovedPermanently).location(), entries+"/"+uuidOfToday+to)
	}
	res := b.do(http.MethodGet, entries+"/12444788", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusMovedPermanently)
	same(t, "in JSON", res.location(), entries+"/"+uuidOfToday)
	b.post(entries+"/12444788/delete", nil).wants(http.StatusNotFound)
	same(t, "deletions sent", len(app.sent(http.MethodDelete)), 0)

	// One that is nowhere any more is explained.
	app.typed(sandbox.Entry{ID: "77", Name: "Gone Person", Email: "gone@example.com"})
	page = b.get(entries + "/77").wants(http.StatusNotFound)
	page.contains("h1", "There is no such entry")
	page.contains("main", "Cloudflare replaced numeric ids such as 77")
	page.contains("main", "“Gone Person” (gone@example.com)")
	b.get(entries+"/78").wants(http.StatusNotFound).contains("main", "Cloudflare replaced numeric ids")
	b.get(entries+"/f174e90a-fafe-4643-bbbc-000000000000").wants(http.StatusNotFound).contains("h1", "There is no such entry")
}

// seqsIn are the numbers of the records in an entry's history.
func seqsIn(page *answer) string {
	var out []string
	for _, row := range page.Find("section[aria-labelledby=history] tr[data-seq]").EachIter() {
		out = append(out, row.AttrOr("data-seq", ""))
	}
	return strings.Join(out, " ")
}
