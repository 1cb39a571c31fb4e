//go:build openapi

package schema

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/registry"
)

// account has 32 characters, which the token check asks for.
const account = "023e105f4ecef8ad9ca31a8372d0c353"

const registryPath = "/accounts/" + account + "/email-security/settings/impersonation_registry"

func serveSandbox(t *testing.T, opts sandbox.Options) (sb *sandbox.Sandbox, base string) {
	t.Helper()
	sb = sandbox.New(opts)
	srv := httptest.NewServer(sb)
	t.Cleanup(srv.Close)
	return sb, srv.URL + sandbox.Prefix
}

// TestSandboxKeepsToTheSchema makes each call with success and with failure.
func TestSandboxKeepsToTheSchema(t *testing.T) {
	const (
		write    = "Authorization: Bearer " + sandbox.DefaultToken
		read     = "Authorization: Bearer " + sandbox.DefaultReadToken
		stranger = "Authorization: Bearer stranger"
		key      = "X-Auth-Email: " + sandbox.DefaultEmail + "\nX-Auth-Key: " + sandbox.DefaultKey
		absent   = "/5e0b1e0a-0000-4000-8000-000000000000"
	)
	sb, base := serveSandbox(t, sandbox.Options{})
	entries := sb.Entries()
	at := func(provenance string) string {
		i := slices.IndexFunc(entries, func(e sandbox.Entry) bool { return e.Provenance == provenance })
		return "/" + entries[i].ID
	}
	manual, synced := at(sandbox.Manual), at(sandbox.GoogleDirectory)
	full := `{"name":"Ann","email":"ann@b.example","is_email_regex":false,"comments":null,"directory_id":null,` +
		`"directory_node_id":7,"external_directory_node_id":"x","provenance":"A1S_INTERNAL"}`
	tests := []struct {
		auth, call, body string
		status           int
		breaks           bool // the schema, by the request
	}{
		{write, "GET " + registryPath, "", 200, false},
		{read, "GET " + registryPath + "?page=2&per_page=5&search=e&order=name&direction=desc&provenance=A1S_INTERNAL", "", 200, false},
		{key, "GET " + registryPath + "?per_page=1000&order=created_at&direction=asc", "", 200, false},
		{write, "GET " + registryPath + "?page=99", "", 200, false},
		{write, "GET " + registryPath + "?page=0", "", 400, true},
		{write, "GET " + registryPath + "?page=1.5", "", 400, true},
		{write, "GET " + registryPath + "?per_page=1001", "", 400, true},
		{write, "GET " + registryPath + "?order=id", "", 400, true},
		{write, "GET " + registryPath + "?direction=up", "", 400, true},
		{write, "GET " + registryPath + "?provenance=x", "", 400, true},
		{"", "GET " + registryPath, "", 400, true},
		{stranger, "GET " + registryPath, "", 401, false},
		{write, "GET /accounts/" + strings.Repeat("x", 33) + "/email-security/settings/impersonation_registry", "", 404, true},

		{write, "POST " + registryPath, full, 201, false},
		{key, "POST " + registryPath, `{"name":"Ann","email":".*@b\\.example","is_email_regex":true}`, 201, false},
		{write, "POST " + registryPath, full, 400, false}, // a duplicate
		{write, "POST " + registryPath, `{}`, 400, true},
		{write, "POST " + registryPath, `{"name":1,"email":null,"is_email_regex":"x","comments":1,"directory_id":"1","directory_node_id":1.5,"external_directory_node_id":1,"provenance":""}`, 400, true},
		{write, "POST " + registryPath, `{"name":"` + strings.Repeat("名", 1025) + `","email":"a@b.example","is_email_regex":false}`, 400, true},
		{write, "POST " + registryPath, `{"name":"` + strings.Repeat("名", 1024) + `","email":"a@b.example","is_email_regex":false}`, 201, false},
		{write, "POST " + registryPath, `{"name":"x","email":"x@b.example","is_email_regex":false,"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415"}`, 400, true},
		{write, "POST " + registryPath, `[]`, 400, true},
		{write, "POST " + registryPath, `{`, 400, true},
		{read, "POST " + registryPath, full, 403, false},
		{write, "POST " + registryPath, `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, 413, true},

		{read, "GET " + registryPath + manual, "", 200, false},
		{write, "GET " + registryPath + synced, "", 200, false},
		{write, "GET " + registryPath + absent, "", 404, false},
		{write, "GET " + registryPath + "/12444788", "", 404, true},

		{write, "PATCH " + registryPath + manual, `{"comments":null,"name":"Renamed"}`, 200, false},
		{write, "PATCH " + registryPath + manual, `{}`, 400, true},
		{write, "PATCH " + registryPath + manual, `{"name":null}`, 400, true},
		{write, "PATCH " + registryPath + synced, `{"name":"x"}`, 400, false},
		{write, "PATCH " + registryPath + absent, `{"name":"x"}`, 404, false},
		{read, "PATCH " + registryPath + manual, `{"name":"x"}`, 403, false},

		{read, "DELETE " + registryPath + manual, "", 403, false},
		{write, "DELETE " + registryPath + synced, "", 400, false},
		{write, "DELETE " + registryPath + manual, "", 200, false},
		{write, "DELETE " + registryPath + manual, "", 404, false},

		{read, "GET /user/tokens/verify", "", 200, false},
		{stranger, "GET /user/tokens/verify", "", 401, false},
		{write, "GET /accounts/" + account + "/tokens/verify", "", 200, false},
		{stranger, "GET /accounts/" + account + "/tokens/verify", "", 401, false},
	}
	v := newValidating(t, base, http.DefaultTransport)
	for _, tt := range tests {
		v.badRequests = tt.breaks
		method, path, _ := strings.Cut(tt.call, " ")
		status, answer := exchange(t, v, method, base+path, tt.auth, tt.body)
		if status != tt.status {
			t.Errorf("%s %.80s: got %d %s, want %d", tt.call, tt.body, status, answer, tt.status)
		}
	}
	if missed := v.unseen(); len(missed) > 0 {
		t.Errorf("not tried: %q", missed)
	}
}

// TestRateLimitKeepsToTheSchema is apart because nothing can follow it.
func TestRateLimitKeepsToTheSchema(t *testing.T) {
	_, base := serveSandbox(t, sandbox.Options{RateLimit: 1})
	v := newValidating(t, base, http.DefaultTransport)
	for _, want := range []int{200, 429} {
		if status, answer := exchange(t, v, "GET", base+registryPath, "Authorization: Bearer "+sandbox.DefaultToken, ""); status != want {
			t.Errorf("got %d %s, want %d", status, answer, want)
		}
	}
}

// TestEntriesHaveTheFieldsOfTheSchema: a schema without required fields would let
// an entry through that has none, or others.
func TestEntriesHaveTheFieldsOfTheSchema(t *testing.T) {
	for _, lastModified := range []bool{false, true} {
		_, base := serveSandbox(t, sandbox.Options{LastModified: lastModified})
		v := newValidating(t, base, http.DefaultTransport)
		want := v.properties()
		if !lastModified {
			want = slices.DeleteFunc(want, func(name string) bool { return name == "last_modified" })
		}
		_, answer := exchange(t, v, "GET", base+registryPath+"?per_page=1000", "Authorization: Bearer "+sandbox.DefaultToken, "")
		var list struct{ Result []map[string]any }
		if err := json.Unmarshal([]byte(answer), &list); err != nil || len(list.Result) == 0 {
			t.Fatal(err, answer)
		}
		for _, e := range list.Result {
			if got := slices.Sorted(maps.Keys(e)); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
}

// TestTheCheckItself: the validating transport finds answers and requests that
// break the schema.
func TestTheCheckItself(t *testing.T) {
	const (
		list  = "GET " + registryPath
		get   = "GET " + registryPath + "/f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
		entry = `{"success":true,"errors":[],"messages":[],"result":{%s}}`
	)
	tests := []struct {
		call, answer string
		status       int
		found        bool
	}{
		{list, `{"success":true,"errors":[],"messages":[],"result":[],"result_info":{"count":0}}`, 200, false},
		{list, `{"success":true,"errors":null,"messages":[],"result":[]}`, 200, true},
		{list, `{"success":false,"errors":[],"messages":[],"result":[]}`, 200, true},
		{list, `{"success":true,"errors":[],"result":[]}`, 200, true},
		{list, `{"success":true,"errors":[],"messages":[],"result":{}}`, 200, true},
		{list, `{"success":true,"errors":[],"messages":[],"result":[],"result_info":{"count":"0"}}`, 200, true},
		{list, `{"success":true,"errors":[],"messages":[],"result":[]}`, 500, true},
		{list, `{"success":false,"errors":[{"code":1000,"message":"x"}],"messages":[],"result":null}`, 418, false},
		{list, `{"success":false,"errors":[{"code":971,"message":"x"}],"messages":[],"result":null}`, 429, true},
		{list, `{"success":false,"errors":[{"code":1000}],"messages":[],"result":null}`, 400, true},
		{list, `{"success":false,"errors":[{"code":1000,"message":"x","source":null}],"messages":[],"result":null}`, 400, true},
		{list, `{"success":false,"errors":[],"messages":[],"result":null}`, 400, true},
		{list, `{"success":false,"errors":[{"code":1000,"message":"x"}],"messages":[],"result":{}}`, 400, true},
		{list, `{"success":false,"errors":[{"code":1000,"message":"x"}],"messages":[]}`, 400, true},
		{get, fmt.Sprintf(entry, `"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415","created_at":"2026-01-01T00:00:00.123456Z","comments":null`), 200, false},
		{get, fmt.Sprintf(entry, `"id":12444788`), 200, true},
		{get, fmt.Sprintf(entry, `"id":"12444788"`), 200, true},
		{get, fmt.Sprintf(entry, `"created_at":"yesterday"`), 200, true},
		{get, fmt.Sprintf(entry, `"name":null`), 200, true},
		{get, fmt.Sprintf(entry, `"provenance":"Okta"`), 200, true},
		{"GET " + registryPath + "/12444788", fmt.Sprintf(entry, ""), 200, true},
		{list + "?page=0", `{"success":true,"errors":[],"messages":[],"result":[]}`, 200, true},
		{"GET /accounts", `{}`, 200, true},
	}
	for _, tt := range tests {
		canned := roundTripper(func(r *http.Request) (*http.Response, error) {
			return &http.Response{
				StatusCode: tt.status, Header: http.Header{"Content-Type": {"application/json"}},
				Body: io.NopCloser(strings.NewReader(tt.answer)), Request: r,
			}, nil
		})
		v := newValidating(t, "http://api.example/client/v4", canned)
		found := false
		v.report = func(string, ...any) { found = true }
		method, path, _ := strings.Cut(tt.call, " ")
		exchange(t, v, method, "http://api.example/client/v4"+path, "Authorization: Bearer x", "")
		if found != tt.found {
			t.Errorf("%s, answered %d %s: found a fault: %v, want %v", tt.call, tt.status, tt.answer, found, tt.found)
		}
	}
}

// TestClientKeepsToTheSchema holds what our API client sends to the schema.
func TestClientKeepsToTheSchema(t *testing.T) {
	for name, login := range map[string]cfapi.Options{
		"token": {Token: sandbox.DefaultToken},
		"key":   {Email: sandbox.DefaultEmail, Key: sandbox.DefaultKey},
	} {
		t.Run(name, func(t *testing.T) {
			_, base := serveSandbox(t, sandbox.Options{})
			login.BaseURL, login.Account = base, account
			v := newValidating(t, base, http.DefaultTransport)
			login.Transport = v
			c, err := cfapi.New(login)
			if err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			if err := c.Ping(ctx); err != nil {
				t.Error(err)
			}
			for _, d := range []registry.Draft{
				{Name: "Ann", Email: "ann@b.example"},
				{
					Name: "名", Email: `.*@b\.example`, IsEmailRegex: true, Comments: "c", DirectoryID: new(int64(0)),
					DirectoryNodeID: new(int64(7)), ExternalDirectoryNodeID: "x", Provenance: registry.Manual,
				},
			} {
				created, _, err := c.CreateEntry(ctx, d)
				if err != nil {
					t.Fatal(err)
				}
				if got, _, err := c.Entry(ctx, created.ID); err != nil || got.Name != d.Name {
					t.Errorf("got %+v, %v", got, err)
				}
			}
			for _, q := range []registry.Query{
				{},
				{Search: "a&b=%", Provenance: registry.Microsoft365, Order: registry.ByCreated, Direction: registry.Descending, Page: 2, PerPage: registry.MaxPerPage},
			} {
				if _, err := c.ListEntries(ctx, q); err != nil {
					t.Errorf("list %+v: %v", q, err)
				}
			}
			if n := v.seen["email_security_create_impersonation_registry 2XX"]; n != 2 {
				t.Errorf("the check saw %d creates, want 2", n)
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// exchange sends one request. auth holds header lines.
func exchange(t *testing.T, transport http.RoundTripper, method, url, auth, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Body = io.NopCloser(strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
	}
	for line := range strings.Lines(auth) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		req.Header.Set(name, value)
	}
	res, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(answer)
}
