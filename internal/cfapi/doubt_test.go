package cfapi_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/registry"
)

// A refusal that holds an entry all the same says two things at once.
func TestRefusalWithAResult(t *testing.T) {
	api := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cf-Ray", "ray-1")
		_, _ = w.Write([]byte(`{"success":false,"result":{"id":42}}`))
	})
	for _, change := range changes {
		_, _, err := change.call(t.Context(), newClient(t, options(api.URL)))
		check(t, change.op, err, http.StatusOK, wanted{kind: registry.Unreadable, cause: "holds a result"}, registry.MayStillLand, false)
	}
}

// The answer to a create is of no use without the id.
func TestCreateWithoutUsableID(t *testing.T) {
	for _, id := range []string{``, `"id":null,`, `"id":"",`, `"id":"../x",`, `"id":1.5,`, `"id":-1,`, `"id":{},`, `"id":12345678901234567890,`} {
		api := newStub(t, respond(201, `{"success":true,"messages":[{"code":1,"message":"m"}],"result":{`+id+`"name":"n"}}`))
		entry, receipt, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Kind != registry.Unreadable || failed.Effect != registry.HasEffect {
			t.Errorf("%s error %v, entry %+v", id, err, entry)
		}
		if receipt.Status != 201 || len(receipt.Messages) != 1 || !reflect.DeepEqual(failed.Receipt, receipt) {
			t.Errorf("%s receipts %+v and %+v", id, receipt, failed.Receipt)
		}
		if got := len(api.requests()); got != 1 {
			t.Errorf("%s sent %d times", id, got)
		}
	}
}

func TestProblemsAreBounded(t *testing.T) {
	long := "a" + strings.Repeat("ä", 100_000) // the limits fall inside a character
	var errs []string
	for i := range 250 {
		errs = append(errs, fmt.Sprintf(`{"code":%d,"message":"m"}`, i))
	}
	chain := strings.Repeat(`{"message":"c","error_chain":[`, 50) + strings.Repeat(`]}`, 50)
	tests := []struct {
		name         string
		errors       string
		want         int
		first, last  string
		wantMaxBytes int
	}{
		{"many", strings.Join(errs, ","), 101, "m", "and 150 more", 10_000},
		{"long", `{"code":"` + long + `","message":"` + long + `","documentation_url":"` + long + `","source":{"pointer":"` + long + `"}}`, 1, long[:4095] + "…", long[:4095] + "…", 9_000},
		{"deep", chain, 1, "c", "c", 1_000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(400, envelope(tt.errors)))
			_, _, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
			var failed *registry.APIError
			if !errors.As(err, &failed) {
				t.Fatal(err)
			}
			got := failed.Problems
			if len(got) != tt.want || got[0].Message != tt.first || got[len(got)-1].Message != tt.last {
				t.Errorf("%d problems, first %.50q, last %.50q", len(got), got[0].Message, got[len(got)-1].Message)
			}
			if n := len(fmt.Sprintf("%+v", got)); n > tt.wantMaxBytes {
				t.Errorf("problems of %d bytes", n)
			}
		})
	}
}

// A body of 50 MB is not read to its end, be it plain or packed into little.
func TestAnswerTooLong(t *testing.T) {
	chunk := []byte(strings.Repeat(" ", 1<<20))
	var packed bytes.Buffer // gzip allows one such after another
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(chunk); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		status int
		gzip   bool
		max    int64
		want   wanted
	}{
		{"200", 200, false, 0, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "answer larger than 16 MiB", reads: 1}},
		{"200, gzip", 200, true, 1 << 20, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "answer larger than 1 MiB", reads: 1}},
		{"400", 400, false, 1 << 20, wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "answer larger than 1 MiB", reads: 1}},
		{"502", 502, false, 1 << 20, wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "answer larger than 1 MiB", reads: 2}},
		{"other limit", 200, false, 20_000, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "answer larger than 19 KiB", reads: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cf-Ray", "ray-1")
				part := chunk
				if tt.gzip {
					w.Header().Set("Content-Encoding", "gzip")
					part = packed.Bytes()
				}
				if tt.max == 0 { // growing to 16 MiB is slow under the race detector
					w.Header().Set("Content-Length", fmt.Sprint(50*len(part)))
				}
				w.WriteHeader(tt.status)
				for range 50 {
					if _, err := w.Write(part); err != nil {
						return
					}
				}
			})
			o := options(api.URL)
			o.MaxBody = tt.max
			checkAll(t, o, api, tt.status, tt.want)
		})
	}
}

func TestAnswerAtTheLimit(t *testing.T) {
	body := `{"success":true,"result":{"id":1}}`
	api := newStub(t, respond(200, body))
	o := options(api.URL)
	o.MaxBody = int64(len(body))
	if _, _, err := newClient(t, o).CreateEntry(t.Context(), draft); err != nil {
		t.Error(err)
	}
	o.MaxBody--
	if _, _, err := newClient(t, o).CreateEntry(t.Context(), draft); err == nil {
		t.Error("one byte more was taken")
	}
}

func TestReadFixedByASecondTry(t *testing.T) {
	tries := 0
	api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
		if tries++; tries%2 == 1 {
			w.WriteHeader(502)
			return
		}
		respond(200, `{"success":true,"result":[{"id":1}]}`)(w, r)
	})
	got, err := newClient(t, options(api.URL)).ListEntries(t.Context(), registry.Query{})
	if err != nil || len(got.Entries) != 1 || got.Receipt.Status != 200 || len(api.requests()) != 2 {
		t.Errorf("page %+v, error %v", got, err)
	}
}
