package registry_test

import (
	"strings"
	"testing"

	"namesake/internal/registry"
)

// A review has what the form says about the changed fields, and no finding twice.
func TestReview(t *testing.T) {
	pattern := func(email string) registry.Draft {
		return registry.Draft{Name: "Jane Smith", Email: email, IsEmailRegex: true}
	}
	for _, tt := range []struct {
		name     string
		draft    registry.Draft
		change   registry.Values
		warnings string
		hints    string
		findings string
	}{
		{"plain", registry.Draft{Name: "Jane Smith", Email: "jane@example.com"}, nil, "", "", ""},
		{"matches anything", pattern(`.*`), nil, "matches-everything", "", ""},
		{"a whole domain, not anchored", pattern(`.*@haldenvoss\.example`), nil, "", "", "not-anchored whole-domain"},
		{"only comments change", pattern(`.*`), registry.Values{registry.FieldComments: "x"}, "", "", ""},
		{"it becomes a pattern", pattern(`.*`), registry.Values{registry.FieldIsEmailRegex: true}, "matches-everything", "", ""},
		{"a quoted name", registry.Draft{Name: `"Jane Smith"`, Email: "jane@example.com"}, nil, "quoted", "", ""},
		{"an address that stays", registry.Draft{Name: "Jane Smith", Email: "no-reply@zoom.us"}, registry.Values{registry.FieldName: "Jane Smith"}, "", "", ""},
		{"a wildcard", registry.Draft{Name: "Jane Smith", Email: "ja*ne@example.com"}, nil, "", "inner-wildcard", ""},
		{"Java refuses it", pattern(`(`), nil, "", "", ""},
	} {
		r := tt.draft.Review(t.Context(), tt.change)
		kinds := func(list []registry.Warning) string {
			var all []string
			for _, w := range list {
				all = append(all, w.Kind)
			}
			return strings.Join(all, " ")
		}
		var findings []string
		for _, f := range r.Findings {
			findings = append(findings, f.ID)
		}
		if kinds(r.Warnings) != tt.warnings || kinds(r.Hints) != tt.hints || strings.Join(findings, " ") != tt.findings || r.Unchecked {
			t.Errorf("%s: warnings %q, hints %q, findings %q, unchecked %t; want %q, %q, %q", tt.name, kinds(r.Warnings), kinds(r.Hints), findings, r.Unchecked, tt.warnings, tt.hints, tt.findings)
		}
	}
}
