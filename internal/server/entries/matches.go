package entries

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/quote"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// ListMatches answers GET entries/covering: the entries that match an address.
func (s *Handlers) ListMatches(c echo.Context) error {
	v := templates.MatchesView{URL: s.EntriesURL() + web.MatchesPath, EntriesURL: s.EntriesURL(), Address: strings.TrimSpace(c.QueryParam("address"))}
	if v.TooLong = len(v.Address) > web.MaxPerson; v.TooLong {
		v.Address = web.CutTo(v.Address, web.MaxQuoted)
	}
	if web.WantsJSON(c) {
		return s.matchesJSON(c, v.Address, v.TooLong)
	}
	if v.Address != "" && !v.TooLong {
		found, known, err := s.Mirror.Matching(web.RequestContext(c), web.Caller(c), v.Address)
		if err != nil {
			return err
		}
		web.SetAsOf(c, known.State.ReadAt)
		v.Matches = found
		v.Summary = words.MatchSummary(v.Address, found, known.View.Len(), known.Complete())
		v.Unread = words.TooLongToCheck(known.State.TooLong)
		v.ReadAt, v.Stale = s.Freshness(c, known)
	}
	return web.Render(c, http.StatusOK, templates.Matches(s.Page(c, "Whose name can this address use?"), v))
}

// matchesJSON answers ListMatches in JSON.
func (s *Handlers) matchesJSON(c echo.Context, address string, tooLong bool) error {
	fault := ""
	switch {
	case tooLong:
		fault = "This is too long for an address."
	case address == "":
		fault = "Enter an address."
	}
	if fault != "" {
		return c.JSON(http.StatusUnprocessableEntity, web.Envelope{Errors: []web.ProblemJSON{web.InvalidJSON("address", fault)}, Messages: []web.ProblemJSON{}})
	}
	found, known, err := s.Mirror.Matching(web.RequestContext(c), web.Caller(c), address)
	if err != nil {
		return err
	}
	web.SetAsOf(c, known.State.ReadAt)
	result := make([]quote.Object, len(found))
	shortened := false
	for i, m := range found {
		result[i] = append(web.ToEntryJSON(m.Entry), quote.Member{Name: "covers", Value: web.CoversJSON(m.Kind)})
		shortened = shortened || m.Entry.Shortened
	}
	total := len(result)
	e := web.Succeeded(result)
	e.Messages = web.LeftOutMessages(known.State.TooLong, shortened)
	e.ResultInfo = &web.ResultInfo{Count: total, Page: 1, PerPage: total, TotalCount: &total}
	return web.JSONWithTag(c, e)
}

// maxCovering is how many patterns the list names for a search.
const maxCovering = 5

// patternsFor returns which patterns match a search that looks like an address, nil for
// another one or none.
func (s *Handlers) patternsFor(c echo.Context, search string) (*templates.CoveringPatterns, error) {
	address := strings.TrimSpace(search)
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || domain == "" || len(address) > web.MaxPerson || strings.ContainsAny(address, " \t\n") {
		return nil, nil //nolint:nilnil // there is nothing to say
	}
	found, _, err := s.Mirror.Matching(web.RequestContext(c), web.Caller(c), address)
	if err != nil {
		return nil, err
	}
	v := &templates.CoveringPatterns{URL: s.EntriesURL() + web.MatchesPath + "?" + url.Values{"address": {address}}.Encode()}
	for _, m := range found {
		switch {
		case !m.Entry.IsEmailRegex:
		case words.Uncertain(m.Kind):
			v.Unchecked++
		case len(v.Entries) < maxCovering:
			v.Entries = append(v.Entries, m.Entry)
		default:
			v.More++
		}
	}
	if len(v.Entries)+v.Unchecked == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	v.Text = words.CoveringPatterns(address, len(v.Entries)+v.More, v.Unchecked)
	return v, nil
}
