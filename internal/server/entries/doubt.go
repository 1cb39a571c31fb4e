package entries

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// A change in doubt is followed on the page of its form: with intent=SEQ in the query, and
// kept=ID for what was typed.

// addDoubt adds the link that follows a change in doubt and, for a create, the button that
// sends the form anyway.
func (s *Handlers) addDoubt(c echo.Context, v *templates.EntryFormView, page string, err error) {
	follow, savedID := s.FollowURL(c, page, web.FormToSave(c), err)
	if follow == "" {
		return
	}
	v.Outcome.Follow, v.Form.SavedID = follow, savedID
	var unsettled *change.UnsettledError
	var inDoubt *change.InDoubtError
	switch {
	case errors.As(err, &unsettled) && unsettled.Action != rbac.EditEntry:
		v.Confirm = beside([]int64{unsettled.Intent}, v.Form.Confirmed)
	case errors.As(err, &inDoubt) && inDoubt.Action == rbac.CreateEntry:
		v.Confirm = beside(inDoubt.Intents, v.Form.Confirmed)
	}
	if v.Confirm != nil {
		v.Outcome.Text = append(v.Outcome.Text, "If you confirm below the form, there may be two entries.")
	}
}

// beside is the button that sends an entry beside creates that are in doubt, with what was
// confirmed before.
func beside(intents []int64, confirmed string) *templates.Confirm {
	value := web.BesideDoubts(intents)
	if confirmed != "" {
		value = confirmed + "," + value
	}
	return &templates.Confirm{Field: web.FieldConfirmed, Value: value, Label: "Send it anyway: there may be two"}
}

// followed is what is known of the change that a page is asked to follow, if it is.
type followed struct {
	asked bool // the request asks for it
	change.Followed
}

// follow looks up the result of the change that the query names. Errors are those of
// registry.Follow.
func (s *Handlers) follow(c echo.Context, action rbac.Action, entry registry.ID) (followed, error) {
	text := c.QueryParam("intent")
	if text == "" {
		return followed{}, nil
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 1 {
		return followed{}, web.ErrNoRecord
	}
	f, err := s.Changes.Follow(web.RequestContext(c), web.Caller(c), seq)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return followed{}, web.ErrNoRecord
	case err != nil:
		return followed{}, err
	case f.Intent.Entry != entry, action == rbac.CreateEntry && f.Intent.Action != action:
		return followed{}, web.ErrNoRecord
	}
	return followed{true, f}, nil
}

// open reports whether the result of the change is not known yet.
func (f followed) open() bool { return f.asked && f.Doubt != nil && !f.Doubt.NotDone }

// waiting shows that the result of a change is not known yet. The status is 202 until
// it is, for the script that follows.
func (s *Handlers) waiting(c echo.Context, f followed, back templates.Link) error {
	failure := s.Fail(f.Doubt)
	if web.WantsJSON(c) {
		return f.Doubt
	}
	v := templates.WaitingView{
		Title: failure.Title, Text: failure.Text, Intent: f.Intent, URL: c.Request().URL.RequestURI(), Back: back, RequestID: web.RequestID(c),
	}
	p := s.Page(c, failure.Title)
	p.Refresh = v.URL
	return web.Render(c, http.StatusAccepted, templates.Waiting(p, v))
}

// notDone is the outcome of a change that is shown above its form again.
func (s *Handlers) notDone(c echo.Context, f followed) *templates.Outcome {
	failure := s.Fail(f.Doubt)
	return &templates.Outcome{Tone: templates.Info, Title: failure.Title, Text: failure.Text, RequestID: web.RequestID(c)}
}
