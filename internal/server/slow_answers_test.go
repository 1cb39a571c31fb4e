package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
)

// timeouts is a transport in which a create runs out of time when the sandbox holds it, and
// nothing else does, however busy the machine is.
type timeouts struct {
	held  chan struct{} // gets a value for each create that the sandbox holds
	posts atomic.Int64
}

func (o *timeouts) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost {
		return http.DefaultTransport.RoundTrip(r)
	}
	o.posts.Add(1)
	ctx, cancel := context.WithCancelCause(r.Context())
	go func() {
		select {
		case <-o.held:
			cancel(context.DeadlineExceeded)
		case <-ctx.Done(): // with the call, which has a time limit
			cancel(nil)
		}
	}()
	return http.DefaultTransport.RoundTrip(r.WithContext(ctx))
}

// withTimeouts is an app whose creates run out of time when they are held.
func withTimeouts(t *testing.T, set ...func(*settings)) (*app, *timeouts) {
	t.Helper()
	transport := &timeouts{held: make(chan struct{})}
	app := newApp(t, append(set, func(s *settings) { s.client = func(o *cfapi.Options) { o.Transport = transport } })...)
	return app, transport
}

// hold keeps the next create from its answer until release.
func (o *timeouts) hold(t *testing.T, app *app, effect sandbox.Effect) (release func()) {
	t.Helper()
	gate := make(chan struct{})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Hold: gate, Effect: effect, Waiting: func() { o.held <- struct{}{} }})
	return func() { close(gate); app.sandbox.Wait() }
}

// A time-out with and without effect, and a create that lands late.
func TestSlowAnswers(t *testing.T) {
	t.Parallel()
	duplicates := func(s *settings) { s.sandbox.AllowDuplicates = true }
	t.Run("without effect", func(t *testing.T) {
		app, calls := withTimeouts(t)
		release := calls.hold(t, app, sandbox.EffectNone)
		b := app.as("editor")
		page := b.create(jane()).wants(http.StatusGatewayTimeout)
		release()
		page.contains("#error-summary h2", "It is not known whether the entry was created")
		page.contains("#error-summary", "Cloudflare did not answer in time")

		// Sent again at once: it is looked at first, and not sent.
		page = b.submit(page, nil).wants(http.StatusBadGateway)
		same(t, "creates sent", creates(app), 1)
		// After the time in which it could still land, it is safe.
		app.clock.move(doubtLasts)
		b.submit(page, nil).wants(http.StatusSeeOther)
		same(t, "entries", len(app.find("Jane Smith")), 1)
	})
	t.Run("with effect", func(t *testing.T) {
		app, calls := withTimeouts(t)
		release := calls.hold(t, app, sandbox.EffectWrite)
		defer release()
		res := app.as("editor").create(jane()).wants(http.StatusSeeOther)
		same(t, "location", res.location(), entries+"/"+app.find("Jane Smith")[0].ID)
	})
	t.Run("landing late", func(t *testing.T) {
		app, calls := withTimeouts(t, duplicates)
		release := calls.hold(t, app, sandbox.EffectLate)
		b := app.as("editor")
		page := b.create(jane()).wants(http.StatusGatewayTimeout)
		release()
		res := b.submit(page, nil).wants(http.StatusSeeOther)
		b.get(res.location()).contains("[role=status] h2", "Created after all")
		same(t, "entries", len(app.find("Jane Smith")), 1)
		same(t, "creates sent", creates(app), 1)
	})
	t.Run("landing late, and the form was changed since", func(t *testing.T) {
		app, calls := withTimeouts(t, duplicates)
		release := calls.hold(t, app, sandbox.EffectLate)
		b := app.as("editor")
		page := b.create(jane()).wants(http.StatusGatewayTimeout)
		release()
		page = b.submit(page, map[string]string{"name": "Jane S."}).wants(http.StatusConflict)
		page.contains("#error-summary", "already created an entry")
		same(t, "entries", len(app.find("Jane S.")), 0)
	})
}

// A bad minute: no answer, and no look-up either. The create may land all the
// same, so it is not sent again until it can't.
func TestATimeOutAndAFailedLookUpDoNotMakeTwo(t *testing.T) {
	t.Parallel()
	app, calls := withTimeouts(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	must(t, app.mirror.Refresh(t.Context()))
	release := calls.hold(t, app, sandbox.EffectLate)
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Status: 500, Body: "{}", Times: 1})
	b := app.as("editor")
	page := b.create(jane()).wants(http.StatusGatewayTimeout)
	page.contains("#error-summary", "and that failed too")
	page = b.submit(page, nil).wants(http.StatusBadGateway) // looks, and does not send
	page.contains("#error-summary h2", "It is not known whether the entry was created")
	same(t, "page title", page.Find("title").Text(), "It is not known whether the entry was created · Namesake")
	release()
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 1)
	same(t, "creates sent", creates(app), 1)
}

// The time in which a create may still land counts from when it was sent last.
func TestTheSafeTimeCountsFromTheLastSending(t *testing.T) {
	t.Parallel()
	app, calls := withTimeouts(t)
	defer calls.hold(t, app, sandbox.EffectNone)()
	b := app.as("editor")
	page := b.create(jane()).wants(http.StatusGatewayTimeout)
	app.clock.move(doubtLasts)
	defer calls.hold(t, app, sandbox.EffectNone)()
	page = b.submit(page, nil).wants(http.StatusGatewayTimeout) // looked, and sent again
	same(t, "creates sent", calls.posts.Load(), 2)
	app.clock.move(90 * time.Second)
	b.submit(page, nil).wants(http.StatusBadGateway)
	same(t, "creates sent", calls.posts.Load(), 2)
}

func TestNotKnownWhenTheLookUpFailsToo(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("500")
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Status: 500, Body: "{}", Times: 3})
	b := app.as("editor")
	page := b.create(jane()).wants(http.StatusBadGateway)
	page.contains("#error-summary h2", "It is not known whether the entry was created")
	page.contains("#error-summary", "and that failed too")
	kept(t, page, jane())
	app.sandbox.ClearFaults()
	b.submit(page, nil).wants(http.StatusBadGateway)
	same(t, "creates sent", creates(app), 1)
	app.clock.move(doubtLasts)
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 1)
}

func TestConnectionsThatFail(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") }))
	defer secure.Close()
	for name, url := range map[string]string{"refused": closed.URL, "TLS": secure.URL} {
		t.Run(name, func(t *testing.T) {
			app := newApp(t, func(s *settings) { s.client = func(o *cfapi.Options) { o.BaseURL = url } })
			page := app.as("editor").create(jane()).wants(http.StatusBadGateway)
			page.contains("#error-summary h2", "Cloudflare could not be reached")
			page.contains("#error-summary", "nothing was sent")
			kept(t, page, jane())
		})
	}
}
