package cfapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// canned is an API in the same process: each answer is the one it holds.
type canned struct {
	status int
	header http.Header
	body   []byte
}

func (c *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.status, Header: c.header, Request: r, ContentLength: int64(len(c.body)),
		Body: io.NopCloser(bytes.NewReader(c.body)),
	}, nil
}

// FuzzAnswer holds, whatever comes back: each call ends in an entry with a valid
// id, or in a bounded APIError whose effect fits its kind.
func FuzzAnswer(f *testing.F) {
	f.Add(201, "application/json", "", "", []byte(`{"success":true,"errors":[],"messages":[],"result":{"id":"`+uuid+`","created_at":"2014-01-01T05:20:00.12345Z"}}`))
	f.Add(200, "application/json", "", "", []byte(`{"result":[{"id":12444788,"comments":null,"directory_id":"0"}],"result_info":{"count":1,"page":1,"per_page":20,"total_count":1},"success":true}`))
	f.Add(400, "application/json", "", "", []byte(`{"success":false,"errors":[{"code":"6003","message":"m","error_chain":[{"code":6111}],"source":{"pointer":"/email"}},{"source":null}],"result":null}`))
	f.Add(200, "text/html", "1", `"default";r=0;t=30`, []byte(`{"success":false,"errors":[{"code":971}]}`))
	f.Add(429, "", "Thu, 20 Aug 2026 12:00:42 GMT", `"a";r=0;t=1e400,;;=`, []byte(`<html>`))
	f.Add(404, "", "", "", []byte(`{"success":"true","result":{},"errors":{"code":[1]},"errors":null}`))
	f.Add(200, "application/json", "", `"default";r=1;t=x`, []byte(`{"success":true,"result":{"id":"42"}}`))
	f.Add(200, "application/json", "", "", []byte(`{"success":true,"result":null}`))
	f.Add(307, "", "-1", "", []byte(`null`))
	f.Add(429, "", "", `"a\",;";r=0;q=5;t=1;pk=:YQ==:, b;r=3;q=9, "a;r=1`, []byte(`null`))

	api := &canned{}
	o := options("http://127.0.0.1")
	o.Transport, o.MaxBody = api, 1<<16
	var calls []cfapi.Call
	o.Observe = func(call cfapi.Call) { calls = append(calls, call) }
	f.Fuzz(func(t *testing.T, status int, media, retryAfter, limit string, body []byte) {
		if status < 100 || status > 999 {
			return // no status that an answer can have
		}
		api.status, api.body = status, body
		api.header = http.Header{"Content-Type": {media}, "Retry-After": {retryAfter}, "Ratelimit": {limit}, "Ratelimit-Policy": {limit}, "Cf-Ray": {media}, "Date": {retryAfter}}

		for _, change := range changes {
			calls = nil
			entry, receipt, err := change.call(t.Context(), newClient(t, o)) // one that isn't throttled
			if err == nil && change.op == deleteOp {
				entry.ID = "42" // a delete has none
			}
			judgeOutcome(t, entry, receipt, err)
			judgeCalls(t, change.op, calls, err)
			var failed *registry.APIError
			if errors.As(err, &failed) && failed.Effect == registry.NoEffect && status >= 500 {
				t.Errorf("%s: status %d is said to have had no effect", change.op, status)
			}
			if err == nil && change.op == updateOp && entry.ID != "42" {
				t.Errorf("an update of another entry, %s, is taken for a success", entry.ID)
			}
		}
		entry, receipt, err := newClient(t, o).Entry(t.Context(), "42")
		judgeOutcome(t, entry, receipt, err)
		page, err := newClient(t, o).ListEntries(t.Context(), registry.Query{})
		if err == nil && (page.Number < 1 || page.PerPage < 1 || page.Total < -1 || page.Entries == nil) {
			t.Errorf("page %+v", page)
		}
		for _, e := range page.Entries {
			if _, err := registry.ParseID(string(e.ID)); err != nil && e.ID != "" {
				t.Errorf("id %q", e.ID)
			}
		}
	})
}

// judgeCalls holds that a change is told of once, as it ended, and that its budgets
// are bounded and fit to be shown.
func judgeCalls(t *testing.T, op string, calls []cfapi.Call, err error) {
	t.Helper()
	if len(calls) != 1 {
		t.Fatalf("told of %d calls", len(calls))
	}
	outcome := "ok"
	if failed := (*registry.APIError)(nil); errors.As(err, &failed) {
		outcome = failed.Kind.String()
	}
	if calls[0].Operation != op || calls[0].Outcome != outcome || len(calls[0].Budgets) > 8 {
		t.Errorf("call %+v with %v", calls[0], err)
	}
	seen := map[string]bool{}
	for _, b := range calls[0].Budgets {
		if b.Policy == "" || len(b.Policy) > 64 || strings.Trim(b.Policy, printable) != "" || seen[b.Policy] || b.Remaining < 0 || b.Limit < 0 {
			t.Errorf("budget %+v", b)
		}
		seen[b.Policy] = true
	}
}

// printable is every character that a budget's name may have.
var printable = func() string {
	var b strings.Builder
	for c := byte(' '); c < 0x7f; c++ {
		b.WriteByte(c)
	}
	return b.String()
}()

func judgeOutcome(t *testing.T, entry registry.Entry, receipt registry.Receipt, err error) {
	t.Helper()
	var failed *registry.APIError
	switch {
	case err == nil:
		if _, err := registry.ParseID(string(entry.ID)); err != nil || receipt.Status/100 != 2 {
			t.Errorf("entry %+v, receipt %+v", entry, receipt)
		}
	case !errors.As(err, &failed):
		t.Errorf("error %T", err)
	default:
		if !reflect.DeepEqual(entry, registry.Entry{}) || !reflect.DeepEqual(failed.Receipt, receipt) {
			t.Errorf("entry %+v, receipt %+v with %v", entry, receipt, err)
		}
		if n := len(fmt.Sprint(failed.Err)); n > 600 {
			t.Errorf("cause of %d bytes", n)
		}
		if failed.RetryAfter < 0 || failed.RetryAfter.Hours() > 1 {
			t.Errorf("wait of %s", failed.RetryAfter)
		}
	}
}
