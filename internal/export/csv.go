package export

import (
	"io"

	"namesake/internal/cellguard"
)

// writeCSV writes a table as CSV.
func writeCSV(w io.Writer, l List) error {
	if _, err := io.WriteString(w, cellguard.Mark); err != nil {
		return err
	}
	out := cellguard.NewWriter(w)
	columns := columns()
	if err := out.Write(columns); err != nil {
		return err
	}
	var row []string
	for e := range l.Entries {
		row = cells(row, columns, e)
		if err := out.Write(row); err != nil {
			return err
		}
	}
	return out.Flush()
}
