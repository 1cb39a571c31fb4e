package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// coveringPath is where it is asked which entries cover an address.
const coveringPath = "/covering"

// covering shows the entries that cover an address.
func (s *Server) covering(c echo.Context) error {
	v := templates.CoveringView{URL: s.entriesURL() + coveringPath, EntriesURL: s.entriesURL(), Address: strings.TrimSpace(c.QueryParam("address")), From: 1, Step: mirror.MatchStep}
	if page, err := strconv.Atoi(c.QueryParam("page")); err == nil && page > 1 && page <= maxPage {
		v.From = page
	}
	if v.TooLong = len(v.Address) > maxPerson; v.TooLong {
		v.Address = cutTo(v.Address, maxQuoted)
	}
	if v.Address != "" && !v.TooLong {
		before := (v.From - 1) * registry.MaxPerPage
		if n, err := strconv.Atoi(c.QueryParam("seen")); err == nil && n >= 0 && n <= before {
			before = n
		}
		found, err := s.mirror.MatchAddress(requestContext(c), caller(c), v.Address, v.From, before)
		if err != nil {
			return err
		}
		v.Asked, v.Found = true, found
		if found.Next > 0 {
			v.Next = v.URL + "?" + url.Values{"address": {v.Address}, "page": {strconv.Itoa(found.Next)}, "seen": {strconv.Itoa(found.Seen)}}.Encode()
		}
	}
	p := s.page(c, "Who may write from an address")
	return render(c, http.StatusOK, templates.Covering(p, v))
}
