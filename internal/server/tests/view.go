package tests

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/check"
	"namesake/internal/mailtests"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// perPage is how many tests a page shows.
const perPage = 50

func (s *Handlers) page(c echo.Context, status int, now state, t typed, notices ...templates.Flash) error {
	var notes []string
	page := web.WholeNumber(c.QueryParams(), "page", web.MaxPage, 1, &notes)
	shown := web.PageOf(now.results, page, perPage)
	v := templates.TestsView{
		URL: s.TestsURL(), Notes: notes, Unread: words.UnreadSettings(now.known.Around, check.Settings()), Form: t.form, Text: t.text, Faults: t.faults,
		CanChange: web.Actor(c).May(rbac.CreateTest), Full: len(now.results) >= mailtests.MaxTests,
		Count: web.CountShown(page, perPage, len(shown), len(now.results), "test", "tests"),
		Pager: web.PagerOf(page, perPage, len(now.results), func(page int) string { return s.TestsURL() + pageQuery(page) }),
	}
	if len(now.results) > 0 {
		v.Summary = words.TestsSummary(now.results)
	}
	for _, e := range []mailtests.Expectation{mailtests.Flagged, mailtests.Passes} {
		v.Expectations = append(v.Expectations, templates.Option{Value: string(e), Label: words.MustBe(e), Selected: string(e) == t.form.Expect})
	}
	for _, r := range shown {
		v.Items = append(v.Items, s.item(c, r))
	}
	v.ReadAt, v.Stale = s.Freshness(c, now.known)
	if v.CanChange && (c.QueryParam("suggest") != "" || len(t.ticked) > 0) {
		v.Suggested = true
		for _, of := range mailtests.Suggest(web.RequestContext(c), now.known, now.tests()) {
			v.Suggestions = append(v.Suggestions, templates.SuggestedTest{
				Value: of.Detail(), Name: of.Name, Email: of.Email, Must: words.MustBe(of.Expect), Because: words.SuggestedBecause(of.Reason), Ticked: slices.Contains(t.ticked, of.Detail()),
			})
		}
	}
	p := s.Page(c, "Tests")
	p.Flash = append(p.Flash, notices...)
	return web.Render(c, status, templates.Tests(p, v))
}

func pageQuery(page int) string {
	if page == 1 {
		return ""
	}
	return "?" + url.Values{"page": {strconv.Itoa(page)}}.Encode()
}

func (s *Handlers) item(c echo.Context, r mailtests.Result) templates.TestItem {
	item := templates.TestItem{
		ID: r.ID, Name: r.Name, Email: r.Email, Must: words.MustBe(r.Expect), Note: r.Note, State: string(r.State), Label: words.TestState(r.State), Tone: tone(r.State),
		Text: words.TestBecause(r), Who: web.Contact(r.By), At: r.At,
		CheckURL: s.CheckURL() + "?" + url.Values{"name": {r.Name}, "email": {r.Email}}.Encode(),
	}
	item.Flagged, item.Clear = web.CasesOf(r.Verdict)
	if web.Actor(c).May(rbac.DeleteTest) {
		item.DeleteURL = s.TestsURL() + "/" + url.PathEscape(r.ID) + "/delete"
	}
	return item
}

func tone(s mailtests.State) templates.Tone {
	switch s {
	case mailtests.Passing:
		return templates.Good
	case mailtests.Broken:
		return templates.Bad
	case mailtests.Depends:
		return templates.Warn
	case mailtests.Pending:
	}
	return templates.Info
}
