package importer

import (
	"slices"
	"strings"
)

// width is the number of cells of a row. Empty ones at the end do not count, unless they can
// show that a column which is dropped has moved.
func (r *rowReader) width(rec record) int {
	if !r.drops || !r.guarded || r.paddingOf(rec) <= r.padding {
		return rec.width()
	}
	return len(rec.cells)
}

// width is the number of cells without empty ones at the end.
func (r record) width() int {
	n := len(r.cells)
	for n > 0 && strings.TrimSpace(r.cells[n-1].text) == "" {
		n--
	}
	return n
}

// usualPadding is how many empty cells most rows have behind those of the header: some programs
// write delimiters behind each row. One row alone can also have a cell too many.
func (r *rowReader) usualPadding(t table) int {
	rows, with := 0, map[int]int{}
	for rows < headRows {
		rec, err := t.next()
		if err != nil {
			break
		}
		if rec.blank() || rec.fault != nil {
			continue
		}
		rows++
		with[r.paddingOf(rec)]++
	}
	delete(with, unsurePadding)
	for n, times := range with {
		if times > rows/2 && (times > 1 || !r.uses.movesSecrets()) {
			return n
		}
	}
	return 0
}

// unsurePadding is that of a row whose cells may have moved.
const unsurePadding = maxColumns + 1

// paddingOf is how many empty cells a row has behind those of the header.
func (r *rowReader) paddingOf(rec record) int {
	n := len(rec.cells) - max(rec.width(), len(r.uses))
	if n > 0 && r.uses.movesSecrets() && !r.hasAddresses(rec) {
		return unsurePadding
	}
	return max(0, n)
}

// isUnclear reports whether the cells of a row may be those of other columns, or of other rows: a
// quotation mark that is missing can end in a later row.
func (r *rowReader) isUnclear(rec record) bool {
	if !r.guarded {
		return false
	}
	return r.paddingOf(rec) > r.padding || slices.ContainsFunc(rec.cells, func(c cell) bool {
		return strings.ContainsAny(c.text, "\r\n") && strings.Contains(c.text, "@") && strings.IndexByte(c.text, r.delimiter) >= 0
	})
}

// hasAddresses reports whether all columns with addresses have some, or nothing.
func (r *rowReader) hasAddresses(rec record) bool {
	found := false
	for i, use := range r.uses {
		text := strings.TrimSpace(rec.cells[i].text)
		if !use.isAddress() || text == "" {
			continue
		}
		if _, domain, _ := strings.Cut(text, "@"); !isAddress(text) || !strings.Contains(domain, ".") {
			return false
		}
		found = true
	}
	return found
}
