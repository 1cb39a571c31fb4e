package auditlog

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/server/web"
	"namesake/web/templates"
)

// Export answers GET /audit.jsonl: it streams the records as JSON Lines.
func (s *Handlers) Export(c echo.Context) error {
	return s.export(c, format{extension: "jsonl", contentType: "application/x-ndjson"})
}

// format is how an export writes records.
type format struct {
	extension, contentType string
	header                 []byte                            // the first line, nil for none
	line                   func(line []byte) ([]byte, error) // makes a line of the export of one of the trail, nil to keep it
}

// export streams the records in a format. A fault in the middle breaks the connection, so
// that a part can't pass for the whole.
func (s *Handlers) export(c echo.Context, f format) error {
	filter, notes := parseAuditFilter(c.QueryParams())
	if len(notes) > 0 {
		return &web.FilterError{Notes: notes}
	}
	if !c.Request().ProtoAtLeast(1, 1) {
		return echo.NewHTTPError(http.StatusHTTPVersionNotSupported) // HTTP/1.0 can't tell a part from the whole
	}
	out := newLineStream(c, f)
	if c.Request().Method == http.MethodHead {
		return out.begin() // nothing is handed over, so there is nothing to record
	}
	write := out.write
	if f.line != nil {
		write = func(line []byte) error {
			made, err := f.line(line)
			if err != nil {
				return err
			}
			return out.write(made)
		}
	}
	err := s.Audit.Export(web.RequestContext(c), web.Caller(c), filter.query, f.extension, write)
	if err == nil {
		err = out.end()
	}
	if err != nil && out.started {
		s.Log.ErrorContext(web.RequestContext(c), "an export was cut off", "request_id", web.RequestID(c), "lines", out.lines, "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}

const (
	flushEvery = time.Second
	// stalledAfter is how long a reader may take nothing: the server's time-out for a
	// whole answer is put off while the stream flows.
	stalledAfter = 90 * time.Second
)

// lineStream writes lines to a client as they come, holding a few kilobytes.
type lineStream struct {
	c       echo.Context
	format  format
	buf     *bufio.Writer
	control *http.ResponseController
	started bool
	lines   int
	flushed time.Time
}

func newLineStream(c echo.Context, f format) *lineStream {
	return &lineStream{
		c: c, format: f, buf: bufio.NewWriterSize(c.Response(), 32<<10),
		control: http.NewResponseController(c.Response()),
	}
}

// begin sends the status, so it waits for the first line: until then the answer
// can still be an error page.
func (l *lineStream) begin() error {
	l.started = true
	h := l.c.Response().Header()
	h.Set(echo.HeaderContentType, l.format.contentType)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="namesake-audit-`+time.Now().UTC().Format("20060102T150405Z")+`.`+l.format.extension+`"`)
	l.c.Response().WriteHeader(http.StatusOK)
	if l.format.header != nil {
		_, _ = l.buf.Write(l.format.header) // the error stays in the buffer
	}
	return l.extend()
}

func (l *lineStream) write(line []byte) error {
	if !l.started {
		if err := l.begin(); err != nil {
			return err
		}
	}
	l.lines++
	_, _ = l.buf.Write(line) // the error stays in the buffer
	if err := l.buf.WriteByte('\n'); err != nil {
		return fmt.Errorf("send line %d: %w", l.lines, err)
	}
	if now := time.Now(); now.Sub(l.flushed) >= flushEvery {
		l.flushed = now
		return l.flush()
	}
	return nil
}

func (l *lineStream) end() error {
	if !l.started {
		if err := l.begin(); err != nil || l.format.header == nil {
			return err
		}
	}
	return l.flush()
}

func (l *lineStream) flush() error {
	if err := errors.Join(l.buf.Flush(), l.extend()); err != nil {
		return err
	}
	return l.control.Flush()
}

// extend puts off the time-out. A server that has none does not support it.
func (l *lineStream) extend() error {
	if err := l.control.SetWriteDeadline(time.Now().Add(stalledAfter)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	return nil
}

// Fail says which filter can't be understood.
func Fail(err error) (web.Failure, bool) {
	var filter *web.FilterError
	if errors.As(err, &filter) {
		return web.Failure{
			Status: http.StatusBadRequest, Tone: templates.Bad,
			Title: "Not exported: a filter can't be understood",
			Text:  filter.Notes,
		}, true
	}
	return web.Failure{}, false
}
