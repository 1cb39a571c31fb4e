package server

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
	"namesake/web/templates"
)

// Where plans are, and where they were before they could do more than delete.
const (
	plansPath     = "/accounts/:account/plans"
	deletionsPath = "/accounts/:account/deletions"
)

// planWait is how long an answer waits for a plan, so that a small one has ended when its
// page comes.
const planWait = 2 * time.Second

// maxPlans is how many plans their page lists.
const maxPlans = 100

func (s *Server) plansURL() string { return "/accounts/" + string(s.account) + "/plans" }

func (s *Server) planURL(id string) string { return s.plansURL() + "/" + url.PathEscape(id) }

func (s *Server) listPlans(c echo.Context) error {
	plans, err := s.plans.List(requestContext(c), caller(c), maxPlans)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, plansEnvelope(plans))
	}
	links := make([]templates.PlanLink, len(plans))
	for i, p := range plans {
		links[i] = templates.PlanLink{
			URL: s.planURL(p.ID), Title: planTitle(p), About: planOriginLine(p), Owner: fullName(p.Owner.Actor), Label: planLabels[p.State], State: string(p.State), Created: p.Created,
		}
	}
	return render(c, http.StatusOK, templates.Plans(s.page(c, "Plans"), links, days(plan.Retention)))
}

// draftDeletion makes a plan that deletes what was selected in the list, or all that its query
// finds, and redirects to it.
func (s *Server) draftDeletion(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	returnTo := place(c)
	ctx, who := requestContext(c), caller(c)
	if c.Request().PostForm.Get("all") != "" {
		query, notes := exactPlace(c)
		if len(notes) > 0 {
			return &unclearError{notes}
		}
		p, err := s.plans.DraftDeletionOf(ctx, who, query, returnTo)
		return s.redirectToPlan(c, p, err)
	}
	ids, err := formIDs(c)
	if err != nil {
		return err
	}
	// What the page showed. Without it, the entries are known by their ids only.
	list, failed := s.mirror.List(ctx, who, placeQuery(returnTo))
	if failed != nil {
		s.log.WarnContext(ctx, "the entries to delete could not be named", "error", failed)
	}
	p, err := s.plans.DraftDeletion(ctx, who, ids, list.Entries, returnTo)
	return s.redirectToPlan(c, p, err)
}

// deleteEntries deletes the entries that a form names: at once when they are few, and
// otherwise when their number is confirmed in the same form.
func (s *Server) deleteEntries(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	ids, err := formIDs(c)
	if err != nil {
		return err
	}
	confirm := c.Request().PostForm.Get("confirm")
	p, err := s.plans.DeleteNow(requestContext(c), caller(c), ids, place(c), confirm)
	return s.afterApply(c, p, confirm, err)
}

func (s *Server) applyPlan(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	confirm := c.Request().PostForm.Get("confirm")
	p, err := s.plans.Apply(requestContext(c), caller(c), c.Param("plan"), confirm)
	if errors.Is(err, plan.ErrUnconfirmed) {
		p = plan.Plan{ID: c.Param("plan")}
	}
	return s.afterApply(c, p, confirm, err)
}

// afterApply redirects to a plan that was started, or shows one that takes its number to start.
func (s *Server) afterApply(c echo.Context, p plan.Plan, confirm string, err error) error {
	if !errors.Is(err, plan.ErrUnconfirmed) || wantsJSON(c) {
		return s.redirectToPlan(c, p, err)
	}
	if _, err := s.plans.Await(requestContext(c), caller(c), p.ID, planWait); err != nil {
		return err
	}
	return s.planPage(c, http.StatusUnprocessableEntity, p.ID, confirm, true)
}

// The buttons on the page of a plan.

func (s *Server) pausePlan(c echo.Context) error  { return s.actOnPlan(c, s.plans.Pause) }
func (s *Server) resumePlan(c echo.Context) error { return s.actOnPlan(c, s.plans.Resume) }
func (s *Server) retryPlan(c echo.Context) error  { return s.actOnPlan(c, s.plans.Retry) }
func (s *Server) cancelPlan(c echo.Context) error { return s.actOnPlan(c, s.plans.Cancel) }
func (s *Server) undoPlan(c echo.Context) error   { return s.actOnPlan(c, s.plans.Undo) }

func (s *Server) actOnPlan(c echo.Context, act func(context.Context, rbac.Caller, string) (plan.Plan, error)) error {
	if err := parseForm(c); err != nil {
		return err
	}
	p, err := act(requestContext(c), caller(c), c.Param("plan"))
	return s.redirectToPlan(c, p, err)
}

// redirectToPlan waits a moment and redirects to the page of a plan.
func (s *Server) redirectToPlan(c echo.Context, p plan.Plan, err error) error {
	if err != nil {
		return err
	}
	if p, err = s.plans.Await(requestContext(c), caller(c), p.ID, planWait); err != nil {
		return err
	}
	to := s.planURL(p.ID)
	if wantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return s.planJSON(c, http.StatusSeeOther, p.ID)
	}
	return seeOther(c, to)
}

// partProgress asks for that part of a plan's page alone that follows its work.
const partProgress = "progress"

func (s *Server) showPlan(c echo.Context) error {
	id := c.Param("plan")
	switch {
	case wantsJSON(c):
		return s.planJSON(c, http.StatusOK, id)
	case c.QueryParam("part") == partProgress:
		p, err := s.plans.Plan(requestContext(c), caller(c), id)
		if err != nil {
			return err
		}
		if !p.Active() {
			return c.NoContent(http.StatusNoContent)
		}
		return render(c, http.StatusOK, templates.PlanProgress(s.progressView(p)))
	}
	return s.planPage(c, http.StatusOK, id, "", false)
}

// redirectDeletions redirects from where plans were before.
func (s *Server) redirectDeletions(c echo.Context) error {
	to := s.plansURL()
	if id := c.Param("plan"); id != "" {
		to = s.planURL(id)
	}
	return c.Redirect(http.StatusPermanentRedirect, to)
}

// Pages of operations.
const (
	operationsPerPage    = 50
	maxOperationsPerPage = 1000
)

// planQuery is the page of operations that a request asks for.
func planQuery(c echo.Context) (plan.Query, error) {
	q := plan.Query{Page: 1, PerPage: operationsPerPage}
	for name, to := range map[string]struct {
		n     *int
		limit int
	}{"page": {&q.Page, plan.MaxOperations}, "per_page": {&q.PerPage, maxOperationsPerPage}} {
		raw := c.QueryParam(name)
		if raw == "" {
			continue
		}
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 || n > to.limit {
			return q, &planQueryError{fmt.Sprintf("%s must be a whole number from 1 to %d.", name, to.limit)}
		}
		*to.n = n
	}
	for _, raw := range c.QueryParams()["state"] {
		state := plan.OperationState(raw)
		if !slices.Contains(plan.OperationStates(), state) {
			return q, &planQueryError{fmt.Sprintf("There is no state %q.", clip(raw))}
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
