package importer_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode/utf32"

	"namesake/internal/importer"
)

// TestRows reads tables as programs and people write them.
func TestRows(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"CR", "name,email\rAnn,ann@corp.example\r\rBob,bob@corp.example", []string{`2:5 "Ann" ann@corp.example`, `4:5 "Bob" bob@corp.example`}},
		{"LF", "name,email\nAnn,ann@corp.example\n\nBob,bob@corp.example\n", []string{`2:5 "Ann" ann@corp.example`, `4:5 "Bob" bob@corp.example`}},
		{"CRLF", "name,email\r\nAnn,ann@corp.example\r\n\r\nBob,bob@corp.example\r\n", []string{`2:5 "Ann" ann@corp.example`, `4:5 "Bob" bob@corp.example`}},
		{
			"line breaks in cells", "name,email,comments\nAnn,ann@corp.example,\"a\r\nb\rc\nd\"\nBob,bob@corp.example,\n",
			[]string{`2:5 "Ann" ann@corp.example "a\r\nb\rc\nd"`, `6:5 "Bob" bob@corp.example`},
		},
		{"a cell after line breaks", "comments,name,email\n\"a\nb\",Ann,ann@corp.example\n", []string{`3:8 "Ann" ann@corp.example "a\nb"`}},
		{"characters of several bytes", "name,email\n姓🎉é,ann@corp.example\n", []string{`2:5 "姓🎉é" ann@corp.example`}},
		{"spaces that belong to no cell", "name , email\n Ann , ann@corp.example \n\" Ann \" , \"bob@corp.example\" \n", []string{`2:8 "Ann" ann@corp.example`, `3:12 " Ann " bob@corp.example`}},
		{"quotation marks inside", "name,email\nAnn \"A\" Lee,ann@corp.example\n\"Bob \"\"B\"\"\",bob@corp.example\n", []string{`2:13 "Ann \"A\" Lee" ann@corp.example`, `3:13 "Bob \"B\"" bob@corp.example`}},
		{"empty cells", "name,email,comments\n,,\nAnn,ann@corp.example\n\"\",\"\",\"\"\nBob,bob@corp.example,,,\n", []string{`3:5 "Ann" ann@corp.example`, `5:5 "Bob" bob@corp.example`}},
		{
			"a row with too many cells", "name,email\nStone, Bob,bob@corp.example\nAnn,ann@corp.example\n",
			[]string{`2:8 "Stone" Bob !too_many_cells  at 2:12`, `3:5 "Ann" ann@corp.example`},
		},
		{
			"rows that end in delimiters, beside a column that is dropped", "name,pin,email\nAnn,1,ann@corp.example,,\n\nBob,2,bob@corp.example,\"\",\nStone, Cara,3,c@corp.example,,\nDee,4,d@corp.example\nEve,5,e@corp.example,,,\nFlo,6,f@corp.example,,\nGus,7,g@corp.example,,\n",
			[]string{
				`2:7 "Ann" ann@corp.example`, `4:7 "Bob" bob@corp.example`, `5:15 ""  !too_many_cells  at 5:15`, `6:7 "Dee" d@corp.example`,
				`7:22 ""  !too_many_cells  at 7:22`, `8:7 "Flo" f@corp.example`, `9:7 "Gus" g@corp.example`,
			},
		},
		{"one row that ends in a delimiter", "name,email,pin\nAnn,ann@corp.example,1,\n", []string{`2:5 "Ann" ann@corp.example`}},
		{"one row that may have moved", "name,pin,email\nStone, Ann,1,\n", []string{`2:14 ""  !too_many_cells  at 2:14`}},
		{
			"text behind a quoted cell", "name,email\n\"Ann\" Lee,ann@corp.example\nBob,bob@corp.example\n",
			[]string{`2:6 ""  !text_after_quote  at 2:6`, `3:5 "Bob" bob@corp.example`},
		},
		{
			"a quotation mark without end", "name,email\nAnn,\"ann@corp.example\nBob,bob@corp.example\nCara,cara@corp.example\n",
			[]string{`2:5 "Ann"  !unclosed_quote  at 2:5`, `3:5 "Bob" bob@corp.example`, `4:6 "Cara" cara@corp.example`},
		},
		{
			"a quotation mark that ends in a later row", "name,email\n\"Ann,ann@corp.example\nBob,bob@corp.example\n\"Stone, C\",c@corp.example\n",
			[]string{`4:2 ""  !text_after_quote  at 4:2`, `3:5 "Bob" bob@corp.example`, `4:12 "Stone, C" c@corp.example`},
		},
		{"semicolons", "name;email\nStone, Bob;bob@corp.example\n", []string{`2:12 "Stone, Bob" bob@corp.example`}},
		{"tabs", "name\temail\nStone, Bob\tbob@corp.example\n", []string{`2:12 "Stone, Bob" bob@corp.example`}},
		{"sep=", "sep=;\r\nname;email;comments\r\nAnn;ann@corp.example;a,b,c\r\n", []string{`3:5 "Ann" ann@corp.example "a,b,c"`}},
		{"rows quoted as a whole, but not the header", "name,email\nAnn,ann@corp.example\n\"\"\"Stone, Bob\"\",bob@corp.example\"\n", []string{`2:5 "Ann" ann@corp.example`, `3:2 "Stone, Bob" bob@corp.example`}},
		{"a title above the header", "Users of Corp\n\nname,email\nAnn,ann@corp.example\n", []string{`4:5 "Ann" ann@corp.example`}},
		{"lines that draw a table", "| Name | Email |\n| --- | :---: |\n| Ann | ann@corp.example |\n", []string{`3:9 "Ann" ann@corp.example`}},
		{"a table of a database", "name | email\n-----+------\nAnn | ann@corp.example\n--- | d@corp.example\n", []string{`3:7 "Ann" ann@corp.example`, `4:7 "---" d@corp.example`}},
		{"the header again", "name,email\nAnn,ann@corp.example\nname,email\nname,Email\nBob,bob@corp.example\n", []string{`2:5 "Ann" ann@corp.example`, `4:6 "name" Email`, `5:5 "Bob" bob@corp.example`}},
		{"the mark of DOS at the end", "name,email\r\nAnn,ann@corp.example\r\n\x1A", []string{`2:5 "Ann" ann@corp.example`}},
		{"yes and no", "name,email,is_email_regex\nA,a@x.example,FALSE\nB,^b@x$,Ja\nC,c@x.example,perhaps\nD,d@x.example,\n", []string{`2:3 "A" a@x.example`, `3:3 "B" ^b@x$ regex`, `4:3 "C" c@x.example !not_yes_no is_email_regex at 4:15`, `5:3 "D" d@x.example`}},
		{
			"ids", "name,email,id,directory_id\nA,a@x.example,8d1f6f3e-0000-4000-8000-000000000001,7\nB,b@x.example,12,\nC,c@x.example,../x,\nD,d@x.example,,seven\n",
			[]string{`2:3 "A" a@x.example directory=7 id=8d1f6f3e-0000-4000-8000-000000000001`, `3:3 "B" b@x.example id=12`, `4:3 "C" c@x.example !bad_id  at 4:15`, `5:3 "D" d@x.example !not_a_number directory_id at 5:16`},
		},
		{"a cell that is too long", "name,email\n" + strings.Repeat("A", 65<<10) + ",a@x.example\n", []string{`2:66562 "" a@x.example !cell_too_long name at 2:1`}},
		{"a pattern with separators", "name,email,is_email_regex\nA,\"^a{1,3}@(b|c);?x,a@y$\",true\n", []string{`2:4 "A" ^a{1,3}@(b|c);?x,a@y$ regex`}},
		{"no rows", "name,email\n\n", []string{"ERROR read list: no_rows"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, got := read(t, []byte(tt.text), importer.Options{})
			compare(t, got, tt.want...)
		})
	}
}

func TestNotes(t *testing.T) {
	text := "sep=,\n#TYPE Selected.System.Management.Automation.PSCustomObject\nversion:v1.0,,\n\nUsers of Corp\nname,email\nAnn,ann@corp.example\n"
	f, got := read(t, []byte(text), importer.Options{})
	want := []importer.Note{
		{Kind: importer.SkippedSeparator, Line: 1, Text: "sep=,"},
		{Kind: importer.SkippedType, Line: 2, Text: "#TYPE Selected.System.Management.Automation.PSCustomObject"},
		{Kind: importer.SkippedVersion, Line: 3, Text: "version:v1.0,,"},
		{Kind: importer.SkippedText, Line: 5, Text: "Users of Corp"},
	}
	if !slices.Equal(f.Notes, want) {
		t.Errorf("got %+v", f.Notes)
	}
	compare(t, got, `7:5 "Ann" ann@corp.example`)
}

func TestPreview(t *testing.T) {
	f, _ := read(t, []byte("Name,Email,Password\n\nAnn,ann@corp.example,x\nBob,bob@corp.example,y,z\nCara,c@corp.example,\n"), importer.Options{})
	want := []importer.Row{{Line: 3, Cells: []string{"Ann", "ann@corp.example", ""}}, {Line: 4, Cells: []string{"", "", ""}}}
	if got := f.Preview(2); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	f, _ = read(t, []byte("Name,Password,Email\nAnn,x,ann@corp.example,\nBob,y,bob@corp.example,\nStone, Cara,z,c@corp.example,\n"), importer.Options{})
	want = []importer.Row{{Line: 2, Cells: []string{"Ann", "", "ann@corp.example"}}, {Line: 3, Cells: []string{"Bob", "", "bob@corp.example"}}, {Line: 4, Cells: []string{"", "", ""}}}
	if got := f.Preview(3); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func utf16Of(text string, bom, big bool) []byte {
	if bom {
		text = "\uFEFF" + text
	}
	var data []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		if big {
			data = append(data, byte(unit>>8), byte(unit))
		} else {
			data = append(data, byte(unit), byte(unit>>8))
		}
	}
	return data
}

func windows1252(t *testing.T, text string) []byte {
	t.Helper()
	data, err := charmap.Windows1252.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// again is UTF-8 that a program took for Windows-1252 and wrote as UTF-8.
func again(text string) (data []byte) {
	for _, b := range []byte(text) {
		r := charmap.Windows1252.DecodeByte(b)
		if r == utf8.RuneError {
			r = rune(b)
		}
		data = utf8.AppendRune(data, r)
	}
	return data
}

// TestEncodings checks what is read, and that a broken cell is found at its own byte.
func TestEncodings(t *testing.T) {
	const text = "name,email\r\nJörg “J” Müller,joerg@corp.example\r\n\"Ann\"x,ann@corp.example\r\n"
	for _, tt := range []struct {
		name string
		data []byte
		enc  importer.Encoding
		at   int64 // of the x
	}{
		{"UTF-8", []byte(text), importer.UTF8, 59},
		{"UTF-8 with a mark", []byte("\uFEFF" + text), importer.UTF8, 62},
		{"UTF-8 with two marks", []byte("\uFEFF\uFEFF" + text), importer.UTF8, 65},
		{"UTF-16LE", utf16Of(text, true, false), importer.UTF16LE, 108},
		{"UTF-16BE", utf16Of(text, true, true), importer.UTF16BE, 108},
		{"UTF-16LE without a mark", utf16Of(text, false, false), importer.UTF16LE, 106},
		{"UTF-16BE without a mark", utf16Of(text, false, true), importer.UTF16BE, 106},
		{"Windows-1252", windows1252(t, text), importer.Windows1252, 53},
		{"encoded twice", again("\uFEFF" + text), importer.UTF8Twice, 77},
		{"a mark encoded twice", append(again("\uFEFF"), text...), importer.UTF8, 65},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, tt.data, importer.Options{})
			if f.Encoding != tt.enc {
				t.Errorf("encoding %s", f.Encoding)
			}
			compare(t, got, `2:17 "Jörg “J” Müller" joerg@corp.example`, `3:6 ""  !text_after_quote  at 3:6`)
			for c, err := range f.Candidates() {
				if err != nil {
					t.Fatal(err)
				}
				if c.Problem == nil {
					continue
				}
				x := tt.data[c.Problem.Byte:]
				if c.Problem.Byte != tt.at || x[0] != 'x' && x[1] != 'x' {
					t.Errorf("byte %d, want %d, is %q", c.Problem.Byte, tt.at, x[:2])
				}
			}
		})
	}
}

// TestWesternNames checks that names in Windows-1252 are not taken for another encoding.
func TestWesternNames(t *testing.T) {
	for _, name := range []string{
		"Hélène", "Zoë", "Søren Ærø", "Renée Dubois", "“Jörg” – Chef", "Sœur Marie", "L’Œuvre", "Škoda", "ÄÖÜ", "Élie d’Été", "José Ñuñez", "CÔTÉ", "ŠŽ", "€uro", "»Ånd«", "Müßig", "Ñandú…", "é", "Žižka ŠŽ",
	} {
		f, err := importer.Open(windows1252(t, "name,email\n"+name+",a@x.example\n"), "", importer.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := candidates(f)
		if want := fmt.Sprintf("2:%d %q a@x.example", len([]rune(name))+2, name); f.Encoding != importer.Windows1252 || len(got) != 1 || got[0] != want {
			t.Errorf("got %s, %v, want %s", f.Encoding, got, want)
		}
	}
}

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	data, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestUnreadable checks the name and the place of what is wrong with a file.
func TestUnreadable(t *testing.T) {
	for _, tt := range []struct {
		name string
		data []byte
		want importer.FileErrorKind
		at   importer.Position
	}{
		{"nothing", nil, importer.Empty, importer.Position{}},
		{"white space", []byte(" \r\n\t"), importer.Empty, importer.Position{}},
		{"a mark only", []byte("\uFEFF"), importer.Empty, importer.Position{}},
		{"too large", make([]byte, importer.MaxBytes+1), importer.TooLarge, importer.Position{}},
		{"a byte without a character in Windows-1252", []byte("name\nJ\xF6rg \x81\n"), importer.BadEncoding, importer.Position{Line: 2, Column: 6, Byte: 10}},
		{"a NUL", []byte("name,email\nAnn\x00,ann@corp.example\n"), importer.NulByte, importer.Position{Line: 2, Column: 4, Byte: 14}},
		{"damaged UTF-8", []byte("name,email\nJörg,é\xC3,ü\n"), importer.BadEncoding, importer.Position{Line: 2, Column: 7, Byte: 19}},
		{"half in UTF-8, half in Windows-1252", []byte("name\nZoë\nJ\xFCrgen\n"), importer.BadEncoding, importer.Position{Line: 3, Column: 2, Byte: 11}},
		{"damaged UTF-8 with a mark", []byte("\uFEFFname\n\xFF\n"), importer.BadEncoding, importer.Position{Line: 2, Column: 1, Byte: 8}},
		{"Shift-JIS", encoded(t, japanese.ShiftJIS, "名前,メール\n田中 太郎,tanaka@example.jp\n"), importer.OtherEncoding, importer.Position{}},
		{"Shift-JIS that Windows-1252 has", encoded(t, japanese.ShiftJIS, "name,email\nソフト,s@example.jp\n"), importer.OtherEncoding, importer.Position{}},
		{"EUC-JP", encoded(t, japanese.EUCJP, "名前,メール\n田中,tanaka@example.jp\n"), importer.OtherEncoding, importer.Position{}},
		{"GBK", encoded(t, simplifiedchinese.GBK, "姓名,电子邮件\n王小明,w@example.cn\n"), importer.OtherEncoding, importer.Position{}},
		{"Big5", encoded(t, traditionalchinese.Big5, "姓名,電子郵件\n王小明,w@example.cn\n"), importer.OtherEncoding, importer.Position{}},
		{"EUC-KR", encoded(t, korean.EUCKR, "이름,이메일\n김철수,k@example.kr\n"), importer.OtherEncoding, importer.Position{}},
		{"Windows-1251", encoded(t, charmap.Windows1251, "name,email\nИван Петров,ivan@example.ru\nЯна,yana@example.ru\n"), importer.OtherEncoding, importer.Position{}},
		{"UTF-32LE", encoded(t, utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "name,email\nA,a@x.example\n"), importer.OtherEncoding, importer.Position{}},
		{"UTF-32BE", encoded(t, utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "name,email\nA,a@x.example\n"), importer.OtherEncoding, importer.Position{}},
		{"UTF-32LE without a mark", encoded(t, utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM), "name,email\nA,a@x.example\n"), importer.OtherEncoding, importer.Position{}},
		{"UTF-32BE without a mark", encoded(t, utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), "name,email\nA,a@x.example\n"), importer.OtherEncoding, importer.Position{}},
		{"half a UTF-16 character", append(utf16Of("name\nx", true, false), 'y'), importer.BadEncoding, importer.Position{Line: 2, Column: 2, Byte: 14}},
		{"a lone surrogate", append(utf16Of("name\nx", true, false), 0x00, 0xD8, 'y', 0), importer.BadEncoding, importer.Position{Line: 2, Column: 2, Byte: 14}},
		{"a page", []byte("<!DOCTYPE html><html><body><table><tr><td>Name</td></tr></table>"), importer.HTML, importer.Position{}},
		{"XML", []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`), importer.XML, importer.Position{}},
		{"a part of a page", []byte("\r\n<meta charset=utf-8><table><tr><td>Name</td></tr></table>"), importer.HTML, importer.Position{}},
		{"a page in UTF-16", utf16Of("<html><table><tr><td>Name</td></tr></table>", true, false), importer.HTML, importer.Position{}},
		{"an archived page", []byte("MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"x\"\r\n\r\n--x\r\n"), importer.HTML, importer.Position{}},
		{"XML in UTF-16", utf16Of("<?xml version=\"1.0\"?><Workbook/>", true, false), importer.XML, importer.Position{}},
		{"contacts", []byte("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nEMAIL:ann@corp.example\r\nEND:VCARD\r\n"), importer.VCard, importer.Position{}},
		{"contacts in UTF-16", utf16Of("begin:vcard\nFN:Ann Lee\n", true, false), importer.VCard, importer.Position{}},
		{"LDIF", []byte("dn: cn=Ann,dc=corp\ncn: Ann\nmail: ann@corp.example\n"), importer.LDIF, importer.Position{}},
		{"LDIF with lines above", []byte("# extended LDIF\r\n#\r\n\r\nversion: 1\r\ndn:: Y249QW5u\r\n"), importer.LDIF, importer.Position{}},
		{"Terraform", []byte("# Entries\n\nresource \"cloudflare_email_security_impersonation_registry\" \"ann\" {\n  name = \"Ann\"\n}\n"), importer.Terraform, importer.Position{}},
		{"Terraform with settings first", []byte("terraform {\n}\n"), importer.Terraform, importer.Position{}},
		{"rich text", []byte("{\\rtf1\\ansi name, email}"), importer.Binary, importer.Position{}},
		{"a symbolic link file", []byte("ID;PWXL;N;E\r\nC;Y1;X1;K\"name\"\r\n"), importer.Binary, importer.Position{}},
		{"gzip", []byte("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03KL\x04\x00"), importer.Archive, importer.Position{}},
		{"7-Zip", []byte("7z\xBC\xAF\x27\x1C\x00\x04"), importer.Archive, importer.Position{}},
		{"PDF", []byte("%PDF-1.7\n"), importer.PDF, importer.Position{}},
		{"a picture", []byte("\x89PNG\r\n\x1A\n\x00\x00\x00\rIHDR"), importer.Binary, importer.Position{}},
		{"old Excel", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), importer.OldExcel, importer.Position{}},
		{"a workbook with a password", append(append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), utf16Of("EncryptedPackage", false, false)...), importer.Encrypted, importer.Position{}},
		{"a broken archive", []byte("PK\x03\x04 and no more"), importer.BrokenWorkbook, importer.Position{}},
		{"too many columns", []byte(strings.Repeat("name,", 1001)), importer.TooManyColumns, importer.Position{Line: 1, Column: 1}},
		{"broken JSON", []byte("[\n {\"name\": \"A\", \"email\"}]"), importer.BadJSON, importer.Position{Line: 2, Column: 23, Byte: 24}},
		{"JSON that ends early", []byte(`[{"name": "A"`), importer.BadJSON, importer.Position{Line: 1, Column: 14, Byte: 13}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := importer.Open(tt.data, "users.csv", importer.Options{})
			var failed *importer.FileError
			if !errors.As(err, &failed) {
				t.Fatalf("got %v", err)
			}
			if failed.Kind != tt.want || failed.Position != tt.at {
				t.Errorf("got %v, want %s at %v", failed, tt.want, tt.at)
			}
		})
	}
}

func TestTooManyRows(t *testing.T) {
	text := "name,email\n" + strings.Repeat("A,a@x.example\n", importer.MaxRows)
	for _, tt := range []struct {
		text string
		want int
		last string
	}{
		{text, importer.MaxRows, `100001:3 "A" a@x.example`},
		{text + "B,b@x.example\n", importer.MaxRows + 1, "ERROR read list: too_many_rows at line 100002, column 1, byte 1400011"},
	} {
		_, got := read(t, []byte(tt.text), importer.Options{})
		if len(got) != tt.want || got[len(got)-1] != tt.last {
			t.Errorf("%d candidates, the last is %s", len(got), got[len(got)-1])
		}
	}
}

// FuzzRows compares our reader of CSV with encoding/csv on what that accepts.
func FuzzRows(f *testing.F) {
	for _, text := range []string{"a,b\n", "\"a\"\"b\",c\n", "\"a\nb\",\n,,\n", "\"a,b\",\"c\"\r\nd,e\r\n", "a b,c\"d\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\r") || strings.Contains(text, `"`) && strings.Contains(text, " ") || strings.Contains(text, "\x00") {
			return // they differ on purpose
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil || slices.ContainsFunc(want, func(row []string) bool { return len(row) > 1000 }) { // ours tells such rows without the rest
			return
		}
		got := importer.Rows(text, ',')
		got = slices.DeleteFunc(got, func(row []string) bool { return len(row) == 1 && row[0] == "" })
		want = slices.DeleteFunc(want, func(row []string) bool { return len(row) == 1 && row[0] == "" })
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
