package cfapi_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/registry"
)

// A kept-alive connection that takes the change and closes is not a reason for
// net/http to send it on another one, as it does with reads.
func TestChangeIsNotResentOnAStaleConnection(t *testing.T) {
	for _, change := range changes {
		t.Run(change.op, func(t *testing.T) {
			var second atomic.Int32
			addr := wire(t, func(n int, c net.Conn) {
				r := bufio.NewReader(c)
				if take(r) != nil {
					return
				}
				if n > 1 {
					second.Add(1) // a request on another connection than the first
				}
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"success\":true,\"result\":[]}")
				_ = take(r)
			})
			c := newClient(t, options("http://"+addr))
			if _, err := c.ListEntries(t.Context(), registry.Query{}); err != nil {
				t.Fatal(err)
			}
			_, _, err := change.call(t.Context(), c)
			expect(t, err, registry.Lost, registry.MayStillLand, 0, "")
			if got := second.Load(); got != 0 {
				t.Errorf("sent again %d times", got)
			}
			if _, err := c.ListEntries(t.Context(), registry.Query{}); err != nil || second.Load() != 1 {
				t.Errorf("a read on another connection: %v, %d requests", err, second.Load())
			}
		})
	}
}

// Connections that the server closes while they are idle race with the changes
// that are about to use them. Whichever wins, no change arrives twice, and one that
// is said to have had no effect hasn't arrived.
func TestChangesOnDyingConnections(t *testing.T) {
	var arrivals atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			arrivals.Add(1)
		}
		respond(200, `{"success":true,"result":{"id":42}}`)(w, r)
	}))
	s.Config.ConnState = func(c net.Conn, state http.ConnState) {
		if state == http.StateIdle {
			_ = c.Close()
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	c := newClient(t, options(s.URL))
	outcomes := map[string]int{}
	for n := range 600 {
		change := changes[n%len(changes)]
		_, _, err := change.call(t.Context(), c)
		arrived := arrivals.Swap(0)
		var failed *registry.APIError
		switch {
		case err == nil && arrived == 1:
			outcomes["done"]++
		case errors.As(err, &failed) && failed.Effect == registry.MayStillLand && arrived <= 1:
			outcomes["uncertain"]++
		case errors.As(err, &failed) && failed.Effect == registry.NoEffect && arrived == 0:
			outcomes["not sent"]++
		default:
			t.Fatalf("%s arrived %d times: %v", change.op, arrived, err)
		}
	}
	t.Log(outcomes)
}

// The pause before a second try is never longer than what is left of the time.
func TestNoSecondTryWithoutTime(t *testing.T) {
	api := newStub(t, respond(503, ""))
	o := options(api.URL)
	o.Pause = func(ctx context.Context, d time.Duration) error {
		deadline, ok := ctx.Deadline()
		if !ok || d <= 0 || time.Until(deadline) < d {
			t.Errorf("pause of %s before %s", d, deadline)
		}
		return context.DeadlineExceeded
	}
	c := newClient(t, o)
	_, err := c.ListEntries(t.Context(), registry.Query{})
	expect(t, err, registry.Broken, registry.NoEffect, 503, "not JSON")
	if got := len(api.requests()); got != 1 {
		t.Errorf("%d requests after a pause that failed", got)
	}

	o.Timeout = 90 * time.Millisecond // less than twice the shortest pause
	o.Transport = &canned{status: 503, header: http.Header{"Date": {"Thu, 20 Aug 2026 12:00:42 GMT"}}}
	o.Pause = func(context.Context, time.Duration) error {
		t.Error("paused without time for a second try")
		return nil
	}
	_, err = newClient(t, o).ListEntries(t.Context(), registry.Query{})
	expect(t, err, registry.Broken, registry.NoEffect, 503, "not JSON")
}

// The pause is a real one when none is given.
func TestSecondTryAfterARealPause(t *testing.T) {
	api := newStub(t, respond(502, ""))
	o := options(api.URL)
	o.Pause = nil
	start := time.Now()
	_, err := newClient(t, o).ListEntries(t.Context(), registry.Query{})
	expect(t, err, registry.Broken, registry.NoEffect, 502, "not JSON")
	if took := time.Since(start); len(api.requests()) != 2 || took < 50*time.Millisecond {
		t.Errorf("second try after %s", took)
	}
}

// A read that net/http has sent again by itself is not sent a third time.
func TestReadIsSentTwiceAtMost(t *testing.T) {
	var requests atomic.Int32
	addr := wire(t, func(n int, c net.Conn) {
		r := bufio.NewReader(c)
		if take(r) != nil {
			return
		}
		requests.Add(1)
		if n > 1 {
			return
		}
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{\"success\":true,\"result\":[]}")
		if take(r) == nil {
			requests.Add(1)
		}
	})
	c := newClient(t, options("http://"+addr))
	if _, err := c.ListEntries(t.Context(), registry.Query{}); err != nil || requests.Swap(0) != 1 {
		t.Fatal(err)
	}
	_, err := c.ListEntries(t.Context(), registry.Query{})
	expect(t, err, registry.Lost, registry.NoEffect, 0, "")
	if got := requests.Load(); got != 2 {
		t.Errorf("sent %d times", got)
	}
}
