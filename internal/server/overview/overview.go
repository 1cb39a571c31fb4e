// Package overview has the page after sign-in: the state of the registry in numbers, what needs
// attention, what has changed, and the plans that run or wait.
package overview

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

const (
	// recentDays is how far back the page lists changes.
	recentDays   = 7
	shownChanges = 6
	shownPlans   = 5
)

// Handlers answers the routes of this package.
type Handlers struct{ *web.Base }

// state is what the page tells.
type state struct {
	known     *mirror.Snapshot
	summary   mirror.Summary
	report    *findings.Report
	since     time.Time // from when on changes are recent
	changes   []mirror.Change
	here      int // how many recent changes were made here
	elsewhere int
	growth    []growthPoint
	plans     []plan.Plan
}

// Show answers GET /accounts/A, from the copy of the registry and the database.
func (s *Handlers) Show(c echo.Context) error {
	now, err := s.read(c)
	if err != nil {
		return err
	}
	web.SetAsOf(c, now.known.State.ReadAt)
	if web.WantsJSON(c) {
		return answerJSON(c, toJSON(now))
	}
	v, err := s.view(c, now)
	if err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, templates.Overview(s.Page(c, "Overview"), v))
}

// answerJSON answers with the overview and a tag. The growth is not part of the tag: its
// times are counted back from now.
func answerJSON(c echo.Context, out stateJSON) error {
	same := out
	same.Growth = nil
	content, err := json.Marshal(same)
	if err != nil {
		return err
	}
	if web.NotModified(c, sha256.Sum256(content)) {
		return c.NoContent(http.StatusNotModified)
	}
	return c.JSON(http.StatusOK, web.Succeeded(out))
}

func (s *Handlers) read(c echo.Context) (now state, err error) {
	ctx, who := web.RequestContext(c), web.Caller(c)
	if now.known, err = s.Mirror.Known(ctx, who); err != nil {
		return now, err
	}
	now.summary, now.report = now.known.View.Summary(), s.OpenFindings(c, now.known)
	deleted, err := s.Mirror.Lives(ctx, who, now.known.View)
	if err != nil {
		return now, err
	}
	now.growth = growth(now.known.View, deleted, s.Now())
	now.since = s.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -recentDays)
	var all int
	if now.changes, all, err = s.Mirror.Changes(ctx, who, mirror.ChangeQuery{Since: now.since, Limit: shownChanges}); err != nil {
		return now, err
	}
	if _, now.elsewhere, err = s.Mirror.Changes(ctx, who, mirror.ChangeQuery{Since: now.since, By: mirror.Elsewhere, Limit: 1}); err != nil {
		return now, err
	}
	now.here = all - now.elsewhere
	if who.May(rbac.ViewPlan) {
		now.plans, err = s.Plans.Open(ctx, who, shownPlans)
	}
	return now, err
}
