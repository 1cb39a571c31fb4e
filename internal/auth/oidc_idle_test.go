package auth

import (
	"net/http"
	"testing"
	"time"
)

// A code that is sent on a connection which the provider is about to close is lost.
// Node.js, for one, closes an idle connection after 5 seconds.
func TestConnectionsAreLeftBeforeTheProviderClosesThem(t *testing.T) {
	transport, ok := newOIDCClient(nil).Transport.(bounded).RoundTripper.(*http.Transport)
	if !ok || transport.IdleConnTimeout <= 0 || transport.IdleConnTimeout >= 5*time.Second {
		t.Errorf("an idle connection is kept for %s, want less than 5s", transport.IdleConnTimeout)
	}
}
