package auditlog

import (
	"errors"
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

// export streams the records in a format.
func (s *Handlers) export(c echo.Context, f format) error {
	filter, notes := parseAuditFilter(c.QueryParams())
	if len(notes) > 0 {
		return &web.FilterError{Notes: notes}
	}
	out, err := web.NewDownload(c, f.contentType, "namesake-audit-"+web.FileTime(time.Now())+"."+f.extension)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return out.Begin() // nothing is handed over, so there is nothing to record
	}
	started := false
	start := func() (err error) { // once the export is recorded
		if !started && f.header != nil {
			_, err = out.Write(f.header)
		}
		started = true
		return err
	}
	err = s.Audit.Export(web.RequestContext(c), web.Caller(c), filter.query, f.extension, func(line []byte) error {
		if err := start(); err != nil {
			return err
		}
		if f.line != nil {
			var err error
			if line, err = f.line(line); err != nil {
				return err
			}
		}
		_, err := out.Write(append(line, '\n'))
		return err
	})
	if err == nil {
		err = start()
	}
	return s.End(c, out, err)
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
