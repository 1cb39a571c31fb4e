package cfapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

const (
	account = "023e105f4ecef8ad9ca31a8372d0c353"
	path    = "/client/v4/accounts/" + account + "/email-security/settings/impersonation_registry"
	uuid    = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
	token   = "t0ken-that-must-stay-secret"
	apiKey  = "k3y-that-must-stay-secret"
)

var now = time.Date(2026, 8, 20, 12, 0, 0, 0, time.UTC)

// received is a request as the API got it.
type received struct {
	method, uri, body string
	header            http.Header
}

// stub is an API that answers every request in the same way and keeps what it got.
type stub struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
}

func newStub(t testing.TB, answer http.HandlerFunc) *stub {
	t.Helper()
	s := &stub{}
	s.Server = httptest.NewServer(s.keeping(answer))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) keeping(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // a request that was cut off is none
		}
		s.mu.Lock()
		s.got = append(s.got, received{r.Method, r.RequestURI, string(body), r.Header})
		s.mu.Unlock()
		answer(w, r)
	}
}

// requests returns what was received so far and forgets it.
func (s *stub) requests() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	return got
}

func respond(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func options(base string) cfapi.Options {
	clock := &clock{at: now}
	return cfapi.Options{
		BaseURL: base + "/client/v4", Account: account, Token: token,
		Timeout: time.Minute, // a busy machine is no fault
		Now:     clock.now, Pause: clock.pause,
	}
}

// clock is one that stands still but for pauses, which pass at once.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pause(_ context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return nil
}

func newClient(t testing.TB, o cfapi.Options) *cfapi.Client {
	t.Helper()
	c, err := cfapi.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func ptr[T any](v T) *T { return &v }

var draft = registry.Draft{Name: "Ada Lovelace", Email: "ada@example.com"}

func TestNewRefusesBadOptions(t *testing.T) {
	tests := []struct {
		name string
		o    cfapi.Options
		want []string // one for each fault
	}{
		{"token", cfapi.Options{Account: "a", Token: token}, nil},
		{"email and key", cfapi.Options{Account: "a", Email: "a@example.com", Key: apiKey}, nil},
		{"loopback", cfapi.Options{Account: "a", Token: token, BaseURL: "http://127.0.0.1:8787/client/v4"}, nil},
		{"localhost", cfapi.Options{Account: "a", Token: token, BaseURL: "http://localhost"}, nil},
		{"loopback, IPv6", cfapi.Options{Account: "a", Token: token, BaseURL: "http://[::1]:1"}, nil},
		{"nothing", cfapi.Options{}, []string{"an account id is", "a token, or an email with a key, is required"}},
		{"both", cfapi.Options{Account: "a", Token: token, Email: "a@example.com", Key: apiKey}, []string{"not both"}},
		{"key alone", cfapi.Options{Account: "a", Key: apiKey}, []string{"the key needs the email"}},
		{"email alone", cfapi.Options{Account: "a", Email: "a@example.com"}, []string{"the email needs its key"}},
		{"account for a path", cfapi.Options{Account: "../user", Token: token}, []string{"an account id is"}},
		{"line break in the token", cfapi.Options{Account: "a", Token: token + "\n"}, []string{"the token has a space"}},
		{"space in the key", cfapi.Options{Account: "a", Email: "a@b", Key: apiKey + " "}, []string{"the key has a space"}},
		{"email outside ASCII", cfapi.Options{Account: "a", Email: "ä@b", Key: apiKey}, []string{"the email has a space"}},
		{"http", cfapi.Options{Account: "a", Token: token, BaseURL: "http://api.cloudflare.com"}, []string{"must be https"}},
		{"name that looks like loopback", cfapi.Options{Account: "a", Token: token, BaseURL: "http://127.0.0.1.example"}, []string{"must be https"}},
		{"other scheme", cfapi.Options{Account: "a", Token: token, BaseURL: "ftp://127.0.0.1"}, []string{"must be https"}},
		{"no host", cfapi.Options{Account: "a", Token: token, BaseURL: "https:///x"}, []string{"a scheme, a host"}},
		{"query", cfapi.Options{Account: "a", Token: token, BaseURL: "https://a.example/?x"}, []string{"a scheme, a host"}},
		{"password", cfapi.Options{Account: "a", Token: token, BaseURL: "https://u:" + apiKey + "@a.example"}, []string{"user name or password"}},
		{"broken, with password", cfapi.Options{Account: "a", Token: token, BaseURL: "https://u:" + apiKey + "@a.example:x"}, []string{"not a URL"}},
		{"user agent", cfapi.Options{Account: "a", Token: token, UserAgent: "a\r\nb"}, []string{"user agent"}},
		{"negative", cfapi.Options{Account: "a", Token: token, Timeout: -1, MaxBody: -1}, []string{"timeout is negative", "length is negative"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := cfapi.New(tt.o)
			text := fmt.Sprint(err)
			if err == nil {
				text = ""
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("error %q does not say %q", text, want)
				}
			}
			if got := strings.Count(text, "cloudflare client: "); got != len(tt.want) {
				t.Errorf("%d faults, want %d: %s", got, len(tt.want), text)
			}
			if strings.Contains(text, token) || strings.Contains(text, apiKey) {
				t.Errorf("the error shows a secret: %s", text)
			}
		})
	}
}

func TestSecretsAreNeverShown(t *testing.T) {
	for _, o := range []cfapi.Options{
		{Account: account, Token: token},
		{Account: account, Email: "a@example.com", Key: apiKey},
	} {
		c := newClient(t, o)
		var out bytes.Buffer
		type config struct{ Cloudflare cfapi.Options }
		for _, v := range []any{o, &o, config{o}, c, *c} {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
			slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v)
		}
		for _, secret := range []string{token, apiKey, fmt.Sprintf("%x", token), fmt.Sprintf("%x", apiKey)} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("a secret is shown:\n%s", out.String())
			}
		}
		if !strings.Contains(out.String(), account) {
			t.Errorf("the account is not shown:\n%s", out.String())
		}
	}
}

func TestAuthentication(t *testing.T) {
	tests := []struct {
		name                    string
		token, email, key       string
		wantBearer, wantX, want string
	}{
		{"token", token, "", "", "Bearer " + token, "", ""},
		{"email and key", "", "admin@example.com", apiKey, "", "admin@example.com", apiKey},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(201, `{"success":true,"result":{"id":"`+uuid+`"}}`))
			o := options(api.URL)
			o.Token, o.Email, o.Key, o.UserAgent = tt.token, tt.email, tt.key, "namesake/test"
			if _, _, err := newClient(t, o).CreateEntry(t.Context(), draft); err != nil {
				t.Fatal(err)
			}
			got := api.requests()[0].header
			want := http.Header{
				"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Content-Type": {"application/json"},
				"Content-Length": got["Content-Length"], "User-Agent": {"namesake/test"},
			}
			for name, value := range map[string]string{"Authorization": tt.wantBearer, "X-Auth-Email": tt.wantX, "X-Auth-Key": tt.want} {
				if value != "" {
					want.Set(name, value)
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("headers\n got %v\nwant %v", got, want)
			}
		})
	}
}

func TestCreateSendsWhatIsGiven(t *testing.T) {
	tests := []struct {
		name string
		d    registry.Draft
		want string
	}{
		{
			"required fields only", draft,
			`{"email":"ada@example.com","is_email_regex":false,"name":"Ada Lovelace"}`,
		},
		{
			"everything",
			registry.Draft{
				Name: "名前 \"Ada\" \\ <b>&\u2028👩‍💻", Email: `^ada\.l@example\.(com|org)$`, IsEmailRegex: true,
				Comments: "line 1\nline 2\t…", DirectoryID: ptr(int64(7)), DirectoryNodeID: ptr(int64(1) << 62),
				ExternalDirectoryNodeID: "node-1", Provenance: registry.GoogleDirectory,
			},
			`{"comments":"line 1\nline 2\t…","directory_id":7,"directory_node_id":4611686018427387904,` +
				`"email":"^ada\\.l@example\\.(com|org)$","external_directory_node_id":"node-1","is_email_regex":true,` +
				`"name":"名前 \"Ada\" \\ <b>&\u2028👩‍💻","provenance":"SNOOPY-GOOGLE_DIRECTORY"}`,
		},
		{
			"zero is a value",
			registry.Draft{Name: "a", Email: "a@b.example", DirectoryID: ptr(int64(0)), DirectoryNodeID: ptr(int64(0))},
			`{"directory_id":0,"directory_node_id":0,"email":"a@b.example","is_email_regex":false,"name":"a"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(201, `{"success":true,"result":{"id":"`+uuid+`"}}`))
			if _, _, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), tt.d); err != nil {
				t.Fatal(err)
			}
			got := api.requests()
			if len(got) != 1 || got[0].method != "POST" || got[0].uri != path {
				t.Fatalf("requests: %+v", got)
			}
			if !reflect.DeepEqual(members(t, got[0].body), members(t, tt.want)) {
				t.Errorf("body\n got %s\nwant %s", got[0].body, tt.want)
			}
		})
	}
}

// members returns a JSON object's members, numbers as they are written.
func members(t *testing.T, body string) map[string]any {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPing(t *testing.T) {
	api := newStub(t, respond(200, `{"success":true,"result":[]}`))
	if err := newClient(t, options(api.URL)).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if got := api.requests(); len(got) != 1 || got[0].uri != path+"?per_page=1" {
		t.Errorf("requests: %+v", got)
	}
	api = newStub(t, respond(403, `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}`))
	var failed *registry.APIError
	if err := newClient(t, options(api.URL)).Ping(t.Context()); !errors.As(err, &failed) || failed.Kind != registry.Denied {
		t.Errorf("error %v, want denied", err)
	}
}

func TestCreateReturnsEntryAndReceipt(t *testing.T) {
	api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cf-Ray", "8f0e1d2c3b4a5968-FRA")
		w.Header().Set("Date", "Thu, 20 Aug 2026 11:59:58 GMT")
		respond(201, `{"success":true,"errors":[{"code":1,"message":"beside a success"}],
			"messages":[{"code":10000,"message":"hello","documentation_url":"https://d.example","source":{"pointer":"/name"}}],
			"result":{"id":"`+uuid+`","name":"Ada Lovelace"}}`)(w, r)
	})
	entry, receipt, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
	if err != nil {
		t.Fatal(err)
	}
	if want := (registry.Entry{ID: uuid, Name: "Ada Lovelace"}); !reflect.DeepEqual(entry, want) {
		t.Errorf("entry %+v", entry)
	}
	want := registry.Receipt{
		Status: 201, Ray: "8f0e1d2c3b4a5968-FRA", ServedAt: now.Add(-2 * time.Second),
		Messages: []registry.Problem{
			{Code: "10000", Message: "hello", DocumentationURL: "https://d.example", Pointer: "/name"},
			{Code: "1", Message: "beside a success"},
		},
	}
	if !reflect.DeepEqual(receipt, want) {
		t.Errorf("receipt\n got %+v\nwant %+v", receipt, want)
	}
}
