// Package mailcheck has the page that says whether mail would be flagged.
package mailcheck

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"namesake/internal/check"
	"namesake/internal/input"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Handlers answers the routes of this package.
type Handlers struct{ *web.Base }

// question is what a person asks.
type question struct {
	check.Mail
	asked  bool
	faults map[string]string // by field
}

// text is a text of the query, without spaces around it.
func text(c echo.Context, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(c.QueryParam(name), "\uFFFD"))
}

func read(c echo.Context) question {
	q := question{
		Mail:   check.Mail{Name: text(c, "name"), Address: text(c, "email"), Authentication: check.Authentication(c.QueryParam("auth"))},
		asked:  c.QueryParams().Has("name") || c.QueryParams().Has("email"),
		faults: map[string]string{},
	}
	name, address := q.Name, q.Address
	q.Name, q.Address = web.CutTo(name, 4*registry.MaxName), web.CutTo(address, web.MaxPerson)
	switch {
	case name == "":
		q.faults["name"] = "Enter the name that the mail shows."
	case utf8.RuneCountInString(name) > registry.MaxName:
		q.faults["name"] = "This is longer than any name that the registry can have. Only its start is shown."
	case strings.ContainsFunc(name, unicode.IsControl):
		q.faults["name"] = "Use one line, without tabs and other control characters."
	}
	switch {
	case address == "":
		q.faults["email"] = "Enter the address of the sender."
	case len(address) > web.MaxPerson:
		q.faults["email"] = "This is too long for an address. Only its start is shown."
	case !registry.IsAddress(address):
		q.faults["email"] = "This is not an address. Enter one such as jane.smith@example.com."
	default:
		if bad, found := input.Bad(address, input.InAddress); found {
			q.faults["email"] = "Remove " + bad.String() + "."
		}
	}
	switch q.Authentication {
	case check.NotKnown, check.Passed, check.Failed:
	default:
		q.faults["auth"] = "auth is pass, fail or missing."
		q.Authentication = check.NotKnown
	}
	return q
}

// Show answers GET check: whether mail with a name and an address would be flagged.
func (s *Handlers) Show(c echo.Context) error {
	q := read(c)
	json := web.WantsJSON(c)
	if len(q.faults) > 0 && (q.asked || json) {
		if json {
			return c.JSON(http.StatusUnprocessableEntity, refusal(q))
		}
		return s.page(c, http.StatusUnprocessableEntity, q, nil, nil)
	}
	if !q.asked {
		return s.page(c, http.StatusOK, q, nil, nil)
	}
	known, err := s.Mirror.Known(web.RequestContext(c), web.Caller(c))
	if err != nil {
		return err
	}
	web.SetAsOf(c, known.State.ReadAt)
	v := q.Judge(web.RequestContext(c), known.View, known.Around)
	if json {
		return c.JSON(http.StatusOK, web.Envelope{Success: true, Errors: []web.ProblemJSON{}, Messages: messages(v, known), Result: toJSON(v)})
	}
	return s.page(c, http.StatusOK, q, &v, known)
}

func (s *Handlers) page(c echo.Context, status int, q question, verdict *check.Verdict, known *mirror.Snapshot) error {
	v := templates.CheckView{
		URL: s.CheckURL(), Name: q.Name, Email: q.Address,
		Authentication: []templates.Option{
			{Value: string(check.Passed), Label: "Passed", Selected: q.Authentication == check.Passed},
			{Value: string(check.Failed), Label: "Failed", Selected: q.Authentication == check.Failed},
		},
	}
	if q.asked {
		v.NameErrors, v.EmailErrors, v.AuthErrors = fault(q, "name"), fault(q, "email"), fault(q, "auth")
	}
	if verdict != nil {
		v.ReadAt, v.Stale = s.Freshness(c, known)
		v.Unread = words.UnreadSettings(known.Around, check.Settings())
		result := view(*verdict, known)
		v.Result = &result
		if web.Actor(c).May(rbac.CreateTest) {
			v.AddTestURL = s.testURL(*verdict)
		}
	}
	return web.Render(c, status, templates.Check(s.Page(c, "Check a mail"), v))
}

// testURL is the form of a test that expects the verdict.
func (s *Handlers) testURL(v check.Verdict) string {
	values := url.Values{"name": {v.Mail.Name}, "email": {v.Mail.Address}}
	switch v.Flagged {
	case check.Yes:
		values.Set("expect", string(mailtests.Flagged))
	case check.No:
		values.Set("expect", string(mailtests.Passes))
	case check.Depends:
	}
	return s.TestsURL() + "?" + values.Encode() + "#add"
}

func fault(q question, field string) []templates.Message {
	if text := q.faults[field]; text != "" {
		return []templates.Message{{Text: text}}
	}
	return nil
}
