package server_test

import (
	"net/http"
	"net/url"
	"testing"
)

// What is deleted is what the person was asked about.
func TestDeletionOfWhatWasConfirmed(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		changes map[string]string // made elsewhere while the question was open
		version func(string) string
		status  int
		shows   string // of what has changed
	}{
		{"nothing has changed", nil, nil, 303, ""},
		{"renamed", map[string]string{"name": "John Smith"}, nil, 409, "NameWhen you opened it Jane SmithIn the registry now John Smith"},
		{"readdressed", map[string]string{"email": "other@example.com"}, nil, 409, "Address or patternWhen you opened it jane.smith@example.comIn the registry now other@example.com"},
		{"another comment", map[string]string{"comments": "new"}, nil, 303, ""},
		{"no version, as scripts send it", map[string]string{"name": "John Smith"}, func(string) string { return "" }, 303, ""},
		{"a version that is none", nil, func(string) string { return "nonsense" }, 409, "NameWhen you opened it not knownIn the registry now Jane Smith"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			b, other := app.as("editor"), app.as("admin")
			path := app.existing(b)
			page := b.get(path + "/delete").wants(http.StatusOK)
			if tt.changes != nil {
				other.submit(other.get(path+"/edit"), tt.changes).wants(http.StatusSeeOther)
			}
			form := fields(page)
			if tt.version != nil {
				form.Set("version", tt.version(form.Get("version")))
			}
			script := b.send(path+"/delete", url.Values{"version": {"nonsense"}}, asJSON).wants(http.StatusConflict)
			same(t, "success", script.deletion().Success, false)
			again := b.post(path+"/delete", form).wants(tt.status)
			deletes := 1
			if tt.status == http.StatusConflict {
				deletes = 0
				again.contains("h1", "Delete this entry?")
				again.contains("[role=status], [role=alert]", "Not deleted: the entry has changed since you opened it")
				again.contains("[aria-labelledby=changed]", tt.shows)
			}
			same(t, "sent", len(app.sent(http.MethodDelete)), deletes)
			if tt.status == http.StatusConflict { // asked again, and confirmed
				b.submit(again, nil).wants(http.StatusSeeOther)
				same(t, "sent", len(app.sent(http.MethodDelete)), 1)
			}
		})
	}
}
