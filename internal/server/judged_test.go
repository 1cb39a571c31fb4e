package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestAFormKnowsTheCompany types addresses that are judged by the company's domains, and names
// that are no protection.
func TestAFormKnowsTheCompany(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes, readsSettings)
	b := app.as("editor")
	for _, tt := range []struct{ name, email, says string }{
		{"Jane Smith", "jane@haldenvos.example", "jane@haldenvos.example looks like an address at your domain haldenvoss.example, and is not at it."},
		{"Jane Smith", "jane@supplier.example", "supplier.example is not one of the domains that Cloudflare checks for you"},
		{"Jane Smith", "jane.smith@gmail.com", "Anyone can open a mailbox at gmail.com"},
		{"Support", "support@haldenvoss.example", "Much ordinary mail shows the name “Support”"},
	} {
		b.get(entries+"/of-name?"+url.Values{"name": {tt.name}, "email": {tt.email}}.Encode()).contains("body", tt.says)
	}
	page := b.get(entries + "/of-name?" + url.Values{"name": {"Jane Smith"}, "email": {"jane.smith@haldenvoss.example"}}.Encode())
	if said := page.text("body"); strings.Contains(said, "domain") || strings.Contains(said, "Tip:") {
		t.Errorf("of a usual address: %s", said)
	}
}
