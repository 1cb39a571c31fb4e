// Package findings has the pages of what is wrong in the registry: the list of findings,
// and dismissing and fixing them.
package findings

import (
	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	// ShowPlan leads to the page of a plan that was just made, or answers with the error.
	ShowPlan func(c echo.Context, p plan.Plan, err error) error
}

// state is the registry, and what is wrong in it.
type state struct {
	known *mirror.Snapshot
	web.Judged
}

// read returns the state of the registry, for a person who may see findings.
func (s *Handlers) read(c echo.Context) (now state, err error) {
	ctx, who := web.RequestContext(c), web.Caller(c)
	if err := s.Audit.Authorize(ctx, who, rbac.ViewFindings); err != nil {
		return now, err
	}
	if now.known, err = s.Mirror.Known(ctx, who); err != nil {
		return now, err
	}
	now.Judged = s.Judged(c, now.known)
	return now, nil
}

// find returns the finding that a request names by its ID.
func (s *Handlers) find(c echo.Context) (now state, f findings.Finding, err error) {
	if now, err = s.read(c); err != nil {
		return now, f, err
	}
	f, ok := now.All.ByID()[c.Param("finding")]
	if !ok {
		return now, f, errNoFinding
	}
	return now, f, nil
}

// fix drafts the plan that fixes findings.
func (s *Handlers) fix(c echo.Context, now state, found []findings.Finding) error {
	fixable := found[:0:0]
	for _, f := range found {
		if len(f.Fix) > 0 {
			fixable = append(fixable, f)
		}
	}
	if len(fixable) == 0 {
		return errNotFixable
	}
	p, err := s.Plans.DraftFixes(web.RequestContext(c), web.Caller(c), now.known.View, fixable)
	return s.ShowPlan(c, p, err)
}

// Fix answers POST findings/ID/fix: it drafts a plan that fixes a finding.
func (s *Handlers) Fix(c echo.Context) error {
	now, f, err := s.find(c)
	if err != nil {
		return err
	}
	return s.fix(c, now, []findings.Finding{f})
}

// FixSeveral answers POST findings/fix: it drafts a plan that fixes the findings that a form
// names, or all that its filters find.
func (s *Handlers) FixSeveral(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	now, err := s.read(c)
	if err != nil {
		return err
	}
	form := c.Request().PostForm
	if form.Get("all") != "" {
		filter, notes := parseFilter(form)
		if len(notes) > 0 {
			return &filterError{notes}
		}
		return s.fix(c, now, filter.find(now))
	}
	if len(form["id"]) == 0 {
		return errNoneSelected
	}
	byID := now.All.ByID()
	var found []findings.Finding
	for _, id := range form["id"] {
		f, ok := byID[id]
		if !ok {
			return errNoFinding // the person saw another registry
		}
		found = append(found, f)
	}
	return s.fix(c, now, found)
}
