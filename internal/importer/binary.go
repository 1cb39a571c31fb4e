package importer

import (
	"archive/zip"
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/encoding/unicode"

	"namesake/internal/lazyregexp"
)

// refuse names data that is no list, by its first bytes.
func refuse(data []byte) error {
	m := mimetype.Detect(data)
	switch {
	case m.Is("text/html"):
		return &FileError{Kind: HTML}
	case isA(m, "text/xml"):
		return &FileError{Kind: XML}
	case m.Is("application/pdf"):
		return &FileError{Kind: PDF}
	case isA(m, "application/x-ole-storage"):
		return refuseOLE(data, m)
	case isA(m, "application/zip"):
		return refuseZip(data, m)
	case slices.ContainsFunc(archives, m.Is):
		return &FileError{Kind: Archive, Detail: m.String()}
	case !isA(m, "text/plain") && !m.Is("application/octet-stream") && hasControls(data):
		return &FileError{Kind: Binary, Detail: m.String()}
	}
	return nil
}

// archives are what can have a list in it.
var archives = []string{
	"application/gzip", "application/x-7z-compressed", "application/x-rar-compressed", "application/x-tar", "application/x-bzip2", "application/x-xz", "application/zstd",
}

func isA(m *mimetype.MIME, name string) bool {
	for ; m != nil; m = m.Parent() {
		if m.Is(name) {
			return true
		}
	}
	return false
}

// refuseOLE names a file in the format of old Office programs, which new ones use for
// workbooks with a password.
func refuseOLE(data []byte, m *mimetype.MIME) error {
	encrypted, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().Bytes([]byte("EncryptedPackage"))
	switch {
	case err == nil && bytes.Contains(data, encrypted):
		return &FileError{Kind: Encrypted}
	case m.Is("application/vnd.ms-excel") || m.Is("application/x-ole-storage"):
		return &FileError{Kind: OldExcel}
	}
	return &FileError{Kind: Binary, Detail: m.String()}
}

// refuseZip names an archive that is no workbook.
func refuseZip(data []byte, m *mimetype.MIME) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return &FileError{Kind: BrokenWorkbook, Detail: err.Error()}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(archive.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, name) })
	}
	var size uint64
	for _, f := range archive.File {
		size += min(f.UncompressedSize64, maxUnpacked+1)
	}
	switch {
	case has("xl/workbook.xml") && (size > maxUnpacked || slices.ContainsFunc(archive.File, hasManyTexts)):
		return &FileError{Kind: WorkbookTooBig}
	case has("xl/workbook.xml"):
		return nil
	case has("xl/workbook.bin"):
		return &FileError{Kind: BinaryExcel}
	case strings.HasPrefix(m.String(), "application/vnd.oasis.opendocument"):
		return &FileError{Kind: OpenDocument}
	}
	if has("index.zip") || slices.ContainsFunc(archive.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, ".iwa") }) {
		return &FileError{Kind: Numbers}
	}
	if has("[Content_Types].xml") {
		return &FileError{Kind: Binary, Detail: m.String()}
	}
	return &FileError{Kind: Archive, Detail: m.String()}
}

// refusedTexts are how texts begin that are no list.
var refusedTexts = []struct {
	begin  func() *regexp.Regexp
	kind   FileErrorKind
	detail string
}{
	{lazyregexp.New(`(?i)^<(?:!doctype html|html|head|meta|style|title|body|div|table)\b`), HTML, ""},
	{lazyregexp.New(`(?is)^mime-version:.{0,500}\bmultipart/related\b`), HTML, ""},
	{lazyregexp.New(`^<\?xml\b`), XML, ""},
	{lazyregexp.New(`(?i)^begin:vcard\b`), VCard, ""},
	{lazyregexp.New(`(?i)^(?:(?:#.*|version: *\d+)?[ \t]*[\r\n]+)*dn::? *\S`), LDIF, ""},
	{lazyregexp.New(`^(?:(?:#.*|//.*)?[ \t]*[\r\n]+)*(?:(?:resource|data|provider)[ \t]+"|(?:import|terraform|locals)[ \t]*\{)`), Terraform, ""},
	{lazyregexp.New(`^\{\\rtf\d`), Binary, "text/rtf"},
	{lazyregexp.New(`^ID;P`), Binary, "SYLK"},
}

// refuseText names a text that is no list, by its beginning.
func refuseText(text string) error {
	text = text[:min(len(text), 10_000)]
	for _, t := range refusedTexts {
		if t.begin().MatchString(text) {
			return &FileError{Kind: t.kind, Detail: t.detail}
		}
	}
	return nil
}

// maxTags is how many XML tags the texts of a workbook may have: four for each of ten texts in
// 100,000 rows. The library takes about 100 bytes for each, however short the text is.
const maxTags = 4_000_000

// hasManyTexts reports whether a part of a workbook has more texts than can be read.
func hasManyTexts(part *zip.File) bool {
	if !strings.HasSuffix(strings.ToLower(part.Name), "sharedstrings.xml") {
		return false
	}
	r, err := part.Open()
	if err != nil {
		return false // the library reports it
	}
	defer r.Close()
	tags, buffer := 0, make([]byte, 64<<10)
	for tags <= maxTags && err == nil {
		var n int
		n, err = r.Read(buffer)
		tags += bytes.Count(buffer[:n], []byte("<"))
	}
	return tags > maxTags
}

// hasControls reports whether data begins as no text does.
func hasControls(data []byte) bool {
	return slices.ContainsFunc(data[:min(len(data), 4096)], func(b byte) bool {
		return b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\v' && b != '\f'
	})
}

func isZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }
