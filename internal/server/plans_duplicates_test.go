package server_test

import (
	"net/http"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// Duplicates that were deleted together are created again together, each of them.
func TestUndoingADeletionOfDuplicates(t *testing.T) {
	t.Parallel()
	duplicate := func(id string) sandbox.Entry {
		return sandbox.Entry{ID: id, Name: "Jane Smith", Email: "jane.smith@example.com"}
	}
	app := newApp(t, func(s *settings) {
		s.sandbox.AllowDuplicates, s.sandbox.Seed = true, []sandbox.Entry{duplicate("1"), duplicate("2"), duplicate("3"), duplicate("4")}
	})
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "4 entries deleted")
	page = b.undo(page)
	same(t, "told", page.text("h1"), "4 entries created again")
	same(t, "entries", len(app.sandbox.Entries()), 4)
}
