package importer

import "strings"

// KnownNames returns the names of columns as the table spells them.
func KnownNames() map[string]Use {
	all := map[string]Use{}
	for use, names := range namesOf {
		for name := range strings.FieldsSeq(names) {
			all[name] = Mapping{use}.public()[0]
		}
	}
	return all
}

// Rows splits text into rows and cells, with nil for a row with a fault.
func Rows(text string, delimiter byte) (rows [][]string) {
	s := newScanner(text, delimiter, 0)
	for {
		rec, ok := s.next()
		if !ok {
			return rows
		}
		var row []string
		for _, c := range rec.cells {
			if rec.fault == nil {
				row = append(row, c.text)
			}
		}
		rows = append(rows, row)
	}
}
