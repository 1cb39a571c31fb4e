package cfapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"testing"

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
	f.Add(307, "", "-1", "", []byte(`null`))

	api := &canned{}
	o := options("http://127.0.0.1")
	o.Transport, o.MaxBody = api, 1<<16
	c := newClient(f, o)
	f.Fuzz(func(t *testing.T, status int, media, retryAfter, limit string, body []byte) {
		if status < 100 || status > 999 {
			return // no status that an answer can have
		}
		api.status, api.body = status, body
		api.header = http.Header{"Content-Type": {media}, "Retry-After": {retryAfter}, "Ratelimit": {limit}, "Cf-Ray": {media}, "Date": {retryAfter}}

		entry, receipt, err := c.CreateEntry(t.Context(), draft)
		judgeOutcome(t, entry, receipt, err)
		var failed *registry.APIError
		if errors.As(err, &failed) && failed.Effect == registry.NoEffect && status >= 500 {
			t.Errorf("status %d is said to have had no effect", status)
		}
		entry, receipt, err = c.Entry(t.Context(), "42")
		judgeOutcome(t, entry, receipt, err)
		page, err := c.ListEntries(t.Context(), registry.Query{})
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
