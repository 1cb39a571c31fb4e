package imports

import (
	"errors"
	"net/http"

	"namesake/internal/importer"
	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Fail says what is wrong with a list.
func Fail(err error) (f web.Failure, ok bool) {
	var file *importer.FileError
	var mode *modeError
	f = web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad}
	switch {
	case errors.As(err, &file):
		n := words.FileError(file)
		f.Title, f.Text = n.Title, n.Text
		if file.Kind == importer.TooLarge {
			f.Status = http.StatusRequestEntityTooLarge
		}
	case errors.As(err, &mode):
		f.Title, f.Text = "There is no such mode", []string{`The mode is "add" or "mirror". Nothing was changed.`}
	case errors.Is(err, errNoList):
		f.Title, f.Text = "Choose a file or paste a list", []string{"Nothing was changed."}
	case errors.Is(err, errSeveralFiles):
		f.Title, f.Text = "Choose one file", []string{"Several files were sent. Import them one after the other. Nothing was changed."}
	case errors.Is(err, errFileAndText):
		f.Title, f.Text = "Choose a file or paste a list, not both", []string{"Clear the text, or import it without the file. Nothing was changed."}
	case errors.Is(err, errNoAddresses):
		f.Title, f.Text = "Say which column has the addresses", []string{"An entry is a name and an address. Nothing was changed."}
	case errors.Is(err, errGone):
		f.Status, f.Title = http.StatusGone, "Choose the file again"
		f.Text = []string{"Lists whose columns are not known yet are kept in memory for a few minutes only, because they may have passwords. Nothing was changed."}
	case errors.Is(err, plan.ErrNoRegistry):
		f.Status, f.Title = http.StatusConflict, "The registry was not read completely yet"
		f.Text = []string{"A list is compared with the whole registry. Refresh the list of entries, then import again. Nothing was changed."}
	default:
		return web.Failure{}, false
	}
	return f, true
}
