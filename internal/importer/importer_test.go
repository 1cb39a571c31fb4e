package importer_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"namesake/internal/importer"
)

// read opens a list and returns what a test compares: a line for each candidate.
func read(t *testing.T, data []byte, o importer.Options) (*importer.File, []string) {
	t.Helper()
	f, err := importer.Open(data, "list", o)
	if err != nil {
		t.Fatal(err)
	}
	return f, candidates(f)
}

func candidates(f *importer.File) (lines []string) {
	for c, err := range f.Candidates() {
		if err != nil {
			lines = append(lines, "ERROR "+err.Error())
			continue
		}
		lines = append(lines, describe(c))
	}
	return lines
}

// describe writes a candidate in one line: position, values, id, reasons, problem.
func describe(c importer.Candidate) string {
	text := fmt.Sprintf("%d:%d %q %s", c.Line, c.Column, c.Draft.Name, c.Draft.Email)
	if c.Draft.IsEmailRegex {
		text += " regex"
	}
	if c.Draft.Comments != "" {
		text += fmt.Sprintf(" %q", c.Draft.Comments)
	}
	if c.Draft.DirectoryID != nil {
		text += fmt.Sprintf(" directory=%d", *c.Draft.DirectoryID)
	}
	if c.ID != "" {
		text += " id=" + string(c.ID)
	}
	for _, r := range c.Leave {
		text += " -" + string(r)
	}
	if p := c.Problem; p != nil {
		text += fmt.Sprintf(" !%s %s at %d:%d", p.Kind, p.Field, p.Line, p.Column)
	}
	return text
}

func compare(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSamples(t *testing.T) {
	for _, tt := range []struct {
		file      string
		format    importer.Format
		encoding  importer.Encoding
		delimiter string
		header    int // number of columns
		notes     []importer.Note
		want      []string
	}{
		{
			"cloudflare-template.csv", importer.CSV, importer.UTF8, ",", 2, nil,
			[]string{`2:13 "Mina Okoro" mina.okoro@example.com`, `3:13 "Mina Okoro" mina@personal.example`},
		},
		{
			"entra-users.csv", importer.CSV, importer.UTF8, ",", 13, nil,
			[]string{
				`2:42 "Mina Okoro" mina.okoro@corp.example`,
				`3:1 "Jane Guest" jane@partner.example -guest`,
				`4:1 "Scanner" scan@corp.onmicrosoft.example -service_account`,
				`5:34 "Liam Left" left@corp.example -disabled`,
			},
		},
		{
			"excel-german.csv", importer.CSV, importer.Windows1252, ";", 3, nil,
			[]string{`2:13 "Jörg Müller" joerg.mueller@corp.example "Vorstand;\r\nseit 2024"`, `4:14 "Renée Dubois" renee@corp.example`},
		},
		{
			"formulas.csv", importer.CSV, importer.UTF8, ",", 3, nil,
			[]string{
				`2:14 "=1+3 Jane" jane@corp.example "=HYPERLINK(\"http://x.example\")"`,
				`3:5 "=x" a@corp.example`,
				`4:6 "'=x" b@corp.example`,
				`5:10 "'t Hooft" c@corp.example`,
				`6:7 "-Desk" d@corp.example`,
				`7:7 "@Home" e@corp.example "\tindented"`,
			},
		},
		{
			"google-users.csv", importer.CSV, importer.UTF8, ",", 8, nil,
			[]string{
				`2:12 "Mina Okoro" mina.okoro@corp.example`,
				`2:92 "Mina Okoro" m.okoro@corp.example -secondary_address`,
				`2:70 "Mina Okoro" mina@personal.example -recovery_address`,
				`3:11 "Liam Left" left@corp.example -disabled`,
			},
		},
		{
			"one-cell-rows.csv", importer.CSV, importer.UTF8, ",", 2,
			[]importer.Note{{Kind: importer.OneCellRows}},
			[]string{`2:2 "Mina Okoro" mina.okoro@corp.example`},
		},
		{
			"utf16-tabs.csv", importer.CSV, importer.UTF16LE, "\t", 4, nil,
			[]string{`2:14 "Press Office" ^press(-[a-z]+)?@corp\.example$ regex "media"`},
		},
		{
			"recipients.txt", importer.Recipients, importer.UTF8, "", 0, nil,
			[]string{`1:10 "Ann Lee" ann@corp.example`, `1:43 "Stone, Bob" BOB@corp.example`, `1:62 "" cara@corp.example`, `2:11 "Lee, Dee" dee@corp.example`},
		},
	} {
		t.Run(tt.file, func(t *testing.T) {
			f, got := read(t, sample(t, tt.file), importer.Options{})
			if f.Format != tt.format || f.Encoding != tt.encoding || strings.Trim(string(f.Delimiter), "\x00") != tt.delimiter || len(f.Header) != tt.header || f.NeedsMapping {
				t.Errorf("format %s, encoding %s, delimiter %q, header %q, needs mapping %v", f.Format, f.Encoding, f.Delimiter, f.Header, f.NeedsMapping)
			}
			if !slices.Equal(f.Notes, tt.notes) {
				t.Errorf("notes %v, want %v", f.Notes, tt.notes)
			}
			compare(t, got, tt.want...)
		})
	}
}

func TestAnotherList(t *testing.T) {
	_, err := importer.Open(sample(t, "not-this-list.csv"), "not-this-list.csv", importer.Options{})
	var failed *importer.FileError
	if !errors.As(err, &failed) || failed.Kind != importer.AllowedPatterns || failed.Line != 1 {
		t.Errorf("got %v", err)
	}
}
