package cfapi_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// wanted is what a failing answer is turned into.
type wanted struct {
	kind       registry.Kind
	effect     registry.Effect // of a create
	problems   []registry.Problem
	retryAfter time.Duration
	notFound   bool   // when one entry was asked for
	cause      string // in the error's text, which has none when empty
	reads      int    // how often a read is sent
}

func envelope(errs string) string {
	return `{"success":false,"errors":[` + errs + `],"messages":[],"result":null}`
}

func TestFailingAnswers(t *testing.T) {
	const (
		html    = "<html><head><title>502 Bad Gateway</title></head></html>"
		taken   = `{"code":1001,"message":"taken","source":{"pointer":"/email"}}`
		invalid = "1001"
	)
	one := []registry.Problem{{Code: invalid, Message: "taken", Pointer: "/email"}}
	coded := func(code, message string) []registry.Problem {
		return []registry.Problem{{Code: code, Message: message}}
	}
	header := func(kv ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(kv); i += 2 {
			h.Add(kv[i], kv[i+1])
		}
		return h
	}
	tests := []struct {
		name   string
		status int
		header http.Header
		body   string
		want   wanted
	}{
		// Refusals.
		{
			"several errors on one field", 400, nil,
			envelope(taken + `,{"code":"1002","message":"too long","documentation_url":"https://d.example/x","source":{"pointer":"/email"},
				"error_chain":[{"code":1003,"message":"because"}]},{"code":1004,"message":"no source","source":null}`),
			wanted{kind: registry.Refused, problems: []registry.Problem{
				one[0],
				{
					Code: "1002", Message: "too long", DocumentationURL: "https://d.example/x", Pointer: "/email",
					Chain: []registry.Problem{{Code: "1003", Message: "because"}},
				},
				{Code: "1004", Message: "no source"},
			}, reads: 1},
		},
		{"success:false with 200", 200, nil, envelope(taken), wanted{kind: registry.Refused, problems: one, reads: 1}},
		{"success:false with 201, no errors", 201, nil, `{"success":false}`, wanted{kind: registry.Refused, reads: 1}},
		{"422", 422, nil, envelope(taken), wanted{kind: registry.Refused, problems: one, reads: 1}},
		{"409", 409, nil, envelope(taken), wanted{kind: registry.Conflicting, problems: one, reads: 1}},
		{"400, not JSON", 400, nil, "bad", wanted{kind: registry.Unreadable, cause: "not JSON", reads: 1}},
		{"413, empty", 413, nil, "", wanted{kind: registry.Unreadable, cause: "not JSON", reads: 1}},
		{"400, errors are no list", 400, nil, `{"success":false,"errors":{"code":1}}`, wanted{kind: registry.Refused, reads: 1}},
		{"400, success", 400, nil, `{"success":true,"result":{"id":1}}`, wanted{kind: registry.Refused, reads: 1}},

		// Credentials.
		{"401", 401, nil, envelope(`{"code":10000,"message":"Authentication error"}`), wanted{kind: registry.Denied, problems: coded("10000", "Authentication error"), reads: 1}},
		{"403", 403, nil, envelope(`{"code":10000,"message":"Authentication error"}`), wanted{kind: registry.Denied, problems: coded("10000", "Authentication error"), reads: 1}},
		{"403 of a firewall", 403, nil, html, wanted{kind: registry.Denied, cause: "not JSON", reads: 1}},
		{"200, 10000", 200, nil, envelope(`{"code":10000,"message":"Authentication error"}`), wanted{kind: registry.Denied, problems: coded("10000", "Authentication error"), reads: 1}},
		{
			"malformed token", 400, nil,
			envelope(`{"code":6003,"message":"Invalid request headers","error_chain":[{"code":6111,"message":"Invalid format for Authorization header"}]}`),
			wanted{kind: registry.Denied, problems: []registry.Problem{{
				Code: "6003", Message: "Invalid request headers",
				Chain: []registry.Problem{{Code: "6111", Message: "Invalid format for Authorization header"}},
			}}, reads: 1},
		},
		{"unknown token", 400, nil, envelope(`{"code":1000,"message":"Invalid API Token"}`), wanted{kind: registry.Denied, problems: coded("1000", "Invalid API Token"), reads: 1}},
		{"1000 of something else", 400, nil, envelope(`{"code":1000,"message":"invalid name"}`), wanted{kind: registry.Refused, problems: coded("1000", "invalid name"), reads: 1}},
		{"token in another error", 400, nil, envelope(`{"code":1001,"message":"no token here"}`), wanted{kind: registry.Refused, problems: coded("1001", "no token here"), reads: 1}},
		{"9109", 400, nil, envelope(`{"code":9109,"message":"Invalid access token"}`), wanted{kind: registry.Denied, problems: coded("9109", "Invalid access token"), reads: 1}},
		{"9103, code as text", 400, nil, envelope(`{"code":"9103","message":"Unknown X-Auth-Key"}`), wanted{kind: registry.Denied, problems: coded("9103", "Unknown X-Auth-Key"), reads: 1}},
		{"9106", 400, nil, envelope(`{"code":9106,"message":"Missing headers"}`), wanted{kind: registry.Denied, problems: coded("9106", "Missing headers"), reads: 1}},
		{
			"no subscription", 403, nil, envelope(`{"code":1010,"message":"This is Not available in the current subscription."}`),
			wanted{kind: registry.NotSubscribed, problems: coded("1010", "This is Not available in the current subscription."), reads: 1},
		},
		{
			"no subscription, with 400", 400, nil, envelope(`{"code":1010,"message":"not available in the current subscription"}`),
			wanted{kind: registry.NotSubscribed, problems: coded("1010", "not available in the current subscription"), reads: 1},
		},
		{
			"never by messages", 400, nil, `{"success":false,"errors":[],"messages":[{"code":10000,"message":"valid and active"}]}`,
			wanted{kind: registry.Refused, reads: 1},
		},

		// Not found.
		{"404", 404, nil, envelope(`{"code":1404,"message":"not found"}`), wanted{kind: registry.Missing, problems: coded("1404", "not found"), notFound: true, reads: 1}},
		{"404, no errors", 404, nil, envelope(""), wanted{kind: registry.Missing, notFound: true, reads: 1}},
		{"404, bad route", 404, nil, envelope(`{"code":7003,"message":"Could not route"}`), wanted{kind: registry.Missing, problems: coded("7003", "Could not route"), reads: 1}},
		{"404 of another server", 404, nil, "404 page not found", wanted{kind: registry.Missing, cause: "not JSON", reads: 1}},
		{"404, empty", 404, nil, "", wanted{kind: registry.Missing, cause: "not JSON", reads: 1}},

		// Too many calls.
		{"429, seconds", 429, header("Retry-After", "300"), envelope(`{"code":971,"message":"throttle"}`), wanted{kind: registry.RateLimited, problems: coded("971", "throttle"), retryAfter: 5 * time.Minute, reads: 1}},
		{"429, part of a second", 429, header("Retry-After", "0.2"), envelope(""), wanted{kind: registry.RateLimited, retryAfter: time.Second, reads: 1}},
		{"429, date", 429, header("Retry-After", "Thu, 20 Aug 2026 12:00:42 GMT"), envelope(""), wanted{kind: registry.RateLimited, retryAfter: 42 * time.Second, reads: 1}},
		{"429, date gone by", 429, header("Retry-After", "Thu, 20 Aug 2026 11:00:00 GMT"), envelope(""), wanted{kind: registry.RateLimited, reads: 1}},
		{"429, far date", 429, header("Retry-After", "Thu, 20 Aug 2099 11:00:00 GMT"), envelope(""), wanted{kind: registry.RateLimited, retryAfter: time.Hour, reads: 1}},
		{"429, too long", 429, header("Retry-After", "1e300"), envelope(""), wanted{kind: registry.RateLimited, retryAfter: time.Hour, reads: 1}},
		{"429, negative", 429, header("Retry-After", "-5"), envelope(""), wanted{kind: registry.RateLimited, reads: 1}},
		{"429, no number", 429, header("Retry-After", "NaN"), envelope(""), wanted{kind: registry.RateLimited, reads: 1}},
		{"429, by Ratelimit", 429, header("Ratelimit", `"default";r=0;t=30`), envelope(""), wanted{kind: registry.RateLimited, retryAfter: 30 * time.Second, reads: 1}},
		{"429, one of two limits", 429, header("Ratelimit", `"burst";r=4;t=90, "default"; r=0; t=20`), envelope(""), wanted{kind: registry.RateLimited, retryAfter: 20 * time.Second, reads: 1}},
		{"429, two headers", 429, header("Ratelimit", `"a";r=0;t=7`, "Ratelimit", `"b";r=0;t=9`), envelope(""), wanted{kind: registry.RateLimited, retryAfter: 9 * time.Second, reads: 1}},
		{"429, Ratelimit with some left", 429, header("Ratelimit", `"default";r=5;t=30`), envelope(""), wanted{kind: registry.RateLimited, reads: 1}},
		{"429, HTML", 429, nil, html, wanted{kind: registry.RateLimited, cause: "not JSON", reads: 1}},
		{"200, 971", 200, nil, envelope(`{"code":971,"message":"throttle"}`), wanted{kind: registry.RateLimited, problems: coded("971", "throttle"), reads: 1}},
		{"403, 10100", 403, nil, envelope(`{"code":10100,"message":"More than 1200"}`), wanted{kind: registry.RateLimited, problems: coded("10100", "More than 1200"), reads: 1}},
		{"400, 10429", 400, nil, envelope(`{"code":10429,"message":"x"}`), wanted{kind: registry.RateLimited, problems: coded("10429", "x"), reads: 1}},

		// Faults of the API.
		{"500", 500, nil, envelope(taken), wanted{kind: registry.Broken, effect: registry.UnknownEffect, problems: one, reads: 1}},
		{"501", 501, nil, "", wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"502, HTML", 502, nil, html, wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 2}},
		{"503", 503, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, reads: 2}},
		{"503, Retry-After", 503, header("Retry-After", "9"), envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, retryAfter: 9 * time.Second, reads: 1}},
		{"504", 504, nil, "", wanted{kind: registry.TimedOut, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"520", 520, nil, "error code: 520", wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 2}},
		{"521", 521, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, reads: 2}},
		{"522", 522, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"523", 523, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, reads: 2}},
		{"524", 524, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"525", 525, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, reads: 2}},
		{"526", 526, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.UnknownEffect, reads: 2}},
		{"500, throttled", 500, nil, envelope(`{"code":971,"message":"throttle"}`), wanted{kind: registry.Broken, effect: registry.UnknownEffect, problems: coded("971", "throttle"), reads: 1}},
		{"408", 408, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"499", 499, nil, envelope(""), wanted{kind: registry.Lost, effect: registry.MayStillLand, reads: 2}},

		// Answers that can't be understood.
		{"empty body", 201, nil, "", wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON: unexpected end of JSON input (application/json, 0 bytes)", reads: 1}},
		{"204", 204, nil, "", wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON", reads: 1}},
		{"HTML", 200, header("Content-Type", "text/html; charset=utf-8"), html, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "text/html, 56 bytes", reads: 1}},
		{"truncated JSON", 201, nil, `{"success":true,"result":{"id":"` + uuid + `","na`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON", reads: 1}},
		{"more after the document", 201, nil, `{"success":true,"result":{"id":1}} x`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON", reads: 1}},
		{"two documents", 201, nil, envelope("") + envelope(""), wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON", reads: 1}},
		{"success without a result", 200, nil, `{"success":true}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "holds no result", reads: 1}},
		{"success, result null", 200, nil, `{"success":true,"result":null}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "holds no result", reads: 1}},
		{"success, result of no use", 200, nil, `{"success":true,"result":"ok"}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "holds no result", reads: 1}},
		{"success, result empty", 200, nil, `{"success":true,"result":{}}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "holds no result", reads: 1}},
		{"{}", 200, nil, `{}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"null", 200, nil, `null`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"a list", 200, nil, `[]`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"success missing", 200, nil, `{"result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"success null", 200, nil, `{"success":null,"result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"success as text", 200, nil, `{"success":"true","result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "does not say", reads: 1}},
		{"success missing, 10000", 200, nil, `{"errors":[{"code":10000,"message":"x"}]}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, problems: coded("10000", "x"), cause: "does not say", reads: 1}},
		{"redirect", 302, header("Location", "/elsewhere"), "", wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "redirect", reads: 1}},
		{"redirect that asks to send again", 307, header("Location", path), "", wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "redirect", reads: 1}},
		{"status nobody knows", 999, nil, envelope(""), wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, reads: 1}},
		{"deep", 200, nil, strings.Repeat(`{"a":`, 20000), wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "not JSON", reads: 1}},
		{"many elements", 200, nil, `{"success":true,"result":[` + strings.Repeat("0,", 300_000) + `0]}`, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "more elements", reads: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cf-Ray", "ray-1")
				w.Header().Set("Content-Type", "application/json")
				for name, values := range tt.header {
					w.Header()[name] = values
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			})
			checkAll(t, newClient(t, options(api.URL)), api, tt.status, tt.want)
		})
	}
}

// checkAll makes each call and compares everything of its error.
func checkAll(t *testing.T, c *cfapi.Client, api *stub, status int, want wanted) {
	t.Helper()
	entry, receipt, err := c.CreateEntry(t.Context(), draft)
	check(t, "create entry", err, status, want, want.effect, false)
	if got := len(api.requests()); got != 1 {
		t.Errorf("the create was sent %d times", got)
	}
	if !reflect.DeepEqual(entry, registry.Entry{}) || receipt.Status != status {
		t.Errorf("create: entry %+v, receipt %+v", entry, receipt)
	}

	_, err = c.ListEntries(t.Context(), registry.Query{})
	check(t, "list entries", err, status, want, registry.NoEffect, false)
	if got := len(api.requests()); got != want.reads {
		t.Errorf("the list was asked for %d times, want %d", got, want.reads)
	}

	_, receipt, err = c.Entry(t.Context(), "42")
	check(t, "read entry", err, status, want, registry.NoEffect, want.notFound)
	if got := len(api.requests()); got != want.reads {
		t.Errorf("the entry was asked for %d times, want %d", got, want.reads)
	}
	if receipt.Status != status {
		t.Errorf("entry: receipt %+v", receipt)
	}
}

func check(t *testing.T, op string, err error, status int, want wanted, effect registry.Effect, notFound bool) {
	t.Helper()
	var failed *registry.APIError
	if !errors.As(err, &failed) {
		t.Fatalf("%s: error %v", op, err)
	}
	if failed.Op != op || failed.Kind != want.kind || failed.Effect != effect || failed.RetryAfter != want.retryAfter {
		t.Errorf("%s: op %q, kind %s, effect %d, wait %s; want kind %s, effect %d, wait %s",
			op, failed.Op, failed.Kind, failed.Effect, failed.RetryAfter, want.kind, effect, want.retryAfter)
	}
	if !reflect.DeepEqual(failed.Problems, want.problems) {
		t.Errorf("%s: problems\n got %+v\nwant %+v", op, failed.Problems, want.problems)
	}
	wantRay := "ray-1"
	if status == 0 {
		wantRay = ""
	}
	if failed.Receipt.Status != status || failed.Receipt.Ray != wantRay || failed.Receipt.ServedAt.IsZero() != (status == 0) {
		t.Errorf("%s: receipt %+v", op, failed.Receipt)
	}
	if errors.Is(err, registry.ErrNotFound) != notFound {
		t.Errorf("%s: not found is %t, want %t", op, !notFound, notFound)
	}
	switch cause := failed.Err; {
	case want.cause == "" && cause != nil && !notFound:
		t.Errorf("%s: cause %q, want none", op, cause)
	case want.cause != "" && (cause == nil || !strings.Contains(cause.Error(), want.cause)):
		t.Errorf("%s: cause %v, want %q", op, cause, want.cause)
	}
	if text := err.Error(); len(text) > 2000 || strings.Contains(text, token) || strings.Contains(text, "://") {
		t.Errorf("%s: text of %d bytes: %.300s", op, len(text), text)
	}
}

// A refusal that holds an entry all the same says two things at once.
func TestRefusalWithAResult(t *testing.T) {
	api := newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cf-Ray", "ray-1")
		_, _ = w.Write([]byte(`{"success":false,"result":{"id":1}}`))
	})
	_, _, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
	check(t, "create entry", err, http.StatusOK, wanted{kind: registry.Unreadable, cause: "holds a result"}, registry.UnknownEffect, false)
}

// The answer to a create is of no use without the id.
func TestCreateWithoutUsableID(t *testing.T) {
	for _, id := range []string{``, `"id":null,`, `"id":"",`, `"id":"../x",`, `"id":1.5,`, `"id":-1,`, `"id":{},`, `"id":12345678901234567890,`} {
		api := newStub(t, respond(201, `{"success":true,"messages":[{"code":1,"message":"m"}],"result":{`+id+`"name":"n"}}`))
		entry, receipt, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Kind != registry.Unreadable || failed.Effect != registry.UnknownEffect {
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
		{"200", 200, false, 0, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "answer larger than 16 MiB", reads: 1}},
		{"200, gzip", 200, true, 0, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "answer larger than 16 MiB", reads: 1}},
		{"400", 400, false, 0, wanted{kind: registry.Unreadable, cause: "answer larger than 16 MiB", reads: 1}},
		{"502", 502, false, 0, wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "answer larger than 16 MiB", reads: 2}},
		{"other limit", 200, false, 20_000, wanted{kind: registry.Unreadable, effect: registry.UnknownEffect, cause: "answer larger than 19 KiB", reads: 1}},
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
				w.WriteHeader(tt.status)
				for range 50 {
					if _, err := w.Write(part); err != nil {
						return
					}
				}
			})
			o := options(api.URL)
			o.MaxBody = tt.max
			checkAll(t, newClient(t, o), api, tt.status, tt.want)
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

func TestReadMendedByASecondTry(t *testing.T) {
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
