package sandbox_test

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"namesake/internal/cfapi/sandbox"
)

// entry builds a seed: one line an entry.
func entry(name, email, provenance string, days int) sandbox.Entry {
	return sandbox.Entry{Name: name, Email: email, Provenance: provenance, CreatedAt: start.AddDate(0, 0, -days).Truncate(time.Second)}
}

var none = []sandbox.Entry{}

func TestEntryLifeCycle(t *testing.T) {
	now := start
	sb, c := serve(t, sandbox.Options{Seed: none, Now: func() time.Time { return now }})

	got := c.create(`{"name":"Ελένη","email":"eleni@acme.example","is_email_regex":false,"comments":"c","directory_id":0,
		"directory_node_id":7,"external_directory_node_id":"x","unknown":true}`)
	if uuid.Validate(got.ID) != nil {
		t.Errorf("id %q is no UUID", got.ID)
	}
	at := start.Truncate(time.Microsecond)
	want := sandbox.Entry{
		ID: got.ID, Name: "Ελένη", Email: "eleni@acme.example", Comments: new("c"), DirectoryID: new(int64(0)),
		DirectoryNodeID: new(int64(7)), ExternalDirectoryNodeID: new("x"), Provenance: sandbox.Manual, CreatedAt: at, ModifiedAt: at,
	}
	check := func(what string, got sandbox.Entry) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
		}
	}
	check("created", got)
	r := c.call("GET", registryPath+"/"+got.ID, "")
	check("read", r.entry(t))
	if strings.Contains(r.Raw, "last_modified") || !strings.Contains(r.Raw, `"created_at":"2026-11-20T09:30:00.123456Z"`) {
		t.Errorf("times are wrong in %s", r.Raw)
	}

	now = now.Add(time.Hour)
	want.Email, want.IsEmailRegex, want.Comments, want.ModifiedAt = `.*@acme\.example`, true, nil, at.Add(time.Hour)
	check("patched", c.call("PATCH", registryPath+"/"+got.ID, `{"email":".*@acme\\.example","is_email_regex":true,"comments":null}`).entry(t))
	want.DirectoryNodeID, want.ModifiedAt = nil, at.Add(time.Hour+time.Microsecond)
	check("patched while the clock stands still", c.call("PATCH", registryPath+"/"+got.ID, `{"directory_node_id":null}`).entry(t))
	check("read again", c.call("GET", registryPath+"/"+got.ID, "").entry(t))
	check("in the list", sb.Entries()[0])

	r = c.call("DELETE", registryPath+"/"+got.ID, "")
	if r.Status != 200 || string(r.Result) != `{"id":"`+got.ID+`"}` || len(sb.Entries()) != 0 {
		t.Errorf("deleted: %d %s, %d entries left", r.Status, r.Raw, len(sb.Entries()))
	}
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		if r := c.call(method, registryPath+"/"+got.ID, `{"name":"x"}`); r.Status != 404 {
			t.Errorf("%s after delete: %d", method, r.Status)
		}
	}

	var writes []string
	for _, call := range sb.Writes() {
		writes = append(writes, fmt.Sprint(call.Method, " ", call.Status, " ", call.EntryID == got.ID))
	}
	if want := []string{"POST 201 true", "PATCH 200 true", "PATCH 200 true", "DELETE 200 true"}; !slices.Equal(writes, want) {
		t.Errorf("writes %q, want %q", writes, want)
	}
	if n := len(sb.Calls()); n != 9 {
		t.Errorf("%d calls logged, want 9", n)
	}
}

func TestLastModifiedOption(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: []sandbox.Entry{entry("A", "a@a.example", "", 1)}, LastModified: true})
	if r := c.call("GET", registryPath, ""); strings.Count(r.Raw, `"last_modified":"2026-11-19T09:30:00Z"`) != 1 {
		t.Errorf("no last_modified in %s", r.Raw)
	}
}

func TestList(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: []sandbox.Entry{
		entry("bob", "z@acme.example", sandbox.Manual, 5),
		entry("Alice", "y@acme.example", sandbox.Microsoft365, 4),
		entry("Bob", "B@other.example", sandbox.GoogleDirectory, 3),
		entry("ÉMILE", "a@acme.example", sandbox.Manual, 2),
		entry("alice", "c@acme.example", sandbox.Manual, 1),
	}})
	tests := []struct {
		query             string
		want              string
		count, page, size int
	}{
		{"", "alice ÉMILE Bob Alice bob", 5, 1, 20},
		{"?direction=asc", "bob Alice Bob ÉMILE alice", 5, 1, 20},
		{"?order=created_at", "bob Alice Bob ÉMILE alice", 5, 1, 20},
		{"?order=created_at&direction=desc", "alice ÉMILE Bob Alice bob", 5, 1, 20},
		{"?order=name", "Alice alice Bob bob ÉMILE", 5, 1, 20},
		{"?order=name&direction=desc", "ÉMILE bob Bob alice Alice", 5, 1, 20},
		{"?order=email&direction=asc", "ÉMILE Bob alice Alice bob", 5, 1, 20},
		{"?order=name&per_page=2", "Alice alice", 2, 1, 2},
		{"?order=name&per_page=2&page=3", "ÉMILE", 1, 3, 2},
		{"?order=name&per_page=5&page=2", "", 0, 2, 5},
		{"?order=name&per_page=1000&page=9223372036854775807", "", 0, 9223372036854775807, 1000},
		{"?search=ALICE&order=name", "Alice alice", 2, 1, 20},
		{"?search=%C3%A9mile", "ÉMILE", 1, 1, 20},
		{"?search=other.EXAMPLE", "Bob", 1, 1, 20},
		{"?search=acme&order=email&per_page=2&page=2", "Alice bob", 2, 2, 2},
		{"?search=unmatched", "", 0, 1, 20},
		{"?search=&order=name&per_page=1", "Alice", 1, 1, 1},
		{"?provenance=SNOOPY-GOOGLE_DIRECTORY", "Bob", 1, 1, 20},
		{"?provenance=A1S_INTERNAL&search=b&order=name", "bob", 1, 1, 20},
		{"?provenance=SNOOPY-CASB_OFFICE_365", "", 0, 1, 20},
	}
	for _, tt := range tests {
		r := c.call("GET", registryPath+tt.query, "")
		if got := strings.Join(r.names(t), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.query, got, tt.want)
		}
		if i := r.ResultInfo; i == nil || i.Count != tt.count || i.Page != tt.page || i.PerPage != tt.size || i.TotalCount != 5 {
			t.Errorf("%q: result_info %+v", tt.query, i)
		}
		if strings.Contains(r.Raw, "total_pages") || r.Header.Get("Cf-Auditlog-Id") == "" {
			t.Errorf("%q: %v %s", tt.query, r.Header, r.Raw)
		}
	}
}

func TestListRefusesBadQueries(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none})
	tests := []struct {
		query string
		want  []string
	}{
		{"?page=0", []string{"11408 /page"}},
		{"?page=-1", []string{"11408 /page"}},
		{"?page=one", []string{"11402 /page"}},
		{"?page=", []string{"11402 /page"}},
		{"?page=9223372036854775808", []string{"11402 /page"}},
		{"?per_page=0", []string{"11408 /per_page"}},
		{"?per_page=1001", []string{"11408 /per_page"}},
		{"?order=id", []string{"11404 /order"}},
		{"?direction=up", []string{"11404 /direction"}},
		{"?provenance=manual", []string{"11404 /provenance"}},
		{"?page=0&per_page=x&order=&direction=&provenance=", []string{
			"11408 /page", "11402 /per_page", "11404 /order", "11404 /direction", "11404 /provenance",
		}},
	}
	for _, tt := range tests {
		r := c.call("GET", registryPath+tt.query, "")
		if got := r.faults(); r.Status != 400 || !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %d %q, want 400 %q", tt.query, r.Status, got, tt.want)
		}
	}
}

func TestBodiesAreRefused(t *testing.T) {
	sb, c := serve(t, sandbox.Options{Seed: []sandbox.Entry{
		{ID: "manual", Name: "Ann", Email: "ann@acme.example"},
		{ID: "other", Name: "Ann", Email: "ann2@acme.example"},
		{ID: "pattern", Name: "Pat", Email: "a b", IsEmailRegex: true},
		{ID: "synced", Name: "Syd", Email: "syd@acme.example", Provenance: sandbox.Microsoft365},
	}})
	before := sb.Entries()
	long := strings.Repeat("名", 1025)
	tests := []struct {
		method, id, body string
		status           int
		want             []string
	}{
		{"POST", "", ``, 400, []string{"11400 -"}},
		{"POST", "", `{`, 400, []string{"11400 -"}},
		{"POST", "", `null`, 400, []string{"11400 -"}},
		{"POST", "", `[]`, 400, []string{"11400 -"}},
		{"POST", "", `"x"`, 400, []string{"11400 -"}},
		{"POST", "", `{} {}`, 400, []string{"11400 -"}},
		{"POST", "", "{\"name\":\"\xff\"}", 400, []string{"11400 -"}},
		{"POST", "", `{}`, 400, []string{"11401 /name", "11401 /email", "11401 /is_email_regex"}},
		{"POST", "", `{"name":null,"email":1,"is_email_regex":"no"}`, 400, []string{"11402 /name", "11402 /email", "11402 /is_email_regex"}},
		{"POST", "", `{"email":"x@y.example","is_email_regex":false,"name":"` + long + `"}`, 400, []string{"11403 /name"}},
		{"POST", "", `{"name":" ","email":"","is_email_regex":true}`, 400, []string{"11401 /name", "11406 /email"}},
		{"POST", "", `{"name":"x","email":"a b@c.example, d@e.example","is_email_regex":false}`, 400, []string{"11406 /email", "11406 /email"}},
		{"POST", "", `{"name":"x","email":"(a@b.example","is_email_regex":true}`, 400, []string{"11406 /email"}},
		{
			"POST", "", `{"name":"x","email":"x@y.example","is_email_regex":false,"comments":1,"directory_id":1.5,"directory_node_id":"7",
			"external_directory_node_id":7,"provenance":null}`, 400,
			[]string{"11402 /comments", "11402 /directory_id", "11402 /directory_node_id", "11402 /external_directory_node_id", "11402 /provenance"},
		},
		{
			"POST", "", `{"name":"x","email":"x@y.example","is_email_regex":false,"directory_id":9223372036854775808,"provenance":"Okta"}`, 400,
			[]string{"11408 /directory_id", "11404 /provenance"},
		},
		{
			"POST", "", `{"name":"x","email":"x@y.example","is_email_regex":false,"id":"1","created_at":"","modified_at":"","last_modified":""}`, 400,
			[]string{"11405 /id", "11405 /created_at", "11405 /modified_at", "11405 /last_modified"},
		},
		{"POST", "", `{"name":"Ann","email":"ann@acme.example","is_email_regex":true}`, 400, []string{"11409 /email"}},
		{"POST", "", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, 413, []string{"11413 -"}},
		{"PATCH", "/manual", `{}`, 400, []string{"11407 -"}},
		{"PATCH", "/manual", `{"unknown":1}`, 400, []string{"11407 -"}},
		{"PATCH", "/manual", `[1]`, 400, []string{"11400 -"}},
		{"PATCH", "/manual", `{"name":null,"email":null,"is_email_regex":null}`, 400, []string{"11402 /name", "11402 /email", "11402 /is_email_regex"}},
		{"PATCH", "/manual", `{"email":"ann2@acme.example"}`, 400, []string{"11409 /email"}},
		{"PATCH", "/manual", `{"id":"new"}`, 400, []string{"11405 /id"}},
		{"PATCH", "/pattern", `{"is_email_regex":false}`, 400, []string{"11406 /email", "11406 /email"}},
		{"PATCH", "/synced", `{"comments":"x"}`, 400, []string{"11410 -"}},
		{"DELETE", "/synced", ``, 400, []string{"11410 -"}},
		{"PATCH", "/unknown", `{"name":"x"}`, 404, []string{"11414 -"}},
		{"DELETE", "/12444788", ``, 404, []string{"11414 -"}},
		{"GET", "/12444788", ``, 404, []string{"11414 -"}},
		{"GET", "/..%2f..%2fx", ``, 404, []string{"11414 -"}},
	}
	for _, tt := range tests {
		name := tt.method + tt.id + " " + tt.body[:min(len(tt.body), 60)]
		r := c.call(tt.method, registryPath+tt.id, tt.body)
		if got := r.faults(); r.Status != tt.status || !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %d %q, want %d %q", name, r.Status, got, tt.status, tt.want)
		}
		for _, p := range r.Errors {
			if documented := strings.HasPrefix(p.DocumentationURL, "https://developers.cloudflare.com/"); documented != (tt.status == 400) {
				t.Errorf("%s: documentation_url %q", name, p.DocumentationURL)
			}
		}
	}
	if after := sb.Entries(); !reflect.DeepEqual(before, after) || len(sb.Writes()) != 0 {
		t.Errorf("the registry has changed: %+v, writes %+v", after, sb.Writes())
	}
}

func TestBodiesAreTaken(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none})
	tests := []struct{ body, name, email, provenance string }{
		{`{"name":"` + strings.Repeat("名", 1024) + `","email":"a@b.example","is_email_regex":false}`, strings.Repeat("名", 1024), "a@b.example", sandbox.Manual},
		{`{"name":"Ann","email":"a@b.example","is_email_regex":false}`, "Ann", "a@b.example", sandbox.Manual},
		{`{"name":"Ann","email":"A@b.example","is_email_regex":false}`, "Ann", "A@b.example", sandbox.Manual}, // only exact duplicates
		{`{"name":"J","email":"(?=a)[a-z&&[^b]]++@b\\.example","is_email_regex":true}`, "J", `(?=a)[a-z&&[^b]]++@b\.example`, sandbox.Manual},
		{
			`{"name":"S","email":"s@b.example","is_email_regex":false,"comments":null,"directory_id":null,"provenance":"SNOOPY-OFFICE_365"}`,
			"S", "s@b.example", sandbox.Microsoft365,
		},
	}
	for _, tt := range tests {
		e := c.create(tt.body)
		if e.Name != tt.name || e.Email != tt.email || e.Provenance != tt.provenance {
			t.Errorf("%.80s: got %+v", tt.body, e)
		}
	}
}

func TestAllowDuplicates(t *testing.T) {
	sb, c := serve(t, sandbox.Options{Seed: none, AllowDuplicates: true})
	first := c.create(`{"name":"Ann","email":"a@b.example","is_email_regex":false}`)
	second := c.create(`{"name":"Ann","email":"a@b.example","is_email_regex":false}`)
	if first.ID == second.ID || len(sb.Entries()) != 2 {
		t.Errorf("ids %s and %s, %d entries", first.ID, second.ID, len(sb.Entries()))
	}
}

func TestHeaders(t *testing.T) {
	now := start
	_, c := serve(t, sandbox.Options{Seed: none, RateLimit: 4, Now: func() time.Time { return now }})
	ray := regexp.MustCompile(`^[0-9a-f]{16}-SBX$`)
	tests := []struct {
		after  time.Duration
		path   string
		status int
		left   string
		retry  string
	}{
		{0, registryPath, 200, `"default";r=3;t=300`, ""},
		{10 * time.Second, registryPath + "/x", 404, `"default";r=2;t=290`, ""},
		{500 * time.Millisecond, "/client/v4/nowhere", 404, `"default";r=1;t=290`, ""},
		{0, registryPath, 200, `"default";r=0;t=290`, ""},
		{0, registryPath, 429, `"default";r=0;t=300`, "300"},
		{290 * time.Second, registryPath, 429, `"default";r=0;t=10`, "10"}, // refused for five minutes from then
		{10 * time.Second, registryPath, 200, `"default";r=3;t=300`, ""},
	}
	for i, tt := range tests {
		now = now.Add(tt.after)
		r := c.call("GET", tt.path, "")
		h := r.Header
		if r.Status != tt.status || h.Get("Ratelimit") != tt.left || h.Get("Retry-After") != tt.retry {
			t.Errorf("%d: got %d %q %q, want %d %q %q", i, r.Status, h.Get("Ratelimit"), h.Get("Retry-After"), tt.status, tt.left, tt.retry)
		}
		if !ray.MatchString(h.Get("Cf-Ray")) || h.Get("Ratelimit-Policy") != `"default";q=4;w=300` ||
			h.Get("Date") != now.Format(http.TimeFormat) || h.Get("Content-Type") != "application/json" {
			t.Errorf("%d: headers %v", i, h)
		}
		if tt.status == 429 && (r.Errors[0].Code != 10100 || r.Errors[0].Message != "More than 4 requests per 300 seconds reached. "+
			"Please wait and consider throttling your request speed") {
			t.Errorf("%d: %s", i, r.Raw)
		}
	}
	if r := c.as(sandbox.DefaultReadToken).call("GET", registryPath, ""); r.Status != 200 {
		t.Errorf("another token is counted too: %d", r.Status)
	}
	if r := c.with("X-Auth-Email", sandbox.DefaultEmail, "X-Auth-Key", sandbox.DefaultKey).call("GET", registryPath, ""); r.Status != 200 {
		t.Errorf("the key is counted too: %d", r.Status)
	}
}

func TestUnlimited(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none, RateLimit: -1})
	for range 1300 {
		if r := c.call("GET", registryPath, ""); r.Status != 200 || r.Header.Get("Ratelimit") != "" || r.Header.Get("Ratelimit-Policy") != "" {
			t.Fatal(r.Status, r.Header)
		}
	}
}
