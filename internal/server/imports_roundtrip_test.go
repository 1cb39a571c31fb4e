package server_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// strangeNames are names that files and spreadsheets take for something else.
var strangeNames = []string{
	"'=x", "''=x", "=x", "'t Hooft", "-Desk", "+44 Desk", "@Home", " =x", "Jane\nSmith", "Jane\r\nSmith", "Jane\rSmith", "\nJane", `Jane "JS" Smith`, `"Jane"`, "Smith, Jane", "Smith; Jane", "a\tb",
	" Jane ", "\tJane", "עדה מורו", "\u202eenaJ", "Ada \u2066x\u2069", "Jose\u0301", "José", "Ｊａｎｅ", "😀", "00012", "1e5", "true", "1/2", "#N/A", "=HYPERLINK(\"http://x.example\")", "<b>&amp;",
	"_x0041_", "sep=;", "id", "name", "-", "null", "N/A", "a|b", "\u00a0Jane", "\ufeffJane", "\u0085Jane", "\u2028Jane", "Jane\u200b", `C:\new`,
}

// strangeEntries have all of them, as names and as comments.
func strangeEntries() (all []sandbox.Entry) {
	made := time.Date(2026, 8, 20, 12, 0, 0, 120_000_000, time.UTC)
	add := func(e sandbox.Entry) {
		if e.Provenance == "" {
			e.Provenance = sandbox.Manual
		}
		e.ID, e.CreatedAt, e.ModifiedAt = string(entryID(len(all)+1)), made, made
		all = append(all, e)
	}
	for i, text := range strangeNames {
		add(sandbox.Entry{Name: text, Email: fmt.Sprintf("person%d@example.com", i)})
		add(sandbox.Entry{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("p%d@Example.com", i), Comments: &text})
	}
	for i, email := range []string{"=?a@example.com", `.*@(a|b)\.example`, `^a{1,3}@b\.example$`, `"a, b; c"@x\.example`, "(", " a@x", "@home", "-.*", "^smtp:a@x$"} {
		add(sandbox.Entry{Name: fmt.Sprint("Pattern ", i), Email: email, IsEmailRegex: true})
	}
	for n, comments := range map[int]string{4001: "a", 5000: "é\n", 20_000: "x", 30_000: "\t"} {
		add(sandbox.Entry{Name: fmt.Sprint("Long ", n), Email: fmt.Sprintf("long%d@example.com", n), Comments: new(strings.Repeat(comments, n))})
	}
	add(sandbox.Entry{Name: "Jane", Email: "twice@example.com"})
	add(sandbox.Entry{Name: "Jane", Email: "twice@example.com"})
	add(sandbox.Entry{Name: "JANE", Email: "Twice@example.com", Comments: new("")})
	add(sandbox.Entry{Name: "Derived", Email: "derived@example.com", DirectoryID: new(int64(0)), DirectoryNodeID: new(int64(1) << 60), ExternalDirectoryNodeID: new("=n 1 ")})
	for i, from := range []string{sandbox.Microsoft365, sandbox.Microsoft365API, sandbox.GoogleDirectory, "SNOOPY-NEW"} {
		add(sandbox.Entry{Name: fmt.Sprint("=Synced\n", i), Email: fmt.Sprintf("synced%d@example.com", i), Comments: new(" from\nthere "), DirectoryID: new(int64(7)), ExternalDirectoryNodeID: new("n"), Provenance: from})
	}
	random := rand.New(rand.NewPCG(5, 1)) //nolint:gosec // a test that repeats itself
	text := func() (t string) {
		for range 1 + random.IntN(3) {
			t += strangeNames[random.IntN(len(strangeNames))]
		}
		return t
	}
	for i := range 300 {
		add(sandbox.Entry{Name: text(), Email: fmt.Sprintf("random%d@example.com", i%250), Comments: new(text())})
	}
	return all
}

// What is exported is imported unchanged, whatever the entries have.
func TestExportThenImportAsAPlan(t *testing.T) {
	t.Parallel()
	seed := strangeEntries()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = seed })
	b := app.as("editor")
	for _, extension := range []string{"csv", "xlsx", "json"} {
		t.Run(extension, func(t *testing.T) {
			b := b.in(t)
			file := b.get(entries + "." + extension).wants(http.StatusOK)
			draft := b.followed(b.upload("entries."+extension, file.body))
			for _, state := range []string{"waiting", "skipped"} {
				draft.operations(state).Each(func(_ int, row *goquery.Selection) {
					t.Errorf("%s: %s", state, strings.Join(strings.Fields(row.Text()), " "))
				})
			}
			same(t, "unchanged", draft.operations("unchanged").Length(), len(seed))
			draft.contains("main", "No operation would change anything.")
			same(t, "something to apply", draft.Find("#apply").Length(), 0)
			whole := b.followed(b.uploadWith(map[string]string{"mode": "mirror"}, "entries."+extension, file.body))
			same(t, "unchanged as the whole registry", whole.operations("unchanged").Length(), len(seed))
			same(t, "something to delete", whole.Find("#apply").Length(), 0)
		})
	}
}

// An exported entry that is gone is created without what a directory or Cloudflare gave it.
func TestImportOfAnEntryThatIsGone(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = strangeEntries() })
	b := app.as("editor")
	const list = "name,email,is_email_regex,provenance,id,created_at,directory_id,directory_node_id,external_directory_node_id\n" +
		"Ann,ann@example.com,false,SNOOPY-GOOGLE_DIRECTORY,00000000-0000-4000-8000-00000000aaaa,2026-08-20T12:00:00Z,7,8,n1\n" +
		"Bob,bob@example.com,false,A1S_INTERNAL,00000000-0000-4000-8000-00000000bbbb,2026-08-20T12:00:00Z,9,,\n" +
		"Cid,cid@example.com,false,A1S_INTERNAL,,,9,,\n"
	draft := b.followed(b.upload("entries.csv", list))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	b.post(path+"/apply", nil).wants(http.StatusSeeOther)
	same(t, "done", b.ended(path).operations("done").Length(), 3)
	got := app.sent(http.MethodPost)
	slices.Sort(got)
	same(t, "sent", strings.Join(got, "\n"), strings.Join([]string{
		`{"directory_id":9,"email":"cid@example.com","is_email_regex":false,"name":"Cid","provenance":"A1S_INTERNAL"}`,
		`{"email":"ann@example.com","is_email_regex":false,"name":"Ann"}`,
		`{"email":"bob@example.com","is_email_regex":false,"name":"Bob","provenance":"A1S_INTERNAL"}`,
	}, "\n"))
}

// Of many entries that are gone, each gets the fields that Namesake itself has sent for it.
func TestImportOfManyEntriesThatAreGone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	var ids []string
	for _, node := range []string{"5", ""} {
		made := b.create(map[string]string{"name": "Made " + node, "email": "made" + node + "@example.com", "directory_node_id": node}).wants(http.StatusSeeOther)
		ids = append(ids, path.Base(made.location()))
		b.post(made.location()+"/delete", nil).wants(http.StatusSeeOther)
	}
	var list strings.Builder
	list.WriteString("name,email,is_email_regex,id,directory_id,directory_node_id\n")
	fmt.Fprintf(&list, "Made 5,made5@example.com,false,%s,8,5\nMade,made@example.com,false,%s,9,6\n", ids[0], ids[1])
	for i := range 250 {
		fmt.Fprintf(&list, "Gone %d,gone%d@example.com,false,00000000-0000-4000-8000-%012d,%d,5\n", i, i, i, i+1)
	}
	var drafted struct {
		Result struct {
			Operations []struct {
				Op    string         `json:"op"`
				After map[string]any `json:"after"`
			} `json:"operations"`
		} `json:"result"`
	}
	must(t, json.Unmarshal([]byte(b.json(b.upload("entries.csv", list.String()).wants(http.StatusSeeOther).location()+"?per_page=1000").wants(http.StatusOK).body), &drafted))
	same(t, "operations", len(drafted.Result.Operations), 252)
	for i, o := range drafted.Result.Operations {
		want := map[string]any(nil)
		if i == 0 {
			want = map[string]any{"directory_node_id": 5.0}
		}
		got := map[string]any(nil)
		for _, field := range []string{"directory_id", "directory_node_id"} {
			if value := o.After[field]; value != nil {
				got = map[string]any{field: value}
			}
		}
		same(t, fmt.Sprint(i, " is a"), o.Op, "create")
		same(t, fmt.Sprint("directory fields of ", i), fmt.Sprint(got), fmt.Sprint(want))
	}
}
