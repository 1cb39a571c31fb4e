package server_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// pressRefresh presses Refresh on a list.
func (b *browser) pressRefresh(list *answer) *answer {
	b.app.t.Helper()
	button := list.Find("form[action='" + refresh + "']")
	if button.Length() != 1 {
		b.app.t.Fatalf("%d forms to refresh", button.Length())
	}
	form := url.Values{}
	button.Find("input").Each(func(_ int, s *goquery.Selection) { form.Set(s.AttrOr("name", ""), s.AttrOr("value", "")) })
	return b.post(refresh, form)
}

// readAt is when the page says that the registry was read.
func (a *answer) readAt() string {
	a.t.Helper()
	_, rest, _ := strings.Cut(a.text("main form[action='"+refresh+"']"), "Read from Cloudflare at ")
	at, _, ok := strings.Cut(rest, ".")
	if !ok {
		a.t.Errorf("the page does not say when the registry was read: %s", a.text("main"))
	}
	return at
}

// All people who may list can have the registry read now, and comes back to the same list.
func TestRefresh(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"viewer", "editor", "admin"} {
		app := newApp(t)
		b := app.as(user)
		const path = entries + "?per_page=50&search=haldenvoss"
		list := b.get(path).wants(http.StatusOK)
		list.contains("main", "Read from Cloudflare at ")
		app.clock.move(12 * time.Minute)
		app.sandbox.Add(sandbox.Entry{Name: "New Person", Email: "new@haldenvoss.example"})
		*app.others = app.changedElsewhere() // no one has read it yet
		list = b.get(path).wants(http.StatusOK)
		same(t, user+": has it before", strings.Contains(list.text("tbody"), "New Person"), false)
		list.contains("#results [role=alert]", "This is the registry as it was 12 minutes ago")

		before := list.readAt()
		to := b.pressRefresh(list).wants(http.StatusSeeOther).location()
		same(t, user+": leads to", to, path)
		page := b.get(to).wants(http.StatusOK)
		page.contains("main [role=status] h2", "The registry was read")
		page.contains("main [role=status]", "Read from Cloudflare at "+page.readAt())
		same(t, user+": read since", page.readAt() != before, true)
		page.contains("tbody", "New Person")
		same(t, user+": warnings", page.Find("#results [role=alert]").Length(), 0)
		same(t, user+": told twice", strings.Contains(b.get(to).text("main"), "The registry was read"), false)
		same(t, user+": changes", len(app.sandbox.Writes()), 0)
	}
}

// Refresh asks for nothing without a session, nor from another site.
func TestRefreshIsForPeople(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.stranger().post(refresh, nil).wants(http.StatusUnauthorized)
	app.as("viewer").send(refresh, nil, map[string]string{"Origin": "https://evil.example"}).wants(http.StatusForbidden)
	app.as("viewer").post("/accounts/ffffffffffffffffffffffffffffffff/refresh", nil).wants(http.StatusNotFound)
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
}

// When the registry can't be read, Refresh says why, and that the list stays as it was.
func TestRefreshFails(t *testing.T) {
	t.Parallel()
	for _, tt := range outages {
		if tt.preset == "slow" {
			continue
		}
		t.Run(tt.preset, func(t *testing.T) {
			app := newApp(t)
			b := app.as("viewer")
			list := b.get(entries).wants(http.StatusOK)
			app.out(tt.preset)
			to := b.pressRefresh(list).wants(http.StatusSeeOther).location()
			page := b.get(to).wants(http.StatusOK)
			notice := page.text("main [role=alert]")
			for _, want := range []string{"The registry could not be read", tt.says, "The list stays as it was at " + list.readAt()} {
				if !strings.Contains(notice, want) {
					t.Errorf("the notice %q does not say %q", notice, want)
				}
			}
			same(t, "rows", page.text("tbody"), list.text("tbody"))
		})
	}
}

// A person does not wait for ever: the reading goes on, and is there afterwards.
func TestRefreshThatTakesLong(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.patience = 50 * time.Millisecond })
	must(t, app.mirror.Refresh(t.Context()))
	b := app.as("viewer")
	list := b.get(entries).wants(http.StatusOK)
	gate := make(chan struct{})
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Hold: gate})
	to := b.pressRefresh(list).wants(http.StatusSeeOther).location()
	page := b.get(to).wants(http.StatusOK)
	page.contains("main [role=alert]", "The registry is still being read")
	page.contains("main [role=alert]", "Reload this page in a moment.")
	same(t, "rows", page.text("tbody"), list.text("tbody"))

	app.sandbox.Add(sandbox.Entry{Name: "New Person", Email: "new@haldenvoss.example"})
	*app.others = app.changedElsewhere()
	joined := make(chan error)
	go func() { joined <- app.mirror.Refresh(t.Context()) }()
	close(gate)
	must(t, <-joined)
	b.get(to).wants(http.StatusOK).contains("tbody", "New Person")
}

// Refresh does not keep a person waiting when Cloudflare asks for a long pause.
func TestRefreshThatIsAskedToWait(t *testing.T) {
	t.Parallel()
	paused := &pauses{until: make(chan struct{})}
	app := newApp(t, func(s *settings) { s.pause = paused.pause })
	must(t, app.mirror.Refresh(t.Context()))
	b := app.as("viewer")
	list := b.get(entries).wants(http.StatusOK)
	app.met(http.MethodGet, "429")
	notice := b.get(b.pressRefresh(list).wants(http.StatusSeeOther).location()).wants(http.StatusOK).text("main [role=alert]")
	for _, want := range []string{
		"The registry could not be read yet", "Cloudflare accepts a limited number of calls in five minutes",
		"The list stays as it was at " + list.readAt(), "Namesake reads it again as soon as Cloudflare allows.",
	} {
		if !strings.Contains(notice, want) {
			t.Errorf("the notice %q does not say %q", notice, want)
		}
	}
	app.sandbox.Add(sandbox.Entry{Name: "New Person", Email: "new@haldenvoss.example"})
	app.clock.move(31 * time.Second)
	close(paused.until)
	must(t, app.mirror.Refresh(t.Context()))
	same(t, "pauses", paused.began.Load(), 1)
	b.get(entries).wants(http.StatusOK).contains("tbody", "New Person")
}

// At the very first request, a person does not wait for ever either, and learns what the
// reading waits for.
func TestTheFirstReadingTakesLong(t *testing.T) {
	t.Parallel()
	t.Run("no answer", func(t *testing.T) {
		app := newApp(t, func(s *settings) { s.patience = 50 * time.Millisecond })
		gate := make(chan struct{})
		app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Hold: gate})
		b := app.as("viewer")
		b.get(entries).wants(http.StatusGatewayTimeout).contains("h1", "Cloudflare did not answer in time")
		close(gate)
		must(t, app.mirror.Refresh(t.Context()))
		b.get(entries).wants(http.StatusOK).contains("[data-live=count]", "of 42")
	})
	t.Run("asked to wait", func(t *testing.T) {
		paused := &pauses{until: make(chan struct{})}
		app := newApp(t, func(s *settings) { s.pause = paused.pause })
		app.met(http.MethodGet, "429")
		b := app.as("viewer")
		page := b.get(entries).wants(http.StatusTooManyRequests)
		page.contains("main", "Cloudflare asks to slow down")
		same(t, "Retry-After", page.header.Get("Retry-After"), "30")
		app.clock.move(31 * time.Second)
		close(paused.until)
		must(t, app.mirror.Refresh(t.Context()))
		same(t, "pauses", paused.began.Load(), 1)
		b.get(entries).wants(http.StatusOK).contains("[data-live=count]", "of 42")
	})
}

// pauses are pauses that last until a test ends them.
type pauses struct {
	began atomic.Int64
	until chan struct{}
}

func (p *pauses) pause(ctx context.Context, _ time.Duration) error {
	p.began.Add(1)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.until:
		return nil
	}
}
