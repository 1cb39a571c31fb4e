package importer

import (
	"strings"

	"namesake/internal/registry"
)

// examples are the rows of the template. Rows with their addresses are refused, so that a row
// left in is no entry.
var examples = []registry.Draft{
	{Name: "Example Person", Email: "delete.this.row@example.com", Comments: "One address that may use the name. Replace or delete this row."},
	{Name: "Example Person", Email: `^delete\.this\.row\.too\+[a-z]+@example\.com$`, IsEmailRegex: true, Comments: "A pattern of addresses, in Java's syntax. Replace or delete this row."},
}

// Template returns a CSV file to fill in: a header and two example rows. The byte order mark
// makes spreadsheet programs keep UTF-8.
func Template() []byte {
	var b strings.Builder
	b.WriteString(byteOrderMark + "name,email,is_email_regex,comments\r\n")
	for _, e := range examples {
		flag := "false"
		if e.IsEmailRegex {
			flag = "true"
		}
		b.WriteString(strings.Join([]string{e.Name, e.Email, flag, `"` + e.Comments + `"`}, ",") + "\r\n")
	}
	return []byte(b.String())
}

// isExample reports whether a draft is an example row of the template.
func isExample(d registry.Draft) bool {
	for _, e := range examples {
		if strings.EqualFold(d.Email, e.Email) {
			return true
		}
	}
	return false
}
