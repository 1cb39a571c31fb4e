package export

import (
	"encoding/csv"
	"io"

	"namesake/internal/cellguard"
)

// writeCSV writes commas and line feeds, with the mark of UTF-8, without which spreadsheet
// programs take the file for one of another encoding.
func writeCSV(w io.Writer, l List) error {
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w) // line breaks in cells stay as they are, so UseCRLF is off
	columns := columns()
	if err := out.Write(columns); err != nil {
		return err
	}
	var row []string
	for e := range l.Entries {
		row = cells(row, columns, e)
		for i, text := range row {
			row[i] = cellguard.Guard(text)
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
