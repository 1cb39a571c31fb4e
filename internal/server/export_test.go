package server_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/importer"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// exportSeed has names and comments that spreadsheets take for formulas.
var exportSeed = []sandbox.Entry{
	{ID: string(entryID(1)), Name: "'t Hooft", Email: "hooft@example.com", Provenance: sandbox.Manual},
	{ID: string(entryID(2)), Name: "-Desk", Email: `.*@desk\.example`, IsEmailRegex: true, Comments: new("\tindented"), Provenance: sandbox.Manual},
	{ID: string(entryID(3)), Name: "Synced", Email: "synced@example.com", Provenance: sandbox.GoogleDirectory},
	{ID: string(entryID(4)), Name: "Jane", Email: "hooft@example.com", Provenance: sandbox.Manual},
}

// exportedNames returns the names in an export, in its order, sorted for a format without
// names.
func exportedNames(t *testing.T, extension string, res *answer) string {
	t.Helper()
	var names []string
	switch extension {
	case "csv":
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(res.body, "\uFEFF"))).ReadAll()
		must(t, err)
		for _, row := range rows[1:] {
			names = append(names, row[0])
		}
	case "xlsx":
		file, err := importer.Open([]byte(res.body), "", importer.Options{})
		must(t, err)
		for c, err := range file.Candidates() {
			must(t, err)
			names = append(names, c.Draft.Name)
		}
	case "json":
		var got struct {
			Result []struct{ Name string }
		}
		must(t, json.Unmarshal([]byte(res.body), &got))
		for _, e := range got.Result {
			names = append(names, e.Name)
		}
	case "tf":
		for _, found := range regexp.MustCompile(`(?m)^  name .*= "(.*)"$`).FindAllStringSubmatch(res.body, -1) {
			names = append(names, found[1])
		}
	case "txt":
		names = strings.Fields(res.body)
	}
	return strings.Join(names, ", ")
}

func TestExport(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(exportSeed...))
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK)
	calls := app.calls(http.MethodGet)
	list := b.get(entries + "?search=example&order=name&direction=asc&per_page=50&page=1").wants(http.StatusOK)
	same(t, "files offered", strings.Join(list.Find("#export-all a").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("href", "") }), " "),
		strings.NewReplacer("E", entries, "Q", "direction=asc&order=name&search=example").Replace("E.csv?Q E.xlsx?Q E.json?Q E.tf?Q E.txt?Q"))
	same(t, "of a selection", strings.Join(list.Find("#export-selected button").Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("formaction", "") }), " "),
		strings.NewReplacer("E", entries, "Q", "direction=asc&order=name").Replace("E.csv?Q E.xlsx?Q E.json?Q E.tf?Q E.txt?Q"))
	tests := []struct {
		extension, contentType string
		all                    string // names of ?order=name&direction=desc
		search                 string // of ?search=example.com&provenance=A1S_INTERNAL&per_page=1&page=7
		selected               string // of entries 4 and 2, by name
	}{
		{"csv", "text/csv; charset=utf-8", "Synced, Jane, '-Desk, 't Hooft", "'t Hooft, Jane", "'-Desk, Jane"},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Synced, Jane, -Desk, 't Hooft", "'t Hooft, Jane", "-Desk, Jane"},
		{"json", "application/json", "Synced, Jane, -Desk, 't Hooft", "'t Hooft, Jane", "-Desk, Jane"},
		{"tf", "text/plain; charset=utf-8", "'t Hooft, -Desk, Jane", "'t Hooft, Jane", "-Desk, Jane"},
		{"txt", "text/plain; charset=utf-8", "hooft@example.com, synced@example.com", "hooft@example.com", "hooft@example.com"},
	}
	for _, tt := range tests {
		t.Run(tt.extension, func(t *testing.T) {
			b := b.in(t)
			path := entries + "." + tt.extension
			recorded := len(b.app.records(rbac.ExportRegistry))
			res := b.get(path + "?order=name&direction=desc").wants(http.StatusOK)
			same(t, "Content-Type", res.header.Get("Content-Type"), tt.contentType)
			same(t, "a file name", regexp.MustCompile(`^attachment; filename="namesake-entries-`+account+`-\d{8}T\d{6}Z\.`+tt.extension+`"$`).MatchString(res.header.Get("Content-Disposition")), true)
			same(t, "As-Of", res.header.Get("Namesake-As-Of"), b.json(entries).header.Get("Namesake-As-Of"))
			same(t, "all", exportedNames(t, tt.extension, res), tt.all)
			tag := res.header.Get("ETag")

			res = b.get(path + "?search=example.com&provenance=A1S_INTERNAL&order=name&direction=asc&per_page=1&page=7").wants(http.StatusOK)
			same(t, "a search, on all pages", exportedNames(t, tt.extension, res), tt.search)

			chosen := url.Values{"id": {string(entryID(4)), string(entryID(2))}}
			res = b.get(path + "?order=name&direction=asc&search=nothing&" + chosen.Encode()).wants(http.StatusOK)
			same(t, "selected", exportedNames(t, tt.extension, res), tt.selected)
			res = b.post(path+"?order=name&direction=asc", chosen).wants(http.StatusOK)
			same(t, "selected, as a form", exportedNames(t, tt.extension, res), tt.selected)

			records := b.app.records(rbac.ExportRegistry)[recorded:]
			same(t, "records", len(records), 4)
			for i, want := range []registry.Values{
				{"format": tt.extension, "count": int64(4)},
				{"format": tt.extension, "count": int64(2), "search": "example.com", "provenance": "A1S_INTERNAL"},
				{"format": tt.extension, "count": int64(2), "id": string(entryID(4)) + " " + string(entryID(2))},
				{"format": tt.extension, "count": int64(2), "id": string(entryID(4)) + " " + string(entryID(2))},
			} {
				same(t, "outcome", records[i].Outcome, audit.OutcomeDone)
				same(t, "role", records[i].Actor.Role, rbac.Viewer)
				if len(records[i].After) != len(want) || !records[i].After.Contains(want) {
					t.Errorf("record %d has %v, want %v", i, records[i].After, want)
				}
			}

			b.do(http.MethodGet, path, nil, map[string]string{"If-None-Match": tag}).wants(http.StatusNotModified)
			head := b.do(http.MethodHead, path, nil, nil).wants(http.StatusOK)
			same(t, "Content-Type of HEAD", head.header.Get("Content-Type"), tt.contentType)
			same(t, "from another site", b.do(http.MethodGet, path, nil, map[string]string{"Sec-Fetch-Site": "cross-site"}).status, http.StatusForbidden)
			same(t, "records of what is not handed over", len(b.app.records(rbac.ExportRegistry)), recorded+4)
		})
	}
	same(t, "calls of the API", app.calls(http.MethodGet), calls)
	page := app.as("admin").get("/audit?action=registry.export").wants(http.StatusOK)
	page.contains("main table", "Exported entries")
}

// The file of an earlier time has what its list shows.
func TestExportOfAnEarlierTime(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(exportSeed...))
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK)
	app.clock.move(time.Minute)
	at := app.clock.now().UTC()
	app.clock.move(time.Minute)
	b.create(jane()).wants(http.StatusSeeOther)
	past := "?order=name&direction=asc&at=" + url.QueryEscape(at.Format(time.RFC3339Nano))
	res := b.get(entries + ".csv" + past).wants(http.StatusOK)
	same(t, "then", exportedNames(t, "csv", res), "'t Hooft, '-Desk, Jane, Synced")
	same(t, "As-Of", res.header.Get("Namesake-As-Of"), at.Format(time.RFC3339))
	same(t, "recorded", app.records(rbac.ExportRegistry)[0].After["at"], any(at.Truncate(time.Microsecond).Format(time.RFC3339Nano)))
	same(t, "now", strings.Contains(exportedNames(t, "csv", b.get(entries+".csv").wants(http.StatusOK)), "Jane Smith"), true)
	b.get(entries + ".csv?at=2020-01-01").wants(http.StatusUnprocessableEntity)
}

func TestExportIsRefused(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(exportSeed...))
	b := app.as("viewer")
	gone := url.Values{"id": {string(entryID(1)), string(entryID(8)), string(entryID(9))}}
	tests := []struct {
		name    string
		answer  func(path string, header map[string]string) *answer
		status  int
		heading string
		text    string
	}{
		{"a filter that can't be read", func(path string, header map[string]string) *answer {
			return b.do(http.MethodGet, path+"?provenance=elsewhere", nil, header)
		}, 400, "Not exported: a filter can't be understood", `provenance can't be "elsewhere"`},
		{"an id that is none", func(path string, header map[string]string) *answer {
			return b.do(http.MethodGet, path+"?id=x", nil, header)
		}, 400, "Not exported: a filter can't be understood", `id can't be "x"`},
		{"entries that are gone", func(path string, header map[string]string) *answer {
			return b.do(http.MethodGet, path+"?"+gone.Encode(), nil, header)
		}, 404, "Not exported: 2 selected entries no longer exist", string(entryID(8))},
		{"no selection", func(path string, header map[string]string) *answer {
			header["Content-Type"] = "application/x-www-form-urlencoded"
			return b.do(http.MethodPost, path, strings.NewReader("order=name"), header)
		}, 422, "Not exported: no entry is selected", "Select entries in the list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := tt.answer(entries+".csv", map[string]string{"Accept": "text/html"}).wants(tt.status)
			page.contains("h1", tt.heading)
			page.contains("main", tt.text)
			// A program gets JSON: when it asks for it, and from the path of JSON.
			for path, header := range map[string]map[string]string{entries + ".csv": {"Accept": "application/json"}, entries + ".json": {}} {
				res := tt.answer(path, header).wants(tt.status)
				var got struct {
					Success bool
					Errors  []struct{ Message string }
				}
				must(t, json.Unmarshal([]byte(res.body), &got))
				same(t, "success", got.Success, false)
				same(t, "message", strings.Contains(got.Errors[0].Message, tt.heading) && strings.Contains(got.Errors[0].Message, tt.text), true)
			}
		})
	}
	same(t, "records", len(app.records(rbac.ExportRegistry)), 0)
}

// What can't be recorded is not handed over.
func TestExportThatCanNotBeRecorded(t *testing.T) {
	t.Parallel()
	journal := &faultyJournal{fail: func(r audit.Record) bool { return r.Action == rbac.ExportRegistry }}
	app := newApp(t, seeded(exportSeed...), func(s *settings) { s.journal = journal })
	res := app.as("admin").get(entries + ".csv").wants(http.StatusServiceUnavailable)
	res.contains("h1", "the audit trail can't be written")
	same(t, "a file", res.header.Get("Content-Disposition"), "")
}

// A part of the registry does not pass for all of it.
func TestExportWhileTheRegistryIsUnknown(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.out("500")
	b := app.as("viewer")
	b.get(entries + ".csv").wants(http.StatusBadGateway)
	same(t, "records", len(app.records(rbac.ExportRegistry)), 0)
}

// Terraform gets the same file whatever the order of the list, with the labels that the pages
// of the entries show.
func TestExportForTerraformIsStable(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(exportSeed...))
	b := app.as("admin")
	first := b.get(entries + ".tf?order=name&direction=desc").wants(http.StatusOK).body
	same(t, "the order of Terraform", b.get(entries+".tf?order=email&direction=asc&group=name").wants(http.StatusOK).body, first)
	labels := regexp.MustCompile(`(?m)^resource "\w+" "(\w+)"`).FindAllStringSubmatch(first, -1)
	var names []string
	for _, label := range labels {
		names = append(names, label[1])
		page := b.get(entries + "/f174e90a-fafe-4643-bbbc-" + label[1][len(label[1])-12:]).wants(http.StatusOK)
		page.contains("#entry-terraform", `"`+label[1]+`"`)
	}
	slices.Sort(names)
	same(t, "different labels", len(slices.Compact(names)), 3)
}
