// Package imports has the pages on which people give Namesake a list, which becomes a plan.
package imports

import (
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"namesake/internal/ahead"
	"namesake/internal/importer"
	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	// ShowPlan leads to the page of a plan that was just drafted.
	ShowPlan func(c echo.Context, p plan.Plan, err error) error

	files *keptFiles
	turns chan struct{} // held while a list is read
}

// atOnce is how many lists are read at the same time: each may take some ten times its size.
const atOnce = 2

// New returns the handlers.
func New(base *web.Base, showPlan func(echo.Context, plan.Plan, error) error) Handlers {
	return Handlers{Base: base, ShowPlan: showPlan, files: newKeptFiles(), turns: make(chan struct{}, atOnce)}
}

// Show answers GET imports/new.
func (s *Handlers) Show(c echo.Context) error {
	return web.Render(c, http.StatusOK, templates.ImportForm(s.Page(c, "Import a list"), s.formView(upload{Mode: plan.Add})))
}

// Template answers GET imports/template.csv.
func (s *Handlers) Template(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="namesake-template.csv"`)
	return c.Blob(http.StatusOK, "text/csv; charset=utf-8", importer.Template())
}

// Create answers POST imports: it makes a plan of a list, or asks what its columns are.
func (s *Handlers) Create(c echo.Context) error {
	u, err := receive(c)
	if err == nil {
		err = u.check()
	}
	if err != nil {
		return s.again(c, u, err)
	}
	file, err := s.open(c, u)
	switch {
	case file != nil && len(file.Sheets) > 1 && u.Sheet == "" && !web.WantsJSON(c):
		u.sheets, u.shown = file.Sheets, file.Sheet
		return web.SeeOther(c, s.importURL(s.files.keep(web.Actor(c), u)))
	case err != nil:
		return s.again(c, u, err)
	case file.NeedsMapping:
		return web.SeeOther(c, s.importURL(s.files.keep(web.Actor(c), u)))
	}
	p, err := s.draft(c, u, file)
	return s.afterDraft(c, u, p, err)
}

// afterDraft leads to the plan, or shows the form again with what is wrong with the list.
func (s *Handlers) afterDraft(c echo.Context, u upload, p plan.Plan, err error) error {
	if err != nil {
		return s.again(c, u, err)
	}
	return s.ShowPlan(c, p, nil)
}

// again shows the form of an import with what is wrong.
func (s *Handlers) again(c echo.Context, u upload, err error) error {
	if web.WantsJSON(c) || c.Request().Header.Get("Sec-Fetch-Mode") == "cors" {
		return err
	}
	f := s.FailFor(c, err)
	if f.Status >= http.StatusInternalServerError {
		return err
	}
	v := s.formView(u)
	v.Failure = &templates.FailureText{Title: f.Title, Text: f.Text, Problems: f.Problems, Ray: f.Ray}
	f.SetHeaders(c)
	return web.Render(c, f.Status, templates.ImportForm(s.Page(c, "Import a list"), v))
}

func (s *Handlers) formView(u upload) templates.ImportFormView {
	v := templates.ImportFormView{
		URL: s.ImportsURL(), TemplateURL: s.ImportsURL() + "/template.csv", Mirror: u.Mode == plan.Mirror, File: u.Name, Text: u.beside,
	}
	if u.files == 0 {
		v.Text = string(u.Data)
	}
	return v
}

// open opens a list. Only a few are open at the same time.
func (s *Handlers) open(c echo.Context, u upload) (*importer.File, error) {
	defer s.turn(c)()
	return importer.Open(u.Data, u.Name, importer.Options{Sheet: u.Sheet, Mapping: u.mapping, HeaderRow: u.header})
}

// turn waits for a turn to read a list, and returns what ends it.
func (s *Handlers) turn(c echo.Context) (end func()) {
	select {
	case s.turns <- struct{}{}:
		return func() { <-s.turns }
	case <-c.Request().Context().Done():
		return func() {} // the answer goes nowhere
	}
}

// draft makes a plan of an open list.
func (s *Handlers) draft(c echo.Context, u upload, file *importer.File) (plan.Plan, error) {
	defer s.turn(c)()
	info := plan.ImportInfo{Mode: u.Mode, File: u.Name}
	for _, n := range file.Notes {
		info.Notes = append(info.Notes, plan.ImportNote{Kind: string(n.Kind), Line: n.Line})
	}
	for i, use := range file.Mapping {
		column := plan.ImportColumn{Use: string(use)}
		if i < len(file.Header) {
			column.Name = words.Clip(file.Header[i])
		}
		info.Columns = append(info.Columns, column)
	}
	return s.Plans.DraftImport(web.RequestContext(c), web.Caller(c), info, ahead.Of(256, rowsOf(file)))
}

// rowsOf returns the rows of a list in the words of package plan.
func rowsOf(file *importer.File) func(yield func(plan.Row, error) bool) {
	return func(yield func(plan.Row, error) bool) {
		for candidate, err := range file.Candidates() {
			if bad := (*importer.FileError)(nil); errors.As(err, &bad) && bad.Kind == importer.Incomplete {
				err = plan.ErrIncomplete
			}
			if !yield(rowOf(candidate), err) {
				return
			}
		}
	}
}

func rowOf(c importer.Candidate) plan.Row {
	row := plan.Row{Line: c.Line, Column: c.Column, ID: c.ID, Draft: c.Draft, Fields: c.Has, Unclear: c.Unclear}
	for _, reason := range c.Leave {
		row.Reasons = append(row.Reasons, plan.Reason(reason))
	}
	if slices.ContainsFunc(c.Leave, func(r importer.Reason) bool { return !r.Optional() }) {
		row.Reasons = []plan.Reason{plan.Reason(importer.NotAnAddress)}
	}
	if p := c.Problem; p != nil {
		row.Line, row.Column = p.Line, p.Column
		row.Fault = &plan.RowFault{What: string(p.Kind), Field: p.Field, Column: p.Column, Byte: p.Byte, Want: p.Want, Got: p.Got, Max: p.Max}
		row.Unclear = row.Unclear || p.Kind.HidesEntry()
	}
	return row
}

// Requests without exactly one list.
var (
	errNoList       = errors.New("no list was sent")
	errSeveralFiles = errors.New("several files were sent")
	errFileAndText  = errors.New("a file and text were sent")
)
