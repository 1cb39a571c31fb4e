package web

import (
	"context"
	"time"
	"weak"

	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// maxDrafts is of how many plans draftFindings are kept.
const maxDrafts = 8

// draftFindings are the findings that a draft would cause.
type draftFindings struct {
	changed time.Time
	view    weak.Pointer[mirror.View]
	facts   findings.Facts
	found   []findings.Finding
}

// DraftFindings returns the findings that the edits of a draft together would cause, and how many
// patterns there was no time to check. Errors are those of plan.Service.Plan.
func (s *Base) DraftFindings(c echo.Context, p plan.Plan, edits plan.Edits) (found []findings.Finding, unchecked int, err error) {
	known := s.Mirror.Snapshot()
	if p.State != plan.Draft || p.Counts.Of(plan.OpWaiting) == 0 || known.State.ReadAt.IsZero() {
		return nil, 0, nil
	}
	want := draftFindings{changed: p.Changed, view: weak.Make(known.View), facts: s.Facts(known)}
	if last, ok := s.reports.drafts.Get(p.ID); ok && last.changed.Equal(want.changed) && last.view == want.view && last.facts.Same(want.facts) {
		return last.found, 0, nil
	}
	all, err := edits()
	if err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithTimeout(RequestContext(c), judgeTimeout)
	defer cancel()
	if want.found, unchecked = s.reports.added(ctx, known.View, want.facts, all); unchecked == 0 {
		s.reports.drafts.Add(p.ID, want)
	}
	return want.found, unchecked, nil
}

func (r *reports) added(ctx context.Context, view *mirror.View, facts findings.Facts, edits []registry.Edit) ([]findings.Finding, int) {
	r.judging.Lock()
	defer r.judging.Unlock()
	r.judge(ctx, view, facts)
	return r.tracker.Added(ctx, edits)
}

// maxPlanFindings is how many findings that a draft would cause are shown, the most severe first.
const maxPlanFindings = 10

// PlanFindings shows the findings that a draft would cause, nil for none.
func PlanFindings(found []findings.Finding, unchecked int) *templates.PlanFindings {
	if len(found) == 0 && unchecked == 0 {
		return nil
	}
	v := &templates.PlanFindings{Title: words.PlanFindings(len(found)), Tone: templates.Info, Unchecked: words.Unchecked(unchecked)}
	if len(found) > 0 {
		v.Tone = SeverityTone(found[0].Severity)
	}
	shown := min(len(found), maxPlanFindings)
	for _, f := range found[:shown] {
		message, suggestion := words.Finding(f)
		v.Items = append(v.Items, templates.PlanFinding{
			Severity: string(f.Severity), Rule: string(f.Rule), Label: words.Severity(f.Severity), Tone: SeverityTone(f.Severity),
			Title: words.FindingTitle(f.Rule), Name: f.Name, Text: message, Suggestion: suggestion,
		})
	}
	if rest := len(found) - shown; rest > 0 {
		v.Rest = words.MoreFindings(rest)
	}
	return v
}
