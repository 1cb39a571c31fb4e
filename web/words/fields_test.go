package words_test

import (
	"testing"

	"namesake/internal/registry"
	"namesake/web/words"
)

// TestFieldWords sees that each field has a label and a hint.
func TestFieldWords(t *testing.T) {
	for _, name := range registry.FieldNames() {
		if words.FieldLabel(name) == "" || words.Field(name).Hint == "" {
			t.Errorf("%s has the words %+v", name, words.Field(name))
		}
	}
}
