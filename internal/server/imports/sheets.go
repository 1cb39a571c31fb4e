package imports

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/server/web"
	"namesake/web/templates"
)

// chooseSheet makes a plan of a sheet of a workbook, or asks what its columns are.
func (s *Handlers) chooseSheet(c echo.Context, id string, u upload, sheet string) error {
	u.Sheet = sheet
	file, err := s.open(c, u)
	switch {
	case err != nil && web.WantsJSON(c):
		return err
	case err != nil:
		return s.sheetPage(c, u, err)
	case file.NeedsMapping:
		s.files.replace(id, web.Actor(c), u)
		return web.SeeOther(c, s.importURL(id))
	}
	p, err := s.draft(c, u, file)
	if err == nil {
		s.files.forget(id)
	}
	return s.afterDraft(c, u, p, err)
}

// sheetPage asks which sheet of a workbook is the list, and says what was wrong with the one
// that was chosen before, if any.
func (s *Handlers) sheetPage(c echo.Context, u upload, cause error) error {
	v := templates.ImportSheetView{URL: c.Request().URL.Path, Back: s.ImportsURL() + "/new", File: u.Name, Sheets: u.sheets, Sheet: u.shown}
	if u.Sheet != "" {
		v.Sheet = u.Sheet
	}
	status := http.StatusOK
	if cause != nil {
		f := s.FailFor(c, cause)
		status, v.Failure = f.Status, &templates.FailureText{Title: f.Title, Text: f.Text}
	}
	return web.Render(c, status, templates.ImportSheet(s.Page(c, "Sheet of the workbook"), v))
}
