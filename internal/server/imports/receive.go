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
	Data    []byte
	Name    string // of the file, "" for text
	Mode    plan.Mode
	Sheet   string
	sheets  []string // of a workbook
	shown   string   // the first of them that is not hidden
	files   int      // how many were sent
	beside  string   // the text that was sent beside a file
	mapping importer.Mapping
	header  importer.HeaderRow
	mode    string // as it was sent
}

func (u upload) check() error {
	switch {
	case u.Mode == "":
		return &modeError{u.mode}
	case u.files > 1:
		return errSeveralFiles
	case u.files == 1 && strings.TrimSpace(u.beside) != "":
		return errFileAndText
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
	var text []byte
	r := c.Request()
	parts, err := r.MultipartReader()
	switch {
	case errors.Is(err, http.ErrNotMultipart):
		err = web.ParseForm(c)
		form := r.PostForm
		text, u.mode, u.Sheet = []byte(form.Get("text")), form.Get("mode"), form.Get("sheet")
	case err == nil:
		text, err = u.receiveParts(parts)
	default:
		err = web.ReadFault(err)
	}
	if u.files == 0 {
		u.Data = text
	} else {
		u.beside = string(text)
	}
	switch u.mode {
	case "", string(plan.Add):
		u.Mode = plan.Add
	case string(plan.Mirror):
		u.Mode = plan.Mirror
	}
	return u, err
}

// receiveParts reads the parts of a form, and returns the text that was pasted.
func (u *upload) receiveParts(parts *multipart.Reader) (text []byte, err error) {
	var tooLarge error // what comes after it is read, because it is shown again
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return text, tooLarge
		}
		if err != nil {
			return text, web.ReadFault(err)
		}
		data, err := io.ReadAll(io.LimitReader(part, importer.MaxBytes+1))
		if err != nil {
			return text, web.ReadFault(err)
		}
		switch part.FormName() {
		case "file":
			if name := part.FileName(); name != "" || len(data) > 0 {
				u.Data = data
				u.files++
				u.Name = words.Clip(path.Base(strings.ReplaceAll(name, `\`, "/")))
			}
		case "text":
			text = data
		case "mode":
			u.mode = string(data)
		case "sheet":
			u.Sheet = string(data)
		}
		if len(data) > importer.MaxBytes {
			tooLarge = &importer.FileError{Kind: importer.TooLarge}
		}
	}
}
