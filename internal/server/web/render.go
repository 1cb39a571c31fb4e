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
)

// The bounds of drawing pages, which takes memory of some times a page's size.
const (
	maxDrawing    = 16
	MaxDrawWaits  = 256
	drawWait      = 5 * time.Second
	drawRetry     = 2 * time.Second
	maxPooledPage = 512 << 10 // a larger buffer is left to the garbage collector
	FirstWrite    = 2 << 10
)

// ErrDrawing reports that too many pages are being drawn.
var ErrDrawing = errors.New("too many pages are being drawn")

// Drawing bounds how many pages are drawn at once, and how many wait for it.
type Drawing struct {
	Slots   chan struct{}
	Waiting atomic.Int32
	Wait    time.Duration
}

// NewDrawing lets so many pages be drawn at once; others wait that long for their turn.
func NewDrawing(slots int, wait time.Duration) *Drawing {
	return &Drawing{Slots: make(chan struct{}, slots), Wait: wait}
}

// usualDrawing has two slots for each processor.
func usualDrawing() *Drawing { return NewDrawing(min(2*runtime.GOMAXPROCS(0), maxDrawing), drawWait) }

// Begin waits for a slot, which end gives back.
func (d *Drawing) Begin(ctx context.Context) error {
	select {
	case d.Slots <- struct{}{}:
		return nil
	default:
	}
	if d.Waiting.Add(1) > MaxDrawWaits {
		d.Waiting.Add(-1)
		return ErrDrawing
	}
	defer d.Waiting.Add(-1)
	timer := time.NewTimer(d.Wait)
	defer timer.Stop()
	select {
	case d.Slots <- struct{}{}:
		return nil
	case <-ctx.Done():
	case <-timer.C:
	}
	return ErrDrawing
}

// End gives back the slot that Begin waited for.
func (d *Drawing) End() { <-d.Slots }

// BoundDrawing has the pages of a request drawn within the bounds.
func (s *Base) BoundDrawing(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(drawingKey, s.drawing)
		return next(c)
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Render draws the whole page before the first byte is sent, so that a failure
// half-way is still answered as one. It returns errDrawing when there is no slot for it.
func Render(c echo.Context, status int, page templ.Component) error {
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= maxPooledPage {
			buffers.Put(buf)
		}
	}()
	buf.Reset()
	if err := draw(c, buf, page); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	c.Response().WriteHeader(status)
	_, err := (&Split{To: c.Response()}).Write(buf.Bytes())
	return err
}

func draw(c echo.Context, buf *bytes.Buffer, page templ.Component) error {
	if d, bound := c.Get(drawingKey).(*Drawing); bound && d != nil {
		if err := d.Begin(RequestContext(c)); err != nil {
			return err
		}
		defer d.End()
	}
	return page.Render(RequestContext(c), buf)
}

// Split writes a small part before the rest: the compressing middleware copies what comes
// first into a buffer that it keeps, however long that is.
type Split struct {
	To     io.Writer
	before bool // something was written
}

func (w *Split) Write(b []byte) (n int, err error) {
	if !w.before && len(b) > FirstWrite {
		w.before = true
		if n, err = w.To.Write(b[:FirstWrite]); err != nil {
			return n, err
		}
	}
	w.before = true
	rest, err := w.To.Write(b[n:])
	return n + rest, err
}

// failDrawing tells that a page was not drawn. What a form asked for may have been done.
func failDrawing() Failure {
	return Failure{
		Status: http.StatusServiceUnavailable, Wait: drawRetry, Title: "Namesake is busy",
		Text: []string{"It draws as many pages as it can at a time, and yours had to wait too long. " + TryAgain(drawRetry)},
	}
}
