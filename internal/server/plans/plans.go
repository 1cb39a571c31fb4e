package plans

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// planWait is how long an answer waits for a plan, so that a small one has ended when its
// page comes.
const planWait = 2 * time.Second

// maxPlans is how many plans their page lists.
const maxPlans = 100

// List answers GET plans.
func (s *Handlers) List(c echo.Context) error {
	plans, err := s.Plans.List(web.RequestContext(c), web.Caller(c), maxPlans)
	if err != nil {
		return err
	}
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, plansEnvelope(plans))
	}
	links := make([]templates.PlanLink, len(plans))
	for i, p := range plans {
		links[i] = templates.PlanLink{
			URL: s.PlanURL(p.ID), Title: words.PlanTitle(p), About: words.PlanOriginLine(p), Owner: web.FullName(p.Owner.Actor), Label: words.PlanState(p.State), State: string(p.State), Created: p.Created,
			File: p.File(),
		}
	}
	return web.Render(c, http.StatusOK, templates.Plans(s.Page(c, "Plans"), links, web.Days(plan.Retention)))
}

// DraftDeletion makes a plan that deletes what was selected in the list, or all that its query
// finds, and redirects to it.
func (s *Handlers) DraftDeletion(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	returnTo := web.ReturnTo(c)
	ctx, who := web.RequestContext(c), web.Caller(c)
	if c.Request().PostForm.Get("all") != "" {
		query, notes := web.ExactReturnTo(c)
		if len(notes) > 0 {
			return &unclearError{notes}
		}
		if query.ByFinding() {
			return s.draftDeletionByFinding(c, query, returnTo)
		}
		p, err := s.Plans.DraftDeletionOf(ctx, who, query, returnTo)
		return s.redirectToPlan(c, p, err, failureStatus)
	}
	ids, err := formIDs(c)
	if err != nil {
		return err
	}
	p, err := s.Plans.DraftDeletion(ctx, who, ids, s.Mirror.Snapshot().View.Entries(ids), returnTo)
	return s.redirectToPlan(c, p, err, failureStatus)
}

// draftDeletionByFinding drafts the deletion of the entries that a query selects by their
// findings: those that have them now.
func (s *Handlers) draftDeletionByFinding(c echo.Context, q registry.Query, returnTo string) error {
	ctx, who := web.RequestContext(c), web.Caller(c)
	known, err := s.Mirror.Known(ctx, who)
	if err != nil {
		return err
	}
	found := slices.Collect(known.View.Select(s.WithFindings(c, known, q)))
	ids := make([]registry.ID, len(found))
	for i, e := range found {
		ids[i] = e.ID
	}
	p, err := s.Plans.DraftDeletion(ctx, who, ids, found, returnTo)
	return s.redirectToPlan(c, p, err, failureStatus)
}

// DeleteEntries deletes the entries that a form names: at once when they are few, and
// otherwise when their number is confirmed in the same form.
func (s *Handlers) DeleteEntries(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	ids, err := formIDs(c)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	typed := plan.Confirmation{Operations: form.Get("confirm"), Tests: acceptedTests(form)}
	p, err := s.Plans.DeleteNow(web.RequestContext(c), web.Caller(c), ids, web.ReturnTo(c), typed)
	return s.afterApply(c, p, typed, err)
}

// Apply answers POST plans/ID/apply.
func (s *Handlers) Apply(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	form := c.Request().PostForm
	typed := plan.Confirmation{Operations: form.Get("confirm"), Deletions: form.Get("confirm_deletions"), Dangers: form["accept"], Tests: acceptedTests(form)}
	p, err := s.Plans.Apply(web.RequestContext(c), web.Caller(c), c.Param("plan"), typed)
	if unconfirmed(err) {
		p = plan.Plan{ID: c.Param("plan")}
	}
	return s.afterApply(c, p, typed, err)
}

// fieldTests names the tests that a plan may break.
const fieldTests = "confirm_tests"

// acceptedTests returns the tests that a form accepts to break: one in a field, or several
// with commas.
func acceptedTests(form url.Values) (keys []string) {
	for _, value := range form[fieldTests] {
		for key := range strings.SplitSeq(value, ",") {
			keys = append(keys, strings.TrimSpace(key))
		}
	}
	return keys
}

// unconfirmed reports whether a plan did not start because a confirmation is missing.
func unconfirmed(err error) bool {
	var deletions *plan.TooManyDeletionsError
	var dangers *plan.UnacceptedError
	var broken *plan.BrokenTestsError
	return errors.Is(err, plan.ErrUnconfirmed) || errors.As(err, &broken) || errors.As(err, &deletions) || errors.As(err, &dangers)
}

// afterApply redirects to a plan that was started, or shows one that takes more to start.
func (s *Handlers) afterApply(c echo.Context, p plan.Plan, typed plan.Confirmation, err error) error {
	if !unconfirmed(err) || web.WantsJSON(c) {
		return s.redirectToPlan(c, p, err, failureStatus)
	}
	if _, err := s.Plans.Await(web.RequestContext(c), web.Caller(c), p.ID, planWait); err != nil {
		return err
	}
	return s.planPage(c, http.StatusUnprocessableEntity, p.ID, &attempt{confirmed: typed, err: err})
}

// The buttons on the page of a plan.

// Pause answers POST plans/ID/pause.
func (s *Handlers) Pause(c echo.Context) error { return s.actOnPlan(c, s.Plans.Pause, ownStatus) }

// Resume answers POST plans/ID/resume.
func (s *Handlers) Resume(c echo.Context) error { return s.runAgain(c, s.Plans.Resume, "resume") }

// Retry answers POST plans/ID/retry.
func (s *Handlers) Retry(c echo.Context) error { return s.runAgain(c, s.Plans.Retry, "retry") }

// runAgain runs the rest of a plan, or asks about the tests that this breaks.
func (s *Handlers) runAgain(c echo.Context, act func(context.Context, rbac.Caller, string, []string) (plan.Plan, error), name string) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	id := c.Param("plan")
	p, err := act(web.RequestContext(c), web.Caller(c), id, acceptedTests(c.Request().PostForm))
	var broken *plan.BrokenTestsError
	if !errors.As(err, &broken) || web.WantsJSON(c) {
		return s.redirectToPlan(c, p, err, failureStatus)
	}
	c.Set(web.CauseKey, err)
	page := s.Page(c, s.Fail(err).Title)
	return web.Render(c, http.StatusUnprocessableEntity, templates.ConfirmBreaks(page, templates.ConfirmBreaksView{
		Title: page.Title, Lead: "The registry may have changed since the plan was applied. If a test is out of date, run the rest of the plan anyway, and delete the test afterwards.",
		Broken: *breaksView(broken.Breaks), Field: fieldTests, Action: s.PlanURL(id) + "/" + name, Button: "Run the rest anyway", Cancel: s.PlanURL(id),
	}))
}

// Cancel answers POST plans/ID/cancel.
func (s *Handlers) Cancel(c echo.Context) error { return s.actOnPlan(c, s.Plans.Cancel, ownStatus) }

// Undo answers POST plans/ID/undo: it drafts a plan that undoes the plan.
func (s *Handlers) Undo(c echo.Context) error { return s.actOnPlan(c, s.Plans.Undo, ownStatus) }

func (s *Handlers) actOnPlan(c echo.Context, act func(context.Context, rbac.Caller, string) (plan.Plan, error), status statusRule) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	p, err := act(web.RequestContext(c), web.Caller(c), c.Param("plan"))
	return s.redirectToPlan(c, p, err, status)
}

// ShowDraft leads to the page of a plan that was just drafted, or answers with the error.
func (s *Handlers) ShowDraft(c echo.Context, p plan.Plan, err error) error {
	return s.redirectToPlan(c, p, err, failureStatus)
}

// redirectToPlan waits a moment and redirects to the page of a plan.
func (s *Handlers) redirectToPlan(c echo.Context, p plan.Plan, err error, status statusRule) error {
	if err != nil {
		return err
	}
	if p, err = s.Plans.Await(web.RequestContext(c), web.Caller(c), p.ID, planWait); err != nil {
		return err
	}
	to := s.PlanURL(p.ID)
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return s.planJSON(c, http.StatusSeeOther, status, p.ID)
	}
	return web.SeeOther(c, to)
}

// partProgress asks for that part of a plan's page alone that follows its work.
const partProgress = "progress"

// Show answers GET plans/ID.
func (s *Handlers) Show(c echo.Context) error {
	id := c.Param("plan")
	switch {
	case web.WantsJSON(c):
		return s.planJSON(c, http.StatusOK, ownStatus, id)
	case c.QueryParam("part") == partProgress:
		p, err := s.Plans.Plan(web.RequestContext(c), web.Caller(c), id)
		if err != nil {
			return err
		}
		if !p.Active() {
			return c.NoContent(http.StatusNoContent)
		}
		return web.Render(c, http.StatusOK, templates.PlanProgress(s.progressView(p)))
	}
	return s.planPage(c, http.StatusOK, id, nil)
}

// RedirectDeletions redirects from where plans were before.
func (s *Handlers) RedirectDeletions(c echo.Context) error {
	to := s.PlansURL()
	if id := c.Param("plan"); id != "" {
		to = s.PlanURL(id)
	}
	return c.Redirect(http.StatusPermanentRedirect, to)
}

// Pages of operations.
const (
	operationsPerPage    = 50
	maxOperationsPerPage = 1000
)

// planQuery is the page of operations that values ask for.
func planQuery(values url.Values) (plan.Query, error) {
	q := plan.Query{Page: 1, PerPage: operationsPerPage}
	for name, to := range map[string]struct {
		n     *int
		limit int
	}{"page": {&q.Page, 2 * plan.MaxRows}, "per_page": {&q.PerPage, maxOperationsPerPage}} {
		raw := values.Get(name)
		if raw == "" {
			continue
		}
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 || n > to.limit {
			return q, &planQueryError{fmt.Sprintf("%s must be a whole number from 1 to %d.", name, to.limit)}
		}
		*to.n = n
	}
	if raw := values.Get("reason"); raw != "" {
		q.Reason = plan.Reason(words.Clip(raw))
	}
	for _, raw := range values["state"] {
		state := plan.OperationState(raw)
		if !slices.Contains(plan.OperationStates(), state) {
			return q, &planQueryError{fmt.Sprintf("There is no state %q.", words.Clip(raw))}
		}
		q.States = append(q.States, state)
	}
	return q, nil
}

// planQueryError reports a page of operations that can't be understood.
type planQueryError struct{ note string }

func (e *planQueryError) Error() string { return e.note }

// formIDs returns the ids that a form names.
func formIDs(c echo.Context) ([]registry.ID, error) {
	var ids []registry.ID
	for _, raw := range c.Request().PostForm["id"] {
		id, err := registry.ParseID(raw)
		if err != nil {
			return nil, &badIDError{raw}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// badIDError reports a text in a form that is no id.
type badIDError struct{ raw string }

func (e *badIDError) Error() string { return fmt.Sprintf("%q is not the id of an entry", e.raw) }

// unclearError reports a query of the list that can't be taken as it is.
type unclearError struct{ notes []string }

func (e *unclearError) Error() string { return strings.Join(e.notes, " ") }
