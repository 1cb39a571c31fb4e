package importer

import "fmt"

// Limits of a list.
const (
	MaxBytes = 20 << 20
	MaxRows  = 100_000

	maxColumns    = 1000
	maxCellBytes  = 64 << 10
	maxCandidates = 3 * MaxRows // a row can have several addresses
)

// Position is a place in a file.
type Position struct {
	Line   int   // from 1; the row in a sheet
	Column int   // from 1, in characters; the column in a sheet
	Byte   int64 // bytes before the place, from the start of the file; 0 in a sheet
}

// FileErrorKind says why a whole file can't be read.
type FileErrorKind string

// The kinds of file errors.
const (
	Empty           FileErrorKind = "empty"            // no bytes, or only white space
	TooLarge        FileErrorKind = "too_large"        // more than MaxBytes
	TooManyRows     FileErrorKind = "too_many_rows"    // more than MaxRows
	TooManyColumns  FileErrorKind = "too_many_columns" // more than 1,000
	BadEncoding     FileErrorKind = "bad_encoding"     // Detail: the encoding that the rest of the file has
	OtherEncoding   FileErrorKind = "other_encoding"   // one that is not read; Detail: its name, "" if unknown
	NulByte         FileErrorKind = "nul_byte"         // text with a NUL character
	Binary          FileErrorKind = "binary"           // Detail: the media type, such as image/png
	OldExcel        FileErrorKind = "old_excel"        // .xls
	BinaryExcel     FileErrorKind = "binary_excel"     // .xlsb
	Encrypted       FileErrorKind = "encrypted"        // a workbook with a password
	OpenDocument    FileErrorKind = "opendocument"     // such as .ods
	PDF             FileErrorKind = "pdf"              //
	HTML            FileErrorKind = "html"             // also when it is saved as .csv or .xls
	XML             FileErrorKind = "xml"              //
	Numbers         FileErrorKind = "numbers"          // of Apple's program
	VCard           FileErrorKind = "vcard"            // contacts
	LDIF            FileErrorKind = "ldif"             // of a directory
	Terraform       FileErrorKind = "terraform"        // a configuration, as Namesake exports it
	Archive         FileErrorKind = "archive"          // a ZIP file that is no workbook, or another archive
	BrokenWorkbook  FileErrorKind = "broken_workbook"  // Detail: what the library says
	WorkbookTooBig  FileErrorKind = "workbook_too_big" // once it is unpacked
	NoSuchSheet     FileErrorKind = "no_such_sheet"    // Detail: its name
	BadJSON         FileErrorKind = "bad_json"         // Detail: what the decoder says
	Incomplete      FileErrorKind = "incomplete"       // JSON that says so, after its candidates
	NoEntries       FileErrorKind = "no_entries"       // JSON without entries
	NoRows          FileErrorKind = "no_rows"          // a header without rows
	AllowedPatterns FileErrorKind = "allowed_patterns" // Cloudflare's list of that name
	TrustedDomains  FileErrorKind = "trusted_domains"  // Cloudflare's list of that name
	BlockedSenders  FileErrorKind = "blocked_senders"  // Cloudflare's list of that name
	WrongMapping    FileErrorKind = "wrong_mapping"    // Options.Mapping doesn't fit the file
)

// FileError reports a file that can't be read, or not to its end.
type FileError struct {
	Kind FileErrorKind
	Position
	Detail string
}

func (e *FileError) Error() string {
	text := "read list: " + string(e.Kind)
	if e.Line > 0 {
		text += fmt.Sprintf(" at line %d, column %d, byte %d", e.Line, e.Column, e.Byte)
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	return text
}

// RowErrorKind says why a row can't be read.
type RowErrorKind string

// The kinds of row errors.
const (
	TextAfterQuote RowErrorKind = "text_after_quote" // a quotation mark inside a quoted cell has to be doubled
	UnclosedQuote  RowErrorKind = "unclosed_quote"   // the quotation mark at the position has no end
	TooManyCells   RowErrorKind = "too_many_cells"   // more cells than the header: often a comma without quotation marks
	CellTooLong    RowErrorKind = "cell_too_long"    // Max bytes at most
	NotYesNo       RowErrorKind = "not_yes_no"       // is_email_regex is neither true nor false
	NotANumber     RowErrorKind = "not_a_number"     // of a directory's ids
	NotText        RowErrorKind = "not_text"         // JSON: another type than the field has
	BadID          RowErrorKind = "bad_id"           // not the id of an entry
	NoAddress      RowErrorKind = "no_address"       // a recipient without an address
	ExampleRow     RowErrorKind = "example_row"      // a row of the template that was left in
)

// HidesEntry reports whether what could be read of the row does not say which entry it is about:
// its cells can be those of other columns or rows, or its id is not known.
func (k RowErrorKind) HidesEntry() bool {
	return k == TextAfterQuote || k == UnclosedQuote || k == TooManyCells || k == BadID
}

// RowError reports a row that can't be read as it is.
type RowError struct {
	Kind RowErrorKind
	Position
	Field string // the API's name of the field, "" for the row as a whole
	// Want and Got are the numbers of cells of TooManyCells, Max the limit of CellTooLong.
	Want, Got, Max int
}

func (e *RowError) Error() string {
	return fmt.Sprintf("line %d, column %d, byte %d: %s %s", e.Line, e.Column, e.Byte, e.Kind, e.Field)
}
