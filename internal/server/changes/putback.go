package changes

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// PutBack answers POST changes/put-back: it drafts a plan that puts back changes made
// elsewhere, those that are selected or all that match the filters.
func (s *Handlers) PutBack(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	q, err := selected(c)
	if err != nil {
		return err
	}
	p, err := s.Plans.DraftPutBack(web.RequestContext(c), web.Caller(c), q)
	if errors.Is(err, plan.ErrEmpty) {
		err = &unclearError{[]string{"No change made outside Namesake matches."}}
	}
	return s.ShowPlan(c, p, err)
}

// selected returns the query for the changes that a form names.
func selected(c echo.Context) (q mirror.ChangeQuery, err error) {
	form := c.Request().PostForm
	if form.Get("all") != "" {
		f, notes := parseFilter(form)
		if len(notes) > 0 {
			return q, &unclearError{notes}
		}
		f.query.Skip, f.query.Limit = 0, 0
		return f.query, nil
	}
	for _, raw := range form["id"] {
		seq, err := strconv.ParseInt(raw, 10, 64)
		if err != nil {
			return q, &unclearError{[]string{fmt.Sprintf("%q is not the number of a change.", words.Clip(raw))}}
		}
		q.Seqs = append(q.Seqs, seq)
	}
	slices.Sort(q.Seqs)
	if q.Seqs = slices.Compact(q.Seqs); len(q.Seqs) == 0 {
		return q, &unclearError{[]string{"No change is selected."}}
	}
	return q, nil
}

// Restore answers POST changes/restore: it drafts a plan that makes the registry what it was
// at a time.
func (s *Handlers) Restore(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	at, err := web.RequestedTime(c.Request().PostForm, "at")
	if err != nil {
		return err
	}
	p, err := s.Plans.DraftRestore(web.RequestContext(c), web.Caller(c), at)
	if errors.Is(err, plan.ErrEmpty) {
		err = &unclearError{[]string{"No entry differs from the registry on " + words.Second(at) + "."}}
	}
	return s.ShowPlan(c, p, err)
}

// restoreWait is how long an answer waits for the entry that is created again.
const restoreWait = 2 * time.Second

// RestoreEntry answers POST entries/ID/restore: it creates a deleted entry again, and leads
// to it, or to the plan if that is not done yet or could not be done.
func (s *Handlers) RestoreEntry(c echo.Context) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	id, err := registry.ParseID(c.Param("id"))
	if err != nil {
		return fmt.Errorf("%w: %w", registry.ErrNotFound, err)
	}
	p, err := s.Plans.RestoreNow(ctx, who, id)
	if err == nil {
		p, err = s.Plans.Await(ctx, who, p.ID, restoreWait)
	}
	if err != nil || p.State != plan.Done || p.Counts.Of(plan.OpDone) == 0 || web.WantsJSON(c) {
		return s.ShowPlan(c, p, err)
	}
	_, operations, err := s.Plans.Page(ctx, who, p.ID, plan.Query{Page: 1, PerPage: 1})
	if err != nil || len(operations) == 0 || operations[0].Created == "" {
		return s.ShowPlan(c, p, err)
	}
	return s.RedirectWithNotice(c, s.EntryURL(operations[0].Created), templates.Flash{
		Tone: templates.Good, Title: "Restored", Text: "The entry is in the registry again, with a new ID.",
	})
}

// unclearError reports a selection from which no plan can be made.
type unclearError struct{ notes []string }

func (e *unclearError) Error() string { return strings.Join(e.notes, " ") }

// Fail says why no plan was made.
func Fail(err error) (web.Failure, bool) {
	var unclear *unclearError
	if !errors.As(err, &unclear) {
		return web.Failure{}, false
	}
	return web.Failure{
		Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: "Nothing to put back",
		Text: append(unclear.notes, "No plan was made, and nothing was changed."),
	}, true
}
