//go:build !openapi

package e2e

import (
	"net/http"
	"testing"
)

// TestListDuringAnOutage reads the list while the API does not answer, and once more
// when it does.
func TestListDuringAnOutage(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	rows := p.count("tbody tr")
	api.inject(map[string]any{"preset": "504", "times": -1})
	p.goTo("/accounts/"+account+"/entries", http.StatusGatewayTimeout)
	p.shows("#results [role=alert] h2", "This is the list as it was")
	p.shows("#results [role=alert]", "Cloudflare did not answer in time.")
	if got := p.count("tbody tr"); got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
	p.looksGood("the list during an outage")
	p.clickThrough("#results [role=alert] a.btn", http.StatusGatewayTimeout)
	var waiting []any
	api.control(http.MethodDelete, "faults", nil, &waiting)
	p.clickThrough("#results [role=alert] a.btn", http.StatusOK)
	if got := p.count("#results [role=alert]"); got != 0 {
		t.Errorf("%d notices after the outage", got)
	}
}
