package cfapi_test

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// curl runs the command in a real shell, with a curl that tells what it was given.
func curl(t testing.TB, command string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `curl() { printf '%s\0' "$@"; }`+"\n"+command)
	cmd.Env = []string{"CLOUDFLARE_API_TOKEN=from the shell"}
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, out, command)
	}
	args := strings.Split(string(out), "\x00")
	if len(args) != 10 || args[9] != "" {
		t.Fatalf("curl is given %q by\n%s", args, command)
	}
	return args[:9]
}

var drafts = []registry.Draft{
	draft,
	{Name: "'; rm -rf ~ #", Email: `.*@b\.example'$(id)` + "`id`", IsEmailRegex: true, Comments: "a\nb\t\"c\" \\ !! $HOME <é>"},
	{Name: "李小龙 \u202e\u200d\U0001F600\x7f", Email: "@/etc/passwd", DirectoryID: new(int64), DirectoryNodeID: new(int64), ExternalDirectoryNodeID: "'", Provenance: registry.Manual},
	{},
}

// TestCreateCommand holds that the command asks for what CreateEntry asks for.
func TestCreateCommand(t *testing.T) {
	api := newStub(t, respond(http.StatusCreated, `{"success":true,"result":{"id":"`+uuid+`"}}`))
	client := newClient(t, options(api.URL))
	for _, d := range drafts {
		if _, _, err := client.CreateEntry(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		sent := api.requests()[0]
		command, err := cfapi.CreateCommand(api.URL+"/client/v4/", account, d)
		if err != nil {
			t.Fatal(err)
		}
		args := curl(t, command)
		want := []string{
			"-X", sent.method, api.URL + sent.uri, "-H", "Authorization: Bearer from the shell", "-H", "Content-Type: " + sent.header.Get("Content-Type"),
			"--data", args[8],
		}
		if !reflect.DeepEqual(args, want) {
			t.Errorf("curl is given %q, want %q", args, want)
		}
		if got, want := decoded(t, args[8]), decoded(t, sent.body); !reflect.DeepEqual(got, want) {
			t.Errorf("the command sends %v, want %v", got, want)
		}
	}
}

func decoded(t testing.TB, body string) (v map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	return v
}

func TestCreateCommandAsItReads(t *testing.T) {
	got, err := cfapi.CreateCommand("", account, registry.Draft{Name: "Ann O'Hara", Email: "ann@b.example"})
	const want = `curl -X POST 'https://api.cloudflare.com/client/v4/accounts/023e105f4ecef8ad9ca31a8372d0c353/email-security/settings/impersonation_registry' \
  -H "Authorization: Bearer $CLOUDFLARE_API_TOKEN" \
  -H 'Content-Type: application/json' \
  --data '{
  "name": "Ann O'\''Hara",
  "email": "ann@b.example",
  "is_email_regex": false
}'`
	if err != nil || got != want {
		t.Errorf("got %v\n%s\nwant\n%s", err, got, want)
	}
}

// FuzzCreateCommand holds that whatever an entry holds reaches curl as it is.
func FuzzCreateCommand(f *testing.F) {
	for _, d := range drafts {
		f.Add(d.Name, d.Email, d.Comments)
	}
	f.Fuzz(func(t *testing.T, name, email, comments string) {
		command, err := cfapi.CreateCommand("", account, registry.Draft{Name: name, Email: email, Comments: comments})
		if err != nil {
			t.Fatal(err)
		}
		got := decoded(t, curl(t, command)[8])
		want := map[string]any{"name": valid(name), "email": valid(email), "is_email_regex": false}
		if comments != "" {
			want["comments"] = valid(comments)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("curl is given %q, want %q", got, want)
		}
	})
}

// valid puts U+FFFD for each byte that is no UTF-8.
func valid(s string) string { return string([]rune(s)) }
