package tests

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/mailtests"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Import answers POST tests/import: it adds the tests of a file, or none of them.
func (s *Handlers) Import(c echo.Context) error {
	data, err := receive(c)
	if err != nil {
		return err
	}
	file, err := mailtests.ReadFile(data)
	if err != nil {
		// A forbidden request must not tell of the file first.
		if denied := s.Audit.Authorize(web.RequestContext(c), web.Caller(c), rbac.CreateTest); denied != nil {
			return denied
		}
		return s.again(c, err, typed{text: shownText(data)})
	}
	added, err := s.Tests.Import(web.RequestContext(c), web.Caller(c), file.Lines)
	if err != nil {
		return s.again(c, err, typed{text: shownText(data)})
	}
	return s.imported(c, added, file.LeftOut)
}

// maxShownText is how much of a file a page shows for correction, in bytes.
const maxShownText = 256 << 10

func shownText(data []byte) string {
	if len(data) > maxShownText {
		return ""
	}
	return string(data)
}

// imported says what became of several tests, and which columns of their file were left out.
func (s *Handlers) imported(c echo.Context, added mailtests.Added, leftOut []string) error {
	if web.WantsJSON(c) {
		return s.addedJSON(c, added, leftOut)
	}
	notice := templates.Flash{Tone: templates.Good, Title: "Tests added", Text: words.TestsImported(added)}
	if len(leftOut) > 0 {
		notice.Tone, notice.Text = templates.Warn, notice.Text+" "+words.TestColumnsLeftOut(leftOut)
	}
	return s.RedirectWithNotice(c, s.TestsURL(), notice)
}

// receive reads the file or the text that was sent.
func receive(c echo.Context) ([]byte, error) {
	parts, err := c.Request().MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		err = web.ParseForm(c)
		return []byte(c.Request().PostForm.Get("text")), err
	}
	if err != nil {
		return nil, web.ReadFault(err)
	}
	return receiveParts(parts)
}

func receiveParts(parts *multipart.Reader) (data []byte, err error) {
	fromFile := false
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return data, nil
		}
		if err != nil {
			return nil, web.ReadFault(err)
		}
		of, err := io.ReadAll(io.LimitReader(part, mailtests.MaxFile+1))
		if err != nil {
			return nil, web.ReadFault(err)
		}
		switch part.FormName() {
		case "file":
			if part.FileName() != "" || len(of) > 0 {
				data, fromFile = of, true
			}
		case "text":
			if !fromFile {
				data = of
			}
		}
	}
}

// ExportCSV answers GET tests.csv.
func (s *Handlers) ExportCSV(c echo.Context) error {
	return s.export(c, "text/csv; charset=utf-8", "namesake-tests.csv", mailtests.WriteCSV)
}

// ExportJSON answers GET tests.json.
func (s *Handlers) ExportJSON(c echo.Context) error {
	return s.export(c, "application/json", "namesake-tests.json", mailtests.WriteJSON)
}

func (s *Handlers) export(c echo.Context, kind, name string, write func(io.Writer, []mailtests.Test) error) error {
	if err := s.Audit.Authorize(web.RequestContext(c), web.Caller(c), rbac.ListTests); err != nil {
		return err
	}
	tests, err := s.Tests.Tests(web.RequestContext(c))
	if err != nil {
		return err
	}
	d, err := web.NewDownload(c, kind, name)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		return d.Begin()
	}
	return s.End(c, d, write(d, tests))
}
