package imports

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/importer"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// previewRows is how many rows help to say what the columns are.
const previewRows = 5

// errGone reports a list that is not in memory any more.
var errGone = errors.New("the list is no longer there")

func (s *Handlers) importURL(id string) string { return s.ImportsURL() + "/" + id }

// ShowMapping answers GET imports/ID: it asks which sheet of a workbook is the list, or what the
// columns of a list are.
func (s *Handlers) ShowMapping(c echo.Context) error {
	u, ok := s.files.get(web.Actor(c), c.Param("import"))
	if !ok {
		return errGone
	}
	if u.Sheet == "" && len(u.sheets) > 1 {
		return s.sheetPage(c, u, nil)
	}
	file, err := s.open(c, u)
	if err != nil {
		return s.again(c, u, err)
	}
	return web.Render(c, http.StatusOK, templates.ImportMapping(s.Page(c, "Columns of the list"), s.mappingView(c, u, file)))
}

// Map answers POST imports/ID: it makes a plan of a list whose columns are named.
func (s *Handlers) Map(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	id := c.Param("import")
	u, ok := s.files.get(web.Actor(c), id)
	if !ok {
		return errGone
	}
	form := c.Request().PostForm
	if sheet := form.Get("sheet"); sheet != "" {
		return s.chooseSheet(c, id, u, sheet)
	}
	if form.Get("header") == "no" {
		u.header = importer.NoHeader
	}
	for i := 0; form.Has(columnField(i)); i++ {
		u.mapping = append(u.mapping, importer.Use(form.Get(columnField(i))))
	}
	file, err := s.open(c, u)
	if err == nil && file.NeedsMapping {
		err = errNoAddresses
	}
	if bad := (*importer.FileError)(nil); errors.Is(err, errNoAddresses) || errors.As(err, &bad) && bad.Kind == importer.WrongMapping {
		return s.mapAgain(c, u, err)
	}
	if err != nil {
		return s.again(c, u, err)
	}
	p, err := s.draft(c, u, file)
	if err == nil {
		s.files.forget(id)
	}
	return s.afterDraft(c, u, p, err)
}

// errNoAddresses reports a mapping without a column of addresses.
var errNoAddresses = errors.New("no column has addresses")

// mapAgain shows the mapping as it was sent, with what is wrong.
func (s *Handlers) mapAgain(c echo.Context, u upload, cause error) error {
	if web.WantsJSON(c) {
		return cause
	}
	sent := u.mapping
	u.mapping = nil
	file, err := s.open(c, u)
	if err != nil {
		return s.again(c, u, err)
	}
	v := s.mappingView(c, u, file)
	for i := range v.Columns {
		if i < len(sent) {
			v.Columns[i].Use = string(sent[i])
		}
	}
	f := s.Fail(cause)
	v.Failure = &templates.FailureText{Title: f.Title, Text: f.Text}
	return web.Render(c, f.Status, templates.ImportMapping(s.Page(c, "Columns of the list"), v))
}

func columnField(i int) string { return "column-" + strconv.Itoa(i) }

func (s *Handlers) mappingView(c echo.Context, u upload, file *importer.File) templates.ImportMappingView {
	v := templates.ImportMappingView{URL: c.Request().URL.Path, File: u.Name, Back: s.ImportsURL() + "/new", Header: len(file.Header) > 0}
	rows := file.Preview(previewRows)
	for i, use := range file.Mapping {
		column := templates.ImportColumn{Field: columnField(i), Name: "Column " + strconv.Itoa(i+1), Use: string(use)}
		if i < len(file.Header) && file.Header[i] != "" {
			column.Name = file.Header[i]
		}
		for _, row := range rows {
			if i < len(row.Cells) && row.Cells[i] != "" && !slices.Contains(column.Samples, row.Cells[i]) {
				column.Samples = append(column.Samples, row.Cells[i])
			}
		}
		v.Columns = append(v.Columns, column)
	}
	for _, use := range importer.Uses() {
		v.Uses = append(v.Uses, templates.Option{Value: string(use), Label: words.ColumnUse(string(use))})
	}
	return v
}
