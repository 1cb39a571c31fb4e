package web

import (
	"slices"
	"strings"

	"namesake/internal/registry"
)

// FieldOf returns the form field that an API error's source.pointer names, or "". Its
// format is not documented for these calls, so every known way of writing a place
// is taken: a JSON pointer (https://www.rfc-editor.org/rfc/rfc6901), also as a URI
// fragment or below the body, and a dotted path.
func FieldOf(pointer string) string {
	path := strings.TrimPrefix(strings.TrimSpace(pointer), "#")
	path = strings.TrimPrefix(path, "$")
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '.' })
	if len(parts) > 1 && slices.Contains([]string{"body", "data", "json", "request"}, parts[0]) {
		parts = parts[1:]
	}
	if len(parts) == 0 || !slices.Contains(registry.FieldNames(), parts[0]) {
		return ""
	}
	return parts[0]
}
