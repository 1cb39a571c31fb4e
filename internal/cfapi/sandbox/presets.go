package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// failed is an envelope with these errors, each a JSON object.
func failed(errors ...string) string {
	return `{"success":false,"errors":[` + strings.Join(errors, ",") + `],"messages":[],"result":null}`
}

// problem is one error; more is further JSON members, each with a leading comma.
func problem(code int, message, more string) string {
	return fmt.Sprintf(`{"code":%d,"message":%q%s}`, code, message, more)
}

func pointer(p string) string { return fmt.Sprintf(`,"source":{"pointer":%q}`, p) }

func gatewayPage(title string) string {
	return "<!DOCTYPE html>\n<html><head><title>" + title + "</title></head>\n<body><h1>" + title +
		"</h1><p>The web server reported an error.</p><center>cloudflare</center></body></html>\n"
}

var (
	html        = map[string]string{"Content-Type": "text/html; charset=UTF-8"}
	retrySoon   = map[string]string{"Retry-After": "30", "Ratelimit": `"default";r=0;t=30`}
	throttled   = problem(971, "Please wait and consider throttling your request speed", "")
	docs        = `,"documentation_url":"` + documentation + `"`
	wholeResult = `"result":{{result}},"result_info":{{result_info}}`
)

// preset is a fault with a name and a line of help.
type preset struct {
	name, help string
	fault      Fault
}

// presets have a method, path and effect only where they need one; see Preset for the
// variants.
var presets = []preset{
	{"several-on-one-field", "400: two errors on /email, one on /name", Fault{Status: 400, Body: failed(
		problem(11406, "email must be one e-mail address.", docs+pointer("/email")),
		problem(11406, "email must not contain spaces.", pointer("/email")),
		problem(11403, "name must be at most 1024 characters long.", pointer("/name")))}},
	{"success-false-200", "200 with success false", Fault{Status: 200, Body: failed(problem(11406, "email was refused.", pointer("/email")))}},
	{"no-result", "200, success true, no result", Fault{Status: 200, Body: `{"success":true,"errors":[],"messages":[]}`}},
	{"null-result", "200, success true, result null", Fault{Status: 200, Body: `{"success":true,"errors":[],"messages":[],"result":null}`}},
	{"empty-result", "200, success true, result {}", Fault{Status: 200, Body: `{"success":true,"errors":[],"messages":[],"result":{}}`}},
	{"other-id", "200, success true, about another entry", Fault{
		Status: 200, Body: `{"success":true,"errors":[],"messages":[],"result":{"id":"00000000-0000-4000-8000-000000000000"}}`,
	}},
	{"no-id", "200, success true, an entry without an id", Fault{Status: 200, Body: `{"success":true,"errors":[],"messages":[],"result":{"name":"no id"}}`}},
	{"contradiction", "200 with success false and a result", Fault{
		Status: 200, Body: `{"success":false,"errors":[],"messages":[],"result":{"id":"00000000-0000-4000-8000-000000000000"}}`,
	}},
	{"400-success", "400 with success true", Fault{Status: 400, Body: `{"success":true,"errors":[],"messages":[],"result":null}`}},
	{"empty-object", "200 {}", Fault{Status: 200, Body: `{}`}},
	{"null", "200 null", Fault{Status: 200, Body: `null`}},
	{"400", "400 without a source", Fault{Status: 400, Body: failed(problem(11400, "Bad request.", ""))}},
	{"400-no-errors", "400 with an empty list of errors", Fault{Status: 400, Body: failed()}},
	{"401", "401, code 1000", Fault{Status: 401, Body: failed(problem(codeBadToken, "Invalid API Token", ""))}},
	{"403", "403, code 10000", Fault{Status: 403, Body: failed(problem(codeAuthentication, "Authentication error", ""))}},
	{"403-subscription", "403: Email Security is not subscribed to", Fault{Status: 403, Body: failed(
		problem(10403, "This feature is not available in the current subscription.", ""))}},
	{"403-sign-ins", "403, code 9109: too many refused sign-ins", Fault{Status: 403, Body: failed(
		problem(9109, "Max auth failures reached, please check your Authorization header.", ""))}},
	{"404", "404: no such entry", Fault{Status: 404, Body: failed(problem(codeNoEntry, "Impersonation registry entry not found.", ""))}},
	{"404-route", "404, code 7003", Fault{Status: 404, Body: failed(problem(codeNoRoute, "Could not route to /, perhaps your object identifier is invalid?", ""))}},
	{"409", "409", Fault{Status: 409, Body: failed(problem(11409, "The entry is being changed by someone else.", pointer("/email")))}},
	{"422", "422", Fault{Status: 422, Body: failed(problem(11406, "email can't be processed.", docs+pointer("/email")))}},
	{"429", "429, code 10100, Retry-After 30", Fault{Status: 429, Header: retrySoon, Body: failed(problem(codeTooManyCalls,
		"More than 1200 requests per 300 seconds reached. Please wait and consider throttling your request speed", ""))}},
	{"429-971", "429, code 971, Retry-After 30", Fault{Status: 429, Header: retrySoon, Body: failed(throttled)}},
	{"200-971", "200 with success false, code 971", Fault{Status: 200, Body: failed(throttled)}},
	{"500", "500 with an envelope", Fault{Status: 500, Body: failed(problem(10001, "Internal server error", ""))}},
	{"302", "302 to a page for signing in", Fault{Status: 302, Header: map[string]string{"Location": "/login"}}},
	{"307", "307 to the same address", Fault{Status: 307, Header: map[string]string{"Location": "?again"}}},
	{"400-html", "400 of an edge, with an HTML body", Fault{Status: 400, Header: html, Body: gatewayPage("400: Bad request")}},
	{"403-html", "403 of an edge, with an HTML body", Fault{Status: 403, Header: html, Body: gatewayPage("403: Forbidden")}},
	{"404-html", "404 of an edge, with an HTML body", Fault{Status: 404, Header: html, Body: gatewayPage("404: Not found")}},
	{"409-html", "409 of an edge, with an HTML body", Fault{Status: 409, Header: html, Body: gatewayPage("409: Conflict")}},
	{"429-html", "429 of an edge, with an HTML body", Fault{Status: 429, Header: html, Body: gatewayPage("429: Too many requests")}},
	{"500-html", "500 with an HTML body", Fault{Status: 500, Header: html, Body: gatewayPage("500: Internal server error")}},
	{"500-empty", "500 with nothing", Fault{Status: 500}},
	{"502-html", "502 with an HTML body", Fault{Status: 502, Header: html, Body: gatewayPage("502: Bad gateway")}},
	{"503", "503 with an HTML body and Retry-After 30", Fault{
		Status: 503, Body: gatewayPage("503: Service unavailable"),
		Header: map[string]string{"Content-Type": html["Content-Type"], "Retry-After": "30"},
	}},
	{"504", "504 with an HTML body", Fault{Status: 504, Header: html, Body: gatewayPage("504: Gateway time-out")}},
	{"empty-body", "200 with nothing", Fault{Status: 200}},
	{"truncated", "200 with JSON cut short, in a complete answer", Fault{
		Status: 200,
		Body:   `{"success":true,"errors":[],"messages":[],"result":{"id":"f174e90a-fafe-46`,
	}},
	{"huge", "200 with a body of 50 MB", Fault{
		Status: 200, Size: 50 << 20,
		Body: `{"success":true,"errors":[],"messages":[],"result":{"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415","comments":"{{filler}}"}}`,
	}},
	{"slow", "504 after a minute, not carried out", Fault{Delay: time.Minute, Status: 504, Header: html, Body: gatewayPage("504: Gateway time-out")}},
	{"slow-written", "carried out at once, the true answer after a minute", Fault{Delay: time.Minute, Effect: EffectWrite}},
	{"slow-late", "carried out after a minute, even if the caller has gone", Fault{Delay: time.Minute, Effect: EffectLate}},
	{"lagging-list", "carried out and answered; lists show it after 3 seconds", Fault{Effect: EffectWrite, ListLag: usualLag}},
	{"lagging", "carried out and answered; lists and reads show it after 3 seconds", Fault{Effect: EffectWrite, ListLag: usualLag, EntryLag: usualLag}},
	{"dropped", "connection cut before any answer", Fault{Drop: DropBefore, Effect: EffectNone}},
	{"dropped-in-body", "connection cut in the middle of the body", Fault{
		Drop: DropInBody, Status: 200,
		Body: `{"success":true,"errors":[],"messages":[],"result":{"id":"f174e90a-fafe-4643-bbbc-4a0ed4fc8415","name":"cut off"}}`,
	}},
	{"content-type", "the true answer as text/html", Fault{Effect: EffectWrite, Header: html}},
	{"no-content-type", "the true answer without a content type", Fault{Effect: EffectWrite, Header: map[string]string{"Content-Type": ""}}},
	{"code-string", "400 with codes as strings", Fault{Status: 400, Body: failed(
		`{"code":"11406","message":"email was refused.","source":{"pointer":"/email"}}`,
		`{"code":"not_a_number","message":"Something else is wrong."}`)}},
	{"null-source", "400 with source and documentation_url null", Fault{Status: 400, Body: failed(
		problem(11406, "The values were refused.", `,"source":null,"documentation_url":null`),
		problem(11406, "The values were refused again.", `,"source":{"pointer":null}`))}},
	{"null-lists", "the true result with errors and messages null", Fault{
		Effect: EffectWrite,
		Body:   `{"success":true,"errors":null,"messages":null,` + wholeResult + `}`,
	}},
	{"null-errors", "400 with errors and messages null", Fault{Status: 400, Body: `{"success":false,"errors":null,"messages":null,"result":null}`}},
	{"messages", "the true result with messages", Fault{Effect: EffectWrite, Body: `{"success":true,"errors":[],"messages":[` +
		problem(10000, "The entry takes effect within five minutes.", docs+pointer("/email")) + "," +
		problem(10002, "external_directory_node_id is deprecated.", "") + `],` + wholeResult + `}`}},
	{"hostile", "400 with markup, and links and pointers that must not be followed", Fault{Status: 400, Body: failed(
		problem(11406, `<script>alert(1)</script><img src=x onerror=alert(2)>`,
			`,"documentation_url":"javascript:alert(3)"`+pointer(`/"><script>alert(4)</script>`)),
		problem(11406, `\"'}; alert(5) //`, `,"documentation_url":"data:text/html,<script>alert(6)</script>"`+pointer("/email")))}},
	{"pointers", "400 with a pointer of every form", Fault{Status: 400, Body: failed(
		problem(11406, "as /email", pointer("/email")), problem(11406, "as /body/email", pointer("/body/email")),
		problem(11406, "as #/email", pointer("#/email")), problem(11406, "as body.email", pointer("body.email")),
		problem(11406, "as email", pointer("email")), problem(11406, "as /rules/0/action", pointer("/rules/0/action")))}},
	{"unknown-pointer", "400 with a pointer to no field", Fault{Status: 400, Body: failed(problem(11406, "The action is unknown.", pointer("/rules/0/action")))}},
	{"error-chain", "400 with an error_chain", Fault{Status: 400, Body: failed(problem(codeBadHeaders, "Invalid request headers",
		`,"error_chain":[`+problem(codeBadAuthorization, "Invalid format for Authorization header", "")+`]`))}},
	{"short-pages", "a list of 50 entries a page at most, whatever is asked for", Fault{Paging: Paging{Cap: 50}}},
	{"short-page", "a list whose page 2 holds half of its entries, the others behind it", Fault{Paging: Paging{Short: 2}}},
	{"total-zero", "a list with total_count 0", Fault{Paging: Paging{Total: "0"}}},
	{"total-null", "a list with total_count null", Fault{Paging: Paging{Total: "null"}}},
	{"total-missing", "a list without total_count", Fault{Paging: Paging{Total: "missing"}}},
	{"total-page", "a list that counts the entries of the page as all", Fault{Paging: Paging{Total: "page"}}},
	{"total-low", "a list that counts 30 entries fewer than there are", Fault{Paging: Paging{Total: "-30"}}},
	{"total-high", "a list that counts 30 entries more than there are", Fault{Paging: Paging{Total: "+30"}}},
	{"count-wrong", "a list with count 0", Fault{Paging: Paging{Count: "0"}}},
}

// usualLag is the lag in presets.
const usualLag = 3 * time.Second

// variants change what a preset does to the registry.
var variants = map[string]func(*Fault){
	"-written": func(f *Fault) { f.Effect = EffectWrite },
	"-late":    func(f *Fault) { f.Lands = usualLag },
}

// Preset returns the fault of that name. A name with "-written" behind it is the
// same fault, but the call is carried out before it shows; with "-late", 3 seconds
// after the call came.
func Preset(name string) (Fault, bool) {
	find := func(name string) int {
		return slices.IndexFunc(presets, func(p preset) bool { return p.name == name })
	}
	if i := find(name); i >= 0 {
		f := presets[i].fault
		f.Name = name
		return f, true
	}
	for suffix, change := range variants {
		base, ok := strings.CutSuffix(name, suffix)
		if i := find(base); ok && i >= 0 {
			f := presets[i].fault
			f.Name = name
			change(&f)
			return f, true
		}
	}
	return Fault{}, false
}

// Presets returns the names that Preset knows, without the variants.
func Presets() []string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.name
	}
	return names
}
