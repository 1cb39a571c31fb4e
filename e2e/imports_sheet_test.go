package e2e

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestImportASheet chooses a sheet of a workbook, and watches its plan while that runs, with the
// keyboard.
func TestImportASheet(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	p.goTo(strings.TrimSuffix(p.path(), "entries")+"imports/new", http.StatusOK)
	p.choose(t.TempDir(), "people.xlsx", workbook(t, "Notes", "People"))
	p.skipTo("button Preview the import")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Which sheet is the list?")
	p.looksGood("sheets of a workbook")
	p.skipTo("input ") // the first sheet
	p.press(kb.ArrowDown)
	p.tabTo("button Continue")
	p.pressEnter(http.StatusOK)

	p.shows("h1", "Create 80 entries?")
	api.control(http.MethodPost, "faults", map[string]any{"method": "POST", "delay": "2s", "times": -1}, new([]any))
	p.skipTo("#confirm")
	p.press("80")
	p.tabTo("button Create 80 entries")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Creating 80 entries")
	p.looksGood("import that runs")
	p.skipTo("button Pause")
	p.pressEnter(http.StatusOK)
	p.waitUntil(`document.querySelector("h1").textContent.startsWith("Paused: ")`)
}

// workbook is an XLSX file with sheets of 80 people each.
func workbook(t *testing.T, sheets ...string) string {
	t.Helper()
	var file bytes.Buffer
	w := zip.NewWriter(&file)
	add := func(name, content string) {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const (
		office   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		packages = "http://schemas.openxmlformats.org/package/2006/"
		main     = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
		types    = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	contents := `<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="` + types + `sheet.main+xml"/>`
	var list, relations string
	for i, sheet := range sheets {
		var rows strings.Builder
		for n := range 81 {
			row := [2]string{fmt.Sprint("Person ", n), fmt.Sprintf("person%d@falk.example", n)}
			if n == 0 {
				row = [2]string{"name", "email"}
			}
			fmt.Fprintf(&rows, `<row r="%[1]d"><c r="A%[1]d" t="inlineStr"><is><t>%[2]s</t></is></c><c r="B%[1]d" t="inlineStr"><is><t>%[3]s</t></is></c></row>`, n+1, row[0], row[1])
		}
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet xmlns="`+main+`"><sheetData>`+rows.String()+`</sheetData></worksheet>`)
		contents += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, types)
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%[2]d" r:id="r%[2]d"/>`, sheet, i+1)
		relations += fmt.Sprintf(`<Relationship Id="r%[1]d" Type="%[2]s/worksheet" Target="worksheets/sheet%[1]d.xml"/>`, i+1, office)
	}
	add("[Content_Types].xml", `<Types xmlns="`+packages+`content-types">`+contents+`</Types>`)
	add("_rels/.rels", `<Relationships xmlns="`+packages+`relationships"><Relationship Id="r1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/workbook.xml", `<workbook xmlns="`+main+`" xmlns:r="`+office+`"><sheets>`+list+`</sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="`+packages+`relationships">`+relations+`</Relationships>`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}
