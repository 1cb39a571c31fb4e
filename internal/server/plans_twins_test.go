package server_test

import (
	"net/http"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// Twins that were deleted together are created again together, each of them.
func TestUndoingADeletionOfTwins(t *testing.T) {
	t.Parallel()
	twin := func(id string) sandbox.Entry {
		return sandbox.Entry{ID: id, Name: "Jane Smith", Email: "jane.smith@example.com"}
	}
	app := newApp(t, func(s *settings) {
		s.sandbox.AllowDuplicates, s.sandbox.Seed = true, []sandbox.Entry{twin("1"), twin("2"), twin("3"), twin("4")}
	})
	b := app.as("editor")
	list := b.get(entries).wants(http.StatusOK)
	page := b.press(b.plan(list, list.ids()), "apply", nil)
	page.contains("h1", "4 entries deleted")
	page = b.undo(page)
	same(t, "told", page.text("h1"), "4 entries created again")
	same(t, "entries", len(app.sandbox.Entries()), 4)
}
