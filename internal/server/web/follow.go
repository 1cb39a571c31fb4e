package web

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
)

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

// FollowURL returns the page that shows the result of the change that err leaves in doubt,
// "" when err leaves none in doubt. page is the page of the form, whose fields are saved for the
// person under savedID; nil saves nothing.
func (s *Base) FollowURL(c echo.Context, page string, values url.Values, err error) (follow, savedID string) {
	intent := intentOf(err)
	if intent == 0 {
		return "", ""
	}
	query := url.Values{"intent": {strconv.FormatInt(intent, 10)}}
	if values != nil {
		s.DropSavedForm(c, c.Request().PostForm.Get("kept"))
		if savedID, err = s.Sessions.SaveFormOf(RequestContext(c), Actor(c), page, values); err != nil {
			s.Log.ErrorContext(RequestContext(c), "a form could not be saved", "error", err)
			return "", "" // it is on the page, which must not be left then
		}
		query.Set("kept", savedID)
	}
	return page + "?" + query.Encode(), savedID
}
