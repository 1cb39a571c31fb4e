package export

import (
	"strconv"
	"time"

	"namesake/internal/registry"
)

// Columns of a table that are no fields of a form.
const (
	columnID         = "id"
	columnCreatedAt  = "created_at"
	columnModifiedAt = "modified_at"
)

// columns are the columns of a table, by the API's names: what people give first, then what
// Cloudflare says of the entry, then its directory.
func columns() []string {
	var given, directory []string
	for _, f := range registry.Fields() {
		if f.Directory && f.Name != registry.FieldProvenance {
			directory = append(directory, f.Name)
		} else {
			given = append(given, f.Name)
		}
	}
	return append(append(given, columnID, columnCreatedAt, columnModifiedAt), directory...)
}

// cells appends the texts of an entry, by column, to row[:0]. A value that is not given is
// "".
func cells(row, columns []string, e registry.Entry) []string {
	values := e.Values()
	row = row[:0]
	for _, column := range columns {
		text := ""
		switch column {
		case columnID:
			text = string(e.ID)
		case columnCreatedAt:
			text = timeText(e.CreatedAt)
		case columnModifiedAt:
			text = timeText(e.ModifiedAt)
		default:
			switch value := values[column].(type) {
			case string:
				text = value
			case bool:
				text = strconv.FormatBool(value)
			case int64:
				text = strconv.FormatInt(value, 10)
			}
		}
		row = append(row, text)
	}
	return row
}

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
