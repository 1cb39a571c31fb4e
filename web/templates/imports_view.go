package templates

// ImportFormView is the form for a list.
type ImportFormView struct {
	URL, TemplateURL string
	Failure          *FailureText // what is wrong with the list that was sent
	File             string       // its name, which a form cannot choose again
	Text             string       // what was pasted
	Mirror           bool
}

// ImportSheetView asks which sheet of a workbook is the list.
type ImportSheetView struct {
	URL, Back string
	File      string
	Failure   *FailureText
	Sheets    []string
	Sheet     string // the one that is chosen at first
}

// ImportMappingView asks what the columns of a list are.
type ImportMappingView struct {
	URL, Back string
	File      string
	Failure   *FailureText
	Header    bool // whether the first row names the columns
	Columns   []ImportColumn
	Uses      []Option
}

// ImportColumn is a column, with a few of its cells.
type ImportColumn struct {
	Field   string // of the form
	Name    string
	Use     string
	Samples []string
}
