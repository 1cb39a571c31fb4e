package entries

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// ListMatches answers GET entries/covering: the entries that match an address.
func (s *Handlers) ListMatches(c echo.Context) error {
	v := templates.MatchesView{URL: s.EntriesURL() + web.MatchesPath, EntriesURL: s.EntriesURL(), Address: strings.TrimSpace(c.QueryParam("address")), From: 1, Step: mirror.MatchStep}
	if page, err := strconv.Atoi(c.QueryParam("page")); err == nil && page > 1 && page <= web.MaxPage {
		v.From = page
	}
	if v.TooLong = len(v.Address) > web.MaxPerson; v.TooLong {
		v.Address = web.CutTo(v.Address, web.MaxQuoted)
	}
	if v.Address != "" && !v.TooLong {
		before := (v.From - 1) * registry.MaxPerPage
		if n, err := strconv.Atoi(c.QueryParam("seen")); err == nil && n >= 0 && n <= before {
			before = n
		}
		found, err := s.Mirror.MatchAddress(web.RequestContext(c), web.Caller(c), v.Address, v.From, before)
		if err != nil {
			return err
		}
		v.Asked, v.Found = true, found
		if found.Next > 0 {
			v.Next = v.URL + "?" + url.Values{"address": {v.Address}, "page": {strconv.Itoa(found.Next)}, "seen": {strconv.Itoa(found.Seen)}}.Encode()
		}
	}
	p := s.Page(c, "Whose name can this address use?")
	return web.Render(c, http.StatusOK, templates.Matches(p, v))
}
