package e2e

import (
	"net/http"
	"testing"
)

// TestADoubtIsFollowed creates an entry with an unknown outcome: the page follows by itself,
// and ends at the entry.
func TestADoubtIsFollowed(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	p.clickThrough(`nav a[href$="/entries/new"]`, http.StatusOK)
	p.fill("#name", "Oliver Whitcombe")
	p.fill("#email", "oliver@whitcombe.example")
	api.inject(map[string]any{"preset": "500", "method": "POST", "lands": "6s"})
	p.clickThrough(create, http.StatusBadGateway)
	p.shows("#error-summary h2", "It is not known whether the entry was created")
	if got := p.value("#name"); got != "Oliver Whitcombe" {
		t.Errorf("the name is %q", got)
	}
	p.looksGood("a create in doubt")
	p.through("the end of the doubt", http.StatusOK)
	p.shows("[role=status] h2", "Created after all")
	p.shows(`[data-field="name"]`, "Oliver Whitcombe")
}
