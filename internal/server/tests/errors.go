package tests

import (
	"errors"
	"net/http"
	"strconv"

	"namesake/internal/mailtests"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// faultsOf returns what is wrong with the fields of the form, nil if that is not what err says.
func faultsOf(err error) map[string][]templates.Message {
	var invalid *mailtests.InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	faults := make(map[string][]templates.Message)
	for _, f := range invalid.Faults {
		faults[f.Field] = append(faults[f.Field], templates.Message{Text: words.TestFault(f)})
	}
	return faults
}

// maxFaults is how many faults of a file a page tells.
const maxFaults = 50

// Fail says why tests were not changed.
func Fail(err error) (web.Failure, bool) {
	f := web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: "No test was added"}
	var invalid *mailtests.InvalidError
	var file *mailtests.FileError
	switch {
	case errors.As(err, &invalid):
		for i, fault := range invalid.Faults {
			text := words.TestFault(fault)
			if fault.Line > 0 {
				text = words.TestLineFault(fault)
			}
			if i == maxFaults {
				f.Text = append(f.Text, "And "+words.Count(len(invalid.Faults)-maxFaults, "more fault.", "more faults."))
			} else if i < maxFaults {
				f.Text = append(f.Text, text)
			}
			f.Problems = append(f.Problems, registry.Problem{Code: "99901", Message: text, Pointer: pointer(fault)})
		}
	case errors.As(err, &file):
		f.Text = []string{words.TestsFile(file)}
		f.Problems = []registry.Problem{{Code: "99901", Message: f.Text[0]}}
	case errors.Is(err, mailtests.ErrTooMany):
		f.Text = []string{"An account has at most " + strconv.Itoa(mailtests.MaxTests) + " tests. Delete some first."}
	case errors.Is(err, mailtests.ErrNone):
		f.Text = []string{"No test is given. Tick suggestions, or write tests, in a file below the row of columns."}
	case errors.Is(err, mailtests.ErrNotFound):
		f.Status, f.Title, f.Text = http.StatusNotFound, "There is no such test any more", []string{"Another person may have deleted it. Nothing was changed. Reload the tests."}
	default:
		return web.Failure{}, false
	}
	return f, true
}

func pointer(f mailtests.FieldFault) string {
	if f.Line > 0 {
		return "/" + strconv.Itoa(f.Line) + "/" + f.Field
	}
	return "/" + f.Field
}
