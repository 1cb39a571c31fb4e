package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"namesake/web/words"
)

// The bounds of drawing pages, which takes memory of some times a page's size.
const (
	maxDrawing    = 16
	maxDrawWaits  = 256
	drawWait      = 5 * time.Second
	drawRetry     = 2 * time.Second
	maxPooledPage = 512 << 10 // a larger buffer is left to the garbage collector
	firstWrite    = 2 << 10
)

// errDrawing reports that too many pages are being drawn.
var errDrawing = errors.New("too many pages are being drawn")

// drawing bounds how many pages are drawn at once, and how many wait for it.
type drawing struct {
	slots   chan struct{}
	waiting atomic.Int32
	wait    time.Duration
}

// newDrawing lets so many pages be drawn at once; others wait that long for their turn.
func newDrawing(slots int, wait time.Duration) *drawing {
	return &drawing{slots: make(chan struct{}, slots), wait: wait}
}

// usualDrawing has two slots for each processor.
func usualDrawing() *drawing { return newDrawing(min(2*runtime.GOMAXPROCS(0), maxDrawing), drawWait) }

// begin waits for a slot, which end gives back.
func (d *drawing) begin(ctx context.Context) error {
	select {
	case d.slots <- struct{}{}:
		return nil
	default:
	}
	if d.waiting.Add(1) > maxDrawWaits {
		d.waiting.Add(-1)
		return errDrawing
	}
	defer d.waiting.Add(-1)
	timer := time.NewTimer(d.wait)
	defer timer.Stop()
	select {
	case d.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
	case <-timer.C:
	}
	return errDrawing
}

// end gives back the slot that Begin waited for.
func (d *drawing) end() { <-d.slots }

// BoundDrawing has the pages of a request drawn within the bounds. It stands before the
// compressing middleware.
func (s *Base) BoundDrawing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(drawingKey, s.drawing)
		c.Set(writerKey, c.Response().Writer)
		return next(c)
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws the whole page before the first byte is sent, so that a failure
// half-way is still answered as one. It returns errDrawing when there is no slot for it.
func Render(c echo.Context, status int, page templ.Component) error {
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer putBuffer(buf)
	buf.Reset()
	if err := draw(c, buf, page); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	c.Response().WriteHeader(status)
	_, err := (&split{to: c.Response()}).Write(buf.Bytes())
	return err
}

func putBuffer(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooledPage {
		buffers.Put(buf)
	}
}

func draw(c echo.Context, buf *bytes.Buffer, page templ.Component) error {
	if d, bound := c.Get(drawingKey).(*drawing); bound && d != nil {
		if err := d.begin(RequestContext(c)); err != nil {
			return err
		}
		defer d.end()
	}
	return page.Render(RequestContext(c), buf)
}

// split writes a small part before the rest: the compressing middleware copies what comes
// first into a buffer that it keeps, however long that is.
type split struct {
	to     io.Writer
	before bool // something was written
}

func (w *split) Write(b []byte) (n int, err error) {
	if !w.before && len(b) > firstWrite {
		w.before = true
		if n, err = w.to.Write(b[:firstWrite]); err != nil {
			return n, err
		}
	}
	w.before = true
	rest, err := w.to.Write(b[n:])
	return n + rest, err
}

// failDrawing tells that a page was not drawn. What a form asked for may have been done.
func failDrawing() Failure {
	return Failure{
		Status: http.StatusServiceUnavailable, Wait: drawRetry, Title: "Namesake is busy",
		Text: []string{"Too many pages were requested at the same time. " + words.TryAgain(drawRetry)},
	}
}
