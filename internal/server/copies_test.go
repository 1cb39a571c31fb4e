package server_test

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
)

// TestCopies has each entry read back from the texts that it can be copied as: by a
// JSON parser, and by a shell. Terraform's own parser is at work in e2e.
func TestCopies(t *testing.T) {
	t.Parallel()
	const token = "t0ken-that-must-stay-secret"
	text := func(s string) *string { return &s }
	number := func(n int64) *int64 { return &n }
	made := time.Date(2026, 8, 20, 12, 0, 0, 120_000_000, time.UTC)
	tests := []struct {
		name  string
		entry sandbox.Entry
		sends string // by the API call
		says  string // beside the API call
		block string // what Terraform's block has, line by line
		none  string // what it has not
	}{
		{
			"an address",
			sandbox.Entry{Name: "Jane Smith", Email: "jane@example.com"},
			`{"name":"Jane Smith","email":"jane@example.com","is_email_regex":false,"provenance":"A1S_INTERNAL"}`, "one more entry",
			"resource \"cloudflare_email_security_impersonation_registry\" \"jane_smith_00000000000040008000000000000001\" {\n  account_id     = \"" + account + "\"\n" +
				"  name           = \"Jane Smith\"\n  email          = \"jane@example.com\"\n  is_email_regex = false\n  provenance     = \"A1S_INTERNAL\"\n}\n\n" +
				"import {\n  to = cloudflare_email_security_impersonation_registry.jane_smith_00000000000040008000000000000001\n  id = \"" + account + "/00000000-0000-4000-8000-000000000001\"\n}\n", "comments",
		},
		{
			"a pattern with backslashes, comments",
			sandbox.Entry{Name: "A", Email: `.*@(a|b)\.example\\`, IsEmailRegex: true, Comments: text("two\nlines\t\"quoted\"")},
			`{"name":"A","email":".*@(a|b)\\.example\\\\","is_email_regex":true,"comments":"two\nlines\t\"quoted\"","provenance":"A1S_INTERNAL"}`, "one more entry",
			`  email          = ".*@(a|b)\\.example\\\\"` + "\n  is_email_regex = true\n" + `  comments       = "two\nlines\t\"quoted\""`, "directory_id",
		},
		{
			"a shell's words",
			sandbox.Entry{Name: "'; rm -rf ~ #", Email: "$(id)`id`@x.example", Comments: text("")},
			"{\"name\":\"'; rm -rf ~ #\",\"email\":\"$(id)`id`@x.example\",\"is_email_regex\":false,\"provenance\":\"A1S_INTERNAL\"}", "one more entry",
			`"rm_rf_00000000000040008000000000000001" {` + "\n  account_id     = \"" + account + "\"\n" + `  name           = "'; rm -rf ~ #"`, "directory_id",
		},
		{
			"templates, a page's words",
			sandbox.Entry{Name: `${file("/etc/passwd")}</code><script>`, Email: "%{for}&lt;@x.example"},
			`{"name":"${file(\"/etc/passwd\")}</code><script>","email":"%{for}&lt;@x.example","is_email_regex":false,"provenance":"A1S_INTERNAL"}`, "one more entry",
			`  name           = "$${file(\"/etc/passwd\")}</code><script>"` + "\n" + `  email          = "%%{for}&lt;@x.example"`, "comments",
		},
		{
			"what doesn't show",
			sandbox.Entry{Name: "李 gnp.\u202eexe\x7f", Email: "x@x.example"},
			`{"name":"李 gnp.\u202eexe\u007f","email":"x@x.example","is_email_regex":false,"provenance":"A1S_INTERNAL"}`, "one more entry",
			`  name           = "李 gnp.\u202eexe\u007f"`, "\u202e",
		},
		{
			"everything that can be given",
			sandbox.Entry{Name: "B", Email: "b@x.example", DirectoryID: number(0), DirectoryNodeID: number(7), ExternalDirectoryNodeID: text("n'1")},
			`{"name":"B","email":"b@x.example","is_email_regex":false,"directory_id":0,"directory_node_id":7,"external_directory_node_id":"n'1","provenance":"A1S_INTERNAL"}`, "one more entry",
			"  directory_id               = 0\n  directory_node_id          = 7\n  external_directory_node_id = \"n'1\"\n", "comments",
		},
		{
			"synced",
			sandbox.Entry{Name: "C", Email: "c@x.example", Comments: text("from there"), DirectoryID: number(4), DirectoryNodeID: number(5), ExternalDirectoryNodeID: text("n"), Provenance: sandbox.GoogleDirectory},
			`{"name":"C","email":"c@x.example","is_email_regex":false,"comments":"from there"}`, "a manual entry",
			"data \"cloudflare_email_security_impersonation_registry\" \"c_00000000000040008000000000000001\" {\n  account_id                = \"" + account + "\"\n" +
				"  impersonation_registry_id = \"00000000-0000-4000-8000-000000000001\"\n}\n", "import {",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.entry.ID, tt.entry.CreatedAt, tt.entry.ModifiedAt = "00000000-0000-4000-8000-000000000001", made, made
			if tt.entry.Provenance == "" {
				tt.entry.Provenance = sandbox.Manual
			}
			app := newApp(t, func(s *settings) {
				s.sandbox.Seed, s.sandbox.Tokens = []sandbox.Entry{tt.entry}, []sandbox.Token{{Value: token}}
				s.client = func(o *cfapi.Options) { o.Token = token }
			})
			b := app.as("viewer")
			app.typed(tt.entry)
			path := entries + "/" + tt.entry.ID
			page := b.get(path).wants(http.StatusOK)
			same(t, "the token is on the page", strings.Contains(page.body, token), false)
			if _, open := page.Find("details[data-copies]").Attr("open"); open {
				t.Error("the section is open, want it closed at first")
			}
			for _, id := range []string{"#entry-json", "#entry-curl", "#entry-terraform"} {
				same(t, id+": texts", page.Find(id).Length(), 1)
				same(t, id+": its button", page.Find("button[data-copy='"+id[1:]+"'][hidden]").Length(), 1)
			}
			api := b.do(http.MethodGet, path, nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
			sameJSON(t, "JSON", page.Find("#entry-json").Text(), jsonOf(t, parsed(t, api.body)["result"]))

			args := curlArgs(t, page.Find("#entry-curl").Text())
			same(t, "what curl is given, but for the body", strings.Join(args[:8], "\n"), strings.Join([]string{
				"-X", "POST", "https://api.cloudflare.com/client/v4/accounts/" + account + "/email-security/settings/impersonation_registry",
				"-H", "Authorization: Bearer from the shell", "-H", "Content-Type: application/json", "--data",
			}, "\n"))
			sameJSON(t, "what the call sends", args[8], tt.sends)
			same(t, "the note", strings.Contains(page.Find("pre:has(#entry-curl)").Prev().Text(), tt.says), true)

			block := page.Find("#entry-terraform").Text()
			if !strings.Contains(block, tt.block) || strings.Contains(block, tt.none) {
				t.Errorf("the block is\n%s\nwant in it\n%s\nand not %q", block, tt.block, tt.none)
			}
		})
	}
}

// curlArgs runs a command in a real shell, with a curl that tells what it was given.
func curlArgs(t testing.TB, command string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `curl() { printf '%s\0' "$@"; }`+"\n"+command)
	cmd.Env, cmd.Dir = []string{"CLOUDFLARE_API_TOKEN=from the shell"}, t.TempDir()
	out, err := cmd.CombinedOutput()
	args := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if err != nil || len(args) != 9 {
		t.Fatalf("%v: curl is given %q by\n%s", err, args, command)
	}
	return args
}

func parsed(t testing.TB, text string) (v map[string]any) {
	t.Helper()
	must(t, json.Unmarshal([]byte(text), &v))
	return v
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

func sameJSON(t testing.TB, what, got, want string) {
	t.Helper()
	if !reflect.DeepEqual(parsed(t, got), parsed(t, want)) {
		t.Errorf("%s: got %s, want %s", what, got, want)
	}
}
