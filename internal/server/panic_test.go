package server_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/cfapi"
)

// panicsWhile panics instead of a call while broken is set.
type panicsWhile struct{ broken atomic.Bool }

func (p *panicsWhile) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.broken.Load() {
		return panicking{}.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// A pass runs beside the requests. One that panics ends neither the program nor lists, and
// the list says at last that it is old, and why.
func TestAPassThatPanics(t *testing.T) {
	t.Parallel()
	transport := &panicsWhile{}
	app := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.Transport = transport } })
	b := app.as("viewer")
	transport.broken.Store(true)
	page := b.get(entries).wants(http.StatusInternalServerError)
	page.contains("h1", "Namesake made a mistake")
	page.contains("main", page.header.Get("X-Request-Id"))
	b.post(refresh, nil).wants(http.StatusSeeOther)
	b.get(entries).wants(http.StatusInternalServerError).contains("main", "The registry could not be read")
	same(t, "the cause on the page", strings.Contains(page.body, "out of order"), false)
	for _, want := range []string{"a pass panicked", "out of order", "goroutine"} {
		if !strings.Contains(app.log.String(), want) {
			t.Errorf("the log does not say %q", want)
		}
	}

	transport.broken.Store(false)
	before := b.get(entries).wants(http.StatusOK)
	same(t, "warnings", before.Find("#results [role=alert]").Length(), 0)
	transport.broken.Store(true)
	app.clock.move(3 * time.Minute)
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("a pass that panicked succeeded")
	}
	page = b.get(entries).wants(http.StatusOK)
	page.contains("#results [role=alert]", "This is the registry as it was 3 minutes ago")
	page.contains("#results [role=alert]", "Namesake made a mistake while reading it.")
	same(t, "rows", page.text("tbody"), before.text("tbody"))
	transport.broken.Store(false)
	must(t, app.mirror.Refresh(t.Context()))
	same(t, "warnings", b.get(entries).wants(http.StatusOK).Find("#results [role=alert]").Length(), 0)
}
