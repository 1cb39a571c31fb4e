package imports

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/importer"
	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/words"
)

// MaxBody is what a request with a list may have, in bytes: the list, and the form around it.
// Text that is sent in the usual form of forms may need three bytes for one.
const MaxBody = 3*importer.MaxBytes + 1<<20

// upload is a list that was sent.
type upload struct {
	Data     []byte
	Name     string // of the file, "" for text
	Mode     plan.Mode
	Sheet    string
	sheets   []string // of a workbook
	shown    string   // the first of them that is not hidden
	fromFile bool
	mapping  importer.Mapping
	header   importer.HeaderRow
	mode     string // as it was sent
}

func (u upload) check() error {
	switch {
	case u.Mode == "":
		return &modeError{u.mode}
	case len(strings.TrimSpace(string(u.Data))) == 0 && u.Name == "":
		return errNoList
	}
	return nil
}

// modeError reports a mode that does not exist.
type modeError struct{ mode string }

func (e *modeError) Error() string { return "there is no mode " + words.Clip(e.mode) }

// receive reads a list. It is never written to a disk, as it may have passwords.
func receive(c echo.Context) (u upload, err error) {
	r := c.Request()
	parts, err := r.MultipartReader()
	switch {
	case errors.Is(err, http.ErrNotMultipart):
		err = web.ParseForm(c)
		form := r.PostForm
		u.Data, u.mode, u.Sheet = []byte(form.Get("text")), form.Get("mode"), form.Get("sheet")
	case err == nil:
		err = u.receiveParts(parts)
	default:
		err = web.ReadFault(err)
	}
	switch u.mode {
	case "", string(plan.Add):
		u.Mode = plan.Add
	case string(plan.Mirror):
		u.Mode = plan.Mirror
	}
	return u, err
}

func (u *upload) receiveParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return web.ReadFault(err)
		}
		data, err := io.ReadAll(io.LimitReader(part, importer.MaxBytes+1))
		if err != nil {
			return web.ReadFault(err)
		}
		switch part.FormName() {
		case "file":
			if name := part.FileName(); name != "" || len(data) > 0 {
				u.Data, u.fromFile = data, true
				u.Name = words.Clip(path.Base(strings.ReplaceAll(name, `\`, "/")))
			}
		case "text":
			if !u.fromFile {
				u.Data = data
			}
		case "mode":
			u.mode = string(data)
		case "sheet":
			u.Sheet = string(data)
		}
		if len(data) > importer.MaxBytes {
			return &importer.FileError{Kind: importer.TooLarge}
		}
	}
}
