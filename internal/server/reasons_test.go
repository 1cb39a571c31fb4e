package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// Whatever form a refusal has its reasons in, a person reads them and a program gets them.
func TestReasonsAreShownWhateverTheirShape(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, says, code string }{
		{"texts", `{"success":false,"errors":["bad <b>thing</b>"],"messages":null,"result":null}`, "bad <b>thing</b>", ""},
		{"one text", `{"success":false,"errors":"bad thing"}`, "bad thing", ""},
		{"by field", `{"success":false,"errors":{"email":["is taken"]}}`, "email: is taken", ""},
		{"code as text", `{"success":false,"errors":[{"code":"E_BAD","message":"bad thing"}]}`, "bad thing code E_BAD", "E_BAD"},
		{"an error member", `{"success":false,"error":"bad thing"}`, "bad thing", ""},
		{"only messages", `{"success":false,"errors":[],"messages":["bad thing"]}`, "bad thing", ""},
		{"another member", `{"success":false,"reason":"bad thing"}`, "reason: bad thing", ""},
		{"unknown members", `{"success":false,"errors":[{"code":"E_BAD","error_message":"bad thing"}]}`, "error_message: bad thing code E_BAD", "E_BAD"},
		{"lists in lists", `{"success":false,"errors":[[{"code":1,"error_chain":["because of this"]}]]}`, "because of this", ""},
	}
	app := newApp(t)
	b := app.as("editor")
	form := url.Values{"name": {"Jane Smith"}, "email": {"jane.smith@example.com"}}.Encode()
	for _, tt := range tests {
		refuse := sandbox.Fault{Method: http.MethodPost, Status: 400, Body: tt.body}
		app.sandbox.Inject(refuse)
		page := b.in(t).create(jane()).wants(http.StatusUnprocessableEntity)
		page.contains("#error-summary", "Cloudflare's reasons are below.")
		page.contains("#error-summary ul", tt.says)
		same(t, tt.name+": markup", page.Find("#error-summary b").Length(), 0)
		kept(t, page, jane())

		app.sandbox.Inject(refuse)
		answer := b.do(http.MethodPost, entries, strings.NewReader(form), map[string]string{
			"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
		}).wants(http.StatusUnprocessableEntity)
		var got struct {
			Success bool
			Errors  []struct {
				Code       any
				Message    string
				ErrorChain []struct{ Message string } `json:"error_chain"`
			}
		}
		must(t, json.Unmarshal([]byte(answer.body), &got))
		if got.Success || len(got.Errors) != 1 {
			t.Errorf("%s: %s", tt.name, answer.body)
			continue
		}
		said := got.Errors[0].Message
		if len(got.Errors[0].ErrorChain) > 0 {
			said = got.Errors[0].ErrorChain[0].Message
		}
		code, _ := got.Errors[0].Code.(string)
		same(t, tt.name+": message", said, strings.TrimSuffix(tt.says, " code "+tt.code))
		same(t, tt.name+": code", code, tt.code)
	}
}

// A registry whose list is null and counts nothing is empty, and not unreadable. One that
// does not say what it counts is unreadable, and takes nothing from what is known.
func TestNullListIsEmpty(t *testing.T) {
	t.Parallel()
	const body = `{"success":true,"errors":[],"messages":[],"result":null`
	null := func(app *app, rest string) {
		app.sandbox.Inject(sandbox.Fault{Status: 200, Times: -1, Body: body + rest})
	}
	app := newApp(t)
	b := app.as("viewer")
	null(app, `,"result_info":{"count":0,"page":1,"per_page":20,"total_count":0}}`)
	b.get(entries).wants(http.StatusOK).contains("#results h2", "The registry is empty")

	app = newApp(t)
	b = app.as("viewer")
	null(app, `}`)
	b.get(entries).wants(http.StatusBadGateway).contains("main", "Cloudflare's answer could not be read")
	app.sandbox.ClearFaults()
	before := b.get(entries).wants(http.StatusOK)
	null(app, `}`)
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("the registry was read")
	}
	same(t, "rows", b.get(entries).wants(http.StatusOK).text("tbody"), before.text("tbody"))
}
