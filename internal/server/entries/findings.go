package entries

import (
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
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

// shadowed says that allow policies let through mail which the entries of a name do not, and
// where they are listed. It does not wait for the registry to be read.
func (s *Handlers) shadowed(c echo.Context, entries []registry.Entry) (text, at string) {
	found := registry.Filter(s.Judged(c, s.Mirror.Snapshot()).Open.ByRule(findings.ShadowedName), func(f findings.Finding) bool {
		return f.Witness != "" && !slices.ContainsFunc(entries, func(e registry.Entry) bool {
			_, matches := e.Matches(web.RequestContext(c), f.Witness)
			return matches
		})
	})
	return words.ShadowedBy(found), s.FindingsURL() + "?" + url.Values{"rule": {string(findings.ShadowedName)}}.Encode()
}
