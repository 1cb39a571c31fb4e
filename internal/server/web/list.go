package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/web/templates"
	"namesake/web/words"
)

// SetAsOf tells programs when the registry was read.
func SetAsOf(c echo.Context, at time.Time) {
	if !at.IsZero() {
		c.Response().Header().Set("Namesake-As-Of", at.UTC().Format(time.RFC3339))
	}
}

// Freshness says when the copy of the registry was read, and warns when it should have been
// read again by now; otherwise the Stale is zero.
func (s *Base) Freshness(c echo.Context, known *mirror.Snapshot) (readAt string, stale templates.Stale) {
	fresh := s.Mirror.Freshness(known)
	if fresh.Overdue {
		stale = templates.Stale{Title: words.Overdue(fresh), Text: words.OverdueText(fresh), RequestID: RequestID(c)}
	}
	return words.ReadAt(fresh), stale
}

// PageOf returns the items of a page of a list.
func PageOf[T any](all []T, page, per int) []T {
	from := min((page-1)*per, len(all))
	return all[from:min(from+per, len(all))]
}

// CountShown says which items of a list are shown.
func CountShown(page, per, shown, total int, one, many string) string {
	first := (page-1)*per + 1
	switch {
	case shown == 0 && total > 0:
		return "No " + many + " on page " + strconv.Itoa(page)
	case shown == 0:
		return "No " + many
	case total == shown:
		return words.Count(total, one, many)
	}
	return fmt.Sprintf("%d to %d of %s", first, first+shown-1, words.Count(total, one, many))
}

// PagerOf links to the pages around one of a list; at is the URL of a page.
func PagerOf(page, per, total int, at func(page int) string) templates.Pager {
	p := templates.Pager{First: at(1), Page: page}
	if page > 1 {
		p.Previous = at(page - 1)
	}
	if page*per < total {
		p.Next = at(page + 1)
	}
	return p
}
