package entries

import (
	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// findingsOf returns what is wrong with an entry, for its page: what is dismissed comes last.
func (s *Handlers) findingsOf(c echo.Context, id registry.ID) []templates.FindingItem {
	known, err := s.Mirror.Known(web.RequestContext(c), web.Caller(c))
	if err != nil { // the entry is worth showing without them
		s.Log.WarnContext(web.RequestContext(c), "the findings of an entry could not be determined", "request_id", web.RequestID(c), "error", err)
		return nil
	}
	judged := s.Judged(c, known)
	var open, dismissed []templates.FindingItem
	for _, f := range judged.All.Of(id) {
		item := s.FindingItem(c, known, judged, f)
		if item.ReturnEntry = id; item.Dismissed != nil {
			dismissed = append(dismissed, item)
			continue
		}
		open = append(open, item)
	}
	return append(open, dismissed...)
}
