package importer_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"namesake/internal/importer"
)

// workbook returns an XLSX file; rows start at A1.
func workbook(t testing.TB, sheets map[string][][]any, hidden string) []byte {
	t.Helper()
	book := excelize.NewFile()
	for _, name := range []string{"Sheet1", "More"} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range sheets[name] {
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if hidden != "" {
		book.SetActiveSheet(1)
		if err := book.SetSheetVisible(hidden, false); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestXLSX(t *testing.T) {
	data := workbook(t, map[string][][]any{
		"Sheet1": {
			{"Users of Corp"},
			nil,
			{"Name", "E-Mail", "is_email_regex", "Password", "Comments"},
			{"'=x", " ann@x.example ", nil, "hunter2", "\ta\nb"},
			nil,
			{"Bob ", "^b@x$", true, nil, "=1+1"},
			{"'t Hooft", "c@x.example;d@x.example", "no"},
			{"Cara", "cara@x.example", nil, nil, nil, "more"},
		},
		"More": {{"Name", "Email"}, {"Dee", "dee@x.example"}},
	}, "")
	hidden := workbook(t, map[string][][]any{"Sheet1": {{"x"}}, "More": {{"Name", "Email"}, {"Dee", "dee@x.example"}}}, "Sheet1")
	for _, tt := range []struct {
		name  string
		data  []byte
		sheet string
		first string
		want  []string
	}{
		{
			"the first sheet", data, "", "Sheet1",
			[]string{
				`4:2 "'=x" ann@x.example "\ta\nb"`, `6:2 "Bob " ^b@x$ regex "=1+1"`, `7:2 "'t Hooft" c@x.example`, `7:2 "'t Hooft" d@x.example`,
				`8:6 ""  !too_many_cells  at 8:6`,
			},
		},
		{"a chosen one", data, "More", "More", []string{`2:2 "Dee" dee@x.example`}},
		{"the first one that is not hidden", hidden, "", "More", []string{`2:2 "Dee" dee@x.example`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, tt.data, importer.Options{Sheet: tt.sheet})
			if f.Format != importer.XLSX || f.Encoding != "" || f.NeedsMapping || f.Sheet != tt.first || strings.Join(f.Sheets, " ") != "Sheet1 More" {
				t.Errorf("%+v", f)
			}
			compare(t, got, tt.want...)
			compare(t, candidates(f), tt.want...) // it can be read again
		})
	}
}

// archive returns a ZIP file of texts, and of parts that only claim a size.
func archive(t *testing.T, texts map[string]string, sizes map[string]uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range texts {
		part, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(part, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, size := range sizes {
		if _, err := w.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: size}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sheet returns a workbook with the XML of its first sheet replaced.
func sheet(t *testing.T, xml string) []byte {
	t.Helper()
	data := workbook(t, nil, "")
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		texts[f.Name] = string(text)
	}
	texts["xl/worksheets/sheet1.xml"] = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + xml + `</sheetData></worksheet>`
	return archive(t, texts, nil)
}

func TestBadWorkbooks(t *testing.T) {
	const header = `<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>email</t></is></c></row>`
	for _, tt := range []struct {
		name  string
		data  []byte
		sheet string
		want  importer.FileErrorKind
	}{
		{"no such sheet", workbook(t, nil, ""), "Other", importer.NoSuchSheet},
		{"an empty sheet", workbook(t, nil, ""), "", importer.NoRows},
		{"a bomb", archive(t, map[string]string{"xl/workbook.xml": ""}, map[string]uint64{"xl/worksheets/sheet1.xml": 160 << 20}), "", importer.WorkbookTooBig},
		{"too many texts", archive(t, map[string]string{"xl/workbook.xml": "", "xl/SharedStrings.xml": strings.Repeat("<si/>", 4_000_001)}, nil), "", importer.WorkbookTooBig},
		{"many texts", archive(t, map[string]string{"xl/workbook.xml": "", "xl/sharedStrings.xml": strings.Repeat("x", 4_000_001)}, nil), "", importer.BrokenWorkbook},
		{"broken parts", archive(t, map[string]string{"xl/workbook.xml": "<workbook"}, nil), "", importer.BrokenWorkbook},
		{"a binary workbook", archive(t, map[string]string{"xl/workbook.bin": ""}, nil), "", importer.BinaryExcel},
		{"OpenDocument", archive(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, nil), "", importer.OpenDocument},
		{"Numbers", archive(t, map[string]string{"Index/Document.iwa": "", "Index/Tables/DataList.iwa": ""}, nil), "", importer.Numbers},
		{"old Numbers", archive(t, map[string]string{"Index.zip": "", "preview.jpg": ""}, nil), "", importer.Numbers},
		{"a document", archive(t, map[string]string{"[Content_Types].xml": "", "word/document.xml": ""}, nil), "", importer.Binary},
		{"another archive", archive(t, map[string]string{"readme.txt": "x"}, nil), "", importer.Archive},
		{"a row of 16,384 cells", sheet(t, header+`<row r="2"><c r="XFD2"><v>1</v></c></row>`), "", importer.TooManyColumns},
		{"a row behind the last one", sheet(t, header+`<row r="99999999"><c r="A99999999"><v>1</v></c></row>`), "", importer.BrokenWorkbook},
		{"a cell without a place", sheet(t, header+`<row r="2"><c r="?"><v>1</v></c></row>`), "", importer.BrokenWorkbook},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var failed *importer.FileError
			f, err := importer.Open(tt.data, "list.xlsx", importer.Options{Sheet: tt.sheet})
			if err == nil {
				for _, err = range f.Candidates() {
				}
			}
			if !errors.As(err, &failed) || failed.Kind != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
