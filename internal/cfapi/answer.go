package cfapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/cloudflare/cloudflare-go/v7/option"
)

// sendFunc makes one call through the SDK with the options given.
type sendFunc func(ctx context.Context, opts ...option.RequestOption) error

// answer is the result of sending one request, before it is judged.
type answer struct {
	status int // 0 when no answer started
	header http.Header
	body   []byte
	err    error // why the answer is missing or incomplete

	tried    bool // the request was handed to the transport
	sent     bool // the API may have got the request
	resent   int  // how often the transport has sent it again; reads only
	timedOut bool // a time limit caused err
	tooLong  bool // the body is longer than the limit
}

// errCaptured stops the SDK from decoding an answer that capture has read: its decoder is
// slow, and treats success:false with status 200 as a success.
var errCaptured = errors.New("the caller judges the answer")

// send makes one call and returns its answer.
func (c *Client) send(ctx context.Context, call sendFunc) *answer {
	a := &answer{}
	if err := ctx.Err(); err != nil {
		a.fail(err)
		return a
	}
	var t trace
	err := call(httptrace.WithClientTrace(ctx, t.hooks()), option.WithMiddleware(a.capture(c.maxBody)))
	a.sent = a.sent && (t.connected.Load() || t.tries.Load() == 0)
	a.resent = max(0, int(t.tries.Load())-1)
	// The context's error states the cause more exactly than the transport's.
	switch cause := ctx.Err(); {
	case a.err != nil && cause != nil:
		a.fail(cause)
	case a.status == 0 && a.err == nil:
		a.fail(err)
	}
	return a
}

func (a *answer) fail(err error) {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		err = withURL.Err // the error's Op already names the call
	}
	a.err = err
	var timeout net.Error
	if a.timedOut = errors.As(err, &timeout) && timeout.Timeout(); a.timedOut {
		a.err = fmt.Errorf("no complete answer within the time limit: %w", err)
	}
}

// ok reports whether the status is 2xx.
func (a *answer) ok() bool { return a.status/100 == 2 }

// gaveUp reports whether Namesake ended the call.
func (a *answer) gaveUp() bool { return a.timedOut || errors.Is(a.err, context.Canceled) }

// capture returns a middleware that sends the request and takes its answer.
func (a *answer) capture(maxBody int64) option.Middleware {
	return func(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		for name := range req.Header {
			if strings.HasPrefix(name, "X-Stainless-") {
				delete(req.Header, name)
			}
		}
		a.tried, a.sent = true, true
		res, err := next(req)
		if err != nil {
			a.fail(err)
			return nil, err
		}
		defer func() { _ = res.Body.Close() }()
		a.status, a.header = res.StatusCode, res.Header
		a.read(res, maxBody)
		return nil, errCaptured
	}
}

func (a *answer) read(res *http.Response, maxBody int64) {
	var buf bytes.Buffer
	if n := res.ContentLength; n > 0 {
		buf.Grow(int(min(n, maxBody)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(res.Body, maxBody+1))
	switch {
	case n > maxBody:
		a.tooLong = true
		// A body that is not JSON may be endless.
		object := a.ok() && bytes.HasPrefix(bytes.TrimLeft(buf.Bytes(), " \t\r\n"), []byte("{"))
		a.err = &tooLongError{maxBody, object, bytes.Count(buf.Bytes(), []byte(`"id":`))}
	case err != nil:
		a.fail(fmt.Errorf("answer cut off after %s: %w", size(n), err))
	default:
		a.body = buf.Bytes()
	}
}

// tooLongError reports an answer that is longer than the limit.
type tooLongError struct {
	limit   int64
	object  bool // whether it is a success that starts as a JSON object
	entries int  // about how many entries of a list started before the limit
}

func (e *tooLongError) Error() string { return "answer larger than " + size(e.limit) }

// mediaType returns the answer's media type, for messages.
func (a *answer) mediaType() string {
	media, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	if err != nil || len(media) > 100 {
		return "no content type"
	}
	return media
}

func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

// trace records whether a request can have reached the API. It records the connection
// instead of the bytes written: another goroutine writes them, and may be about to start when
// a time limit ends the call.
//
// A try starts with GetConn. The transport starts another one only when the previous one
// wrote nothing (see newTransport), so that each try resets the record.
type trace struct {
	tries     atomic.Int32
	connected atomic.Bool
}

func (t *trace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { t.tries.Add(1); t.connected.Store(false) },
		GotConn: func(httptrace.GotConnInfo) { t.connected.Store(true) },
	}
}
