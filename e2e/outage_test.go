package e2e

import (
	"net/http"
	"testing"
)

// TestListDuringAnOutage uses the list while the API does not answer, and refreshes it then
// and afterwards.
func TestListDuringAnOutage(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	rows := p.count("tbody tr")
	api.inject(map[string]any{"preset": "504", "times": -1})
	p.goTo("/accounts/"+account+"/entries", http.StatusOK)
	if got := p.count("tbody tr"); got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
	p.clickThrough("form[action$='/refresh'] button", http.StatusOK)
	p.shows("main [role=alert] h2", "The registry could not be read")
	p.shows("main [role=alert]", "Cloudflare does not answer in time.")
	if got := p.count("tbody tr"); got != rows {
		t.Errorf("%d rows after the refresh, want %d", got, rows)
	}
	p.looksGood("the list during an outage")
	var waiting []any
	api.control(http.MethodDelete, "faults", nil, &waiting)
	p.clickThrough("form[action$='/refresh'] button", http.StatusOK)
	p.shows("main [role=status] h2", "The registry was read")
	if got := p.count("main [role=alert]"); got != 0 {
		t.Errorf("%d warnings after the outage", got)
	}
}
