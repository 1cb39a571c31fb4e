package findings

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/dismissals"
	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// attempt is a form that was refused.
type attempt struct {
	finding string
	form    templates.DismissForm
}

// show puts what was typed back into its form.
func (a *attempt) show(groups []templates.FindingGroup) {
	for _, g := range groups {
		for _, item := range g.Items {
			if item.ID == a.finding && item.Dismiss != nil {
				d := item.Dismiss
				d.Reason, d.Until, d.Faults, d.Open = a.form.Reason, a.form.Until, a.form.Faults, a.form.Open
			}
		}
	}
}

// Dismiss answers POST findings/ID/dismiss.
func (s *Handlers) Dismiss(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	now, f, err := s.find(c)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	fingerprint := f.Fingerprint(now.known.View.Entry)
	if seen := form.Get("fingerprint"); seen != "" && seen != fingerprint {
		return errChanged
	}
	reason := strings.ToValidUTF8(form.Get("reason"), "\uFFFD")
	var notes []string
	until, _ := web.ParseTime(form, "until", 1, &notes)
	written := strings.ToValidUTF8(form.Get("until"), "\uFFFD")
	if len(notes) == 0 {
		err = s.Dismissals.Dismiss(web.RequestContext(c), web.Caller(c), f, fingerprint, reason, until)
	} else if err = s.Audit.Authorize(web.RequestContext(c), web.Caller(c), rbac.DismissFinding); err == nil {
		err = &untilError{written}
	}
	if faults := faultsOf(err); faults != nil {
		if web.WantsJSON(c) {
			return err
		}
		c.Set(web.CauseKey, err)
		tried := &attempt{f.ID(), templates.DismissForm{Reason: reason, Until: written, Faults: faults, Open: true}}
		return s.page(c, http.StatusUnprocessableEntity, now, filterOf(f, now), nil, tried)
	}
	if err != nil {
		return err
	}
	return s.done(c, f, templates.Flash{
		Tone: templates.Good, Title: "Dismissed", Text: words.FindingTitle(f.Rule) + ": " + words.DismissedUntil(until) + ".",
		Undo: templates.Undo{URL: s.FindingURL(f.ID()) + "/restore", Record: "finding " + f.ID()},
	})
}

// filterOf is the page of the list that has a finding.
func filterOf(f findings.Finding, now state) filter {
	only := filter{rule: f.Rule, page: 1, per: perPage}
	if len(f.Entries) > 0 {
		only.entry = f.Entries[0]
	}
	if at := slices.IndexFunc(only.find(now), func(o findings.Finding) bool { return o.ID() == f.ID() }); at >= 0 {
		only.page += at / only.per
	}
	return only
}

// Restore answers POST findings/ID/restore: it shows a dismissed finding again.
func (s *Handlers) Restore(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	_, f, err := s.find(c)
	if err != nil {
		return err
	}
	if err := s.Dismissals.Restore(web.RequestContext(c), web.Caller(c), f); err != nil {
		return err
	}
	s.DropUndo(c, "finding "+f.ID())
	return s.done(c, f, templates.Flash{Tone: templates.Good, Title: "The finding shows again", Text: words.FindingTitle(f.Rule) + "."})
}

// done leads back to the page that the person came from: an entry's, or the list.
func (s *Handlers) done(c echo.Context, f findings.Finding, notice templates.Flash) error {
	form := c.Request().PostForm
	to := s.FindingsURL()
	if id, err := registry.ParseID(form.Get("entry")); err == nil {
		to = s.EntryURL(id)
	} else if at, err := url.ParseQuery(strings.TrimPrefix(form.Get("at"), "?")); err == nil {
		back, _ := parseFilter(at)
		to += back.query(back.page)
	}
	if web.WantsJSON(c) {
		now, err := s.read(c)
		if err != nil {
			return err
		}
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, web.Succeeded(toJSON(f, now)))
	}
	return s.RedirectWithNotice(c, to, notice)
}

// Why nothing was done.
var (
	errNoFinding    = errors.New("no such finding")
	errChanged      = errors.New("the finding has changed")
	errNotFixable   = errors.New("the findings have no fix")
	errNoneSelected = errors.New("no finding is selected")
)

// untilError reports an end of a dismissal that is not a day.
type untilError struct{ written string }

func (e *untilError) Error() string { return "until is not a day" }

// filterError reports a filter that can't be understood, where leaving it out would fix more
// than was asked for.
type filterError struct{ notes []string }

func (e *filterError) Error() string { return "unreadable filter: " + strings.Join(e.notes, " ") }

// faultsOf returns what is wrong with the fields of the form, nil if that is not what err says.
func faultsOf(err error) map[string][]templates.Message {
	field, text := faultOf(err)
	if field == "" {
		return nil
	}
	return map[string][]templates.Message{field: {{Text: text}}}
}

func faultOf(err error) (field, text string) {
	var reason *dismissals.BadReasonError
	var until *untilError
	switch {
	case errors.As(err, &reason):
		return "reason", "Remove " + reason.Character.String() + "."
	case errors.As(err, &until):
		return "until", "“" + words.Clip(until.written) + "” is not a day. Write one as 2026-01-31, or leave it empty."
	case errors.Is(err, dismissals.ErrFar):
		return "until", "Choose a day before the year 9999, or leave it empty to dismiss it for good."
	case errors.Is(err, dismissals.ErrNoReason):
		return "reason", "Say why this is all right. Others will read it."
	case errors.Is(err, dismissals.ErrReasonLong):
		return "reason", "Use at most 1,000 characters."
	case errors.Is(err, dismissals.ErrPast):
		return "until", "Choose a day from today on."
	}
	return "", ""
}

// Fail says why nothing was done.
func Fail(err error) (web.Failure, bool) {
	f := web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad}
	field, text := faultOf(err)
	var filter *filterError
	switch {
	case field != "":
		f.Title, f.Text = "Not dismissed", []string{text}
		f.Problems = []registry.Problem{{Code: "99901", Message: text, Pointer: "/" + field}}
	case errors.As(err, &filter):
		f.Status, f.Title = http.StatusBadRequest, "Nothing was changed: a filter can't be understood"
		f.Text = slices.Concat(filter.notes, []string{"Correct it, or leave it out."})
	case errors.Is(err, errNoFinding):
		f.Status, f.Title = http.StatusNotFound, "There is no such finding any more"
		f.Text = []string{"It was fixed, or its entries have changed since. Reload the findings. Nothing was changed."}
	case errors.Is(err, errChanged):
		f.Status, f.Title = http.StatusConflict, "Not dismissed: an entry has changed"
		f.Text = []string{"The finding is about other values than you saw. Reload it, and decide again."}
	case errors.Is(err, dismissals.ErrNotDismissed):
		f.Status, f.Title = http.StatusConflict, "The finding is not dismissed"
		f.Text = []string{"It shows in the list already. Nothing was changed."}
	case errors.Is(err, errNotFixable):
		f.Title, f.Text = "This can't be fixed by a plan", []string{"A person has to decide: the finding says what to do. Nothing was changed."}
	case errors.Is(err, errNoneSelected):
		f.Title, f.Text = "No finding is selected", []string{"Select findings in the list, then fix them. Nothing was changed."}
	default:
		return web.Failure{}, false
	}
	return f, true
}
