package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// workbook is an XLSX file with sheets; the first one has no list.
func workbook(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	must(t, book.SetCellValue("Sheet1", "A1", "Notes"))
	for name, rows := range map[string][][]any{
		"People & <b>": {{"name", "email"}, {"Ada Moreau", "ada@example.com"}},
		"Wer":          {{"Wer", "Wo"}, {"Ben Moreau", "ben@example.com"}},
	} {
		_, err := book.NewSheet(name)
		must(t, err)
		for i, row := range rows {
			at, err := excelize.CoordinatesToCellName(1, i+1)
			must(t, err)
			must(t, book.SetSheetRow(name, at, &row))
		}
	}
	var b bytes.Buffer
	must(t, book.Write(&b))
	return b.String()
}

// The sheet of a workbook is chosen from its names.
func TestImportASheet(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	path := b.upload("people.xlsx", workbook(t)).wants(http.StatusSeeOther).location()
	page := b.get(path).wants(http.StatusOK)
	page.contains("h1", "Which sheet is the list?")
	page.contains("main form", "People & <b>")
	same(t, "sheets", page.Find("input[name=sheet]").Length(), 3)
	same(t, "the first one", page.AttrOf("input[name=sheet][checked]", "value"), "Sheet1")
	refused := b.post(path, url.Values{"sheet": {"Other"}}).wants(http.StatusUnprocessableEntity)
	refused.contains("h1", "Which sheet is the list?")
	refused.contains("main", "Nothing was changed.")
	app.as("admin").post(path, url.Values{"sheet": {"Wer"}}).wants(http.StatusGone) // another person's list

	mapping := b.post(path, url.Values{"sheet": {"Wer"}}).wants(http.StatusSeeOther).location()
	b.get(mapping).wants(http.StatusOK).contains("h1", "What are the columns?")
	draft := b.followed(b.post(mapping, url.Values{"column-0": {"name"}, "column-1": {"email"}}))
	same(t, "the name", draft.text("li[data-state=waiting] bdi"), "Ben Moreau")

	path = b.upload("people.xlsx", workbook(t)).wants(http.StatusSeeOther).location()
	draft = b.followed(b.post(path, url.Values{"sheet": {"People & <b>"}}))
	same(t, "the name", draft.text("li[data-state=waiting] bdi"), "Ada Moreau")
	b.get(path).wants(http.StatusGone)
	for _, list := range []string{plans, overview} {
		b.get(list).contains("main", "people.xlsx")
	}
}

// Each field of a row can be corrected in place.
func TestCorrectDirectoryFields(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("name,email,directory_id,external_directory_node_id\nAda Moreau,ada@example.com,seven,n1\n"))
	path := strings.Split(draft.AttrOf("form[action$='/correct']", "action"), "/correct")[0]
	same(t, "the node", draft.AttrOf("#external_directory_node_id-0", "value"), "n1")
	typed := url.Values{"position": {"0"}, "name": {"Ada Moreau"}, "email": {"ada@example.com"}, "directory_id": {"VII"}, "external_directory_node_id": {"n2"}}
	refused := b.post(path+"/correct", typed).wants(http.StatusUnprocessableEntity)
	same(t, "what was typed", refused.AttrOf("#directory_id-0", "value"), "VII")
	typed.Set("directory_id", "7")
	b.post(path+"/correct", typed).wants(http.StatusSeeOther)
	b.post(path+"/apply", nil).wants(http.StatusSeeOther)
	same(t, "done", b.ended(path).operations("done").Length(), 1)
	for _, e := range app.sandbox.Entries() {
		if e.Email == "ada@example.com" && (e.DirectoryID == nil || *e.DirectoryID != 7 || e.ExternalDirectoryNodeID == nil || *e.ExternalDirectoryNodeID != "n2") {
			t.Errorf("created: %+v", e)
		}
	}
}

// What was typed into a row comes back with the reason wherever the row is, and also when the plan
// does not take it.
func TestCorrectAnyRow(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	list := "name,email\n"
	for i := range 60 {
		list += fmt.Sprintf("Person %d,p%d@new.example\n", i, i)
	}
	list = strings.Replace(list, "p7@new.example", "p7 at new.example", 1) // comes last on the page
	path := b.paste(list).wants(http.StatusSeeOther).location()
	typed := url.Values{"position": {"55"}, "name": {"Person 55"}, "email": {"p55 at new.example"}}
	for _, at := range []string{"page=2", "page=2&state=waiting", "per_page=1000"} {
		row := b.get(path + "?" + at).wants(http.StatusOK)
		same(t, at+": leads back", row.AttrOf("form:has(#email-55) input[name=at]", "value"), at)
		typed.Set("at", at)
		refused := b.post(path+"/correct", typed).wants(http.StatusUnprocessableEntity)
		same(t, at+": what was typed", refused.AttrOf("#email-55", "value"), "p55 at new.example")
		refused.contains("form:has(#email-55) [role=alert]", "address")
		same(t, at+": leads back again", refused.AttrOf("form:has(#email-55) input[name=at]", "value"), at)
	}
	for _, at := range []string{"", "page=1", "page=2", "state=skipped", "state=waiting", "%"} {
		for _, position := range []string{"7", "55"} {
			typed.Set("at", at)
			typed.Set("position", position)
			refused := b.post(path+"/correct", typed).wants(http.StatusUnprocessableEntity)
			same(t, at+": what was typed", refused.AttrOf("#email-"+position, "value"), "p55 at new.example")
		}
	}
	for _, tt := range []struct {
		what     string
		do       func() *browser
		position string
		status   int
		says     string
	}{
		{"no such row", func() *browser { return b }, "60", http.StatusUnprocessableEntity, "Fix 1 field"},
		{"another person's plan", func() *browser { return app.as("admin") }, "55", http.StatusForbidden, "another person's plan"},
		{"a cancelled plan", func() *browser { b.post(path+"/cancel", nil).wants(http.StatusSeeOther); return b }, "55", http.StatusConflict, "does not allow this now"},
	} {
		typed.Set("position", tt.position)
		refused := tt.do().post(path+"/correct", typed).wants(tt.status)
		for _, want := range []string{tt.says, "p55 at new.example"} {
			if !strings.Contains(refused.text("main"), want) {
				t.Errorf("%s: %q, want it to say %q", tt.what, refused.text("main"), want)
			}
		}
	}
}

// A running plan says how many operations are done, left and failed, and how long it takes at
// its measured pace, also after it was paused.
func TestPaceOfAPlan(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	list := "name,email\n"
	for i := range 40 {
		list += fmt.Sprintf("Person %d,p%d@new.example\n", i, i)
	}
	draft := b.followed(b.paste(list))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	hold := make(chan struct{})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Skip: 10, Times: 4, Hold: hold, Effect: sandbox.EffectLate})
	b.post(path+"/apply", url.Values{"confirm": {"40"}}).wants(http.StatusSeeOther)
	id := path[strings.LastIndex(path, "/")+1:]
	for app.storedPlan(id).Counts.Of(plan.OpDone) < 10 {
		time.Sleep(time.Millisecond) // four operations are held
	}
	p := app.storedPlan(id)
	same(t, "to run", p.ToRun, 40)
	p.Changed = app.store.Now().Add(-5 * time.Second)
	perSecond, left := p.Pace(app.store.Now())
	same(t, "operations a second", int(perSecond*10+0.5), 20)
	same(t, "time left", left.Round(time.Second), 15*time.Second)
	progress := b.get(path + "?part=progress").wants(http.StatusOK)
	progress.contains("[data-pace]", "10 done, 30 left, 0 failed.")
	close(hold)
	same(t, "done", b.ended(path).operations("done").Length(), 40)
}
