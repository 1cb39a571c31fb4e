package entries

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/words"
)

// Every rule of a draft has a sentence of its own.
func TestEveryRuleHasASentence(t *testing.T) {
	for _, e := range []registry.FieldError{
		{Field: "name", Rule: "required"},
		{Field: "name", Rule: "utf8"},
		{Field: "name", Rule: "oneline"},
		{Field: "name", Rule: "max", Param: "1024"},
		{Field: "email", Rule: "required"},
		{Field: "email", Rule: "utf8"},
		{Field: "email", Rule: "oneline"},
		{Field: "email", Rule: "trimmed"},
		{Field: "email", Rule: "oneaddress"},
		{Field: "email", Rule: "notpattern"},
		{Field: "email", Rule: "address"},
		{Field: "comments", Rule: "utf8"},
		{Field: "directory_id", Rule: "integer"},
		{Field: "directory_node_id", Rule: "integer"},
		{Field: "external_directory_node_id", Rule: "utf8"},
		{Field: "external_directory_node_id", Rule: "oneline"},
		{Field: "provenance", Rule: "provenance"},
	} {
		if s := web.Sentence(e); strings.Contains(s, "("+e.Rule+")") || strings.Contains(s, "%s") {
			t.Errorf("%s %s: %q", e.Field, e.Rule, s)
		}
	}
}

// Whatever arrives as a form: no panic, an error names only fields that exist,
// and the form page can be made of it.
func FuzzEntryForm(f *testing.F) {
	f.Add("name=Jane&email=jane%40example.com&is_email_regex=true&directory_id=1")
	f.Add("name=%ff%00&email=%0a&provenance=x&directory_node_id=-0x1&comments=%0d%0a")
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		form := web.DecodeEntryForm(values)
		d, invalid := web.Draft(t.Context(), form)
		var fields *registry.InvalidError
		if invalid != nil && !errors.As(invalid, &fields) {
			t.Fatalf("draft: %v", invalid)
		}
		if invalid == nil && d.Validate(t.Context()) != nil {
			t.Errorf("a draft passed that is not valid: %+v", d)
		}
		v := formView(t.Context(), form)
		addFailure(&v, web.Failure{}, invalid)
		for field := range v.Fields {
			if words.FieldLabel(field) == "" {
				t.Errorf("an error at %q, which is no field", field)
			}
		}
		if err == nil && strings.ToValidUTF8(values.Get("name"), "\uFFFD") != v.Form.Name() {
			t.Errorf("typed %q came back as %q", values.Get("name"), v.Form.Name())
		}
	})
}
