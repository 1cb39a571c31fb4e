package cfapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"namesake/internal/registry"
)

// wanted is what a failing answer is turned into.
type wanted struct {
	kind       registry.Kind
	effect     registry.Effect // of a change
	problems   []registry.Problem
	retryAfter time.Duration
	notFound   bool   // when the call is about one entry
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
		{"400, not JSON", 400, nil, "bad", wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"413, empty", 413, nil, "", wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"400, errors are no list", 400, nil, `{"success":false,"errors":{"code":1}}`, wanted{kind: registry.Refused, problems: coded("1", ""), reads: 1}},
		{"400, success", 400, nil, `{"success":true,"result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "contradicts", reads: 1}},

		// Credentials.
		{"401", 401, nil, envelope(`{"code":10000,"message":"Authentication error"}`), wanted{kind: registry.Denied, problems: coded("10000", "Authentication error"), reads: 1}},
		{"403", 403, nil, envelope(`{"code":10000,"message":"Authentication error"}`), wanted{kind: registry.Denied, problems: coded("10000", "Authentication error"), reads: 1}},
		{"403 of a firewall", 403, nil, html, wanted{kind: registry.Denied, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
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
		{"404 of another server", 404, nil, "404 page not found", wanted{kind: registry.Missing, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"404, empty", 404, nil, "", wanted{kind: registry.Missing, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},

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
		{"429, HTML", 429, nil, html, wanted{kind: registry.RateLimited, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"200, 971", 200, nil, envelope(`{"code":971,"message":"throttle"}`), wanted{kind: registry.RateLimited, problems: coded("971", "throttle"), reads: 1}},
		{"403, 10100", 403, nil, envelope(`{"code":10100,"message":"More than 1200"}`), wanted{kind: registry.RateLimited, problems: coded("10100", "More than 1200"), reads: 1}},
		{"400, 10429", 400, nil, envelope(`{"code":10429,"message":"x"}`), wanted{kind: registry.RateLimited, problems: coded("10429", "x"), reads: 1}},

		// Faults of the API.
		{"500", 500, nil, envelope(taken), wanted{kind: registry.Broken, effect: registry.MayStillLand, problems: one, reads: 1}},
		{"501", 501, nil, "", wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"502, HTML", 502, nil, html, wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 2}},
		{"503", 503, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, reads: 2}},
		{"503, Retry-After", 503, header("Retry-After", "9"), envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, retryAfter: 9 * time.Second, reads: 1}},
		{"504", 504, nil, "", wanted{kind: registry.TimedOut, effect: registry.MayStillLand, cause: "not JSON", reads: 1}},
		{"520", 520, nil, "error code: 520", wanted{kind: registry.Broken, effect: registry.MayStillLand, cause: "not JSON", reads: 2}},
		{"521", 521, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, reads: 2}},
		{"522", 522, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"523", 523, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, reads: 2}},
		{"524", 524, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"525", 525, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, reads: 2}},
		{"526", 526, nil, envelope(""), wanted{kind: registry.Broken, effect: registry.MayStillLand, reads: 2}},
		{"500, throttled", 500, nil, envelope(`{"code":971,"message":"throttle"}`), wanted{kind: registry.Broken, effect: registry.MayStillLand, problems: coded("971", "throttle"), reads: 1}},
		{"408", 408, nil, envelope(""), wanted{kind: registry.TimedOut, effect: registry.MayStillLand, reads: 1}},
		{"499", 499, nil, envelope(""), wanted{kind: registry.Lost, effect: registry.MayStillLand, reads: 2}},

		// Answers that can't be understood.
		{"empty body", 201, nil, "", wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON: unexpected end of JSON input (application/json, 0 bytes)", reads: 1}},
		{"204", 204, nil, "", wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON", reads: 1}},
		{"HTML", 200, header("Content-Type", "text/html; charset=utf-8"), html, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "text/html, 56 bytes", reads: 1}},
		{"truncated JSON", 201, nil, `{"success":true,"result":{"id":"` + uuid + `","na`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON", reads: 1}},
		{"more after the document", 201, nil, `{"success":true,"result":{"id":1}} x`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON", reads: 1}},
		{"two documents", 201, nil, envelope("") + envelope(""), wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON", reads: 1}},
		{"success without a result", 200, nil, `{"success":true}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "holds no result", reads: 1}},
		{"success, result null", 200, nil, `{"success":true,"result":null}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "holds no result", reads: 1}},
		{"success, result of no use", 200, nil, `{"success":true,"result":"ok"}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "holds no result", reads: 1}},
		{"success, result empty", 200, nil, `{"success":true,"result":{}}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "holds no result", reads: 1}},
		{"{}", 200, nil, `{}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"null", 200, nil, `null`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"a list", 200, nil, `[]`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"success missing", 200, nil, `{"result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"success null", 200, nil, `{"success":null,"result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"success as text", 200, nil, `{"success":"true","result":{"id":1}}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "does not say", reads: 1}},
		{"success missing, 10000", 200, nil, `{"errors":[{"code":10000,"message":"x"}]}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, problems: coded("10000", "x"), cause: "does not say", reads: 1}},
		{"redirect", 302, header("Location", "/elsewhere"), "", wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "redirect", reads: 1}},
		{"redirect that asks to send again", 307, header("Location", path), "", wanted{kind: registry.Unreadable, effect: registry.MayStillLand, cause: "redirect", reads: 1}},
		{"unknown status", 999, nil, envelope(""), wanted{kind: registry.Unreadable, effect: registry.MayStillLand, reads: 1}},
		{"deep", 200, nil, strings.Repeat(`{"a":`, 20000), wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "not JSON", reads: 1}},
		{"many elements", 200, nil, `{"success":true,"result":[` + strings.Repeat("0,", 300_000) + `0]}`, wanted{kind: registry.Unreadable, effect: registry.HasEffect, cause: "more elements", reads: 1}},
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
			checkAll(t, options(api.URL), api, tt.status, tt.want)
		})
	}
}
