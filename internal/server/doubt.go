package server

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// A change of which it is not known yet what became of it is followed on the page of its
// form: with intent=SEQ in the query, and kept=ID for what was typed.

// intentOf returns the intent of the change that err leaves in doubt, 0 when there is none.
func intentOf(err error) int64 {
	var unsettled *change.UnsettledError
	var inDoubt *change.InDoubtError
	switch {
	case errors.As(err, &unsettled) && !unsettled.NotDone:
		return unsettled.Intent
	case errors.As(err, &inDoubt) && len(inDoubt.Intents) > 0:
		return inDoubt.Intents[len(inDoubt.Intents)-1]
	}
	return 0
}

// followURL returns where one sees what becomes of the change that err leaves in doubt,
// "" when err leaves none. page is the page of the form, whose fields are kept for the
// person under the id kept; nil keeps nothing.
func (s *Server) followURL(c echo.Context, page string, values url.Values, err error) (follow, kept string) {
	intent := intentOf(err)
	if intent == 0 {
		return "", ""
	}
	query := url.Values{"intent": {strconv.FormatInt(intent, 10)}}
	if values != nil {
		s.forgetKept(c, c.Request().PostForm.Get("kept"))
		if kept, err = s.sessions.KeepFormOf(requestContext(c), actor(c), page, values); err != nil {
			s.log.ErrorContext(requestContext(c), "a form could not be kept", "error", err)
			return "", "" // it is on the page, which must not be left then
		}
		query.Set("kept", kept)
	}
	return page + "?" + query.Encode(), kept
}

// addDoubt lets the person follow what becomes of a change, and, where that was a create,
// send the form beside it.
func (s *Server) addDoubt(c echo.Context, v *templates.EntryFormView, page string, err error) {
	follow, kept := s.followURL(c, page, keptValues(c), err)
	if follow == "" {
		return
	}
	v.Outcome.Follow, v.Form.Kept = follow, kept
	var unsettled *change.UnsettledError
	var inDoubt *change.InDoubtError
	switch {
	case errors.As(err, &unsettled) && unsettled.Action != rbac.EditEntry:
		v.Confirm = beside([]int64{unsettled.Intent}, v.Form.Confirmed)
	case errors.As(err, &inDoubt) && inDoubt.Action == rbac.CreateEntry:
		v.Confirm = beside(inDoubt.Intents, v.Form.Confirmed)
	}
	if v.Confirm != nil {
		v.Outcome.Text = append(v.Outcome.Text, "If you send it all the same, below the form, there may be two entries.")
	}
}

// beside is the button that sends an entry beside creates that are in doubt, with what was
// confirmed before.
func beside(intents []int64, confirmed string) *templates.Confirm {
	value := besideDoubts(intents)
	if confirmed != "" {
		value = confirmed + "," + value
	}
	return &templates.Confirm{Field: fieldConfirmed, Value: value, Label: "Send it all the same: there may be two"}
}

// followed is what is known of the change that a page is asked to follow, if it is.
type followed struct {
	asked bool // the request asks for it
	change.Followed
}

// follow looks what has become of the change that the query names. Errors are those of
// registry.Follow.
func (s *Server) follow(c echo.Context, action rbac.Action, entry registry.ID) (followed, error) {
	text := c.QueryParam("intent")
	if text == "" {
		return followed{}, nil
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 1 {
		return followed{}, errNoRecord
	}
	f, err := s.changes.Follow(requestContext(c), caller(c), seq)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return followed{}, errNoRecord
	case err != nil:
		return followed{}, err
	case f.Intent.Entry != entry, action == rbac.CreateEntry && f.Intent.Action != action:
		return followed{}, errNoRecord
	}
	return followed{true, f}, nil
}

// open reports whether it is not known yet what became of the change.
func (f followed) open() bool { return f.asked && f.Doubt != nil && !f.Doubt.NotDone }

// waiting shows that it is not known yet what became of a change. The status is 202 until
// it is, for the script that follows.
func (s *Server) waiting(c echo.Context, f followed, back templates.Link) error {
	told := s.fail(f.Doubt)
	if wantsJSON(c) {
		return f.Doubt
	}
	v := templates.WaitingView{
		Title: told.title, Text: told.text, Intent: f.Intent, URL: c.Request().URL.RequestURI(), Back: back, RequestID: requestID(c),
	}
	p := s.page(c, told.title)
	p.Refresh = v.URL
	return render(c, http.StatusAccepted, templates.Waiting(p, v))
}

// notDone is the outcome of a change that is shown above its form again.
func (s *Server) notDone(c echo.Context, f followed) *templates.Outcome {
	told := s.fail(f.Doubt)
	return &templates.Outcome{Tone: templates.Info, Title: told.title, Text: told.text, RequestID: requestID(c)}
}
