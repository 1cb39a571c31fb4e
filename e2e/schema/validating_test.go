//go:build openapi

package schema

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// loadSchema reads Cloudflare's OpenAPI document, or the part of it about our
// calls, from the file that NAMESAKE_OPENAPI names. It isn't part of the project.
func loadSchema(t *testing.T) *openapi3.T {
	t.Helper()
	path := os.Getenv("NAMESAKE_OPENAPI")
	if path == "" {
		t.Fatal("NAMESAKE_OPENAPI doesn't name the file of Cloudflare's OpenAPI document")
	}
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The document itself is not validated. It has warts, all of which the checks
	// of traffic survive: "minLength: 1" on the list of errors where minItems must
	// be meant, so an empty list would pass (validating.check looks at it);
	// "uniqueItems" on an object; and "enum: [null]" for the result of a failure,
	// which with "nullable" lets null through and nothing else.
	return doc
}

// validating holds all traffic that passes through it to the schema.
type validating struct {
	next   http.RoundTripper
	router routers.Router
	report func(format string, args ...any)

	// badRequests says that requests break the schema on purpose: they must, and
	// must be refused, where otherwise they must not be made at all.
	badRequests bool

	seen map[string]int // "operationId 2XX" and "operationId 4XX" -> how many
	doc  *openapi3.T
}

// newValidating checks calls of the API at base, and sends them on through next.
func newValidating(t *testing.T, base string, next http.RoundTripper) *validating {
	t.Helper()
	doc := loadSchema(t)
	doc.Servers = openapi3.Servers{{URL: base}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &validating{next: next, router: router, report: t.Errorf, seen: map[string]int{}, doc: doc}
}

// RoundTrip implements http.RoundTripper.
func (v *validating) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r.Body)
	if err != nil {
		return nil, err
	}
	restore := func() {
		if r.Body = http.NoBody; body != nil {
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
	}
	restore()
	input, invalid := v.request(r)
	restore()
	res, err := v.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer, err := drain(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(answer))
	v.check(r, input, invalid, res, answer)
	return res, nil
}

// request validates a request. input is nil when the schema has no such call.
func (v *validating) request(r *http.Request) (input *openapi3filter.RequestValidationInput, invalid error) {
	route, params, err := v.router.FindRoute(r)
	if err != nil {
		return nil, err
	}
	input = &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, IncludeResponseStatus: true, SkipSettingDefaults: true,
			RejectWhenRequestBodyNotSpecified: true, AuthenticationFunc: authenticate,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{
				// A format without a validator is not checked at all.
				openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562)),
			},
		},
	}
	return input, openapi3filter.ValidateRequest(r.Context(), input)
}

// authenticate asks for the headers that the schema names, whatever they hold.
func authenticate(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	h := in.RequestValidationInput.Request.Header
	switch scheme := in.SecurityScheme; {
	case scheme.Type == "http" && strings.HasPrefix(h.Get("Authorization"), "Bearer "):
		return nil
	case scheme.Type == "apiKey" && h.Get(scheme.Name) != "":
		return nil
	}
	return in.NewError(nil)
}

// check reports what is wrong with an exchange.
func (v *validating) check(r *http.Request, input *openapi3filter.RequestValidationInput, invalid error, res *http.Response, answer []byte) {
	call := r.Method + " " + r.URL.RequestURI()
	switch {
	case invalid != nil && !v.badRequests:
		v.report("%s: the request breaks the schema: %v", call, invalid)
	case invalid == nil && v.badRequests:
		v.report("%s: the request was meant to break the schema", call)
	case invalid != nil && res.StatusCode/100 != 4:
		v.report("%s: answered %d, although the request breaks the schema: %v", call, res.StatusCode, invalid)
	}
	if input == nil {
		return
	}
	v.seen[fmt.Sprintf("%s %dXX", input.Route.Operation.OperationID, res.StatusCode/100)]++
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: res.StatusCode, Header: res.Header,
		Body: io.NopCloser(bytes.NewReader(answer)), Options: input.Options,
	})
	if err != nil {
		v.report("%s: the answer %d breaks the schema: %v\n%s", call, res.StatusCode, err, answer)
	}
	if res.StatusCode/100 == 4 && bytes.Contains(answer, []byte(`"errors":[]`)) {
		v.report("%s: the answer %d has no errors: %s", call, res.StatusCode, answer)
	}
}

// unseen lists the operations that were not seen with both kinds of answer.
func (v *validating) unseen() []string {
	var out []string
	for _, item := range v.doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, kind := range []string{" 2XX", " 4XX"} {
				if v.seen[op.OperationID+kind] == 0 {
					out = append(out, op.OperationID+kind)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// properties are the names that the schema has for the fields of an entry.
func (v *validating) properties() []string {
	return slices.Sorted(maps.Keys(v.doc.Components.Schemas["email-security_ImpersonationRegistry"].Value.Properties))
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil || body == http.NoBody {
		return nil, nil
	}
	b, err := io.ReadAll(body)
	return b, errors.Join(err, body.Close())
}
