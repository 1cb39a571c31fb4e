package sandbox_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

const registryPath = "/client/v4/accounts/acme/email-security/settings/impersonation_registry"

// start is when the clock of every test begins.
var start = time.Date(2026, 11, 20, 9, 30, 0, 123456789, time.UTC)

// reply is an answer of the API, read strictly.
type reply struct {
	Status     int
	Header     http.Header
	Raw        string
	Success    bool
	Errors     []sandbox.Problem
	Messages   []sandbox.Problem
	Result     json.RawMessage
	ResultInfo *struct {
		Count      int `json:"count"`
		Page       int `json:"page"`
		PerPage    int `json:"per_page"`
		TotalCount int `json:"total_count"`
	} `json:"result_info"`
}

func (r reply) entry(t *testing.T) (e sandbox.Entry) {
	t.Helper()
	if err := json.Unmarshal(r.Result, &e); err != nil || r.Status > 299 {
		t.Fatalf("no entry: %v in %d %s", err, r.Status, r.Raw)
	}
	return e
}

func (r reply) entries(t *testing.T) (list []sandbox.Entry) {
	t.Helper()
	if err := json.Unmarshal(r.Result, &list); err != nil || r.Status != http.StatusOK {
		t.Fatalf("no list: %v in %d %s", err, r.Status, r.Raw)
	}
	return list
}

func (r reply) names(t *testing.T) []string {
	t.Helper()
	list := r.entries(t)
	names := make([]string, len(list))
	for i, e := range list {
		names[i] = e.Name
	}
	return names
}

// faults lists the errors as "CODE POINTER".
func (r reply) faults() []string {
	out := []string{}
	for _, p := range r.Errors {
		at := "-"
		if p.Source != nil {
			at = p.Source.Pointer
		}
		b, _ := json.Marshal(p.Code)
		out = append(out, string(b)+" "+at)
	}
	return out
}

type client struct {
	t    *testing.T
	base string
	auth http.Header
}

func serve(t *testing.T, opts sandbox.Options) (*sandbox.Sandbox, *client) {
	t.Helper()
	if opts.Now == nil {
		opts.Now = func() time.Time { return start }
	}
	sb := sandbox.New(opts)
	srv := httptest.NewServer(sb.Handler())
	t.Cleanup(srv.Close)
	return sb, (&client{t: t, base: srv.URL}).as(sandbox.DefaultToken)
}

func (c *client) as(token string) *client {
	return c.with("Authorization", "Bearer "+token)
}

func (c *client) with(header ...string) *client {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &client{t: c.t, base: c.base, auth: h}
}

// unfollowing shows redirects as they are.
var unfollowing = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send returns whatever came, and the error of the transport.
func (c *client) send(method, path, body string) (int, http.Header, string, error) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header = c.auth.Clone()
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := unfollowing.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return res.StatusCode, res.Header, string(raw), err
}

// call expects an envelope.
func (c *client) call(method, path, body string) reply {
	c.t.Helper()
	status, header, raw, err := c.send(method, path, body)
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return c.envelope(status, header, raw)
}

// envelope holds every answer to what the schema asks of all of them.
func (c *client) envelope(status int, header http.Header, raw string) reply {
	c.t.Helper()
	r := reply{Status: status, Header: header, Raw: raw}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &members); err != nil {
		c.t.Fatalf("not an envelope: %v: %d %q", err, status, raw)
	}
	for _, name := range []string{"success", "errors", "messages", "result"} {
		if _, ok := members[name]; !ok {
			c.t.Fatalf("no %s in %s", name, raw)
		}
	}
	if err := json.Unmarshal([]byte(raw), &r); err != nil {
		c.t.Fatal(err)
	}
	if r.Errors == nil || r.Messages == nil {
		c.t.Errorf("null list in %s", raw)
	}
	if ok := status < 300; r.Success != ok || ok != (len(r.Errors) == 0) || ok == (string(r.Result) == "null") {
		c.t.Errorf("envelope doesn't fit status %d: %s", status, raw)
	}
	for _, p := range append(r.Errors, r.Messages...) {
		if p.Code < 1000 || p.Message == "" {
			c.t.Errorf("bad problem %+v", p)
		}
	}
	return r
}

func (c *client) create(body string) sandbox.Entry {
	c.t.Helper()
	r := c.call("POST", registryPath, body)
	if r.Status != http.StatusCreated {
		c.t.Fatalf("create: %d %s", r.Status, r.Raw)
	}
	return r.entry(c.t)
}
