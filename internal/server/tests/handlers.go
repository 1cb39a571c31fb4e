// Package tests has the pages of the tests that people write: the list with how each stands,
// the form that adds one, files of tests, and suggestions.
package tests

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Handlers answers the routes of this package.
type Handlers struct{ *web.Base }

// MaxBody is what a request with a file may have, in bytes: the file, and the form around it.
// Text that is sent in the usual form of forms may need three bytes for one.
const MaxBody = 3*mailtests.MaxFile + 1<<16

// state is the registry, and how the tests stand.
type state struct {
	known   *mirror.Snapshot
	results []mailtests.Result
}

func (n state) tests() []mailtests.Test {
	all := make([]mailtests.Test, len(n.results))
	for i, r := range n.results {
		all[i] = r.Test
	}
	return all
}

// order has the states in the order in which the list shows them.
var order = []mailtests.State{mailtests.Broken, mailtests.Depends, mailtests.Pending, mailtests.Passing}

func (s *Handlers) read(c echo.Context) (now state, err error) {
	ctx, who := web.RequestContext(c), web.Caller(c)
	if err := s.Audit.Authorize(ctx, who, rbac.ListTests); err != nil {
		return now, err
	}
	if now.known, err = s.Mirror.Known(ctx, who); err != nil {
		return now, err
	}
	now.results, err = s.Tests.Results(ctx, now.known)
	slices.SortStableFunc(now.results, func(a, b mailtests.Result) int { return slices.Index(order, a.State) - slices.Index(order, b.State) })
	return now, err
}

// typed is what was typed into the forms of the page, and what is wrong with it.
type typed struct {
	form   templates.TestForm
	text   string // of a file
	faults []string
	ticked []string // suggestions
}

// List answers GET tests.
func (s *Handlers) List(c echo.Context) error {
	now, err := s.read(c)
	if err != nil {
		return err
	}
	web.SetAsOf(c, now.known.State.ReadAt)
	if web.WantsJSON(c) {
		return s.listJSON(c, now)
	}
	var t typed
	values := c.QueryParams() // a link may fill the form in
	var notices []templates.Flash
	if id := values.Get("kept"); id != "" { // a form that was sent after its session
		saved, notice := s.SavedForm(c)
		if values = saved; saved != nil {
			t.form.SavedID = id
		}
		notices = append(notices, notice)
	}
	t.form.Name, t.form.Email, t.form.Expect, t.form.Note = values.Get("name"), values.Get("email"), values.Get("expect"), values.Get("note")
	return s.page(c, http.StatusOK, now, t, notices...)
}

func draftIn(c echo.Context) mailtests.Draft {
	form := c.Request().PostForm
	return mailtests.Draft{
		Name: form.Get(mailtests.FieldName), Email: form.Get(mailtests.FieldEmail),
		Expect: mailtests.Expectation(form.Get(mailtests.FieldExpect)), Note: form.Get(mailtests.FieldNote),
	}
}

// Create answers POST tests: it adds a test.
func (s *Handlers) Create(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	d, savedID := draftIn(c), strings.ToValidUTF8(c.Request().PostForm.Get("kept"), "")
	added, err := s.Tests.Create(web.RequestContext(c), web.Caller(c), d)
	if err != nil {
		form := templates.TestForm{Name: d.Name, Email: d.Email, Expect: string(d.Expect), Note: d.Note, SavedID: savedID, Faults: faultsOf(err)}
		return s.again(c, err, typed{form: form})
	}
	s.DropSavedForm(c, savedID)
	t := added.Tests[0]
	if web.WantsJSON(c) {
		return s.addedJSON(c, added, nil)
	}
	flash := templates.Flash{Tone: templates.Good, Title: "Test added", Text: words.TestSentence(t.Draft)}
	if known, err := s.Mirror.Known(web.RequestContext(c), web.Caller(c)); err == nil {
		state, _ := t.Evaluate(web.RequestContext(c), known.View, known.Around)
		flash.Title, flash.Text = "Test added: "+strings.ToLower(words.TestState(state)), words.TestAdded(t.Draft, state)
		if state == mailtests.Broken {
			flash.Tone = templates.Warn
		}
	}
	return s.RedirectWithNotice(c, s.TestsURL(), flash)
}

// AddSuggested answers POST tests/suggested: it adds the ticked suggestions.
func (s *Handlers) AddSuggested(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	ticked := c.Request().PostForm["suggested"]
	lines := make([]mailtests.Line, len(ticked))
	for i, raw := range ticked {
		lines[i].Draft, _ = mailtests.ParseDetail(raw)
	}
	added, err := s.Tests.Import(web.RequestContext(c), web.Caller(c), lines)
	if err != nil {
		return s.again(c, err, typed{ticked: ticked})
	}
	return s.imported(c, added, nil)
}

// Delete answers POST tests/ID/delete.
func (s *Handlers) Delete(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	t, record, err := s.Tests.Delete(web.RequestContext(c), web.Caller(c), c.Param("test"))
	if err != nil {
		return err
	}
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, s.TestsURL())
		return c.JSON(http.StatusSeeOther, web.Succeeded(map[string]string{"id": t.ID}))
	}
	return s.RedirectWithNotice(c, s.TestsURL(), templates.Flash{
		Tone: templates.Good, Title: "Test deleted", Text: words.TestSentence(t.Draft),
		Undo: templates.Undo{URL: s.TestsURL() + "/undo", Record: strconv.FormatInt(record, 10)},
	})
}

// Undo answers POST tests/undo: it adds a test again that the person has deleted.
func (s *Handlers) Undo(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	seq, err := strconv.ParseInt(c.Request().PostForm.Get("record"), 10, 64)
	if err != nil || seq < 1 {
		return web.ErrNoRecord
	}
	d, err := s.Tests.Undo(web.RequestContext(c), web.Caller(c), seq)
	if errors.Is(err, mailtests.ErrNotFound) {
		return web.ErrNoRecord
	}
	if err != nil {
		return err
	}
	s.DropUndo(c, strconv.FormatInt(seq, 10))
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, s.TestsURL())
		return c.JSON(http.StatusSeeOther, web.Succeeded(map[string]string{"id": d.ID()}))
	}
	return s.RedirectWithNotice(c, s.TestsURL(), templates.Flash{Tone: templates.Good, Title: "Deletion undone", Text: words.TestSentence(d)})
}

// again shows the page with what was typed and what is wrong with it.
func (s *Handlers) again(c echo.Context, err error, t typed) error {
	f, known := Fail(err)
	if !known || web.WantsJSON(c) {
		return err
	}
	now, failed := s.read(c)
	if failed != nil {
		return failed
	}
	c.Set(web.CauseKey, err)
	if len(t.form.Faults) == 0 {
		t.faults = f.Text
	}
	return s.page(c, f.Status, now, t)
}
