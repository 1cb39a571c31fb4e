package cfapi_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/registry"
)

// wire answers every connection with serve, which gets the number of the
// connection. It returns the listener's address.
func wire(t *testing.T, serve func(n int, c net.Conn)) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				serve(n, c)
			}()
		}
	}()
	return l.Addr().String()
}

// take reads one whole request.
func take(r *bufio.Reader) error {
	req, err := http.ReadRequest(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, req.Body)
	return err
}

// expect compares the error of a call with what is wanted.
func expect(t *testing.T, err error, kind registry.Kind, effect registry.Effect, status int, cause string) {
	t.Helper()
	var failed *registry.APIError
	if !errors.As(err, &failed) {
		t.Fatalf("error %v", err)
	}
	if failed.Kind != kind || failed.Effect != effect || failed.Receipt.Status != status || failed.Problems != nil || failed.RetryAfter != 0 {
		t.Errorf("got %s with effect %d and status %d, want %s, %d, %d: %v", failed.Kind, failed.Effect, failed.Receipt.Status, kind, effect, status, err)
	}
	if failed.Err == nil || !strings.Contains(failed.Err.Error(), cause) {
		t.Errorf("cause %v, want %q", failed.Err, cause)
	}
	if text := err.Error(); len(text) > 1000 || strings.Contains(text, token) || strings.Contains(text, "://") {
		t.Errorf("text %q", text)
	}
}

func TestNoConnection(t *testing.T) {
	tlsServer := func(t *testing.T) string {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request came through") }))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		return s.URL
	}
	dial := func(err error) http.RoundTripper {
		return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			if err != nil {
				return nil, err
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}}
	}
	tests := []struct {
		name      string
		base      func(t *testing.T) string
		transport http.RoundTripper
		timeout   time.Duration
		kind      registry.Kind
		cause     string
	}{
		{
			"connection refused", func(t *testing.T) string {
				s := httptest.NewServer(nil)
				s.Close()
				return s.URL
			}, nil, 0, registry.Unreachable, "refused",
		},
		{"unknown certificate authority", tlsServer, nil, 0, registry.Unreachable, "certificate"},
		{
			"HTTPS asked of an HTTP server", func(t *testing.T) string {
				s := httptest.NewServer(nil)
				t.Cleanup(s.Close)
				return "https" + strings.TrimPrefix(s.URL, "http")
			}, nil, 0, registry.Unreachable, "HTTPS",
		},
		{
			"closed during the handshake", func(t *testing.T) string {
				return "https://" + wire(t, func(int, net.Conn) {})
			}, nil, 0, registry.Unreachable, "",
		},
		{
			"no such host", func(*testing.T) string { return "https://api.invalid" },
			dial(&net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}), 0, registry.Unreachable, "no such host",
		},
		{
			"no connection in time", func(*testing.T) string { return "https://api.invalid" },
			dial(nil), 10 * time.Millisecond, registry.TimedOut, "time limit",
		},
		{
			"no handshake in time", func(t *testing.T) string {
				return "https://" + wire(t, func(_ int, c net.Conn) { _, _ = io.Copy(io.Discard, c) })
			}, nil, 20 * time.Millisecond, registry.TimedOut, "time limit",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options(tt.base(t))
			o.Transport, o.Timeout = tt.transport, tt.timeout
			c := newClient(t, o)
			for _, change := range changes {
				_, _, err := change.call(t.Context(), c)
				expect(t, err, tt.kind, registry.NoEffect, 0, tt.cause)
			}
			_, err := c.ListEntries(t.Context(), registry.Query{})
			expect(t, err, tt.kind, registry.NoEffect, 0, tt.cause)
		})
	}
}

func TestConnectionLost(t *testing.T) {
	tests := []struct {
		name   string
		answer string // sent after the request was read, before the connection closes
		kind   registry.Kind
		effect registry.Effect
		status int
		cause  string
		reads  int32
	}{
		{"no answer", "", registry.Lost, registry.MayStillLand, 0, "EOF", 2},
		{"part of the header", "HTTP/1.1 201 Crea", registry.Lost, registry.MayStillLand, 0, "EOF", 2},
		{"no HTTP", "SSH-2.0-OpenSSH" + strings.Repeat("x", 3000) + "\r\n\r\n", registry.Lost, registry.MayStillLand, 0, "malformed", 2},
		{"endless header", "HTTP/1.1 201 Created\r\nX: " + strings.Repeat("x", 300<<10), registry.Lost, registry.MayStillLand, 0, "", 2},
		{"part of the body", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"success\"", registry.Lost, registry.MayStillLand, 201, "cut off after 10 bytes", 2},
		{"part of a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{", registry.Lost, registry.MayStillLand, 200, "cut off after 1 bytes", 2},
		{"part of a refusal", "HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{", registry.Unreadable, registry.MayStillLand, 400, "cut off", 1},
		{"part of a fault", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\n{", registry.Broken, registry.MayStillLand, 502, "cut off", 2},
		{"body of unknown length", "HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n{\"success\"", registry.Unreadable, registry.HasEffect, 201, "not JSON", 1},
		{"no gzip", "HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", registry.Lost, registry.MayStillLand, 201, "", 2},
		{"redirect to nowhere", "HTTP/1.1 307 Temporary Redirect\r\nLocation: :x\r\nContent-Length: 0\r\n\r\n", registry.Lost, registry.MayStillLand, 0, "Location", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var requests atomic.Int32
			addr := wire(t, func(_ int, c net.Conn) {
				if take(bufio.NewReader(c)) == nil {
					requests.Add(1)
					_, _ = io.WriteString(c, tt.answer)
				}
			})
			o := options("http://" + addr) // for a client each: no connection is left over from the call before
			for _, change := range changes {
				_, _, err := change.call(t.Context(), newClient(t, o))
				expect(t, err, tt.kind, tt.effect, tt.status, tt.cause)
				if got := requests.Swap(0); got != 1 {
					t.Errorf("%s: sent %d times", change.op, got)
				}
			}
			_, err := newClient(t, o).ListEntries(t.Context(), registry.Query{})
			expect(t, err, tt.kind, registry.NoEffect, tt.status, tt.cause)
			if got := requests.Load(); got != tt.reads {
				t.Errorf("the list was asked for %d times, want %d", got, tt.reads)
			}
		})
	}
}

// A connection that closes at once may have taken the request for all we know.
func TestConnectionClosedAtOnce(t *testing.T) {
	addr := wire(t, func(int, net.Conn) {})
	c := newClient(t, options("http://"+addr))
	for _, change := range changes {
		_, _, err := change.call(t.Context(), c)
		expect(t, err, registry.Lost, registry.MayStillLand, 0, "")
	}
}

func TestNoAnswerInTime(t *testing.T) {
	tests := []struct {
		name   string
		begin  string // what comes before the wait
		kind   registry.Kind
		effect registry.Effect
		status int
	}{
		{"nothing", "", registry.TimedOut, registry.MayStillLand, 0},
		{"half an answer", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{", registry.TimedOut, registry.MayStillLand, 201},
		{"half a refusal", "HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{", registry.Unreadable, registry.MayStillLand, 400},
		{"half a fault", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 100\r\n\r\n{", registry.Broken, registry.MayStillLand, 502},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			addr := wire(t, func(_ int, c net.Conn) {
				r := bufio.NewReader(c)
				if take(r) == nil {
					requests.Add(1)
					_, _ = io.WriteString(c, tt.begin)
					_, _ = io.Copy(io.Discard, r) // until the client gives up
				}
			})
			o := options("http://" + addr)
			o.Timeout = time.Second // enough to get as far as the answer's begin
			c := newClient(t, o)
			for _, change := range changes {
				_, _, err := change.call(t.Context(), c)
				expect(t, err, tt.kind, tt.effect, tt.status, "no complete answer within the time limit")
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("no context.DeadlineExceeded in %v", err)
				}
			}
			_, err := c.ListEntries(t.Context(), registry.Query{})
			expect(t, err, tt.kind, registry.NoEffect, tt.status, "no complete answer within the time limit")
			if got := requests.Load(); got != 4 {
				t.Errorf("%d requests, want one for each call", got)
			}
		})
	}
}

func TestCallerCancels(t *testing.T) {
	got := make(chan struct{}, 2)
	addr := wire(t, func(_ int, c net.Conn) {
		r := bufio.NewReader(c)
		if take(r) == nil {
			got <- struct{}{}
			_, _ = io.Copy(io.Discard, r)
		}
	})
	c := newClient(t, options("http://"+addr))
	cancelled := func() context.Context {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-got; cancel() }()
		return ctx
	}

	for _, change := range changes {
		_, _, err := change.call(cancelled(), c)
		expect(t, err, registry.Lost, registry.MayStillLand, 0, "canceled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("no context.Canceled in %v", err)
		}
	}
	_, err := c.ListEntries(cancelled(), registry.Query{})
	expect(t, err, registry.Lost, registry.NoEffect, 0, "canceled")

	over, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for _, change := range changes {
		_, _, err := change.call(over, c)
		expect(t, err, registry.Lost, registry.NoEffect, 0, "canceled")
		_, _, err = change.call(late, c)
		expect(t, err, registry.TimedOut, registry.NoEffect, 0, "time limit")
	}
	if len(got) != 0 {
		t.Error("a request was sent although its context was over")
	}
}
