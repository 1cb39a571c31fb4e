package words

import (
	"fmt"
	"strconv"

	"namesake/internal/findings"
	"namesake/internal/importer"
	"namesake/internal/plan"
)

// FileError says why a list can't be read, and how to fix that.
func FileError(e *importer.FileError) Notice {
	n := Notice{Title: "This list can't be read"}
	say := func(title, fix string) { n.Title, n.Text = title, []string{fix} }
	switch e.Kind {
	case importer.Empty:
		say("The list is empty", "Choose a file with rows, or paste some.")
	case importer.TooLarge:
		say("The list is too large", fmt.Sprintf("A list has at most %d MB. Split it.", importer.MaxBytes>>20))
	case importer.TooManyRows:
		say("The list has too many rows", fmt.Sprintf("A list has at most %d rows. Split it.", importer.MaxRows))
	case importer.TooManyColumns:
		say("The list has too many columns", "Delete the columns that are not needed.")
	case importer.BadEncoding:
		say("Some bytes are not text", "Save the file as CSV in UTF-8 and try again.")
	case importer.OtherEncoding:
		encoding := "another encoding than UTF-8, UTF-16 and Windows-1252"
		if e.Detail != "" {
			encoding = e.Detail
		}
		say("The text is in "+encoding, "Save the file as CSV in UTF-8 and try again.")
	case importer.NulByte:
		say("The list has a NUL character, which is not text", "Save the file as CSV in UTF-8 and try again.")
	case importer.Binary:
		say("This file is no list"+inBrackets(e.Detail), "Export the list as CSV or XLSX.")
	case importer.OldExcel:
		say("This is a workbook of old Excel (.xls)", "Open it in Excel and save it as .xlsx or CSV.")
	case importer.BinaryExcel:
		say("This is a binary workbook (.xlsb)", "Open it in Excel and save it as .xlsx or CSV.")
	case importer.Encrypted:
		say("This workbook has a password", "Save a copy without the password.")
	case importer.OpenDocument:
		say("This is an OpenDocument file", "Save it as .xlsx or CSV.")
	case importer.Numbers:
		say("This is a spreadsheet of Numbers", "In Numbers, export it as CSV or Excel.")
	case importer.VCard:
		say("These are contacts (vCard)", "Export them as CSV from the address book, or paste a list of recipients.")
	case importer.LDIF:
		say("This is an export of a directory (LDIF)", "Export the accounts as CSV, with a name and an address in each row.")
	case importer.Terraform:
		say("This is a configuration of Terraform", "Export the same entries as CSV or JSON and import that.")
	case importer.PDF:
		say("This is a PDF", "Export the list as CSV or XLSX.")
	case importer.HTML:
		say("This is a web page", "Some programs name a web page .csv or .xls. Open it in a spreadsheet program and save it as CSV or XLSX.")
	case importer.XML:
		say("This is an XML file", "Export the list as CSV or XLSX.")
	case importer.Archive:
		say("This is an archive", "Unpack it and choose the list in it.")
	case importer.BrokenWorkbook:
		say("The workbook is damaged", "Open it in a spreadsheet program and save it again.")
	case importer.WorkbookTooBig:
		say("The workbook is too large once it is unpacked", "Save the one sheet that you need as CSV.")
	case importer.NoSuchSheet:
		say("The workbook has no sheet "+strconv.Quote(Clip(e.Detail)), "Give the name of one of its sheets, or none for the first one.")
	case importer.BadJSON:
		say("The JSON is not valid", "Use the form in which Cloudflare's API lists entries, or an export of Namesake.")
	case importer.NoEntries:
		say("The JSON has no entries", "Use the form in which Cloudflare's API lists entries, or an export of Namesake.")
	case importer.NoRows:
		say("The list has a header and no rows", "Add at least one row.")
	case importer.AllowedPatterns:
		say("This is Cloudflare's list of allowed patterns", "It is not the impersonation registry. Choose a list of names and addresses.")
	case importer.TrustedDomains:
		say("This is Cloudflare's list of trusted domains", "It is not the impersonation registry. Choose a list of names and addresses.")
	case importer.BlockedSenders:
		say("This is Cloudflare's list of blocked senders", "It is not the impersonation registry. Choose a list of names and addresses.")
	case importer.WrongMapping:
		say("Two columns have the same use, or one has none that is known", "Choose each use for one column only.")
	}
	if e.Line > 0 {
		n.Text = append([]string{place(e.Position)}, n.Text...)
	}
	n.Text = append(n.Text, "Nothing was changed.")
	return n
}

func inBrackets(detail string) string {
	if detail == "" {
		return ""
	}
	return " (" + Clip(detail) + ")"
}

// place says where something is in a file.
func place(p importer.Position) string {
	if p.Byte == 0 {
		return fmt.Sprintf("Line %d, column %d.", p.Line, p.Column)
	}
	return fmt.Sprintf("Line %d, column %d, byte %d.", p.Line, p.Column, p.Byte)
}

// RowError says why a row of a list can't be read, and how to fix that.
func RowError(e *plan.RowError) Notice {
	n := Notice{Title: "The row can't be read"}
	say := func(title, fix string) { n.Title, n.Text = title, []string{fix} }
	switch importer.RowErrorKind(e.What) {
	case importer.TextAfterQuote:
		say("There is text after a closing quotation mark", "Write a quotation mark inside a quoted cell twice.")
	case importer.UnclosedQuote:
		say("A quotation mark has no end", "Close the cell with a quotation mark, or remove the one at its start.")
	case importer.TooManyCells:
		say(fmt.Sprintf("The row has %d cells, and the header %d", e.Got, e.Want), "Put cells with a comma or another delimiter into quotation marks.")
	case importer.CellTooLong:
		say("A cell is too long", fmt.Sprintf("It may have %d bytes.", e.Max))
	case importer.NotYesNo:
		say("is_email_regex is neither yes nor no", "Write true or false.")
	case importer.NotANumber:
		say(FieldLabel(e.Field)+" is not a whole number", "Write digits only, or nothing.")
	case importer.NotText:
		say("A value has the wrong type", "Write texts in quotation marks.")
	case importer.BadID:
		say("This is not the ID of an entry", "Use the ID from an export, or nothing.")
	case importer.NoAddress:
		say("The recipient has no address", "Write Name <address>.")
	case importer.ExampleRow:
		say("This is an example row of the template", "Replace it by an entry, or delete it.")
	}
	n.Text = append([]string{place(importer.Position{Line: e.Line, Column: e.Column, Byte: e.Byte})}, n.Text...)
	return n
}

// LeftOut says why a row is left out.
func LeftOut(r plan.Reason) string {
	switch r {
	case plan.Wrong:
		return "Wrong"
	case plan.TakenOut:
		return "You have taken it out"
	case plan.Kept:
		return "A row that is left out may be about this entry, so it is not deleted"
	case plan.Unlisted:
		return "The list says that it has only a part of the entries, so this one is not deleted"
	}
	switch importer.Reason(r) {
	case importer.Disabled:
		return "The account is disabled"
	case importer.Guest:
		return "The account is a guest"
	case importer.ServiceAccount:
		return "The account is that of a device or a program"
	case importer.SecondaryAddress:
		return "It is a secondary address of the person"
	case importer.RecoveryAddress:
		return "It is the recovery address of the person"
	case importer.NotAnAddress:
		return "It is not an email address"
	}
	return string(r)
}

// TakeIn names a button that takes in what was left out for a reason, "" if nothing can be.
func TakeIn(r plan.Reason, n int) string {
	one, many := "", ""
	switch r {
	case plan.Wrong:
		return ""
	case plan.TakenOut:
		one, many = "row that you took out", "rows that you took out"
	case plan.Kept:
		one, many = "deletion that a row left out may forbid", "deletions that rows left out may forbid"
	case plan.Unlisted:
		one, many = "deletion of an entry that is not in this part of the registry", "deletions of entries that are not in this part of the registry"
	}
	switch importer.Reason(r) {
	case importer.Disabled:
		one, many = "disabled account", "disabled accounts"
	case importer.Guest:
		one, many = "guest", "guests"
	case importer.ServiceAccount:
		one, many = "device or program", "devices and programs"
	case importer.SecondaryAddress:
		one, many = "secondary address", "secondary addresses"
	case importer.RecoveryAddress:
		one, many = "recovery address", "recovery addresses"
	case importer.NotAnAddress:
		return ""
	}
	if one == "" {
		return ""
	}
	return "Include " + Count(n, one, many)
}

// ColumnUse names the use of a column.
func ColumnUse(use string) string {
	switch importer.Use(use) {
	case importer.Drop:
		return "Not used"
	case importer.ID:
		return "Entry ID"
	case importer.FirstName:
		return "First name"
	case importer.MiddleName:
		return "Middle name"
	case importer.LastName:
		return "Last name"
	case importer.UserName:
		return "Sign-in address"
	case importer.ProxyAddresses:
		return "Addresses with SMTP: before them"
	case importer.SecondaryEmail:
		return "Secondary address"
	case importer.RecoveryEmail:
		return "Recovery address"
	case importer.Enabled:
		return "Account enabled (yes or no)"
	case importer.Blocked:
		return "Account blocked (yes or no)"
	case importer.Status:
		return "Status of the account"
	case importer.UserType:
		return "Type of the account"
	}
	return FieldLabel(use)
}

// ImportNote says what was done with a line before the rows, or with the whole list.
func ImportNote(n plan.ImportNote) string {
	what := n.Kind
	switch importer.NoteKind(n.Kind) {
	case importer.SkippedSeparator:
		what = "skipped: it names the delimiter"
	case importer.SkippedType:
		what = "skipped: it names a type of PowerShell"
	case importer.SkippedVersion:
		what = "skipped: it names a version"
	case importer.SkippedText:
		what = "skipped: it is text before the header"
	case importer.OneCellRows:
		return "Each row was quoted as one cell. The cells were read as rows."
	case importer.EncodedTwice:
		return "The text was encoded twice. It was decoded twice."
	}
	if n.Line == 0 {
		return what
	}
	return "Line " + strconv.Itoa(n.Line) + " was " + what + "."
}

// AcceptDanger asks to accept that operations are dangerous by a rule of package findings.
func AcceptDanger(rule string, n int) string {
	rows, them := Count(n, "row", "rows"), "them"
	if n == 1 {
		them = "it"
	}
	switch findings.Rule(rule) {
	case findings.LetsAnyoneIn:
		return rows + " would let anyone use the name. Import " + them + " nevertheless."
	case findings.SharedSender:
		return rows + " would let all customers of a mail service use the name. Import " + them + " nevertheless."
	}
	return rows + " would let strangers use the name. Import " + them + " nevertheless."
}

// ConfirmDeletions asks for the number of entries that an import deletes, if it is large.
func ConfirmDeletions(n, of int) string {
	return fmt.Sprintf("The import deletes %d of %d entries. Type %d to confirm the deletions", n, of, n)
}

// ConfirmDeletionsFault says that the number of deletions was not typed.
func ConfirmDeletionsFault(n int) string {
	return fmt.Sprintf("Type %d, or choose a list that has all entries.", n)
}
