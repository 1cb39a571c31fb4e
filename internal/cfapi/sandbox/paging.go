package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Paging changes the pages of a list and their result_info. The zero value is a list as
// documented.
type Paging struct {
	// Cap is the maximum of entries on a page. It counts for the page numbers, while
	// result_info repeats the requested per_page. 0 means no cap.
	Cap int
	// Short is the number of the page that holds only half of its entries; the others are
	// on the pages behind it. 0 means none.
	Short int
	// Total and Count are total_count and count in result_info: "missing", "page"
	// for the number of entries on the page, "+7" or "-7" for the true number and so many
	// more or fewer, or anything in JSON, such as 0 and null. "" means the true number.
	Total, Count string
}

func (p Paging) check() error {
	if p.Cap < 0 || p.Short < 0 {
		return fmt.Errorf("cap and short can't be negative")
	}
	for _, said := range []string{p.Total, p.Count} {
		if difference(said) {
			if _, err := strconv.Atoi(said); err == nil {
				continue
			}
		}
		if said != "" && said != "missing" && said != "page" && !json.Valid([]byte(said)) {
			return fmt.Errorf(`total and count are missing, page, a difference such as "-7", or JSON, not %q`, said)
		}
	}
	return nil
}

func difference(said string) bool {
	return strings.HasPrefix(said, "+") || strings.HasPrefix(said, "-")
}

// number returns a number of result_info, given the true one and that of the page.
func number(said string, n, onPage int) json.RawMessage {
	switch {
	case said == "missing":
		return nil
	case said == "":
	case said == "page":
		n = onPage
	case difference(said):
		d, _ := strconv.Atoi(said) // see check
		n = max(0, n+d)
	default:
		return json.RawMessage(said)
	}
	return json.RawMessage(strconv.Itoa(n))
}

// span returns which of the matching entries are on the page: how many to skip, and how
// many to take.
func (q query) span() (skip, limit int) {
	length := q.perPage
	if q.cap > 0 {
		length = min(length, q.cap)
	}
	skip, limit = (q.page-1)*length, length
	switch {
	case q.short == 0 || q.page < q.short:
	case q.page == q.short:
		limit = (length + 1) / 2
	default:
		skip -= length / 2
	}
	return skip, limit
}
