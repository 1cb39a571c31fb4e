package web

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

const (
	flushEvery = time.Second
	// stalledAfter is how long a reader may take nothing: the server's time-out for a
	// whole answer is put off while a file is sent.
	stalledAfter = 90 * time.Second
)

// Download sends a file to a client as it is written, holding a few kilobytes. The status is
// sent with the first byte: until then the answer can still be an error page.
type Download struct {
	c                 echo.Context
	contentType, name string
	buf               *bufio.Writer
	control           *http.ResponseController
	started           bool
	written           int64
	flushed           time.Time
}

// NewDownload returns a download of a file with that name. It refuses HTTP/1.0, which can't
// tell a part of a file from the whole.
func NewDownload(c echo.Context, contentType, name string) (*Download, error) {
	if !c.Request().ProtoAtLeast(1, 1) {
		return nil, echo.NewHTTPError(http.StatusHTTPVersionNotSupported)
	}
	return &Download{
		c: c, contentType: contentType, name: name, buf: bufio.NewWriterSize(c.Response(), 32<<10), control: http.NewResponseController(c.Response()),
	}, nil
}

// FileTime is a time as names of files have it.
func FileTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// Begin sends the headers, which are all that HEAD asks for.
func (d *Download) Begin() error {
	d.started = true
	h := d.c.Response().Header()
	h.Set(echo.HeaderContentType, d.contentType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="`+d.name+`"`)
	d.c.Response().WriteHeader(http.StatusOK)
	return d.extend()
}

// Write implements io.Writer.
func (d *Download) Write(p []byte) (int, error) {
	if !d.started {
		if err := d.Begin(); err != nil {
			return 0, err
		}
	}
	n, err := d.buf.Write(p)
	if d.written += int64(n); err != nil {
		return n, fmt.Errorf("send %s at byte %d: %w", d.name, d.written, err)
	}
	if now := time.Now(); now.Sub(d.flushed) >= flushEvery {
		d.flushed = now
		return n, d.flush()
	}
	return n, nil
}

// End sends what is left of the file. err is what went wrong with it: if a part was sent, the
// connection breaks then, so that the part can't pass for the whole.
func (s *Base) End(c echo.Context, d *Download, err error) error {
	switch {
	case err == nil && !d.started: // the file is empty
		return d.Begin()
	case err == nil:
		err = d.flush()
	}
	if err != nil && d.started {
		s.Log.ErrorContext(RequestContext(c), "an export was cut off", "request_id", RequestID(c), "bytes", d.written, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

func (d *Download) flush() error {
	if err := errors.Join(d.buf.Flush(), d.extend()); err != nil {
		return err
	}
	return d.control.Flush()
}

// extend puts off the time-out. A server that has none does not support it.
func (d *Download) extend() error {
	if err := d.control.SetWriteDeadline(time.Now().Add(stalledAfter)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}
