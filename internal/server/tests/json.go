package tests

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/check"
	"namesake/internal/mailtests"
	"namesake/internal/server/web"
	"namesake/web/words"
)

// testJSON is a test in JSON.
type testJSON struct {
	ID        string                `json:"id"`
	Name      string                `json:"name"`
	Email     string                `json:"email"`
	Expect    mailtests.Expectation `json:"expect"`
	Note      string                `json:"note"`
	CreatedAt time.Time             `json:"created_at"`
	By        string                `json:"by"`
	Result    mailtests.State       `json:"result"`
	Flagged   any                   `json:"flagged"` // true, false, "depends", or null if it is pending
	Because   string                `json:"because"`
	Cases     []web.CaseJSON        `json:"cases"`
}

func toJSON(r mailtests.Result) testJSON {
	return testJSON{
		ID: r.ID, Name: r.Name, Email: r.Email, Expect: r.Expect, Note: r.Note, CreatedAt: r.At.UTC(), By: web.Contact(r.By),
		Result: r.State, Flagged: web.AnswerJSON(r.Verdict.Flagged), Because: words.TestBecause(r), Cases: web.ToCasesJSON(r.Verdict),
	}
}

func (s *Handlers) listJSON(c echo.Context, now state) error {
	result := make([]testJSON, len(now.results))
	for i, r := range now.results {
		result[i] = toJSON(r)
	}
	e := web.Succeeded(result)
	total := len(result)
	e.ResultInfo = &web.ResultInfo{Count: total, Page: 1, PerPage: mailtests.MaxTests, TotalCount: &total}
	for _, text := range words.UnreadSettings(now.known.Around, check.Settings()) {
		e.Messages = append(e.Messages, web.LeftOutMessage(text))
	}
	return web.JSONWithTag(c, e)
}

// addedJSON answers with the tests that were added, and how they stand.
func (s *Handlers) addedJSON(c echo.Context, added mailtests.Added, leftOut []string) error {
	now, err := s.read(c)
	if err != nil {
		return err
	}
	isNew := make(map[string]bool, len(added.Tests))
	for _, t := range added.Tests {
		isNew[t.ID] = true
	}
	result := []testJSON{}
	for _, r := range now.results {
		if isNew[r.ID] {
			result = append(result, toJSON(r))
		}
	}
	c.Response().Header().Set(echo.HeaderLocation, s.TestsURL())
	e := web.Succeeded(result)
	if len(leftOut) > 0 {
		e.Messages = append(e.Messages, web.LeftOutMessage(words.TestColumnsLeftOut(leftOut)))
	}
	return c.JSON(http.StatusSeeOther, e)
}
