package plans

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// TakeOut answers POST plans/ID/take-out: it leaves the operations of a draft out that the form
// names.
func (s *Handlers) TakeOut(c echo.Context) error {
	return s.revise(c, func(ctx context.Context, who rbac.Caller, id string, form url.Values) (plan.Plan, error) {
		positions, err := positionsOf(form)
		if err != nil {
			return plan.Plan{}, err
		}
		return s.Plans.TakeOut(ctx, who, id, positions)
	})
}

// TakeIn answers POST plans/ID/take-in: it puts operations back into a draft, those that the form
// names or all that are left out for a reason.
func (s *Handlers) TakeIn(c echo.Context) error {
	return s.revise(c, func(ctx context.Context, who rbac.Caller, id string, form url.Values) (plan.Plan, error) {
		positions, err := positionsOf(form)
		if err != nil {
			return plan.Plan{}, err
		}
		return s.Plans.TakeIn(ctx, who, id, plan.Chosen{Positions: positions, Reason: plan.Reason(form.Get("reason"))})
	})
}

// Correct answers POST plans/ID/correct: it gives an operation of a draft other values. What was
// typed comes back if they break a rule.
func (s *Handlers) Correct(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	positions, err := positionsOf(c.Request().PostForm)
	if err == nil && len(positions) != 1 {
		err = &positionError{""}
	}
	if err != nil {
		return err
	}
	ctx, id := web.RequestContext(c), c.Param("plan")
	if _, err := s.Plans.Revisable(ctx, web.Caller(c), id); err != nil {
		return err
	}
	form := web.DecodeEntryForm(c.Request().PostForm)
	d, err := web.Draft(s.Plans.PatternWork(ctx, web.Caller(c)), form)
	var invalid *registry.InvalidError
	if errors.As(err, &invalid) && !web.WantsJSON(c) {
		return s.correctAgain(c, id, attempt{position: positions[0], form: &form, at: formPage(c), err: err})
	}
	if err != nil {
		return err
	}
	p, err := s.Plans.Correct(ctx, web.Caller(c), id, positions[0], d)
	return s.afterRevision(c, p, err)
}

// correctAgain shows the form of an operation again: on the page where it was or, if the operation
// is not there any more, on the page of all operations that has it.
func (s *Handlers) correctAgain(c echo.Context, id string, tried attempt) error {
	err := s.planPage(c, http.StatusUnprocessableEntity, id, &tried)
	if c.Response().Committed || !errors.Is(err, tried.err) {
		return err
	}
	tried.at, tried.inOrder = url.Values{"page": {strconv.Itoa(tried.position/operationsPerPage + 1)}}, true
	return s.planPage(c, http.StatusUnprocessableEntity, id, &tried)
}

func (s *Handlers) revise(c echo.Context, do func(context.Context, rbac.Caller, string, url.Values) (plan.Plan, error)) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	p, err := do(web.RequestContext(c), web.Caller(c), c.Param("plan"), c.Request().PostForm)
	return s.afterRevision(c, p, err)
}

// afterRevision leads back to the part of the plan that the form was on.
func (s *Handlers) afterRevision(c echo.Context, p plan.Plan, err error) error {
	if err != nil || web.WantsJSON(c) {
		return s.redirectToPlan(c, p, err, ownStatus)
	}
	if _, err := s.Plans.Await(web.RequestContext(c), web.Caller(c), p.ID, planWait); err != nil {
		return err
	}
	to := s.PlanURL(p.ID)
	if at := formPage(c); len(at) > 0 {
		to += "?" + at.Encode()
	}
	return web.SeeOther(c, to+"#operations")
}

// formPage returns the query of the page of operations that a form was on, nil if it is not known.
func formPage(c echo.Context) url.Values {
	at, err := url.ParseQuery(c.Request().PostForm.Get("at"))
	if err != nil {
		return nil
	}
	return at
}

// positionsOf returns the operations that a form names.
func positionsOf(form url.Values) ([]int, error) {
	var positions []int
	for _, raw := range form["position"] {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 0 {
			return nil, &positionError{raw}
		}
		positions = append(positions, n)
	}
	return positions, nil
}

// positionError reports a text that is no position of an operation.
type positionError struct{ raw string }

func (e *positionError) Error() string { return strconv.Quote(e.raw) + " is no position" }

// importView adds to a plan's page what only an imported list has.
func (s *Handlers) importView(p plan.Plan, operations []plan.Operation, marks plan.Marks, q plan.Query, mine bool, v *templates.PlanView) {
	i := &templates.PlanImport{
		File: p.Import.File, Rows: words.Count(p.Import.Rows, "row", "rows"), Mirror: p.Import.Mode == plan.Mirror,
		PlanCSV: v.URL + "/operations.csv",
	}
	for _, n := range p.Import.Notes {
		i.Notes = append(i.Notes, words.ImportNote(n))
	}
	for _, column := range p.Import.Columns {
		if column.Use == "" {
			i.Dropped++
			continue
		}
		i.Columns = append(i.Columns, templates.PlanColumn{Name: column.Name, Use: words.ColumnUse(column.Use)})
	}
	if p.Counts.Of(plan.OpRefused, plan.OpFailed, plan.OpUnknown) > 0 || marks.Reasons[plan.Wrong] > 0 {
		i.FailedCSV = v.URL + "/failed.csv"
	}
	for _, reason := range slices.Sorted(maps.Keys(marks.Reasons)) {
		n := marks.Reasons[reason]
		left := templates.PlanLeft{
			Reason: string(reason), Count: n, Label: words.LeftOut(reason),
			URL: v.URL + "?" + url.Values{"state": {string(plan.OpSkipped)}, "reason": {string(reason)}}.Encode() + "#operations",
		}
		if mine && p.State == plan.Draft {
			left.TakeIn = words.TakeIn(reason, n)
		}
		i.Left = append(i.Left, left)
	}
	v.Import = i
	if v.Apply != nil {
		for _, rule := range slices.Sorted(maps.Keys(marks.Dangers)) {
			v.Apply.Dangers = append(v.Apply.Dangers, templates.PlanDanger{Rule: rule, Label: words.AcceptDanger(rule, marks.Dangers[rule])})
		}
		if n := p.Counts.Planned(plan.Delete); s.Plans.ManyDeletions(p) {
			v.Apply.Deletions = &templates.PlanDeletions{Label: words.ConfirmDeletions(n, p.Import.Entries)}
		}
	}
	if mine && p.State == plan.Draft {
		for at, o := range operations {
			s.revisable(v.URL, o, q, &v.Rows[at])
		}
	}
}

// revisable adds to a row what its owner can do with it.
func (s *Handlers) revisable(url string, o plan.Operation, q plan.Query, row *templates.PlanRow) {
	r := &templates.PlanRevision{Position: strconv.Itoa(o.Position), At: queryOf(q), CorrectURL: url + "/correct"}
	var left *plan.LeftOutError
	switch {
	case o.State == plan.OpWaiting:
		r.TakeOut, r.URL = true, url+"/take-out"
	case o.State == plan.OpSkipped && o.Fault != nil && errors.As(o.Fault.Err(), &left) && words.TakeIn(left.Reason, 1) != "":
		r.TakeIn, r.URL = true, url+"/take-in"
	}
	if o.Kind != plan.Delete && o.After != nil && (o.State == plan.OpWaiting || o.Reason == plan.Wrong) {
		form := web.FormOf(o.After)
		r.Form, r.Open = &form, o.Reason == plan.Wrong
	}
	row.Revise = r
}

// marks returns the marks of a plan, which only an imported one has.
func (s *Handlers) marks(c echo.Context, p plan.Plan) (plan.Marks, error) {
	if p.Import == nil {
		return plan.Marks{}, nil
	}
	return s.Plans.Marks(web.RequestContext(c), web.Caller(c), p.ID)
}

// queryOf returns the part of the URL that names a page of operations.
func queryOf(q plan.Query) string {
	values := url.Values{}
	for _, state := range q.States {
		values.Add("state", string(state))
	}
	if q.Reason != "" {
		values.Set("reason", string(q.Reason))
	}
	if q.Page > 1 {
		values.Set("page", strconv.Itoa(q.Page))
	}
	if q.PerPage != operationsPerPage {
		values.Set("per_page", strconv.Itoa(q.PerPage))
	}
	return values.Encode()
}

// triedView shows what was sent before in vain, and why. It reports whether v has the row for which
// it was typed.
func (s *Handlers) triedView(p plan.Plan, tried attempt, v *templates.PlanView) (shown bool) {
	var deletions *plan.TooManyDeletionsError
	var dangers *plan.UnacceptedError
	if a := v.Apply; a != nil && tried.form == nil {
		triedTests(tried, v)
		a.Typed = tried.confirmed.Operations
		if a.Deletions != nil {
			a.Deletions.Typed = tried.confirmed.Deletions
		}
		for i, d := range a.Dangers {
			a.Dangers[i].Accepted = slices.Contains(tried.confirmed.Dangers, d.Rule)
		}
		switch {
		case errors.As(tried.err, &deletions) && a.Deletions != nil:
			a.Deletions.Fault = words.ConfirmDeletionsFault(deletions.Deletions)
		case v.Breaks != nil && v.Breaks.Fault != "":
		case errors.As(tried.err, &dangers):
			for i, d := range a.Dangers {
				if slices.Contains(dangers.Rules, d.Rule) {
					a.Dangers[i].Fault = "Tick this, take the rows out, or correct them."
				}
			}
		default:
			_, a.Fault = words.PlanConfirmation(p)
		}
	}
	shown = tried.form == nil
	for i, row := range v.Rows {
		if r := row.Revise; r != nil && tried.form != nil && r.Position == strconv.Itoa(tried.position) {
			r.Form, r.Open = tried.form, true
			t := s.Fail(tried.err)
			r.Fault = append([]string{t.Title}, t.Text...)
			var invalid *registry.InvalidError
			if errors.As(tried.err, &invalid) {
				r.Fault = nil
				for _, field := range invalid.Fields {
					for _, text := range web.InvalidTexts(field, tried.err) {
						r.Fault = append(r.Fault, words.FieldLabel(field.Field)+": "+text)
					}
				}
			}
			v.Rows[i], shown = row, true
		}
	}
	return shown
}
